import Compute
import Foundation

/// What coordinate transformations say about the distance of samples along each axis.
struct ZarrScale: Sendable {
  /// The distances, in the units of the axes; nil where none are stated or they make no sense.
  let factors: [Double]?
  /// Where the first sample lies along each axis, in the units of the axes; nil if it is not stated.
  private(set) var offsets: [Double]?
  /// Why they make no sense, nil if they do.
  let problem: String?

  /// Reads the transformations of a level, and those of its image, which apply to all levels.
  ///
  /// Each scale has a number for every axis: with fewer, nobody knows which axis it leaves out.
  init(level: JSONObject, image: JSONObject, axes: [String]) {
    var factors: [Double]?
    var offsets: [Double]?
    let key = "coordinateTransformations"
    for (object, name) in [(level, "its finest level"), (image, "the image")]
    where object[key] != nil {
      guard let list = object.objects(key) else {
        self.init(problem: "the coordinate transformations of \(name) are not a list of objects")
        return
      }
      for transformation in list {
        let type = transformation.text("type") ?? "none"
        switch type {
        case "identity": continue
        case "translation":
          guard let shift = transformation.numbers("translation"), shift.count == axes.count else {
            continue
          }
          offsets = offsets.map { zip($0, shift).map(+) } ?? shift
          continue
        case "scale": break
        default:
          self.init(problem: "'\(type.prefix(40))' is not a transformation that Morula reads")
          return
        }
        guard let scale = transformation.numbers("scale") else {
          self.init(problem: "the scale of \(name) is not a list of numbers")
          return
        }
        guard scale.count == axes.count else {
          self.init(
            problem: "the scale of \(name) has \(scale.count.counted("number")) for "
              + "\(axes.count.counted("axis", "axes")) (\(axes.joined(separator: ", ")))")
          return
        }
        guard scale.allSatisfy({ $0.isFinite && $0 > 0 }) else {
          self.init(problem: "the scale of \(name) is not above 0 everywhere, \(scale)")
          return
        }
        factors = factors.map { zip($0, scale).map(Self.product) } ?? scale
        offsets = offsets.map { zip($0, scale).map(Self.product) }
      }
    }
    self.init(factors: factors)
    self.offsets = offsets
  }

  private init(factors: [Double]? = nil, problem: String? = nil) {
    self.factors = factors
    self.problem = problem
  }

  /// A product rounded to 15 digits, so that 3 · 0.1 is 0.3.
  private static func product(_ a: Double, _ b: Double) -> Double {
    a == 1 ? b : b == 1 ? a : Double(String(format: "%.15g", a * b)) ?? a * b
  }
}
