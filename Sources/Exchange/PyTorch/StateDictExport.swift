import Foundation
import Networks
import Segmentation
import Tensors

/// Writes a model's weights as a PyTorch state dict, in the zip archive of PyTorch 1.6 and later,
/// that `torch.load(path, weights_only=True)` reads. Names are Morula's; `num_batches_tracked`,
/// which PyTorch's batch normalization has beside its statistics, is zero.
package enum StateDictExport {
  private static let folder = "archive"

  /// The entries of the archive.
  package static func entries(_ network: UNet3D) -> [ZIPWriter.Entry] {
    var network = network
    var parts: [(name: String, tensor: Tensor)] = []
    network.forEachParameter { parts.append(($0.name, $0.value)) }
    network.forEachBuffer { parts.append(($0.name, $0.value)) }
    var pickle = PickleWriter()
    var storages: [ZIPWriter.Entry] = []
    pickle.beginDictionary()
    for (name, tensor) in parts {
      pickle.text(name)
      pickle.tensor(
        storage: "FloatStorage", key: storages.count, shape: tensor.shape.dimensions)
      var bytes = Data(capacity: tensor.count * MemoryLayout<Float>.size)
      tensor.forEachBlockOfBytes { bytes += $0 }
      storages.append(entry("data/\(storages.count)", bytes))
      if name.hasSuffix(".running_var") {
        pickle.text(name.replacing(".running_var", with: ".num_batches_tracked"))
        pickle.tensor(storage: "LongStorage", key: storages.count, shape: [])
        storages.append(entry("data/\(storages.count)", LittleEndian.bytes([Int64(0)])))
      }
    }
    pickle.endDictionary()
    return [
      entry("data.pkl", pickle.finished()), entry("byteorder", Data("little".utf8)),
    ] + storages + [entry("version", Data("3\n".utf8))]
  }

  /// Writes the file, whole or not at all.
  package static func write(_ model: Model, to path: String) throws(WeightsError) {
    try ZIPWriter.write(entries(model.network), to: path)
  }

  private static func entry(_ name: String, _ contents: Data) -> ZIPWriter.Entry {
    ZIPWriter.Entry(name: "\(folder)/\(name)", contents: contents)
  }
}

/// Writes the few instructions of pickle protocol 2 that a state dict needs.
struct PickleWriter {
  private var bytes = Data([0x80, 2])

  /// The pickle, closed.
  func finished() -> Data { bytes + Data(".".utf8) }

  /// Begins an OrderedDict; keys and values follow in turn.
  mutating func beginDictionary() {
    name("collections", "OrderedDict")
    write(")R(")
  }

  /// Ends it.
  mutating func endDictionary() { write("u") }

  /// A text.
  mutating func text(_ text: String) {
    write("X")
    bytes += LittleEndian.bytes([UInt32(text.utf8.count)])
    bytes += Data(text.utf8)
  }

  /// A tensor that fills its storage, row-major.
  mutating func tensor(storage: String, key: Int, shape: [Int]) {
    let count = shape.reduce(1, *)
    var strides: [Int] = []
    var stride = 1
    for extent in shape.reversed() {
      strides.insert(stride, at: 0)
      stride *= extent
    }
    name("torch._utils", "_rebuild_tensor_v2")
    write("((")
    text("storage")
    name("torch", storage)
    text("\(key)")
    text("cpu")
    integer(count)
    write("tQ")
    integer(0)
    tuple(shape)
    tuple(strides)
    // No gradient, no hooks.
    bytes.append(0x89)
    name("collections", "OrderedDict")
    write(")RtR")
  }

  private mutating func tuple(_ numbers: [Int]) {
    write("(")
    for number in numbers { integer(number) }
    write("t")
  }

  private mutating func integer(_ number: Int) {
    precondition(Int32(exactly: number) != nil, "a tensor has fewer than 2³¹ elements")
    write("J")
    bytes += LittleEndian.bytes([Int32(number)])
  }

  private mutating func name(_ module: String, _ name: String) { write("c\(module)\n\(name)\n") }

  private mutating func write(_ instructions: String) { bytes += Data(instructions.utf8) }
}
