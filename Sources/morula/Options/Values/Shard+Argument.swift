import ArgumentParser
import Segmentation

extension Shard: ExpressibleByArgument {
  /// A part and how many there are: `3/8`.
  public init?(argument: String) {
    let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
    self.init(index, of: count)
  }
}
