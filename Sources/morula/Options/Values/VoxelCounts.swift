import ArgumentParser
import Foundation
import Microscopy

/// The extents of a volume as an option gives them: x, y, z.
struct VoxelCounts: ExpressibleByArgument, CustomStringConvertible {
  let extent: Extent

  init(_ extent: Extent) { self.extent = extent }

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let counts = fields.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, counts.count == 3, counts.allSatisfy({ (1...1 << 16).contains($0) })
    else { return nil }
    extent = Extent(depth: counts[2], height: counts[1], width: counts[0])
  }

  var description: String { "\(extent.width),\(extent.height),\(extent.depth)" }
  var defaultValueDescription: String { description }
}
