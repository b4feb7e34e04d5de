import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Written files, as others see them")
struct WrittenSampleTests {
  /// `Fixtures/written/expected.json`, made by tifffile.
  struct Expected: Decodable {
    struct File: Decodable {
      let axes: String
      let shape: [Int]
      let type: String
      let pages: Int
      let isBig: Bool
      let tags: [String: Tag]
    }

    /// A number, a fraction or a text.
    enum Tag: Decodable {
      case number(Double)
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else if let fraction = try? container.decode([Double].self) {
          self = .number(fraction[0] / fraction[1])
        } else {
          self = .text(try container.decode(String.self))
        }
      }
    }

    let files: [String: File]
    let descriptions: [String: String]

    init() throws {
      let url = URL(fileURLWithPath: Fixture.folder + "/written/expected.json")
      self = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: url))
    }

    enum CodingKeys: CodingKey {
      case files
      case descriptions
    }
  }

  /// For `Fixtures/written/make.py` and docs/examples/check_imagej.sh.
  @Test(
    "leaves the samples in the folder MORULA_SAMPLES",
    .enabled(
      if: ProcessInfo.processInfo.environment["MORULA_SAMPLES"] != nil, "needs MORULA_SAMPLES"))
  func writtenSamples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["MORULA_SAMPLES"])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(try WrittenSamples.write(to: folder).count > 20)
  }

  @Test("tags are those in which tifffile found axes, scale and voxels")
  func tags() throws {
    let expected = try Expected().files
    try Fixture.withFolder { folder in
      #expect(try WrittenSamples.write(to: folder) == expected.keys.sorted())
      for (name, file) in expected {
        let found = try TagReader("\(folder)/\(name).tif")
        #expect(found.isBig == file.isBig, "\(name)")
        #expect(found.pages.count == file.pages, "\(name)")
        for (code, value) in file.tags {
          let tag = found.pages[0][try #require(Int(code))]
          switch (value, tag) {
          case (.text(let text), .text(let own)): #expect(own == text + "\n", "\(name) \(code)")
          case (.number(let number), .numbers(let own)):
            // Resolutions are fractions that versions of libtiff find in their own ways.
            #expect(own.count == 1 && abs(own[0] / number - 1) < 1e-7, "\(name) \(code)")
          default: Issue.record("\(name): tag \(code) is \(String(describing: tag))")
          }
        }
        if file.tags["282"] == nil { #expect(found.pages[0][282] == nil, "\(name)") }
        let info = try TIFF.info(at: "\(folder)/\(name).tif")
        let lengths = [
          "T": info.frames, "Z": info.extent.depth, "C": info.channels, "Y": info.extent.height,
          "X": info.extent.width,
        ]
        #expect(file.axes.map { lengths[String($0)] } == file.shape, "\(name)")
      }
    }
  }

  @Test("the description says what tifffile's own imwrite(imagej=True) says")
  func descriptions() throws {
    let expected = try Expected().descriptions
    #expect(expected.count == 3)
    try Fixture.withFolder { folder in
      _ = try WrittenSamples.write(to: folder)
      for (name, description) in expected {
        guard case .text(let own)? = try TagReader("\(folder)/\(name).tif").pages[0][270] else {
          Issue.record("\(name) has no description")
          continue
        }
        // `loop`, which only plays the frames, tifffile leaves out of stacks without frames.
        let lines = Set(description.split(separator: "\n")).union(["loop=false"])
        #expect(Set(own.split(separator: "\n")) == lines, "\(name)")
      }
    }
  }

  @Test("uncompressed planes are one run, which ImageJ takes for granted")
  func contiguous() throws {
    try Fixture.withFolder { folder in
      for name in try WrittenSamples.write(to: folder) where name.hasSuffix("none") {
        let pages = try TagReader("\(folder)/\(name).tif").pages
        for (page, next) in zip(pages, pages.dropFirst()) {
          guard case .numbers(let offset)? = page[273], case .numbers(let size)? = page[279],
            case .numbers(let following)? = next[273]
          else {
            Issue.record("\(name) lacks offsets")
            continue
          }
          #expect(offset.count == 1 && offset[0] + size[0] == following[0], "\(name)")
        }
      }
    }
  }

  @Test("every frame and channel is read back with scale and interval")
  func roundTrip() throws {
    try Fixture.withFolder { folder in
      for name in try WrittenSamples.write(to: folder) {
        let stack = try TIFFStack(opening: "\(folder)/\(name).tif")
        let isCalibrated = !name.hasSuffix("uncalibrated")
        #expect(stack.info.voxelSize == (isCalibrated ? WrittenSamples.size : nil), "\(name)")
        #expect(stack.info.frameInterval == (isCalibrated ? 600 : nil), "\(name)")
        for t in 0..<stack.info.frames {
          for c in 0..<stack.info.channels {
            let isBlank = name == "labels-series" && t == 0
            let values = Fixture.ramp(WrittenSamples.extent, t: t, c: c).map { isBlank ? 0 : $0 }
            #expect(try stack.readVolume(channel: c, frame: t).voxels == values, "\(name) \(t)")
          }
        }
      }
    }
  }
}
