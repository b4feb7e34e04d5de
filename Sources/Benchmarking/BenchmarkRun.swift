import Morphometry

/// The numbers of a report that another process wrote.
package struct BenchmarkRun: Decodable, Hashable, Sendable {
  /// Seconds of the shortest run.
  package let secondsMinimum: Double
  /// Seconds of the middle run.
  package let secondsMedian: Double
  /// 10⁹ operations per second.
  package let gigaflops: Double
  /// The same as a fraction of sgemm's.
  package let fractionOfSgemm: Double
  /// The same as a fraction of the register loop's.
  package let fractionOfMultiplyAddPeak: Double
  /// The peak physical memory of the process; nil if the system does not state it.
  package let peakBytes: Int?
  /// Its memory before the network was made.
  package let processBytes: Int?

  private enum CodingKeys: String, CodingKey {
    case secondsMinimum = "seconds_min"
    case secondsMedian = "seconds_median"
    case gigaflops = "gflops"
    case fractionOfSgemm = "fraction_of_sgemm"
    case fractionOfMultiplyAddPeak = "fraction_of_fma_peak"
    case peakBytes = "peak_memory_bytes"
    case processBytes = "process_memory_bytes"
  }

  /// The numbers under the same keys.
  var entries: [JSONValue.Entry] {
    let numbers: [(CodingKeys, JSONValue)] = [
      (.secondsMinimum, .number(secondsMinimum)), (.secondsMedian, .number(secondsMedian)),
      (.gigaflops, .number(gigaflops)), (.fractionOfSgemm, .number(fractionOfSgemm)),
      (.fractionOfMultiplyAddPeak, .number(fractionOfMultiplyAddPeak)),
      (.peakBytes, JSONValue(peakBytes)), (.processBytes, JSONValue(processBytes)),
    ]
    return numbers.map { JSONValue.Entry($0.rawValue, $1) }
  }
}
