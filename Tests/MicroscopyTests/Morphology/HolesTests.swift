import Microscopy
import TestSupport
import Testing

@Suite("Hole filling")
struct HolesTests {
  @Test(
    "equals SciPy's, in the volume and plane by plane",
    arguments: ["hollow", "open", "dense", "medium", "plane", "column", "empty", "full"])
  func reference(name: String) throws {
    let file = try MorphologyFixture("holes")
    let mask = try file.mask("\(name).mask")
    #expect(mask.fillingHoles() == (try file.mask("\(name).volume")))
    #expect(mask.fillingHoles(perPlane: true) == (try file.mask("\(name).planes")))
  }

  @Test("fills what cannot be reached from the border")
  func definition() {
    var random = RandomVolumes(seed: 21)
    for density in [0.4, 0.6, 0.7, 0.8] {
      for _ in 0..<10 {
        let mask = random.mask(random.extent(upTo: 12), density: density)
        // Everything is filled except what is connected to the border.
        var filled = Volume(repeating: true, extent: mask.extent)
        var open = mask.places.filter { place in
          !mask[place]
            && Axis.allCases.contains { place[$0] == 0 || place[$0] == mask.extent[$0] - 1 }
        }
        for place in open { filled[place] = false }
        while let place = open.popLast() {
          for next in mask.neighbors(of: place, .faces) where !mask[next] && filled[next] {
            filled[next] = false
            open.append(next)
          }
        }
        #expect(mask.fillingHoles() == filled)
      }
    }
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 22)
    let mask = random.mask(Extent(depth: 20, height: 60, width: 90), density: 0.7)
    let results = onSeveralThreads { [mask.fillingHoles(), mask.fillingHoles(perPlane: true)] }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
