import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// A path in a folder of its own, removed after `body`.
private func withTemporaryFile<Result>(
  _ contents: Data? = nil, _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("weights.safetensors")
  try contents?.write(to: file)
  return try body(file.path)
}

/// The bytes of a file with this header and `data` zero bytes.
private func bytes(_ header: String, length: UInt64? = nil, data: Int) -> Data {
  let json = Data(header.utf8)
  let count = length ?? UInt64(json.count)
  return Data((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }) + json
    + Data(count: data)
}

@Suite struct SafeTensorsTests {
  private static func bits(_ value: Float) -> UInt32 { value.bitPattern }

  @Test func readsEveryTypeOfTheReferenceWriter() throws {
    let file = try Fixture.load("safetensors/types", bundle: .module)
    #expect(
      file.metadata == [
        "voxel size": "1.75, 0.8, 0.8 µm", "json": "{\"levels\": 3,\n\"head\": \"sigmoid\"}",
        "emoji": "🔬",
      ])
    let f32 = try file.tensor("f32", shape: [2, 3])
    #expect(
      f32.scalars.map(Self.bits)
        == [1.5, -2.25, 3e38, Float.leastNonzeroMagnitude, 0.1, -0.0].map(Self.bits))
    #expect(try file.doubles("f64") == [0.1, -1e300, 0x1p53 + 2])
    #expect(try file.tensor("f64").scalars == [0.1, -.infinity, 0x1p53])
    let f16 = try file.tensor("f16", shape: [2, 4])
    #expect(
      f16.scalars.map(Self.bits)
        == [0, -0.0, 1, -2.5, 0.333251953125, 65504, 0x1p-14, 0x1p-24].map(Self.bits))
    #expect(
      try file.tensor("bf16").scalars == [1, -3.140625, 0x1.fep127, 0x1p-133])
    #expect(try file.integers("i64") == [1 << 62, -(1 << 62), 7])
    #expect(try file.integers("i32") == [Int64(Int32.max), Int64(Int32.min)])
    #expect(try file.array("i32").shape == [2, 1])
    #expect(try file.integers("i16") == [32767, -32768])
    #expect(try file.integers("i8") == [127, -128])
    #expect(try file.integers("u8") == [0, 255, 3])
    #expect(try file.tensor("u8").scalars == [0, 255, 3])
    #expect(try file.integers("bool") == [1, 0, 1])
    let scalar = try file.tensor("scalar")
    #expect(scalar.shape == Shape([]) && scalar.scalars == [42])
    #expect(try file.tensor("empty", shape: [0, 3]).count == 0)
    #expect(try file.tensor("näme \"with\" \\ quotes").scalars == [1])
    #expect(file.arrays.count == 13)
    #expect(Set(file.tensors.keys).isDisjoint(with: ["i64", "i32", "i16", "i8", "u8", "bool"]))
  }

  @Test func halvesWeightsAndNothingElse() throws {
    var generator = SeededGenerator(seed: 8)
    let values = (0..<600).map { _ in Float(0.1 * generator.normal()) }
    let file = SafeTensors(
      tensors: [
        "bias": Tensor(Array(values[..<7]), shape: [7]), "weight": Tensor(values, shape: [20, 30]),
      ])
    try withTemporaryFile { path in
      try file.write(to: path)
      let whole = try Data(contentsOf: URL(filePath: path)).count
      try file.write(to: path, halvesWeights: true)
      #expect(try whole - Data(contentsOf: URL(filePath: path)).count >= 1200 - 8)
      let copy = try SafeTensors(contentsOf: path)
      #expect(try copy.tensor("bias", shape: [7]).scalars == Array(values[..<7]))
      // Half of the spacing of F16: 2⁻¹¹ of the value, or 2⁻²⁵ among the smallest.
      for (half, value) in zip(try copy.tensor("weight", shape: [20, 30]).scalars, values) {
        #expect(abs(half - value) <= max(abs(value) * 0x1p-11, 0x1p-25))
      }
      // Halves are kept as they are.
      try copy.write(to: path, halvesWeights: true)
      #expect(
        try SafeTensors(contentsOf: path).tensor("weight").scalars
          == copy.tensor("weight").scalars)
      let large = SafeTensors(tensors: ["weight": Tensor([1, 65505], shape: [1, 2])])
      #expect(throws: WeightsError.self) { try large.write(to: path, halvesWeights: true) }
      #expect(try SafeTensors(contentsOf: path).arrays.count == 2)
    }
  }

  @Test func roundTripKeepsEveryBit() throws {
    var generator = SeededGenerator(seed: 7)
    let values = (0..<1000).map { _ in
      Float(bitPattern: UInt32.random(in: 0..<0x7f80_0000, using: &generator))
    }
    var file = SafeTensors(
      tensors: ["b.weight": Tensor(values, shape: [10, 100]), "a": Tensor(zeros: [0])],
      metadata: ["line\nbreak": "\u{1}\t\"\\ 🔬", "": ""])
    file.arrays["step"] = .int64([Int64.max, Int64.min], shape: [2])
    file.arrays["rate"] = .float64([0.1, .infinity, .pi], shape: [3])
    try withTemporaryFile { path in
      try file.write(to: path)
      let copy = try SafeTensors(contentsOf: path)
      #expect(copy.metadata == file.metadata)
      #expect(copy.arrays.keys.sorted() == ["a", "b.weight", "rate", "step"])
      let weight = try copy.tensor("b.weight", shape: [10, 100])
      #expect(weight.scalars.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(try copy.integers("step") == [Int64.max, Int64.min])
      #expect(try copy.doubles("rate") == [0.1, .infinity, .pi])

      // The same contents give the same bytes, replacing the old file and leaving nothing behind.
      let first = try Data(contentsOf: URL(fileURLWithPath: path))
      try copy.write(to: path)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
      #expect(first.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } % 8 == 0)
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder) == ["weights.safetensors"])
    }
  }

  @Test func writesWhatTheFormatSays() throws {
    let file = SafeTensors(tensors: ["x": Tensor([1, 2], shape: [1, 2])], metadata: ["k": "v"])
    try withTemporaryFile { path in
      try file.write(to: path)
      let header =
        #"{"__metadata__":{"k":"v"},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
      let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: path))
          == bytes(padded, data: 0) + Data([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]))
    }
  }

  @Test func emptyFileOfNoTensors() throws {
    try withTemporaryFile { path in
      try SafeTensors().write(to: path)
      #expect(try SafeTensors(contentsOf: path).arrays.isEmpty)
    }
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, WeightsError.Kind.truncated),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, .malformed),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, .malformed),
    (#"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, 8, .unsupported),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, .malformed),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, 8, .malformed),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, .malformed
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, .malformed
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12, .malformed
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}"#, 0,
      .malformed
    ),
    (
      #"{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}}"#, 0, .malformed
    ),
    (
      #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#,
      8, .truncated
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, .malformed),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, .malformed),
    (#"{"__metadata__":{"a":"\ud800"}}"#, 0, .malformed),
    (#"{"__metadata__":{"a":"\x"}}"#, 0, .malformed),
    (#"{"a":"#, 0, .malformed),
    (#"{"a"#, 0, .malformed),
    (#"{} x"#, 0, .malformed),
    (#" {}"#, 0, .malformed),
    (#"[]"#, 0, .malformed),
    ("", 0, .malformed),
    ("{\"a\":{\"dtype\":\"\n\"}}", 0, .malformed),
  ])
  func hostileHeaders(header: String, data: Int, kind: WeightsError.Kind) throws {
    try withTemporaryFile(bytes(header, data: data)) { path in
      let error = #expect(throws: WeightsError.self) { try SafeTensors(contentsOf: path) }
      #expect(error?.kind == kind)
      #expect(error?.file == path)
      let line = error?.description ?? ""
      #expect(line.hasPrefix(path) && !line.contains("\n") && line.count < path.count + 400)
    }
  }

  @Test func wrongLengthsAndEndlessNesting() throws {
    for (contents, kind) in [
      (Data([1, 2, 3]), WeightsError.Kind.truncated), (Data(), .truncated),
      (bytes("{}", length: 3, data: 0), .truncated),
      (bytes("{}", length: 100_000_001, data: 0), .malformed),
      (bytes("{}", length: .max, data: 0), .malformed),
      (bytes("{}", length: 1 << 63, data: 0), .malformed),
      (bytes(String(repeating: "{\"a\":", count: 100_000), data: 0), .malformed),
    ] {
      try withTemporaryFile(contents) { path in
        let error = #expect(throws: WeightsError.self) { try SafeTensors(contentsOf: path) }
        #expect(error?.kind == kind)
      }
    }
  }

  /// The length of the header is added to its offset and compared with the size of the file: near
  /// the largest numbers neither may wrap around.
  @Test(
    arguments: [
      UInt64.max, .max - 7, .max - 8, UInt64(Int.max) + 1, UInt64(Int.max), UInt64(Int.max) - 7,
      UInt64(Int.max) - 8, 1 << 32, 100_000_001,
    ] as [UInt64])
  func headerLengthsThatOverflow(length: UInt64) throws {
    for data in [0, 8, 64] {
      try withTemporaryFile(bytes("{}", length: length, data: data)) { path in
        let error = #expect(throws: WeightsError.self) { try SafeTensors(contentsOf: path) }
        #expect(error?.kind == .malformed)
        #expect(
          error?.description
            == "\(path): the header claims \(length) bytes, more than the format's limit of 100 MB: "
            + "not a safetensors file?")
      }
    }
  }

  @Test(arguments: [3, 10, 99_999_999, 100_000_000] as [UInt64])
  func headerLongerThanTheFile(length: UInt64) throws {
    try withTemporaryFile(bytes("{}", length: length, data: 0)) { path in
      let error = #expect(throws: WeightsError.self) { try SafeTensors(contentsOf: path) }
      #expect(error?.kind == .truncated)
      #expect(
        error?.description == "\(path): the header claims \(length) bytes, but only 2 follow")
    }
  }

  @Test func randomDamageNeverCrashes() throws {
    let whole = try Data(
      contentsOf: URL(
        fileURLWithPath: Fixture.path("safetensors/types.safetensors", bundle: .module)))
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<300 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        damaged[Int.random(in: 0..<whole.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) {
        damaged = damaged.prefix(Int.random(in: 0..<whole.count, using: &generator))
      }
      try withTemporaryFile(damaged) { path in
        do {
          let file = try SafeTensors(contentsOf: path)
          for (_, array) in file.arrays { #expect(array.shape.count >= 0) }
        } catch let error as WeightsError {
          #expect(!error.description.contains("\n"))
        }
      }
    }
  }

  @Test func errorsNameFileAndTensor() throws {
    var file = try Fixture.load("safetensors/types", bundle: .module)
    func message(_ body: () throws(WeightsError) -> Void) -> String {
      do throws(WeightsError) { try body() } catch { return error.description }
      return ""
    }
    let path = Fixture.path("safetensors/types.safetensors", bundle: .module)
    #expect(
      message { () throws(WeightsError) in _ = try file.tensor("w") }
        == "\(path), tensor \"w\": the file has no such tensor")
    #expect(
      message { () throws(WeightsError) in _ = try file.tensor("f32", shape: [3, 2]) }
        == "\(path), tensor \"f32\": expected shape [3, 2], found [2, 3]")
    #expect(
      message { () throws(WeightsError) in _ = try file.tensor("i32") }
        == "\(path), tensor \"i32\": the integer 2147483647 has no exact float32 value")
    #expect(
      message { () throws(WeightsError) in _ = try file.integers("f32") }
        == "\(path), tensor \"f32\": expected integers, found floats")
    #expect(
      message { () throws(WeightsError) in _ = try file.doubles("u8") }
        == "\(path), tensor \"u8\": expected floats, found integers")
    let absent = message { () throws(WeightsError) in _ = try SafeTensors(contentsOf: "/no/such") }
    #expect(absent.hasPrefix("/no/such: "))
    let folder = message { () throws(WeightsError) in
      _ = try SafeTensors(contentsOf: FileManager.default.temporaryDirectory.path)
    }
    #expect(folder.hasSuffix("not a regular file"))
    let unwritable = message { () throws(WeightsError) in try file.write(to: "/no/such/file") }
    #expect(unwritable == "/no/such/file: there is no such file or folder; check the path")
    file.arrays["__metadata__"] = .int64([], shape: [0])
    let reserved = message { () throws(WeightsError) in try file.write(to: "reserved.safetensors") }
    #expect(reserved.hasSuffix("the format reserves this name"))
  }
}
