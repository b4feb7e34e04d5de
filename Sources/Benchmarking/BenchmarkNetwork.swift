import Compute
import Microscopy
import Networks
import Segmentation
import Tensors

/// The network of a benchmark.
public struct BenchmarkNetwork: Sendable {
  /// Its name: that of the published network, for example `nsn`, or of the model in the file.
  public let name: String
  /// The network with its weights.
  public var network: UNet3D
  /// The physical memory that the process held before the network was made; nil if unknown.
  public let processBytes: Int?

  /// A network with He-normal weights.
  public init(name: String, _ architecture: UNetConfiguration, seed: UInt64) throws {
    processBytes = ProcessMemory.currentBytes
    self.name = name
    network = try UNet3D(architecture, initializer: .heNormal, seed: seed)
  }

  /// A published network with He-normal weights.
  public init(_ kind: Model.Kind, seed: UInt64) throws {
    try self.init(
      name: kind.rawValue, kind.architecture, seed: seed)
  }

  /// A network with the weights of a safetensors file: a Morula model with its own architecture, or
  /// the tensors of a published network under the names that models give them.
  ///
  /// - Throws: `WeightsError` that names the file and, if one is the problem, the tensor.
  public init(_ kind: Model.Kind, weights path: String) throws {
    processBytes = ProcessMemory.currentBytes
    let file = try SafeTensors(contentsOf: path)
    if Model.isModel(file) {
      let model = try Model(file)
      name = model.description.name
      network = model.network
    } else {
      name = kind.rawValue
      var empty = try UNet3D(kind.architecture)
      try empty.load(file)
      network = empty
    }
  }

  /// The architecture.
  public var architecture: UNetConfiguration { network.configuration }

  /// The bytes that a run will take in addition to the process: activations and weights, and in
  /// training gradients and one moment.
  public func predictedBytes(for input: BenchmarkInput, work: BenchmarkReport.Work) -> Int {
    Self.predictedBytes(
      architecture, extents: input.extents, batch: input.image.shape.batch, work: work)
  }

  /// The same for an architecture, before anything is allocated.
  public static func predictedBytes(
    _ architecture: UNetConfiguration, extents: SpatialAxes, batch: Int = 1,
    work: BenchmarkReport.Work
  ) -> Int {
    work == .training
      ? architecture.trainingBytes(for: extents, batch: batch, moments: 1)
      : architecture.predictionBytes(for: extents, batch: batch)
  }

  /// Throws if `bytes` exceed the memory of the machine; the system would kill the process.
  public static func requireMemory(_ bytes: Int, for what: String) throws {
    let available = ProcessMemory.machineBytes
    guard bytes <= available else {
      throw InputError(
        what,
        "needs about \(ByteCount.rounded(bytes)) of memory, but this machine has "
          + "\(ByteCount.rounded(available))", advice: .reduceSize)
    }
  }
}
