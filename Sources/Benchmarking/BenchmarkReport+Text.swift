import Compute
import Foundation
import Morphometry
import Networks
import Tensors

extension BenchmarkReport {
  /// The report for people, within 100 columns: the machine, its peaks, the whole, the layers.
  public var text: String {
    var lines = [machine.text, peaksText, ""]
    switch work {
    case .convolution: lines += [headline]
    case .inference, .training: lines += [headline, ""] + wholeLines + memoryLines
    }
    for pass in ConvolutionBenchmark.Pass.allCases {
      let timings = layers.filter { $0.pass == pass }
      if timings.isEmpty { continue }
      lines += ["", Self.title(of: pass)] + layerLines(timings)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var peaksText: String {
    "Peaks measured here, in GFLOP/s: sgemm \(Self.rate(peaks.sgemm)), multiply–adds in registers "
      + "(FMA) \(Self.rate(peaks.multiplyAdd))"
  }

  /// `nsn, inference of 128³ voxels: 1,147,585 parameters, 423 G multiply–adds; 3 runs`.
  private var headline: String {
    var text = network.map { "\($0), " } ?? ""
    switch work {
    case .convolution: text += "convolutions of"
    case .inference: text += "inference of"
    case .training: text += "training step on"
    }
    text +=
      " \(batch > 1 ? "\(batch) × " : "")\(Self.cube(extents)) "
      + (extents == SpatialAxes(extents.depth) ? "voxels" : "(z, y, x)")
    let giga = 1e-9 * multiplyAdds
    text += String(format: ": %.\(giga < 100 ? 2 : 0)f G multiply–adds", giga)
    if let architecture { text += ", \(architecture.parameterCount.formatted()) parameters" }
    return text + "; float32, \(repetitions.counted("run"))"
  }

  private var wholeLines: [String] {
    var rows = [["", "seconds", "median", "GFLOP/s", "sgemm", "FMA"]]
    rows.append(
      [
        work == .training ? "step" : "inference", Self.seconds(secondsMinimum),
        Self.seconds(secondsMedian),
      ] + rates(operations / secondsMinimum))
    for part in parts {
      rows.append(
        [
          "  " + part.name, Self.seconds(part.timing.minimum), Self.seconds(part.timing.median),
        ] + rates(part.operations > 0 ? part.operations / part.timing.minimum : nil))
    }
    return AlignedText.lines(rows)
  }

  private var memoryLines: [String] {
    guard let peakBytes else { return [] }
    var text = "Peak memory \(ByteCount.rounded(peakBytes))"
    if let predictedBytes {
      text += "; expected \(ByteCount.rounded(predictedBytes)) for the network"
      if let processBytes { text += " + \(ByteCount.rounded(processBytes)) of the process" }
    }
    return [text]
  }

  private func layerLines(_ timings: [ConvolutionTiming]) -> [String] {
    let total = timings.reduce(0) { $0 + $1.timing.minimum }
    var rows = [
      [
        "layer", "channels", "kernel", "output", "ms", "GFLOP/s", "FMA", "busy", "time",
        "plan",
      ]
    ]
    func row(
      _ cells: [String], _ seconds: Double, _ operations: Double, _ computed: Double,
      _ plan: String
    ) -> [String] {
      cells + [
        Self.milliseconds(seconds), Self.rate(operations / seconds),
        Self.percent(operations / seconds / peaks.multiplyAdd),
        Self.percent(computed / seconds / peaks.multiplyAdd), Self.percent(seconds / total), plan,
      ]
    }
    for timing in timings {
      let layer = timing.layer
      rows.append(
        row(
          [
            layer.name, "\(layer.inputs) → \(layer.outputs)",
            Self.cube(layer.geometry.kernel) + (layer.kind == .transposed ? "ᵀ" : ""),
            Self.cube(layer.output),
          ], timing.timing.minimum, timing.operations, timing.computedOperations, timing.plan))
    }
    if timings.count > 1 {
      let operations = timings.reduce(0) { $0 + $1.operations }
      let computed = timings.reduce(0) { $0 + $1.computedOperations }
      rows.append(row(["all", "", "", ""], total, operations, computed, ""))
    }
    return AlignedText.lines(rows, leftAligned: [0, 9])
  }

  /// The rate and its fractions of both peaks.
  private func rates(_ rate: Double?) -> [String] {
    guard let rate else { return ["", "", ""] }
    return [
      Self.rate(rate), Self.percent(rate / peaks.sgemm), Self.percent(rate / peaks.multiplyAdd),
    ]
  }

  private static func title(of pass: ConvolutionBenchmark.Pass) -> String {
    switch pass {
    case .forward: "Forward, each convolution by itself:"
    case .inputGradient: "Gradient of the input:"
    case .weightGradient: "Gradient of the weight:"
    }
  }

  /// `128³` for cubes, else `51×124×127`.
  static func cube(_ axes: SpatialAxes) -> String {
    axes == SpatialAxes(axes.depth) ? "\(axes.depth)³" : "\(axes)"
  }

  static func rate(_ rate: Double) -> String {
    let giga = 1e-9 * rate
    return String(format: giga < 10 ? "%.1f" : "%.0f", giga)
  }

  static func seconds(_ seconds: Double) -> String {
    String(format: seconds < 10 ? "%.3f" : seconds < 100 ? "%.2f" : "%.1f", seconds)
  }

  private static func milliseconds(_ seconds: Double) -> String {
    let value = 1e3 * seconds
    return String(format: value < 1 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value)
  }

  private static func percent(_ fraction: Double) -> String {
    String(format: "%.0f%%", 100 * fraction)
  }
}

extension BenchmarkMachine {
  /// One line: processor, memory, threads, kernels, OpenBLAS.
  package var text: String {
    "\(processor.replacing("(R)", with: "").replacing("(TM)", with: "")), "
      + "\(processorCount.counted("processor")), "
      + "\(ByteCount.rounded(memoryBytes)); "
      + "\(threads.counted("thread")), \(kernelVariant) kernels, OpenBLAS "
      + "\(blasVersion.map { "\($0) " } ?? "")\(blasCore)"
  }
}
