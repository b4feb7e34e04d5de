import Foundation
import Microscopy
import Testing

/// Some planes of a frame are those of the whole frame, whatever the file.
@Suite struct PlaneReadingTests {
  @Test(arguments: ["tiff", "dialects", "channels", "zarr"])
  func planes(folder: String) throws {
    let path = Fixture.folder + "/" + folder
    var images = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
      guard let image = try? ImageFile.open("\(path)/\(name)"),
        let whole = try? image.volume(channel: image.channels - 1, frame: image.frames - 1)
      else { continue }
      images += 1
      for first in 0..<whole.extent.depth {
        for end in first + 1...whole.extent.depth {
          let part = try image.planes(
            first..<end, channel: image.channels - 1, frame: image.frames - 1)
          #expect(part.extent.depth == end - first)
          // NaN is not equal to itself.
          let expected = whole.planes(first..<end).voxels.map(\.bitPattern)
          #expect(part.voxels.map(\.bitPattern) == expected, "\(name): \(first)..<\(end)")
        }
      }
    }
    #expect(images > 0)
  }
}
