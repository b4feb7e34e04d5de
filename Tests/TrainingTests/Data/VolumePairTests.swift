import Compute
import Foundation
import Microscopy
import TestSupport
import Testing
import Training

@Suite struct VolumePairTests {
  static let extent = Extent(depth: 3, height: 4, width: 5)
  static let size = VoxelSize(x: 0.5, y: 0.5, z: 2)

  /// A ramp and a target of one bright plane; frames differ.
  static func volume(_ kind: String, frame: Int = 0) -> Volume<UInt16> {
    Volume(
      (0..<60).map {
        kind == "images" ? UInt16(7 * $0 + 31 * frame * ($0 % 5)) : $0 / 20 == frame % 3 ? 255 : 0
      }, extent: extent, voxelSize: size)
  }

  /// Writes a file of the volumes of these frames, as the ending of its name says.
  static func write(_ kind: String, frames: [Int], to path: String) throws {
    let volumes = frames.map { volume(kind, frame: $0) }
    guard path.hasSuffix(".zarr") else {
      let writer = HyperstackWriter<UInt16>(to: path, frames: frames.count)
      for volume in volumes { try writer.append(volume) }
      return try writer.finish()
    }
    var calibration = Calibration.none
    (calibration.x, calibration.y, calibration.z) = (size.x, size.y, size.z)
    let writer = try ZarrWriter(to: path)
    try writer.begin(
      .image,
      SeriesDescription(
        name: "a", frames: frames.count, channels: 1, extent: extent, type: .uint16,
        calibration: calibration))
    for (frame, volume) in volumes.enumerated() {
      let bytes = volume.voxels.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      try writer.append(
        SampleVolume(bytes, type: .uint16, extent: extent), channel: 0, frame: frame)
    }
    try writer.finish()
  }

  /// Two folders with files of these names, each of the frames that are given.
  static func folder(_ names: [String], frames: [[Int]]) throws -> TestFolder {
    let folder = try TestFolder()
    for kind in ["images", "targets"] {
      try folder.write(to: "\(kind)/.keep")
      for (name, frames) in zip(names, frames) {
        try write(kind, frames: frames, to: "\(folder.path)/\(kind)/\(name)")
      }
    }
    return folder
  }

  static func set(_ folder: TestFolder, _ pattern: String) throws(InputError) -> DataSet {
    try DataSet(
      images: folder.path + "/images", targets: folder.path + "/targets", pattern: pattern)
  }

  static func prepare(_ set: DataSet) throws -> [PreparedVolume] {
    let preparation = Preparation(try fakeConfiguration("preprocessing.voxel=[1, 1, 1]"))
    try preparation.verify(set.pairs)
    return try set.pairs.map { try preparation.volume($0, isFitted: true) }
  }

  @Test("TIFF, OME-Zarr and the frames of either give the same bits")
  func formatsAgree() throws {
    // Folders live as long as their files are read.
    let single = try Self.folder(
      ["a_t001.tif", "a_t002.tif", "a_t003.tif"], frames: [[0], [1], [2]])
    let singles = try Self.set(single, "*.tif")
    let folders = [
      try Self.folder(["a_t001.zarr", "a_t002.zarr", "a_t003.zarr"], frames: [[0], [1], [2]]),
      try Self.folder(["a.tif"], frames: [[0, 1, 2]]),
      try Self.folder(["a.ome.zarr"], frames: [[0, 1, 2]]),
    ]
    let others = try zip(folders, ["*.zarr", "*.tif", "*.zarr"]).map(Self.set)
    let expected = try Self.prepare(singles)
    #expect(Set(expected.map(\.image.voxels)).count == 3)
    #expect(expected.map(\.foregroundCount).allSatisfy { $0 > 0 })
    for set in others {
      #expect(set.pairs.map(\.stem) == singles.pairs.map(\.stem))
      for (volume, same) in zip(try Self.prepare(set), expected) {
        #expect(volume.name == same.name)
        #expect(volume.image == same.image)
        #expect(volume.target == same.target)
      }
    }
    withExtendedLifetime((single, folders)) {}
  }

