import Morphometry
import Networks
import Segmentation
import Tensors

extension BenchmarkReport {
  /// The report as JSON; Benchmarks/README.md explains the keys.
  package var json: JSONValue {
    .object(
      [
        entry("what", .text(work.rawValue)), entry("network", JSONValue(network)),
        entry("size", Self.axes(extents)), entry("batch", .integer(batch)),
        entry("parameters", JSONValue(architecture?.parameterCount)),
        entry("multiply_adds", .number(multiplyAdds)),
      ] + machine.entries + [
        entry("repetitions", .integer(repetitions)),
        entry("sgemm_gflops", .number(1e-9 * peaks.sgemm)),
        entry("fma_peak_gflops", .number(1e-9 * peaks.multiplyAdd)),
      ] + measured(minimum: secondsMinimum, median: secondsMedian, operations: operations) + [
        entry("seconds", .list(seconds.map(JSONValue.number))),
        entry("peak_memory_bytes", JSONValue(peakBytes)),
        entry("process_memory_bytes", JSONValue(processBytes)),
        entry("predicted_memory_bytes", JSONValue(predictedBytes)),
        entry("parts", .list(parts.map(json))),
        entry("losses", .list(losses.map(JSONValue.number))),
        entry("layers", .list(layers.map(json))),
      ])
  }

  private func json(_ part: Part) -> JSONValue {
    .object(
      [entry("name", .text(part.name))]
        + measured(
          minimum: part.timing.minimum, median: part.timing.median, operations: part.operations))
  }

  private func json(_ layer: ConvolutionTiming) -> JSONValue {
    let convolution = layer.layer
    return .object(
      [
        entry("name", .text(convolution.name)), entry("kind", .text(convolution.kind.rawValue)),
        entry("pass", .text(layer.pass.rawValue)),
        entry("kernel", Self.axes(convolution.geometry.kernel)),
        entry("channels_in", .integer(convolution.inputs)),
        entry("channels_out", .integer(convolution.outputs)),
        entry("extents_in", Self.axes(convolution.input)),
        entry("extents_out", Self.axes(convolution.output)),
        entry("multiply_adds", .number(layer.operations / 2)), entry("plan", .text(layer.plan)),
        entry("multiply_adds_computed", .number(layer.computedOperations / 2)),
        entry(
          "fraction_busy",
          .number(layer.computedOperations / layer.timing.minimum / peaks.multiplyAdd)),
      ]
        + measured(
          minimum: layer.timing.minimum, median: layer.timing.median,
          operations: layer.operations))
  }

  /// Times and rates; work without counted operations has no rate.
  private func measured(
    minimum: Double, median: Double, operations: Double
  ) -> [JSONValue.Entry] {
    let rate: Double? = operations > 0 ? operations / minimum : nil
    return [
      entry("seconds_min", .number(minimum)), entry("seconds_median", .number(median)),
      entry("gflops", JSONValue(rate.map { 1e-9 * $0 })),
      entry("fraction_of_sgemm", JSONValue(rate.map { $0 / peaks.sgemm })),
      entry("fraction_of_fma_peak", JSONValue(rate.map { $0 / peaks.multiplyAdd })),
    ]
  }

  static func axes(_ axes: SpatialAxes) -> JSONValue {
    .list([axes.depth, axes.height, axes.width].map(JSONValue.integer))
  }

  private func entry(_ key: String, _ value: JSONValue) -> JSONValue.Entry {
    JSONValue.Entry(key, value)
  }
}

extension BenchmarkMachine {
  /// The machine's keys of a report.
  var entries: [JSONValue.Entry] {
    [
      JSONValue.Entry("threads", .integer(threads)),
      JSONValue.Entry("processor", .text(processor)),
      JSONValue.Entry("processors", .integer(processorCount)),
      JSONValue.Entry("machine_memory_bytes", .integer(memoryBytes)),
      JSONValue.Entry("kernel_variant", .text(kernelVariant)),
      JSONValue.Entry("blas_core", .text(blasCore)),
      JSONValue.Entry("blas_version", JSONValue(blasVersion)),
      JSONValue.Entry("morula_version", .text(Version.current)),
    ]
  }
}
