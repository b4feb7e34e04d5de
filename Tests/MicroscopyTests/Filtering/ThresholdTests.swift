import Microscopy
import TestSupport
import Testing

@Suite("Thresholds")
struct ThresholdTests {
  static let cases = ["nuclei", "counts", "noise", "two", "negative", "flat"]

  @Test("equal scikit-image's to float32 rounding", arguments: cases)
  func reference(name: String) throws {
    let file = try MorphologyFixture("thresholds")
    let image = try file.volume("\(name).image")
    // Both are found in float64; ours are rounded to float32.
    func isSame(_ value: Float, _ expected: Double) -> Bool {
      abs(Double(value) - expected) <= 2 * Double(Float(expected).ulp) + 1e-6 * abs(expected)
    }
    let otsu = try file.numbers("\(name).otsu")
    #expect(isSame(image.otsuThreshold(), otsu[0]))
    #expect(isSame(image.otsuThreshold(bins: 64), otsu[1]))
    #expect(isSame(image.liThreshold(), try file.numbers("\(name).li")[0]))
  }

  @Test("two classes are separated, whatever else is not finite")
  func classes() {
    var random = RandomVolumes(seed: 71)
    var image = random.values(Extent(depth: 6, height: 10, width: 11), levels: 20)
    for place in image.places where place.x > 5 { image[place] += 100 }
    let (otsu, li) = (image.otsuThreshold(), image.liThreshold())
    #expect((18...100).contains(otsu))
    #expect((18...100).contains(li))
    var more = image.voxels
    more += [.nan, .infinity, -.infinity, .nan]
    more += image.voxels[4...]
    let mixed = Volume(more, extent: Extent(depth: 1, height: 2, width: image.extent.count))
    #expect((18...100).contains(mixed.otsuThreshold()))
    #expect((18...100).contains(mixed.liThreshold()))
  }

  @Test("volumes without classes have a defined threshold")
  func extremes() {
    let extent = Extent(depth: 1, height: 1, width: 2)
    let nothing = Volume<Float>([.nan, .infinity], extent: extent)
    #expect(nothing.otsuThreshold() == 0)
    #expect(nothing.liThreshold() == 0)
    let flat = Volume<Float>([7, 7], extent: extent)
    #expect(flat.otsuThreshold() == 7)
    #expect(flat.liThreshold() == 7)
    #expect(Volume<Float>([3, 5], extent: extent).otsuThreshold(bins: 1) == 4)
    let wide = Volume<Float>([-3e38, 3e38], extent: extent)
    #expect(wide.otsuThreshold().isFinite)
    #expect(wide.liThreshold().isFinite)
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 72)
    let image = random.values(Extent(depth: 20, height: 128, width: 128), levels: 5000)
    let results = onSeveralThreads { [image.otsuThreshold(), image.liThreshold()] }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
