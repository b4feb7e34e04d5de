import Foundation
import Networks
import TestSupport
import Testing

/// `morula benchmark plan`, `--convolution` and the instruction sets, end to end.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct ConvolutionOptionTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place, environment: environment)
  }

  @Test func planListsEveryConvolution() throws {
    let result = try run(
      ["benchmark", "plan", "--network", "ndn", "--size", "64", "--training", "--json", "p.json"])
    try #require(result.status == 0, "\(result.errors)")
    for line in result.output.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    for pass in ["forward:", "input-gradient:", "weight-gradient:"] {
      #expect(result.output.contains(pass))
    }
    let data = try Data(contentsOf: URL(filePath: place.path + "/p.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(layers.count == 3 * 23)
    let large = try #require(
      layers.first { $0["name"] as? String == "decoder.0.convolution.0" })
    #expect(large["plan"] as? String == "fast-4x4x1")
    let (direct, computed) = (
      large["multiply_adds_direct"] as? Double ?? 0, large["multiply_adds"] as? Double ?? 0
    )
    // F(4, 5) along two axes saves 6.25; 128 voxels are whole tiles.
    #expect(abs(computed / (direct / 6.25) - 1) < 1e-9)
  }

  @Test func planFollowsTheRequest() throws {
    let result = try run(["benchmark", "plan", "--size", "32", "--convolution", "im2col"])
    #expect(result.status == 0 && !result.output.contains("fast"))
    let wrong = try run(["benchmark", "plan", "--convolution", "winograd"])
    #expect(wrong.status == 64 && wrong.errors.contains("winograd"))
  }

  /// Every algorithm and every instruction set computes the same logits, to rounding.
  @Test func algorithmsAndInstructionSetsAgree() throws {
    func logits(_ options: [String], _ environment: [String: String] = [:]) throws -> [Double] {
      let result = try run(
        ["benchmark", "network", "--network", "nsn", "--size", "16", "--no-layers"]
          + ["--repetitions", "1", "--output", "y.safetensors"] + options, environment: environment)
      try #require(result.status == 0, "\(result.errors)")
      let file = try SafeTensors(contentsOf: place.path + "/y.safetensors")
      return try file.tensor("logits", shape: [1, 1, 16, 16, 16]).scalars.map(Double.init)
    }
    let reference = try logits(["--convolution", "im2col"])
    let range = reference.max()! - reference.min()!
    for algorithm in ["direct", "fast-4x1x1", "fast-4x4x1", "fast-6x6x1"] {
      let found = try logits(["--convolution", algorithm])
      #expect(largestDifference(found, reference) <= 1e-4 * range, "\(algorithm)")
      #expect(found != reference, "\(algorithm) was not used")
    }
    for variant in try availableKernels() {
      let found = try logits([], ["MORULA_KERNELS": variant])
      #expect(largestDifference(found, reference) <= 1e-4 * range, "\(variant)")
    }
  }

  /// The names that the message about an unknown one lists.
  private func availableKernels() throws -> [String] {
    let message = try run(["info", "x.tif"], environment: ["MORULA_KERNELS": "none"]).errors
    let start = try #require(message.firstRange(of: "expected ")).upperBound
    let end = try #require(message.firstRange(of: " or nothing")).lowerBound
    return message[start..<end].split(separator: ", ").map(String.init)
  }

  /// A comparison of instruction sets must never measure another one than it names.
  @Test(arguments: ["none", "AVX2", "sse2", "avx2,avx512"])
  func unknownKernelsAreAnError(name: String) throws {
    let result = try run(
      ["benchmark", "network", "--size", "16", "--output", "y.safetensors"],
      environment: ["MORULA_KERNELS": name])
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(
      result.errors.hasPrefix("morula: error: MORULA_KERNELS: expected baseline")
        && result.errors.hasSuffix("found \(name)\n"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/y.safetensors"))
  }

  /// Help and wrong options are answered as always; an empty value asks for nothing.
  @Test func helpNeedsNoKernels() throws {
    let unknown = ["MORULA_KERNELS": "none"]
    #expect(try run(["--help"], environment: unknown).status == 0)
    #expect(try run(["--no-such-option"], environment: unknown).status == 64)
    let empty = try run(
      ["benchmark", "plan", "--size", "32"], environment: ["MORULA_KERNELS": ""])
    #expect(empty.status == 0, "\(empty.errors)")
  }
}
