import Compute
import Morphometry
import Networks
import Tensors

/// The plans by which a network's convolutions would be computed; nothing is computed.
package struct ConvolutionPlans: Sendable {
  /// A pass of a convolution and its plan.
  package struct Entry: Sendable {
    /// The convolution.
    package let layer: PlacedConvolution
    /// The pass.
    package let pass: ConvolutionBenchmark.Pass
    /// Multiply–adds of the definition.
    package let multiplyAdds: Int
    /// The plan; nil for transposed convolutions, which have one algorithm.
    package let plan: ConvolutionPlan?
  }

  /// The entries, pass by pass in the order of the layers.
  package let entries: [Entry]

  /// The plans of the given passes; with `isPrepared` for constant weights, as in inference.
  package init(
    layers: [PlacedConvolution], passes: [ConvolutionBenchmark.Pass], isPrepared: Bool,
    batch: Int = 1
  ) throws(ShapeError) {
    var entries: [Entry] = []
    for pass in passes {
      for layer in layers {
        entries.append(
          Entry(
            layer: layer, pass: pass, multiplyAdds: layer.multiplyAdds * batch,
            plan: try layer.plan(pass, isPrepared: isPrepared, batch: batch)))
      }
    }
    self.entries = entries
  }

  /// An aligned table for people.
  package var text: String {
    var lines: [String] = []
    for pass in ConvolutionBenchmark.Pass.allCases {
      let inPass = entries.filter { $0.pass == pass }
      if inPass.isEmpty { continue }
      if !lines.isEmpty { lines.append("") }
      lines.append("\(pass.rawValue):")
      var rows = [
        ["layer", "channels", "kernel", "output", "plan", "G mul–adds", "of direct", "scratch"]
      ]
      for entry in inPass { rows.append(Self.row(entry)) }
      lines += AlignedText.lines(rows, leftAligned: [0, 4])
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func row(_ entry: Entry) -> [String] {
    let layer = entry.layer
    let head = [
      layer.name, "\(layer.inputs) → \(layer.outputs)",
      BenchmarkReport.cube(layer.geometry.kernel) + (layer.kind == .transposed ? "ᵀ" : ""),
      BenchmarkReport.cube(layer.output),
    ]
    let count = entry.plan?.multiplyAdds ?? entry.multiplyAdds
    let share = 100 * Double(count) / Double(entry.multiplyAdds)
    return head + [
      layer.planName(entry.plan),
      String(format: "%.2f", 1e-9 * Double(count)), String(format: "%.0f%%", share),
      entry.plan.map { ByteCount.rounded($0.scratchBytes) } ?? "",
    ]
  }

  /// The plans as `layers` of a JSON file.
  package var json: JSONValue {
    .list(
      entries.map { entry in
        .object([
          JSONValue.Entry("name", .text(entry.layer.name)),
          JSONValue.Entry("pass", .text(entry.pass.rawValue)),
          JSONValue.Entry("plan", .text(entry.layer.planName(entry.plan))),
          JSONValue.Entry("multiply_adds_direct", .number(Double(entry.multiplyAdds))),
          JSONValue.Entry(
            "multiply_adds", .number(Double(entry.plan?.multiplyAdds ?? entry.multiplyAdds))),
          JSONValue.Entry(
            "scratch_bytes_per_thread", JSONValue(entry.plan.map { Double($0.scratchBytes) })),
        ])
      })
  }
}

extension PlacedConvolution {
  /// The plan of a pass; nil for transposed convolutions.
  func plan(
    _ pass: ConvolutionBenchmark.Pass, isPrepared: Bool, batch: Int
  ) throws(ShapeError) -> ConvolutionPlan? {
    guard kind == .convolution else { return nil }
    let isInputGradient = pass == .inputGradient
    return ConvolutionPlanner.plan(
      try ConvolutionProblem(
        geometry: geometry, batch: batch, inputChannels: isInputGradient ? outputs : inputs,
        outputChannels: isInputGradient ? inputs : outputs, extents: input,
        pass: pass == .weightGradient ? .weightGradient : .forward,
        isPrepared: isPrepared && pass == .forward))
  }

  /// A plan in one word.
  func planName(_ plan: ConvolutionPlan?) -> String {
    guard let plan else { return "doubling" }
    return geometry.taps == 1 && plan.algorithm == .im2col ? "sgemm" : "\(plan.algorithm)"
  }
}
