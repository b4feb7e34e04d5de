import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// `morula benchmark`, on volumes so small that a run takes a fraction of a second. Nothing here
/// depends on how fast the machine is.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct BenchmarkTests {
  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private func benchmark(_ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(["benchmark"] + arguments, in: place)
  }

  /// The JSON of a run that must succeed.
  private func report(_ arguments: String...) throws -> [String: Any] {
    let result = try MorulaCommand.run(
      ["benchmark"] + arguments + ["--json", "report.json"], in: place)
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("OpenBLAS") && result.output.contains("thread"))
    for line in result.output.split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
    }
    let data = try Data(contentsOf: URL(filePath: place.path + "/report.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func number(_ json: [String: Any], _ key: String) throws -> Double {
    try #require(json[key] as? Double, "\(key) is missing in \(json.keys.sorted())")
  }

  /// Times, rate and fractions follow from each other and from the arithmetic.
  private func expectConsistent(
    _ json: [String: Any], operations: Double, sgemm: Double, fma: Double
  ) throws {
    let (shortest, middle) = (try number(json, "seconds_min"), try number(json, "seconds_median"))
    #expect(shortest > 0 && middle >= shortest)
    let rate = try number(json, "gflops")
    #expect(abs(rate * shortest * 1e9 / operations - 1) < 1e-9)
    #expect(abs(try number(json, "fraction_of_sgemm") * sgemm / rate - 1) < 1e-9)
    #expect(abs(try number(json, "fraction_of_fma_peak") * fma / rate - 1) < 1e-9)
  }

  /// The keys that every report of a network has, their values and those of its layers.
  private func expectReport(
    _ json: [String: Any], what: String, operations: Double, threads: Int
  ) throws {
    #expect(json["what"] as? String == what && json["threads"] as? Int == threads)
    for key in ["processor", "kernel_variant", "blas_core", "morula_version"] {
      #expect((json[key] as? String)?.isEmpty == false, "\(key)")
    }
    let (sgemm, fma) = (try number(json, "sgemm_gflops"), try number(json, "fma_peak_gflops"))
    #expect(sgemm > 0 && fma > 0)
    try expectConsistent(json, operations: operations, sgemm: sgemm, fma: fma)
    for layer in try #require(json["layers"] as? [[String: Any]]) {
      let axes = { (key: String) in (layer[key] as? [Int] ?? []).reduce(1, *) }
      let isTransposed = layer["kind"] as? String == "transposed"
      let channels = try number(layer, "channels_in") * number(layer, "channels_out")
      let windows = axes(isTransposed ? "extents_in" : "extents_out")
      try expectConsistent(
        layer, operations: 2 * channels * Double(axes("kernel") * windows), sgemm: sgemm, fma: fma)
      #expect((layer["name"] as? String)?.isEmpty == false)
      #expect((layer["plan"] as? String)?.isEmpty == false)
    }
  }

  @Test func network() throws {
    let json = try report("network", "--size", "12,10,8", "--threads", "1", "--repetitions", "2")
    let extents = SpatialAxes(8, 10, 12)
    let operations = 2 * Double(UNetConfiguration.nsn.multiplyAdds(for: extents))
    try expectReport(json, what: "inference", operations: operations, threads: 1)
    #expect(json["network"] as? String == "nsn" && json["size"] as? [Int] == [8, 10, 12])
    #expect(json["parameters"] as? Int == UNetConfiguration.nsn.parameterCount)
    #if os(Linux)
      let peak = try number(json, "peak_memory_bytes")
      #expect(try peak > number(json, "process_memory_bytes"))
      #expect(try number(json, "predicted_memory_bytes") > 0)
    #endif
    let layers = try #require(json["layers"] as? [[String: Any]])
    let names = try UNetConfiguration.nsn.convolutions(for: extents).map(\.name)
    #expect(layers.map { $0["name"] as? String } == names)
    #expect(layers.allSatisfy { $0["pass"] as? String == "forward" })
    // The layers are the network.
    let sum = try layers.reduce(0) { $0 + (try number($1, "multiply_adds")) }
    #expect(2 * sum == operations)
  }

  @Test func training() throws {
    let json = try report("train", "--size", "8", "--threads", "2", "--loss", "bce", "--no-layers")
    let operations = 6 * Double(UNetConfiguration.nsn.multiplyAdds(for: 8))
    try expectReport(json, what: "training", operations: operations, threads: 2)
    #expect((json["layers"] as? [Any])?.isEmpty == true)
    let parts = try #require(json["parts"] as? [[String: Any]])
    #expect(
      parts.map { $0["name"] as? String } == ["forward", "loss", "backward", "update"])
    // The shortest parts are no longer than the shortest whole.
    let seconds = try parts.map { try number($0, "seconds_min") }
    #expect(try seconds.reduce(0, +) <= number(json, "seconds_min") * (1 + 1e-9))
    // A warm-up and three steps on one volume: it is being learned.
    let losses = try #require(json["losses"] as? [Double])
    #expect(losses.count == 4 && (losses.last ?? 1) < (losses.first ?? 0))
  }

  @Test func layersOfTraining() throws {
    let json = try report("train", "--size", "8", "--repetitions", "1", "--loss", "dice")
    let layers = try #require(json["layers"] as? [[String: Any]])
    // The gradient of the image is not needed.
    #expect(layers.count == 3 * 13 - 1)
    let gradients = layers.filter { $0["pass"] as? String == "input-gradient" }
    #expect(gradients.count == 12)
    #expect(!gradients.contains { $0["name"] as? String == "encoder.0.convolution.0" })
  }

  @Test func singleConvolution() throws {
    let json = try report(
      "conv", "--channels", "3,5", "--kernel", "5", "--size", "6,5,4", "--repetitions", "2")
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(
      layers.map { $0["pass"] as? String } == ["forward", "input-gradient", "weight-gradient"])
    let operations = 3 * 2 * Double(3 * 5 * 125 * 4 * 5 * 6)
    try expectReport(
      json, what: "convolution", operations: operations,
      threads: json["threads"] as? Int ?? 0)
    #expect(json["network"] is NSNull)
    #expect(layers.allSatisfy { $0["extents_in"] as? [Int] == [4, 5, 6] })
    let one = try report("conv", "--network", "nsn", "--size", "4", "--pass", "input-gradient")
    #expect((one["layers"] as? [Any])?.count == 12)
  }

  @Test func memory() throws {
    let json = try report(
      "memory", "--size", "4", "--size", "8,8,4", "--work", "inference", "--threads", "1")
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["size"] as? [Int] } == [[4, 4, 4], [4, 8, 8]])
    #expect(json["threads"] as? Int == 1 && json["layers"] is [Any])
    for run in runs + [json] {
      let (shortest, rate) = (try number(run, "seconds_min"), try number(run, "gflops"))
      #expect(shortest > 0 && rate > 0)
      #expect(try number(run, "seconds_median") >= shortest)
      #expect(try number(run, "fraction_of_sgemm") > 0)
      #expect(try number(run, "fraction_of_fma_peak") > 0)
    }
    #if os(Linux)
      let peaks = try runs.map { try number($0, "peak_memory_bytes") }
      #expect(try number(json, "peak_memory_bytes") == peaks.max())
    #endif
  }

  /// What is too large for any machine is listed, not run.
  @Test func memoryThatNobodyHas() throws {
    let json = try report("memory", "--size", "4096", "--network", "ndn")
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["what"] as? String } == ["inference", "training"])
    #expect(runs.allSatisfy { $0["seconds_min"] == nil && $0["predicted_memory_bytes"] is Int })
  }

  /// The logits are those of the network for these weights and this input.
  @Test func weightsInputAndOutput() throws {
    var network = try UNet3D(.nsn, initializer: .heNormal, seed: 5)
    var generator = SeededGenerator(seed: 7)
    network.forEachBuffer { buffer in
      if buffer.name.hasSuffix("mean") {
        buffer.value = Tensor.normal(buffer.value.shape, using: &generator)
      }
    }
    let input = Tensor.normal([1, 1, 7, 8, 9], using: &generator)
    try SafeTensors(tensors: network.tensors).write(to: place.path + "/w.safetensors")
    try SafeTensors(tensors: ["input": input.reshaped(to: [7, 8, 9])])
      .write(to: place.path + "/x.safetensors")
    let json = try report(
      "network", "--weights", "w.safetensors", "--input", "x.safetensors", "--output",
      "y.safetensors", "--no-layers")
    #expect(json["size"] as? [Int] == [7, 8, 9])
    let logits = try SafeTensors(contentsOf: place.path + "/y.safetensors").tensor("logits")
    var workspace = Workspace()
    let expected = try network.predict(input, workspace: &workspace)
    let largest = expected.scalars.map(abs).max() ?? 0
    let difference = zip(logits.scalars, expected.scalars).map { abs($0 - $1) }.max() ?? 0
    #expect(logits.shape == expected.shape && difference <= 1e-4 * largest)
    // Another seed's noise gives other logits: the input was used.
    #expect(largest > 0.01)
  }

  @Test func failures() throws {
    typealias Errors = CommandErrorTests
    Errors.expectFailure(
      try benchmark("network", "--size", "8", "--json", "absent/x.json"), "absent/x.json",
      "its folder does not exist")
    Errors.expectFailure(
      try benchmark("conv", "--size", "8", "--json", "."), "is a folder")
    Errors.expectFailure(
      try benchmark("network", "--size", "4096"), "needs about", "give a smaller --size")
    Errors.expectFailure(
      try benchmark("train", "--weights", "absent.safetensors", "--size", "8"),
      "absent.safetensors: ")
    Errors.expectFailure(
      try benchmark("network", "--input", "absent.safetensors"), "absent.safetensors: ")
    let network = try UNet3D(.nsn)
    try SafeTensors(tensors: network.tensors).write(to: place.path + "/w.safetensors")
    Errors.expectFailure(
      try benchmark("network", "--network", "ndn", "--weights", "w.safetensors", "--size", "8"),
      "w.safetensors", "tensor")
    try SafeTensors(tensors: ["input": Tensor(zeros: [4, 4])])
      .write(to: place.path + "/flat.safetensors")
    Errors.expectFailure(
      try benchmark("network", "--input", "flat.safetensors"), "flat.safetensors", "[D, H, W]")
    try SafeTensors(tensors: ["input": Tensor(zeros: [1, 2, 4, 4, 4])])
      .write(to: place.path + "/two.safetensors")
    Errors.expectFailure(try benchmark("network", "--input", "two.safetensors"), "channel")
  }

  /// Mistakes in the command line itself.
  @Test(arguments: [
    ["network", "--size", "0"], ["network", "--size", "8,8"], ["network", "--size", "-1"],
    ["network", "--size", "5000"], ["network", "--network", "alexnet"],
    ["network", "--repetitions", "0"], ["network", "--threads", "0"],
    ["network", "--size", "8", "--input", "x"], ["conv", "--channels", "3"],
    ["conv", "--kernel", "3"], ["conv", "--channels", "3,3", "--kernel", "4"],
    ["conv", "--channels", "0,3"], ["conv", "--pass", "sideways"],
    ["conv", "--network", "nsn", "--channels", "1,1"], ["train", "--loss", "hinge"],
    ["memory", "--work", "all-day"], ["memory", "--size", "x"],
  ])
  func options(arguments: [String]) throws {
    let result = try MorulaCommand.run(["benchmark"] + arguments, in: place)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errors.hasPrefix("Error: "))
  }
}
