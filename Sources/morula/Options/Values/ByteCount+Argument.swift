import ArgumentParser
import Compute

extension ByteCount: ExpressibleByArgument {
  /// An amount of memory such as `512M` or `4G`.
  public init?(argument: String) { self.init(text: argument) }
}
