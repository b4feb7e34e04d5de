/// Where the samples of one channel lie in the rows of a page.
struct SampleLayout: Sendable {
  var type: SampleType
  /// Pixels of a row.
  var width: Int
  /// Samples of a pixel that lie beside each other.
  var interleaved = 1
  /// The one among them that is meant, from 0.
  var sample = 0
}
