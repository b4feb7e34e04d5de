import Foundation
import Microscopy
import Morphometry
import Synthesis
import TestSupport
import Testing

/// Series of frames, their tracks and their files.
struct SyntheticSeriesTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func labelsAndTracksAgree(seed: UInt64) throws {
    var series = SyntheticSeries(
      SyntheticEmbryo(SyntheticVolumeTests.parameters(), seed: seed), frames: 40)
    var frames: [Set<UInt32>] = []
    while let volume = series.nextFrame() {
      #expect(Set(volume.instances.voxels).subtracting([0]) == Set(volume.labels))
      #expect(volume.labels == volume.labels.sorted())
      frames.append(Set(volume.labels))
    }
    #expect(frames.count == 40 && frames[0] == [1, 2])
    let table = try series.tracks()
    for (frame, labels) in frames.enumerated() {
      let alive = table.tracks.filter { ($0.firstFrame...$0.lastFrame).contains(frame) }
      #expect(Set(alive.map(\.label)) == labels)
    }
    #expect(table.tracks.map(\.label) == (1...UInt32(table.tracks.count)).map { $0 })
    for track in table.tracks {
      guard let parent = track.parent else { continue }
      let mother = try #require(table[parent])
      #expect(mother.lastFrame < track.firstFrame)
    }
    // More divisions than losses at the border of the field of view.
    #expect(frames[39].count > 30 && frames[39].count > frames[20].count)
  }

  /// What is seen at a time does not depend on the number of frames.
  @Test func framesSampleOneDevelopment() throws {
    let embryo = SyntheticEmbryo(SyntheticVolumeTests.parameters(), seed: 7)
    var few = SyntheticSeries(embryo, frames: 3, nuclei: 4...16)
    var many = SyntheticSeries(embryo, frames: 5, nuclei: 4...16)
    #expect(few.frameInterval == many.frameInterval.map { 2 * $0 })
    #expect(SyntheticSeries(embryo, frames: 502).frameInterval == 600)
    #expect(SyntheticSeries(embryo, frames: 1).frameInterval == nil)
    var images: [[UInt16]] = []
    while let frame = many.nextFrame() { images.append(frame.image.voxels) }
    for index in 0..<3 {
      #expect(few.hour(of: index) == many.hour(of: 2 * index))
      let next = few.nextFrame()
      let frame = try #require(next)
      #expect(frame.image.voxels == images[2 * index])
      #expect((1...16).contains(frame.labels.count))
    }
    let last = few.nextFrame()
    #expect(last == nil)
  }

  private static func dataSet(embryos: Int? = nil, frames: Int = 3) -> SyntheticDataSet {
    var dataSet = SyntheticDataSet(embryos: embryos, frames: frames, seed: 5)
    dataSet.parameters = SyntheticVolumeTests.parameters()
    dataSet.parameters.extent = Extent(depth: 9, height: 20, width: 22)
    dataSet.parameters.voxelSize = VoxelSize(x: 4.8, y: 4.8, z: 10)
    return dataSet
  }

  @Test func files() throws {
    let place = try TestFolder()
    var counts: [Int] = []
    try Self.dataSet().write(to: place.path) { done, total, nuclei in
      #expect(total == 3 && done == counts.count + 1)
      counts.append(nuclei)
      return true
    }
    let tracks = try TrackTable(contentsOf: place.path + "/res_track.txt")
    #expect(tracks.frameCount == 3)
    for frame in 0..<3 {
      let name = "t00\(frame).tif"
      let labels = try TIFF.readVolume(at: "\(place.path)/instances/\(name)")
      #expect(Set(labels.voxels).subtracting([0]).count == counts[frame])
      for kind in ["images", "nsn", "ndn", "instances"] {
        let info = try TIFF.info(at: "\(place.path)/\(kind)/\(name)")
        #expect(info.voxelSize == VoxelSize(x: 4.8, y: 4.8, z: 10))
        #expect(info.frameInterval == 83.5 * 3600 / 2)
        #expect(info.sampleType == (kind.hasPrefix("n") ? .uint8 : .uint16))
      }
    }
    let record = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: place.path + "/synthesis.json")))
    let embryos = (record as? [String: Any])?["embryos"] as? [[String: Any]]
    #expect(embryos?.first?["nuclei"] as? [Int] == counts)
  }

  @Test func severalEmbryosAndHyperstacks() throws {
    let place = try TestFolder()
    try Self.dataSet(embryos: 2, frames: 2).write(to: place.path + "/a")
    for name in ["Emb01_t001", "Emb01_t002", "Emb02_t001", "Emb02_t002"] {
      #expect(FileManager.default.fileExists(atPath: "\(place.path)/a/images/\(name).tif"))
    }
    var stacked = Self.dataSet(embryos: 2, frames: 2)
    stacked.isHyperstack = true
    try stacked.write(to: place.path + "/b")
    for part in ["Emb01", "Emb02"] {
      let texts = try ["a", "b"].map {
        try String(contentsOfFile: "\(place.path)/\($0)/\(part)_res_track.txt", encoding: .utf8)
      }
      #expect(texts[0] == texts[1])
      for kind in ["images", "nsn", "ndn", "instances"] {
        let info = try TIFF.info(at: "\(place.path)/b/\(kind)/\(part).tif")
        #expect(info.frameInterval == 83.5 * 3600)
        let stack = try TIFFStack(opening: "\(place.path)/b/\(kind)/\(part).tif")
        for frame in 0..<2 {
          let one = try TIFF.readVolume(at: "\(place.path)/a/\(kind)/\(part)_t00\(frame + 1).tif")
          #expect(try stack.readVolume(frame: frame).voxels == one.voxels)
        }
      }
    }
    // A data set of another kind in the folder would be taken for part of it.
    #expect(throws: InputError.self) { try Self.dataSet().write(to: place.path + "/a") }
    // The same data set once more is allowed.
    try Self.dataSet(embryos: 2, frames: 2).write(to: place.path + "/a")
  }

  @Test func stopping() throws {
    let place = try TestFolder()
    let isComplete = try Self.dataSet().write(to: place.path) { done, _, _ in done < 2 }
    #expect(!isComplete)
    let found = try FileManager.default.contentsOfDirectory(atPath: place.path + "/images")
    #expect(found.sorted() == ["t000.tif", "t001.tif"])
    #expect(!FileManager.default.fileExists(atPath: place.path + "/res_track.txt"))
  }
}
