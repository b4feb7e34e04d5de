import Compute
import Microscopy
import Networks
import Segmentation
import TestSupport

/// Models with random weights and random running statistics.
enum TestModel {
  static func make(
    _ architecture: UNetConfiguration = UNetConfiguration(levels: 2, base: 2, kernel: 3),
    output: Model.Output = .sigmoid,
    preprocessing: Preprocessing = Preprocessing(),
    gridVoxelSize: VoxelSize? = VoxelSize(isotropic: 0.8), seed: UInt64 = 1
  ) throws -> Model {
    var architecture = architecture
    architecture.outputs = output == .softmax ? 2 : 1
    var network = try UNet3D(architecture, initializer: .heUniform, seed: seed)
    var generator = SeededGenerator(seed: seed, stream: 0x7e57)
    network.forEachBuffer { buffer in
      let isVariance = buffer.name.hasSuffix("running_var")
      for index in 0..<buffer.value.count {
        buffer.value[index] = Float((isVariance ? 0.5 : -0.1) + 0.2 * generator.uniform())
      }
    }
    var description = Model.Description(name: "test", kind: .nsn, output: output)
    description.trainedVoxelSize = SyntheticEmbryos.voxelSize
    description.gridVoxelSize = gridVoxelSize
    description.epochs = 3
    description.validationIoU = 0.75
    return Model(network: network, description: description, preprocessing: preprocessing)
  }

  /// The preprocessing that leaves values and grid alone.
  static var untouched: Preprocessing {
    var preprocessing = Preprocessing()
    preprocessing.grid = .native
    preprocessing.scaling = .none
    return preprocessing
  }

  /// A volume of noise in [0, 1).
  static func noise(
    _ depth: Int, _ height: Int, _ width: Int, voxelSize: VoxelSize? = nil
  ) -> Volume<Float> {
    let extent = Extent(depth: depth, height: height, width: width)
    var generator = SeededGenerator(seed: 5, stream: UInt64(extent.count))
    return Volume(
      (0..<extent.count).map { _ in Float(generator.uniform()) }, extent: extent,
      voxelSize: voxelSize)
  }
}
