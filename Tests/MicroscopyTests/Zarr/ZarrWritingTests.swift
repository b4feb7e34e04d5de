import Compute
import Foundation
import Microscopy
import Testing

@Suite("OME-Zarr and OME-TIFF that Morula writes")
struct ZarrWritingTests {
  /// A volume of random samples.
  private func volume(
    _ extent: Extent, _ type: SampleType, _ seed: UInt64, size: VoxelSize? = nil
  ) throws -> SampleVolume {
    var generator = SeededGenerator(seed: seed)
    let bytes = (0..<extent.count).map { _ in UInt8.random(in: 0...100, using: &generator) }
    return try SampleVolume(bytes, type: .uint8, extent: extent, voxelSize: size)
      .converted(to: type)
  }

  private func description(
    _ extent: Extent, _ type: SampleType, frames: Int = 2, channels: Int = 2,
    size: VoxelSize? = VoxelSize(x: 0.65, y: 0.7, z: 1.75), interval: Double? = 90
  ) -> SeriesDescription {
    var calibration = Calibration.none
    (calibration.x, calibration.y, calibration.z) = (size?.x, size?.y, size?.z)
    calibration.frameInterval = interval
    return SeriesDescription(
      name: "an <embryo> & \"more\"", frames: frames, channels: channels, extent: extent,
      type: type,
      calibration: calibration)
  }

