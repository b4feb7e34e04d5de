import Compute
import Networks
import Tensors

/// The results of a benchmark, with everything that its numbers depend on.
public struct BenchmarkReport: Sendable {
  /// The work that was timed.
  public enum Work: String, CaseIterable, Hashable, Sendable {
    /// Single convolutions.
    case convolution
    /// A network's logits.
    case inference
    /// An update of a network's weights: forward, loss, backward, optimizer.
    case training
  }

  /// A part of the whole, for example `forward`.
  public struct Part: Sendable {
    /// Its name.
    public let name: String
    /// Its times, one per run of the whole.
    public let timing: Timing
    /// Its floating-point operations; 0 if they are not counted.
    public let operations: Double
  }

  /// The machine and the engine.
  package let machine: BenchmarkMachine
  /// The peak rates of the machine, measured by the same process after everything else.
  package let peaks: MachinePeaks
  /// The work that was timed.
  public let work: Work
  /// The network's name; nil for a single convolution.
  public let network: String?
  /// Its architecture.
  public let architecture: UNetConfiguration?
  /// The samples in a batch.
  public let batch: Int
  /// The extents of the input.
  public let extents: SpatialAxes
  /// The number of runs of the whole.
  public let repetitions: Int
  /// Seconds of every run; empty for single convolutions.
  public let seconds: [Double]
  /// Seconds of the shortest run; for single convolutions, the sum over them.
  public let secondsMinimum: Double
  /// Seconds of the middle run; for single convolutions, the sum over them.
  public let secondsMedian: Double
  /// Floating-point operations of direct convolution, two per multiply–add. A training step counts
  /// as three forward passes.
  public let operations: Double
  /// Parts of the whole.
  public let parts: [Part]
  /// The losses of all training steps, that of the warm-up first.
  public let losses: [Double]
  /// Single convolutions.
  public let layers: [ConvolutionTiming]
  /// The physical memory in bytes of the process before the network was made.
  public let processBytes: Int?
  /// The bytes that the network was expected to take in addition to it.
  public let predictedBytes: Int?
  /// The peak physical memory in bytes of the process until the whole had been timed.
  public let peakBytes: Int?

  /// Operations per second of the shortest run.
  public var rate: Double { operations / secondsMinimum }
  /// Multiply–adds of one run.
  public var multiplyAdds: Double { operations / 2 }
}

extension BenchmarkReport {
  /// The report on single convolutions; peaks are measured now.
  public init(
    _ timings: [ConvolutionTiming], of benchmark: ConvolutionBenchmark, network: String?,
    architecture: UNetConfiguration?, extents: SpatialAxes
  ) {
    let peak = ProcessMemory.peakBytes
    self.init(
      machine: .current, peaks: .measured(), work: .convolution, network: network,
      architecture: architecture, batch: benchmark.batch, extents: extents,
      repetitions: benchmark.repetitions, seconds: [],
      secondsMinimum: timings.reduce(0) { $0 + $1.timing.minimum },
      secondsMedian: timings.reduce(0) { $0 + $1.timing.median },
      operations: timings.reduce(0) { $0 + $1.operations }, parts: [], losses: [],
      layers: timings, processBytes: nil, predictedBytes: nil, peakBytes: peak)
  }
}
