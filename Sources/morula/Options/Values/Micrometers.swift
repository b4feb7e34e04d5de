import ArgumentParser
import Foundation

/// Three lengths in µm as an option gives them: x, y, z.
struct Micrometers: ExpressibleByArgument, CustomStringConvertible {
  let value: SIMD3<Double>

  init(_ value: SIMD3<Double>) { self.value = value }

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let parts = fields.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, parts.count == 3, parts.allSatisfy(\.isFinite) else { return nil }
    value = SIMD3(parts[0], parts[1], parts[2])
  }

  var description: String {
    [value.x, value.y, value.z].map { String(format: "%g", $0) }.joined(separator: ",")
  }
  var defaultValueDescription: String { description }
}
