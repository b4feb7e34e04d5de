import ArgumentParser
import Foundation
import Tensors

/// Extents as an option gives them: one number for a cube, or x,y,z.
struct BenchmarkSize: ExpressibleByArgument {
  /// The largest edge: beyond it no machine has the memory.
  static let largest = 4096
  static let standard = BenchmarkSize(extents: SpatialAxes(128))

  let extents: SpatialAxes

  init(extents: SpatialAxes) { self.extents = extents }

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let counts = fields.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard counts.count == fields.count, counts.allSatisfy({ (1...Self.largest).contains($0) })
    else { return nil }
    switch counts.count {
    case 1: extents = SpatialAxes(counts[0])
    case 3: extents = SpatialAxes(counts[2], counts[1], counts[0])
    default: return nil
    }
  }

  /// The extents as the option takes them.
  var defaultValueDescription: String {
    let all = [extents.width, extents.height, extents.depth]
    return all.allSatisfy { $0 == all[0] }
      ? "\(all[0])" : all.map(String.init).joined(separator: ",")
  }
}
