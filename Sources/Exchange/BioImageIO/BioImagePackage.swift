import Compute
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors

/// A model as a package of the BioImage Model Zoo (bioimage.io model description 0.5): a zip
/// archive of `bioimageio.yaml`, ONNX weights, a test input with its output, and documentation.
///
/// What the description cannot express is in the documentation: the resampling to the network's
/// grid, and `robust` scaling, for which no preprocessing is declared.
struct BioImagePackage {
  /// The version of the description.
  static let version = "0.5.5"
  /// The limit of what its readers take around a tile: further voxels hardly matter.
  private static let largestHalo = 16

  let export: ModelExport
  var model: Model { export.model }

  init(_ export: ModelExport) { self.export = export }

  /// The files of the package.
  func entries(file: String) throws -> [ZIPWriter.Entry] {
    let weights = try ONNXExport.bytes(model, file: file)
    let (input, output) = try testTensors()
    var files: [(name: String, contents: Data)] = [
      ("weights.onnx", weights),
      ("test_input.npy", NPYFile.write(input)),
      ("test_output.npy", NPYFile.write(output)),
      ("README.md", Data(documentation.utf8)),
    ]
    var digests: [String: String] = [:]
    for (name, contents) in files {
      digests[name] = try SHA256.digest(of: contents, name: name)
    }
    let yaml = try BioImageDescription(contents: self, digests: digests).yaml()
    files.insert(("bioimageio.yaml", Data(yaml.utf8)), at: 0)
    return files.map { name, contents in
      ZIPWriter.Entry(name: name, contents: contents, isCompressed: name != "weights.onnx")
    }
  }

  /// The voxels at a tile's border that readers of the package must drop.
  var halo: Int { min(model.network.configuration.reach, Self.largestHalo) / 2 * 2 }

  /// The smallest extent that leaves something beside the halo, a multiple of what the levels
  /// halve.
  var smallestExtent: Int { 2 * halo + model.network.configuration.multiple }

  /// A volume of a few bright balls in noise, as a microscope counts it, and what the model makes
  /// of it: `[1, 1, z, y, x]` and `[1, channels, z, y, x]`.
  func testTensors() throws -> (input: Tensor, output: Tensor) {
    let edge = smallestExtent
    let extent = Extent(depth: edge, height: edge + 3, width: edge + 6)
    var random = SeededGenerator(seed: 50, stream: 0xb10)
    let centers = (0..<4).map { _ in
      [extent.depth, extent.height, extent.width].map { random.uniform(in: 0...Double($0 - 1)) }
    }
    let radius = Double(edge) / 6
    var counts: [Float] = []
    counts.reserveCapacity(extent.count)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          var value = 120 + 8 * random.normal()
          for center in centers {
            let distances = zip([z, y, x], center).map { Double($0) - $1 }
            let squared = distances.reduce(0) { $0 + $1 * $1 }
            value += 900 * exp(-squared / (radius * radius))
          }
          counts.append(Float(max(value.rounded(), 0)))
        }
      }
    }
    var volume = Volume(counts, extent: extent, voxelSize: gridVoxelSize)
    // Where no preprocessing can be declared the test input is what follows it.
    if !declaresScaling { volume = try volume.scaled(by: model.preprocessing.intensityScaling) }
    let scaled =
      declaresScaling ? try volume.scaled(by: model.preprocessing.intensityScaling) : volume
    var workspace = Workspace()
    func activation(_ volume: Volume<Float>) -> Tensor {
      Tensor(
        volume.voxels,
        shape: Shape(
          batch: 1, channels: 1, depth: extent.depth, height: extent.height, width: extent.width))
    }
    let logits = try InferenceNetwork(model.network)
      .predict(activation(scaled), workspace: &workspace)
    let output =
      switch model.description.output {
      case .sigmoid: Activation.sigmoid(logits)
      case .softmax: try Activation.softmax(logits)
      }
    return (activation(volume), output)
  }

  /// Whether the scaling of intensities can be declared.
  var declaresScaling: Bool {
    switch model.preprocessing.scaling {
    case .minMax, .percentile, .none: true
    case .robust: false
    }
  }

  /// The edges of the network's voxels where they are known.
  var gridVoxelSize: VoxelSize {
    if case .size(let size) = model.preprocessing.grid { return size }
    return model.description.gridVoxelSize ?? VoxelSize(isotropic: 1)
  }

  /// Whether the edges are known.
  var hasVoxelSize: Bool {
    if case .size = model.preprocessing.grid { return true }
    return model.description.gridVoxelSize != nil
  }

  /// The model's name in the letters that the format allows, at least five of them.
  var name: String {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+- ()")
    let letters = model.description.name.map { allowed.contains($0) ? $0 : "-" }
    return "Morula \(String(String(letters).prefix(50)))"
  }

  /// One sentence about the model.
  var about: String {
    let what = model.description.kind == .ndn ? "centers of nuclei" : "nuclei"
    return export.about ?? "3D U-Net that finds \(what) in fluorescence volumes of embryos."
  }
}