  @Test("Frames are chosen, and folded, by their names")
  func framesAreNamed() throws {
    let folder = try Self.folder(["emb1.tif", "emb2.tif"], frames: [[0, 1], [2, 0]])
    let set = try Self.set(folder, "*.tif")
    #expect(set.pairs.map(\.name) == ["emb1_t001", "emb1_t002", "emb2_t001", "emb2_t002"])
    #expect(set.pairs.map(\.frame) == [0, 1, 0, 1])
    #expect(set.pairs[1].image == folder.path + "/images/emb1.tif")
    #expect(
      try set.pairs(.pattern("*_t002"), key: "data.validation").map(\.name)
        == ["emb1_t002", "emb2_t002"])
    #expect(try set.folds(by: #"emb(\d+)"#).map { $0.pairs.count } == [2, 2])
  }

  @Test("An OME-Zarr image with labels inside is image and target")
  func labelsInside() throws {
    let folder = try Self.folder(["a.tif"], frames: [[1]])
    let path = folder.path + "/both/a.zarr"
    try FileManager.default.createDirectory(
      atPath: folder.path + "/both", withIntermediateDirectories: true)
    try Self.write("images", frames: [1], to: path)
    try FileManager.default.createDirectory(
      atPath: path + "/labels", withIntermediateDirectories: true)
    try Self.write("targets", frames: [1], to: path + "/labels/nuclei.zarr")
    try #"{"labels": ["nuclei.zarr"]}"#.write(
      toFile: path + "/labels/.zattrs", atomically: true, encoding: .utf8)
    let set = try DataSet(
      images: folder.path + "/both", targets: folder.path + "/both", pattern: "*.zarr")
    #expect(set.pairs.map(\.target) == [path + "/labels/nuclei.zarr"])
    let expected = try Self.prepare(Self.set(folder, "*.tif"))
    #expect(try Self.prepare(set)[0].image == expected[0].image)
    #expect(try Self.prepare(set)[0].target == expected[0].target)
  }

  @Test("The headers of a file are read once, whatever is asked of its pairs")
  func headersAreReadOnce() throws {
    let folder = try Self.folder(["a.tif", "b.tif"], frames: [[0, 1, 2], [1]])
    let opened = Guarded<[String: Int]>([:])
    let set = try DataSet(
      images: folder.path + "/images", targets: folder.path + "/targets"
    ) { path in
      opened.withLock { $0[path, default: 0] += 1 }
      return try ImageFile.open(path)
    }
    _ = try Self.prepare(set)
    _ = try Preparation(fakeConfiguration()).foregroundCounts(set.pairs)
    _ = try set.folds(by: "(.)")
    #expect(set.pairs.count == 4)
    let paths = ["images", "targets"].flatMap { ["\($0)/a.tif", "\($0)/b.tif"] }
    #expect(
      opened.withLock { $0 }
        == Dictionary(uniqueKeysWithValues: paths.map { ("\(folder.path)/\($0)", 1) }))
  }

  @Test("What does not fit is one line")
  func errors() throws {
    let folder = try Self.folder(["a.tif"], frames: [[0, 1]])
    try Self.write("targets", frames: [0], to: folder.path + "/targets/a.tif")
    #expect(
      throws: InputError(
        folder.path + "/targets/a.tif",
        "has 1 time point but its image \(folder.path)/images/a.tif has 2 time points; both must "
          + "hold the same ones")
    ) { try Self.set(folder, "*.tif") }

    let twice = try Self.folder(["a.tif", "a_t002.tif"], frames: [[0, 1], [0]])
    #expect(
      throws: InputError(
        twice.path + "/images",
        "'a_t002' is a frame of a file and a file of its own; rename one of them")
    ) { try Self.set(twice, "*.tif") }

    // A file that cannot be opened matters where it is used, not before.
    let broken = try Self.folder(["a.tif", "b.tif"], frames: [[0], [0]])
    try broken.write("no TIFF", to: "images/b.tif")
    let set = try Self.set(broken, "*.tif")
    let preparation = Preparation(try fakeConfiguration())
    try preparation.verify([set.pairs[0]])
    #expect(throws: TIFFError.self) { try preparation.verify(set.pairs) }
    #expect(throws: TIFFError.self) { try preparation.volume(set.pairs[1], isFitted: true) }
  }

  @Test("A channel is chosen where there are several")
  func channels() throws {
    let path = Fixture.path("stacks/channels.tif", bundle: .module)
    let image = try ImageFile.open(path)
    let pair = VolumePair(name: "channels.tif", image: image, target: image)
    for channel in 0..<2 {
      let preparation = Preparation(
        try fakeConfiguration("data.channel=\(channel + 1)", "preprocessing.scaling=none"))
      let volume = try preparation.volume(pair, isFitted: false)
      #expect(volume.extent == Self.extent)
      #expect(volume.image.voxels.map(Int.init) == (0..<60).map { $0 + 100 * channel })
    }
    for (choice, problem) in [
      ([], "has 2 channels"), (["data.channel=3"], "has no channel 3"),
      (["data.channel=H2B"], "has no channel H2B"),
    ] {
      let configuration = try TrainingConfiguration(
        yaml: "network: {kind: nsn}\ndata: {images: /i, targets: /t}", name: "x.yaml",
        overrides: choice + ["preprocessing.voxel=native"], fileDirectory: "/")
      #expect(
        throws: InputError(path, "\(problem); set data.channel to one of 1…2, or to a name")
      ) { try Preparation(configuration).verify([pair]) }
    }
    // A choice of channel does not matter where there is one.
    let single = FakeVolumes()
    let preparation = Preparation(try fakeConfiguration("data.channel=3"))
    try preparation.verify(single.pairs(1))
    _ = try preparation.volume(single.pairs(1)[0], isFitted: false)
  }
}
