import Compute
import Foundation
import Segmentation
import Tensors

/// What `morula model info` prints.
struct ModelSummary {
  let text: String
  private let model: Model

  /// One line of `morula model list`.
  func line(name: String) -> String {
    let (architecture, description) = (model.network.configuration, model.description)
    let shown = name.onOneLine(limit: 100)
    return shown.padding(toLength: max(6, shown.count + 1), withPad: " ", startingAt: 0)
      + "\(description.name.onOneLine(limit: 100)): "
      + "\(description.kind.rawValue), \(architecture.levels.counted("level")), base width "
      + "\(architecture.base), windows of \(architecture.kernel)³, "
      + architecture.parameterCount.counted("parameter")
  }

  /// The summary of the model in a file.
  init(_ model: Model, path: String) {
    self.model = model
    let (architecture, description) = (model.network.configuration, model.description)
    let gigabytes = { (edge: Int) in
      ByteCount.rounded(architecture.predictionBytes(for: SpatialAxes(edge)))
    }
    let giga = 1e-9 * Double(architecture.multiplyAdds(for: SpatialAxes(128)))
    let grid =
      description.gridVoxelSize.map { "\($0)" }
      ?? (model.preprocessing.grid == .native
        ? "native (no resampling)" : "cubes of each file's smallest edge")
    var rows: [(String, String)] = [
      ("file", path),
      ("name", description.name),
      ("network", description.kind.rawValue),
      ("levels", "\(architecture.levels)"),
      ("base width", "\(architecture.base)"),
      ("kernel", "\(architecture.kernel)"),
      ("output", "\(description.output.rawValue), threshold \(description.threshold)"),
      ("parameters", "\(architecture.parameterCount)"),
      (
        "batch norm",
        "\(model.network.inferenceStatistics.rawValue) statistics, eps \(architecture.epsilon), "
          + "momentum \(architecture.momentum)"
      ),
      ("input multiple", "\(architecture.multiple.counted("voxel")) (other sizes are padded)"),
      ("at 128³", String(format: "%.1f G multiply–adds, ", giga) + gigabytes(128)),
      ("scaling", "\(model.preprocessing.intensityScaling)"),
      ("trained voxel", description.trainedVoxelSize.map { "\($0)" } ?? "not recorded"),
      ("network grid", grid),
      (
        "mirrored along",
        description.mirrorAxes.map { axes in
          axes.isEmpty ? "no axis" : axes.map(\.rawValue).joined(separator: ", ")
        } ?? "not recorded"
      ),
      ("epochs", "\(description.epochs)"),
      (
        "validation IoU",
        description.validationIoU.map { String(format: "%.4f", $0) } ?? "not measured"
      ),
      ("written by", "Morula \(description.morulaVersion)"),
    ]
    if let origin = description.origin {
      rows.append(("imported from", "\(origin.format), \(origin.file)"))
      rows.append(("SHA-256", origin.sha256))
      rows += origin.notes.map { ("note", $0) }
    }
    // The metadata of a file may hold anything: a value is one line, whatever it says.
    text = rows.map { name, value in
      name.padding(toLength: 16, withPad: " ", startingAt: 0) + value.onOneLine(limit: 1000)
    }.joined(separator: "\n")
  }
}