  @Test(
    "every type comes back from OME-Zarr, of either version", arguments: SeriesDescription.types,
    ZarrWriter.Version.allCases)
  func zarrTypes(type: SampleType, version: ZarrWriter.Version) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.zarr"
      let extent = Extent(depth: 17, height: 5, width: 300)
      let description = description(extent, type)
      let writer = try ZarrWriter(to: path, version: version)
      try writer.begin(.image, description)
      for t in 0..<2 {
        for c in 0..<2 {
          try writer.append(volume(extent, type, UInt64(2 * t + c)), channel: c, frame: t)
        }
      }
      try writer.begin(.labels("nuclei"), self.description(extent, type, channels: 1))
      for t in 0..<2 {
        try writer.append(volume(extent, type, UInt64(9 + t)), channel: 0, frame: t)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
      try writer.finish()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.zarr"])

      let image = try ZarrImage(opening: path)
      #expect(image.version == version.rawValue && image.sampleType == type)
      #expect(image.frames == 2 && image.channels == 2 && image.extent == extent)
      #expect(image.calibration.voxelSize == VoxelSize(x: 0.65, y: 0.7, z: 1.75))
      #expect(image.calibration.frameInterval == 90)
      #expect(image.levels == 2 && image.labels == ["nuclei"])
      for t in 0..<2 {
        for c in 0..<2 {
          #expect(
            try image.readSamples(channel: c, frame: t).bytes
              == volume(extent, type, UInt64(2 * t + c)).bytes)
        }
      }
      let labels = try ZarrImage(opening: path + "/labels/nuclei")
      #expect(labels.areLabels)
      #expect(try labels.readSamples(frame: 1).bytes == volume(extent, type, 10).bytes)
    }
  }

  @Test("an unknown scale stays unknown, and an unfinished image leaves nothing")
  func unknown() throws {
    try Fixture.withFolder { folder in
      let extent = Extent(depth: 2, height: 3, width: 4)
      let description = description(
        extent, .uint8, frames: 1, channels: 1, size: nil, interval: nil)
      for version in ZarrWriter.Version.allCases {
        let path = "\(folder)/\(version).zarr"
        do {
          let writer = try ZarrWriter(to: path, version: version)
          try writer.begin(.image, description)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        let writer = try ZarrWriter(to: path, version: version)
        try writer.begin(.labelsAlone, description)
        try writer.append(volume(extent, .uint8, 1), channel: 0, frame: 0)
        try writer.finish()
        let image = try ZarrImage(opening: path)
        #expect(image.calibration == .none && image.areLabels)
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  @Test("an earlier image is replaced when the new one is finished, and stays until then")
  func replaced() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.zarr"
      let extent = Extent(depth: 2, height: 3, width: 4)
      func begun(_ seed: UInt64) throws -> ZarrWriter {
        let writer = try ZarrWriter(to: path)
        try writer.begin(.image, description(extent, .uint8, frames: 1, channels: 1))
        try writer.append(volume(extent, .uint8, seed), channel: 0, frame: 0)
        return writer
      }
      func found() throws -> [UInt8] { try ZarrImage(opening: path).readSamples().bytes }
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
      }

      try begun(1).finish()
      let first = try found()
      #expect(first == (try volume(extent, .uint8, 1)).bytes)
      _ = try begun(2)
      #expect(try found() == first)
      // If replacing is not allowed, the old image stays as well.
      #expect(throws: InputError.self) { try begun(2).finish() }
      #expect(try found() == first)
      try begun(2).finish(replacing: true)
      #expect(try found() == (try volume(extent, .uint8, 2)).bytes)
      #expect(try names() == ["a.zarr"])
    }
  }

  @Test("levels of resolution: means of intensities, picks of labels, z once it is as fine")
  func levels() throws {
    try Fixture.withFolder { folder in
      let extent = Extent(depth: 5, height: 3, width: 1100)
      let size = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
      let source = try volume(extent, .float32, 3, size: size)
      let description = description(extent, .float32, frames: 1, channels: 1, size: size)
      let writer = try ZarrWriter(to: folder + "/a.zarr")
      try writer.begin(.image, description)
      try writer.append(source, channel: 0, frame: 0)
      try writer.begin(.labels("l"), description)
      try writer.append(source, channel: 0, frame: 0)
      try writer.finish()
      let values = source.voxels(Float.self)
      // 1100 → 550 → 275 → 138 columns; z stays at first, as its step is twice that of x and y.
      let shapes = [[5, 3, 1100], [5, 2, 550], [3, 1, 275], [2, 1, 138]]
      let scales = [[1.75, 0.8, 0.8], [1.75, 1.6, 1.6], [3.5, 3.2, 3.2], [7, 6.4, 6.4]]
      let json = try #require(
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(fileURLWithPath: folder + "/a.zarr/.zattrs")))
          as? [String: Any])
      let multiscale = try #require((json["multiscales"] as? [[String: Any]])?.first)
      let datasets = try #require(multiscale["datasets"] as? [[String: Any]])
      #expect(datasets.count == shapes.count)
      for (level, shape) in shapes.enumerated() {
        let array = try ZarrArray(
          v2: Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.zarr/\(level)/.zarray")), path: "")
        #expect(Array(array.shape.suffix(3)) == shape)
        let transforms = try #require(
          datasets[level]["coordinateTransformations"] as? [[String: Any]])
        let scale = try #require(transforms[0]["scale"] as? [Double])
        #expect(Array(scale.suffix(3)) == scales[level])
      }
      // The second level, read through a copy whose first level it is.
      for (place, areLabels) in [("", false), ("/labels/l", true)] {
        let base = "\(folder)/a.zarr\(place)"
        try FileManager.default.removeItem(atPath: base + "/0")
        try FileManager.default.moveItem(atPath: base + "/1", toPath: base + "/0")
        let level = try ZarrImage(opening: base).readSamples().voxels(Float.self)
        for z in 0..<5 {
          for y in 0..<2 {
            for x in 0..<550 {
              var block: [Float] = []
              for j in 2 * y..<min(2 * y + 2, 3) {
                for i in 2 * x..<2 * x + 2 { block.append(values[z, j, i]) }
              }
              let expected = areLabels ? block[0] : block.reduce(0, +) / Float(block.count)
              #expect(abs(level[z, y, x] - expected) <= 1e-4)
            }
          }
        }
      }
    }
  }

  @Test("every type comes back from OME-TIFF", arguments: SeriesDescription.types)
  func omeTypes(type: SampleType) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.ome.tif"
      let extent = Extent(depth: 3, height: 6, width: 11)
      for compression in TIFFCompression.allCases {
        let writer = try OMEStackWriter(
          to: path, description(extent, type), compression: compression)
        for i in 0..<4 { try writer.append(volume(extent, type, UInt64(i))) }
        try writer.finish()
        let stack = try TIFFStack(opening: path)
        #expect(stack.info.dialect == .ome && stack.info.sampleType == type)
        #expect(stack.info.voxelSize == VoxelSize(x: 0.65, y: 0.7, z: 1.75))
        #expect(stack.info.frameInterval == 90)
        for i in 0..<4 {
          #expect(
            try stack.readSamples(channel: i % 2, frame: i / 2).bytes
              == volume(extent, type, UInt64(i)).bytes)
        }
      }
    }
  }

  @Test("values that a type does not hold are refused")
  func ranges() throws {
    let extent = Extent(depth: 1, height: 1, width: 3)
    func volume(_ values: [Double]) -> SampleVolume {
      SampleVolume(values.withUnsafeBytes { [UInt8]($0) }, type: .float64, extent: extent)
    }
    #expect(
      try volume([0, 255, 7]).converted(to: .uint8).bytes == [0, 255, 7])
    for (values, type) in [
      ([0, 256, 1], SampleType.uint8), ([0, -1, 1], .uint16), ([0, 0.5, 1], .int32),
      ([0, .nan, 1], .uint8), ([0, 0.1, 1], .float32), ([0, 3e9, 1], .int32),
    ] {
      #expect(throws: SampleRangeError.self) { try volume(values).converted(to: type) }
    }
    // 2⁵³ + 1 is not 2⁵³, which float32 would hold.
    for (number, fits) in [(UInt64(1) << 53, true), (9_007_199_254_740_993, false), (.max, false)] {
      let samples = SampleVolume(
        [number, 0, 1].withUnsafeBytes { [UInt8]($0) }, type: .uint64, extent: extent)
      for type in [SampleType.float32, .float64] {
        #expect(((try? samples.converted(to: type)) != nil) == fits, "\(number) \(type)")
      }
    }
    let rounded = try volume([0, 0.1, .nan]).converted(to: .float32, isRounded: true)
      .voxels(Float.self).voxels
    #expect(rounded[1] == 0.1 && rounded[2].isNaN)
  }
}
