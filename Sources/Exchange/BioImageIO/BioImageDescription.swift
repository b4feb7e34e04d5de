import Foundation
import Networks
import Segmentation
import Yams

/// `bioimageio.yaml` of a contents.
struct BioImageDescription {
  let contents: BioImagePackage
  /// The SHA-256 of the other files.
  let digests: [String: String]

  /// The text.
  func yaml() throws -> String {
    let description = contents.model.description
    let root: Node = [
      "format_version": Self.text(BioImagePackage.version),
      "type": "model",
      "name": Self.text(contents.name),
      "description": Self.text(String(contents.about.prefix(1000))),
      "authors": Node(contents.export.authors.map { ["name": Self.text($0)] as Node }),
      "cite": [
        [
          "text": Self.text(
            "Tokuoka et al., 3D convolutional neural networks-based segmentation to acquire "
              + "quantitative criteria of the nucleus during mouse embryogenesis, npj Systems "
              + "Biology and Applications 6:32, 2020"),
          "doi": "10.1038/s41540-020-00152-8",
        ],
        [
          "text": Self.text(
            "Çiçek et al., 3D U-Net: Learning Dense Volumetric Segmentation from Sparse "
              + "Annotation, MICCAI 2016"),
          "doi": "10.1007/978-3-319-46723-8_49",
        ],
      ],
      "license": Self.text(contents.export.license),
      "tags": ["3d", "unet", "segmentation", "nuclei", "embryo", "fluorescence-light-microscopy"],
      "documentation": "README.md",
      "inputs": [input],
      "outputs": [output],
      "weights": [
        "onnx": [
          "source": "weights.onnx",
          "sha256": digest("weights.onnx"),
          "opset_version": Self.number(ONNXExport.operatorSet),
        ]
      ],
      "config": [
        "morula": [
          "version": Self.text(Version.current),
          "kind": Self.text(description.kind.rawValue),
          "threshold": Self.number(description.threshold),
          "batch_normalization": Self.text(contents.model.network.inferenceStatistics.rawValue),
        ]
      ],
    ]
    return try serialize(node: root, width: 100, allowUnicode: true)
  }

  private var input: Node {
    let sizes: Node = ["min": Self.number(contents.smallestExtent), "step": 1]
    return [
      "id": "input",
      "description": "fluorescence of nuclei",
      "axes": axes(channels: ["intensity"]) { _ in ["size": sizes] },
      "data": ["type": "float32"],
      "test_tensor": ["source": "test_input.npy", "sha256": digest("test_input.npy")],
      "preprocessing": Node(preprocessing),
    ]
  }

  private var output: Node {
    let names: Node =
      contents.model.description.output == .softmax
      ? ["background", "foreground"] : ["foreground"]
    return [
      "id": "probability",
      "description": "probability of each class",
      "axes": axes(channels: names) { axis in
        [
          "size": ["tensor_id": "input", "axis_id": Self.text(axis)],
          "halo": Self.number(contents.halo),
        ]
      },
      "data": ["type": "float32", "range": [0, 1]],
      "test_tensor": ["source": "test_output.npy", "sha256": digest("test_output.npy")],
    ]
  }

  /// The axes of a tensor, those of space with their edges where they are known.
  private func axes(
    channels: Node, _ fields: (String) -> KeyValuePairs<Node, Node>
  ) -> Node {
    let edges = contents.gridVoxelSize
    let batch: Node = ["type": "batch"]
    let channel: Node = ["type": "channel", "channel_names": channels]
    let space: [Node] = [("z", edges.z), ("y", edges.y), ("x", edges.x)].map { axis, edge in
      var pairs: [(Node, Node)] = [("type", "space"), ("id", Self.text(axis))]
      if contents.hasVoxelSize {
        pairs += [("unit", "micrometer"), ("scale", Self.number(edge))]
      }
      pairs += fields(axis).map { ($0.key, $0.value) }
      return Node(pairs)
    }
    return Node([batch, channel] + space)
  }

  private var preprocessing: [Node] {
    func range(_ low: Double, _ high: Double) -> Node {
      [
        "id": "scale_range",
        "kwargs": [
          "axes": ["channel", "z", "y", "x"],
          "min_percentile": Self.number(low), "max_percentile": Self.number(high),
        ],
      ]
    }
    let float: Node = ["id": "ensure_dtype", "kwargs": ["dtype": "float32"]]
    switch contents.model.preprocessing.scaling {
    case .minMax: return [float, range(0, 100), float]
    case .percentile:
      let percentiles = contents.model.preprocessing.percentiles
      return [
        float, range(percentiles.lowerBound, percentiles.upperBound),
        ["id": "clip", "kwargs": ["min": 0.0, "max": 1.0]], float,
      ]
    case .robust, .none: return [float]
    }
  }

  private func digest(_ file: String) -> Node { Self.text(digests[file] ?? "") }

  /// A text that no reader takes for anything else.
  private static func text(_ text: String) -> Node {
    Node(text, Tag(.str), .doubleQuoted)
  }

  private static func number(_ number: Int) -> Node { Node("\(number)", Tag(.int)) }

  private static func number(_ number: Double) -> Node { Node("\(number)", Tag(.float)) }
}
