import ArgumentParser
import Foundation
import Microscopy

extension VoxelSize: ExpressibleByArgument {
  /// Three positive numbers, `0.8,0.8,1.75`: x, y, z in µm.
  public init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let parts = fields.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, parts.count == 3 else { return nil }
    self.init(x: parts[0], y: parts[1], z: parts[2])
    guard isValid else { return nil }
  }
  /// The three numbers as the option takes them.
  public var defaultValueDescription: String {
    [x, y, z].map { String(format: "%g", $0) }.joined(separator: ",")
  }
}
