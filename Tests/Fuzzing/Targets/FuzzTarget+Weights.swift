import Exchange
import Foundation
import Networks
import Segmentation
import Tensors

extension FuzzTarget {
  static func runSafeTensors(_ bytes: [UInt8]) {
    let file = ScratchFile(bytes, suffix: ".safetensors")
    do throws(WeightsError) {
      let tensors = try SafeTensors(contentsOf: file.path)
      for name in tensors.arrays.keys.sorted() {
        attempt(WeightsError.self) { _ = try tensors.tensor(name) }
      }
      _ = try Model(contentsOf: file.path)
    } catch { accept(error) }
    importModel(file.path)
  }

  static func runNPY(_ bytes: [UInt8]) {
    do throws(WeightsError) {
      _ = try NPYFile.read(Data(bytes), file: "a.npy", name: "a")
    } catch { accept(error) }
  }

  static func runZIP(_ bytes: [UInt8]) {
    do throws(WeightsError) {
      let archive = try ZIPReader(bytes: Data(bytes), name: "a.zip")
      for entry in archive.entries {
        attempt(WeightsError.self) { _ = try archive.read(entry) }
      }
      try readAll(ZIPReader(bytes: Data(bytes), name: "a.zip"))
    } catch { accept(error) }
  }

  static func runPickle(_ bytes: [UInt8]) {
    do throws(WeightsError) {
      _ = try Unpickler.read(Data(bytes), file: "data.pkl")
      var entries = [ZIPWriter.Entry(name: "a/data.pkl", contents: Data(bytes))]
      for key in 0..<3 {
        entries.append(
          ZIPWriter.Entry(name: "a/data/\(key)", contents: Data(count: [0, 16, 216][key])))
      }
      let archive = try ZIPWriter.archive(entries, name: "a.pt")
      try readAll(ZIPReader(bytes: archive, name: "a.pt"))
    } catch { accept(error) }
  }

  /// Reads every tensor of an archive of weights, and finds its network.
  private static func readAll(_ archive: ZIPReader) throws(WeightsError) {
    let weights = try ForeignWeights.read(archive)
    for entry in weights.entries {
      attempt(WeightsError.self) { _ = try entry.load() }
    }
    _ = try UNetRecognizer(weights)
  }

  static func runArchitecture(_ bytes: [UInt8]) {
    // A name and up to five extents on each line: "c0/W 4 1 3 3 3".
    var arrays: [ZIPWriter.Entry] = []
    var left = 1 << 16
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(200) {
      let words = line.split(separator: " ")
      let extents = words.dropFirst().prefix(5).compactMap { UInt16($0).map(Int.init) }
      let count = extents.reduce(1, *)
      guard let name = words.first, !name.contains("\0"), count <= left else { continue }
      left -= count
      let array = NPYFile.write(Tensor(zeros: Shape(extents)))
      arrays.append(
        ZIPWriter.Entry(name: "\(name).npy", contents: array, isCompressed: count > 1024))
    }
    do throws(WeightsError) {
      let file = ScratchFile(try ZIPWriter.archive(arrays, name: "a.npz"), suffix: ".npz")
      importModel(file.path)
    } catch { accept(error) }
  }

  /// Makes a model of a file, with both orders of concatenation.
  private static func importModel(_ path: String) {
    for concatenation in ModelImport.Concatenation.allCases {
      var settings = ModelImport()
      settings.concatenation = concatenation
      attempt(WeightsError.self) { _ = try settings.model(contentsOf: path) }
    }
  }
}
