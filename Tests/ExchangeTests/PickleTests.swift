import Exchange
import Foundation
import Networks
import TestSupport
import Testing

/// The restricted reader of pickles, against pickles that Python wrote.
@Suite struct PickleTests {
  private static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: Fixture.path(name, bundle: .module)))
  }

  @Test(arguments: 0...5) func values(protocol version: Int) throws {
    let pickle = try Unpickler.read(
      try Self.data("pickle/protocol\(version).pkl"), file: "protocol\(version).pkl")
    func value(_ key: String) throws -> Pickle.Value {
      try #require(pickle.value(key, in: pickle.root), "\(key)")
    }
    #expect(try value("none") == .none && value("int") == .integer(7))
    #expect(try value("true") == .boolean(true) && value("false") == .boolean(false))
    #expect(try value("negative") == .integer(-70000) && value("long") == .integer(1 << 40))
    #expect(try value("huge") == .skipped && value("float") == .real(0.5))
    // Protocol 0 escapes texts; names of weights have nothing to escape.
    if version > 0 { #expect(try value("text") == .text("µm\n")) }
    #expect(try pickle.elements(value("empty")) == [])
    #expect(try pickle.elements(value("nothing")) == [])
    #expect(try pickle.integers(value("tuple")) == [1, 2, 3, 4])
    #expect(try pickle.integers(value("pair")) == [1, 2] && pickle.integers(value("one")) == [1])
    let list = try #require(try pickle.elements(value("list")))
    let inner = try #require(pickle.elements(list[1]))
    #expect(list[0] == .integer(1) && pickle.integers(inner[1]) == [3])
    let entry = try #require(try pickle.dictionary(value("dict"))?.first)
    #expect(entry.key == .integer(1) && pickle.value("x", in: entry.value) == .real(-1.5))
    let shared = try #require(try pickle.elements(value("shared")))
    #expect(shared[0] == shared[1])
    let circle = try value("circle")
    #expect(pickle.elements(circle) == [circle])
    #expect(try pickle.value("a", in: value("ordered")) == .integer(1))
    #expect(try pickle.value("b", in: value("default")) == .integer(2))
    // What would call Python's print is data, and named.
    guard case .opaque(let stranger)? = pickle.object(try value("stranger")) else {
      Issue.record("the stranger was made something else")
      return
    }
    #expect(stranger.name.hasSuffix(".print"))
    #expect(stranger.arguments == [.text("this must not be printed")])
    #expect(pickle.unknown.contains(stranger.name) && pickle.unknown.contains("datetime.date"))
  }

  /// Every truncation, and many changed bytes, give an error or a value, and end soon.
  @Test(arguments: 0...5) func damage(protocol version: Int) throws {
    let whole = try Self.data("pickle/protocol\(version).pkl")
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self) { try Unpickler.read(whole.prefix(count), file: "x") }
    }
    for place in whole.indices {
      for bit in 0..<8 {
        var damaged = whole
        damaged[place] ^= 1 << bit
        _ = try? Unpickler.read(damaged, file: "x")
      }
    }
  }

  @Test func hostile() throws {
    func expect(_ bytes: [UInt8], _ problem: String) throws {
      let error = try #require(throws: WeightsError.self) {
        try Unpickler.read(Data(bytes), file: "x")
      }
      #expect(error.description.contains(problem), "\(error)")
      #expect(!error.description.contains("\n"))
    }
    let prefix: [UInt8] = [0x80, 2]
    try expect([], "ends after 0 bytes")
    try expect([0x80, 9], "is of protocol 9")
    try expect(prefix + [UInt8(ascii: ".")], "takes more from the stack than there is")
    try expect(prefix + Array("t.".utf8), "mark that is not there")
    try expect(prefix + Array("K\u{1}a.".utf8), "takes more from the stack")
    try expect(prefix + Array("N(a.".utf8), "takes more from the stack")
    try expect(prefix + Array("h\u{5}.".utf8), "recalls value 5")
    try expect(prefix + [0x58, 0xFF, 0xFF, 0xFF, 0x7F], "claims 2147483647 bytes")
    try expect(prefix + [0x8D] + Array(repeating: 0xFF, count: 8), "above 2⁶³")
    try expect(prefix + [0x8E, 0, 0, 0, 0, 0, 0, 0, 0x7F], "claims")
    try expect(prefix + Array("NN\u{52}.".utf8), "arguments that are not a tuple")
    try expect(prefix + Array("N)R.".utf8), "calls what has no name")
    try expect(prefix + [0x97], "unknown instruction")
    try expect(prefix + Array("NQ.".utf8), "arguments that are not a tuple")
    try expect(prefix + Array(repeating: UInt8(ascii: "]"), count: 600_000), "objects")
    try expect(prefix + Array(repeating: UInt8(ascii: "("), count: 3_000_000), "values")
    try expect(Array(repeating: UInt8(ascii: "N"), count: 17 << 20), "16 MiB")
    // A list of many pairs, copied again and again by a call of few bytes.
    var copying = prefix + Array("]q\u{0}(".utf8)
    for _ in 0..<150_000 { copying += Array("NN\u{86}".unicodeScalars.map { UInt8($0.value) }) }
    copying += Array("e0".utf8)
    for _ in 0..<100_000 {
      copying += Array("ccollections\nOrderedDict\nh\u{0}".utf8) + [0x85] + Array("R0".utf8)
    }
    try expect(copying + Array("N.".utf8), "copies more than")
    // Nested values are read without recursion.
    let deep =
      prefix + Array(repeating: UInt8(ascii: "]"), count: 400_000)
      + Array(repeating: UInt8(ascii: "a"), count: 399_999) + [UInt8(ascii: ".")]
    #expect(try Unpickler.read(Data(deep), file: "x").objects.count == 400_000)
  }
}
