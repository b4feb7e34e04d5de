/// The lower envelope of the parabolas that stand on the points of a line: from squared distances
/// within the other axes it makes those that include this axis.
struct LowerEnvelope {
  private let length: Int
  /// The distance between two points of the line, in µm.
  private let spacing: Double
  /// The parabolas of the envelope: where each stands, its height, and from where on it is lowest.
  private var sites: [Int]
  private var heights: [Double]
  private var starts: [Double]

  init(length: Int, spacing: Double) {
    self.length = length
    self.spacing = spacing
    sites = Array(repeating: 0, count: length)
    heights = Array(repeating: 0, count: length)
    starts = Array(repeating: 0, count: length)
  }

  /// Transforms the line of `values` at `first`, `first + stride`, … in place.
  ///
  /// Zeros stay zero, so each run between zeros is done by itself, with the zeros at its ends.
  mutating func transform(_ values: inout MutableSpan<Double>, from first: Int, stride: Int) {
    var q = 0
    while q < length {
      if values[first + q * stride] == 0 {
        q += 1
        continue
      }
      let begin = q
      while q < length, values[first + q * stride] != 0 { q += 1 }
      transform(&values, from: first, stride: stride, run: begin..<q)
    }
  }

  private mutating func transform(
    _ values: inout MutableSpan<Double>, from first: Int, stride: Int, run: Range<Int>
  ) {
    var count = 0
    let scale = 1 / (spacing * spacing)
    for q in max(0, run.lowerBound - 1)...min(length - 1, run.upperBound) {
      let height = values[first + q * stride]
      if height == .infinity { continue }
      // Where this parabola falls below the last one; that one goes where it is never lowest.
      var start = -Double.infinity
      while count > 0 {
        let site = sites[count - 1]
        let rise = (height - heights[count - 1]) * scale
        start = 0.5 * (rise / Double(q - site) + Double(q + site))
        if start > starts[count - 1] { break }
        count -= 1
        start = -.infinity
      }
      sites[count] = q
      heights[count] = height
      starts[count] = start
      count += 1
    }
    guard count > 0 else { return }
    var k = 0
    for q in run {
      while k + 1 < count, starts[k + 1] <= Double(q) { k += 1 }
      let distance = Double(q - sites[k]) * spacing
      values[first + q * stride] = heights[k] + distance * distance
    }
  }
}
