import Exchange
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Zip archives and NumPy's arrays.
@Suite struct ContainerTests {
  private static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: Fixture.path(name, bundle: .module)))
  }

  @Test func arrays() throws {
    let archive = try ZIPReader(contentsOf: Fixture.path("numpy/arrays.npz", bundle: .module))
    let ramp = (0..<24).map { Double($0) }
    for entry in archive.entries {
      let name = String(entry.name.dropLast(4))
      let bytes = try archive.read(entry)
      if ["complex", "text", "object", "record"].contains(name) {
        let error = try #require(throws: WeightsError.self) {
          try NPYFile.read(bytes, file: "arrays.npz", name: name)
        }
        #expect(error.kind == .unsupported, "\(error)")
        continue
      }
      let array = try NPYFile.read(bytes, file: "arrays.npz", name: name)
      let values =
        switch array {
        case .float32(let tensor): tensor.scalars.map { Double($0) }
        case .float64(let values, _): values
        case .int64(let values, _): values.map { Double($0) }
        }
      switch name {
      case "scalar":
        #expect(array.shape == [] && values == [3.5])
      case "empty":
        #expect(array.shape == [0, 3] && values.isEmpty)
      case "column":
        #expect(array.shape == [3, 4] && values == Array(ramp[0..<12]))
      case "fortran":
        #expect(array.shape == [2, 3, 4] && values == ramp)
      case "b1":
        #expect(values == ramp.map { Int($0) % 2 == 0 ? 1 : 0 })
      default:
        let isSigned = name.contains("f") || name.contains("i")
        #expect(
          array.shape == [2, 3, 4] && values == ramp.map { isSigned ? $0 - 5 : $0 }, "\(name)")
      }
    }
    for version in 1...3 {
      let bytes = try Self.data("numpy/version\(version).npy")
      guard case .float32(let tensor) = try NPYFile.read(bytes, file: "v") else {
        Issue.record("not float32")
        continue
      }
      #expect(tensor.scalars == ramp.map { Float($0) } && tensor.shape == [2, 3, 4])
    }
  }

  @Test func arraysComeBack() throws {
    for shape: Shape in [[3], [2, 3, 4], [1, 1, 2, 2, 2], [0, 4], []] {
      let tensor = Tensor((0..<shape.count).map { Float($0) / 3 }, shape: shape)
      let bytes = NPYFile.write(tensor)
      guard case .float32(let again) = try NPYFile.read(bytes, file: "x.npy") else {
        Issue.record("not float32")
        continue
      }
      #expect(again.isIdentical(to: tensor))
      // NumPy aligns the numbers.
      #expect((bytes.count - 4 * shape.count) % 64 == 0)
    }
  }

  @Test func hostileArrays() throws {
    func file(_ header: String, payload: Int = 0) -> Data {
      var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
      bytes += LittleEndian.bytes([UInt16(header.utf8.count)])
      return bytes + Data(header.utf8) + Data(count: payload)
    }
    for (header, problem) in [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", "2⁶³"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 0)}", "2⁶³"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)}", "4 follow"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "header"),
      ("{'descr': '<f4', 'fortran_order': False}", "without fortran_order or shape"),
      ("{'descr': '<f4', 'descr': '<f4'}", "header"), ("", "header"), ("[", "header"),
      ("{", "header"),
      ("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,)}", "records"),
      ("{'descr': 'O', 'fortran_order': False, 'shape': ()}", "is of type \"O\""),
    ] {
      let error = try #require(throws: WeightsError.self) {
        try NPYFile.read(file(header, payload: 4), file: "x.npy")
      }
      #expect(error.description.contains(problem), "\(header): \(error)")
    }
    let whole = try Self.data("numpy/version1.npy")
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self) { try NPYFile.read(whole.prefix(count), file: "x.npy") }
    }
  }

  @Test func archives() throws {
    let entries = [
      ZIPWriter.Entry(name: "a/µ.bin", contents: Data((0..<255).map { UInt8($0) })),
      ZIPWriter.Entry(name: "zeros", contents: Data(count: 70_000), isCompressed: true),
      ZIPWriter.Entry(name: "empty", contents: Data()),
    ]
    let bytes = try ZIPWriter.archive(entries, name: "x.zip")
    #expect(bytes == (try ZIPWriter.archive(entries, name: "x.zip")) && bytes.count < 2000)
    let archive = try ZIPReader(bytes: bytes, name: "x.zip")
    #expect(archive.entries.map(\.name) == entries.map(\.name))
    for entry in entries {
      let found = try #require(archive.entry(entry.name))
      #expect(try archive.read(found) == entry.contents)
    }
    #expect(archive.entry("b") == nil)
    // A changed byte of the contents does not pass the checksum.
    var damaged = bytes
    if let place = damaged.firstRange(of: Data([100, 101, 102]))?.lowerBound {
      damaged[place] ^= 1
    }
    let other = try ZIPReader(bytes: damaged, name: "x.zip")
    #expect(throws: WeightsError.self) { try other.read(other.entries[0]) }
    // Truncations: an error on opening, or on reading.
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: WeightsError.self) {
        let part = try ZIPReader(bytes: bytes.prefix(count), name: "x.zip")
        for entry in part.entries { _ = try part.read(entry) }
      }
    }
  }

  /// A hundred kilobytes that claim to be, and are, a hundred megabytes.
  @Test func bomb() throws {
    let zeros = ZIPWriter.Entry(
      name: "c0/W.npy", contents: Data(count: 100 << 20), isCompressed: true)
    let bytes = try ZIPWriter.archive([zeros], name: "bomb.npz")
    #expect(bytes.count < 1 << 20)
    let archive = try ZIPReader(bytes: bytes, name: "bomb.npz")
    let error = try #require(throws: WeightsError.self) { try archive.read(archive.entries[0]) }
    #expect(error.description.contains("far more than such an archive can hold"))
  }
}
