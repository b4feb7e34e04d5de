import Foundation
import Microscopy
import TestSupport
import Testing
import Training

@Suite struct DataSetTests {
  /// Two folders of empty files.
  static func folder(_ names: [String], targets: [String]? = nil) throws -> TestFolder {
    let folder = try TestFolder()
    for name in names { try folder.write(to: "images/\(name)") }
    for name in targets ?? names { try folder.write(to: "targets/\(name)") }
    return folder
  }

  static func set(_ folder: TestFolder, pattern: String = "*.tif") throws(InputError) -> DataSet {
    try DataSet(
      images: folder.path + "/images", targets: folder.path + "/targets", pattern: pattern)
  }

  static let embryos = [1, 2, 10].flatMap { embryo in
    [1, 51, 101].map { "Emb\(embryo)_t\($0).tif" }
  }

  static func configuration(_ overrides: String...) throws -> DataConfiguration {
    try TrainingConfiguration(
      yaml: "network: {kind: nsn}\ndata: {images: /i, targets: /t}", name: "x.yaml",
      overrides: overrides, fileDirectory: "/", workingDirectory: "/"
    ).data
  }

  @Test func pairsInNaturalOrder() throws {
    let folder = try Self.folder(Self.embryos.shuffled() + [".hidden.tif", "notes.txt"])
    let set = try Self.set(folder)
    #expect(set.pairs.map(\.name) == Self.embryos)
    #expect(set.pairs[0].image == folder.path + "/images/Emb1_t1.tif")
    #expect(set.pairs[0].target == folder.path + "/targets/Emb1_t1.tif")
    #expect(set.pairs[0].stem == "Emb1_t1")
  }

  @Test func errorsOfFolders() throws {
    let folder = try Self.folder(["a.tif", "b.tif", "c.tif"], targets: ["a.tif", "d.tif"])
    #expect(
      throws: InputError(
        folder.path + "/targets",
        "no target for b.tif, c.tif; image and target must have the same name")
    ) { try Self.set(folder) }
    let more = try Self.folder(["a.tif"], targets: ["a.tif", "b.tif", "c.tif", "d.tif", "e.tif"])
    #expect(
      throws: InputError(
        more.path + "/images",
        "no image for b.tif, c.tif, d.tif and 1 more; image and target must have the same name")
    ) { try Self.set(more) }
    #expect(
      throws: InputError(
        more.path + "/images", "no file matches data.pattern '*.png'; it holds a.tif")
    ) { try Self.set(more, pattern: "*.png") }
    #expect(throws: InputError("/nowhere", "there is no such folder; set data.images")) {
      try DataSet(images: "/nowhere", targets: "/nowhere")
    }
    let file = try more.write(to: "file")
    #expect(
      throws: InputError(
        file,
        "is not a folder that can be read: a part of the path is a file, not a folder; "
          + "set data.images")
    ) {
      try DataSet(images: file, targets: file)
    }
  }

  @Test func splits() throws {
    let folder = try Self.folder(Self.embryos)
    let list = try folder.write("# held out\nEmb2_t51\n\n  Emb10_t1.tif  \n", to: "list.txt")
    let set = try Self.set(folder)
    let cases: [([String], [String])] = [
      (["data.validation=Emb10_*"], ["Emb10_t1", "Emb10_t51", "Emb10_t101"]),
      (["data.validation=[Emb2_t1, Emb1_t51.tif]"], ["Emb1_t51", "Emb2_t1"]),
      (["data.validation=\(list)"], ["Emb2_t51", "Emb10_t1"]),
      (["data.folds={pattern: 'Emb(\\d+)', fold: 2}"], ["Emb2_t1", "Emb2_t51", "Emb2_t101"]),
      (["data.folds={pattern: 'Emb(\\d+)', fold: '002'}"], ["Emb2_t1", "Emb2_t51", "Emb2_t101"]),
      ([], []),
    ]
    for (overrides, validation) in cases {
      let configuration = try TrainingConfiguration(
        yaml: "network: {kind: nsn}\ndata: {images: /i, targets: /t}", name: "x.yaml",
        overrides: overrides, fileDirectory: "/"
      ).data
      let split = try set.split(configuration)
      #expect(split.validation.map(\.stem) == validation)
      #expect(
        split.training.map(\.name)
          == Self.embryos.filter { !validation.contains(String($0.dropLast(4))) })
    }
    // Training chosen too: the rest is left alone.
    let both = try set.split(
      Self.configuration("data.validation=Emb10_t1", "data.training=Emb1_*"))
    #expect(both.training.map(\.stem) == ["Emb1_t1", "Emb1_t51", "Emb1_t101"])
    #expect(both.validation.map(\.stem) == ["Emb10_t1"])
    // The caller's fold wins.
    let fold = try set.split(
      Self.configuration("data.folds={pattern: 'Emb(\\d+)', fold: 2}"), fold: "10")
    #expect(fold.validation.allSatisfy { $0.name.hasPrefix("Emb10") })
  }

  /// A supplement trains in addition to what the split leaves, and has its own voxel size.
  @Test func supplements() throws {
    let folder = try Self.folder(Self.embryos)
    let more = try Self.folder(["s_t2.tif", "s_t10.tif", "other.png"])
    let set = try Self.set(folder)
    let supplement = "data.supplement={images: \(more.path)/images, targets: \(more.path)/targets}"
    let plain = try set.split(Self.configuration("data.validation=Emb10_*"))
    let split = try set.split(
      Self.configuration(
        "data.validation=Emb10_*", supplement, "data.supplement.voxel_size=[1, 2, 3]"))
    #expect(split.validation == plain.validation)
    #expect(split.training.dropLast(2) == plain.training[...])
    #expect(split.training.suffix(2).map(\.stem) == ["s_t2", "s_t10"])
    #expect(split.training.last?.voxelSize == VoxelSize(x: 1, y: 2, z: 3))
    #expect(split.training.last?.image == more.path + "/images/s_t10.tif")
    #expect(throws: InputError("/nowhere", "there is no such folder; set data.supplement.images")) {
      try set.split(
        Self.configuration("data.supplement={images: /nowhere, targets: /nowhere}"))
    }
  }

  @Test func errorsOfSplits() throws {
    let folder = try Self.folder(Self.embryos)
    let set = try Self.set(folder)
    let empty = try folder.write("# nothing\n", to: "empty.txt")
    let images = folder.path + "/images"
    func check(_ override: String..., error: InputError) throws {
      let configuration = try TrainingConfiguration(
        yaml: "network: {kind: nsn}\ndata: {images: /i, targets: /t}", name: "x.yaml",
        overrides: override, fileDirectory: "/", workingDirectory: folder.path
      ).data
      #expect(throws: error) { try set.split(configuration) }
    }
    try check(
      "data.validation=Emb3_*",
      error: InputError(
        "data.validation",
        "'Emb3_*' matches none of the 9 volumes in \(images), such as Emb1_t1.tif, Emb1_t51.tif and "
          + "7 more"))
    try check(
      "data.validation=[Emb2_t2]",
      error: InputError(
        "data.validation", "'Emb2_t2' is not in \(images); did you mean 'Emb2_t1'?"))
    try check(
      "data.validation=empty.txt",
      error: InputError(empty, "the list of data.validation names no volume"))
    try check(
      "data.validation=none.txt",
      error: InputError(
        folder.path + "/none.txt",
        "the list of data.validation cannot be read: there is no such file or folder; check the path"
      ))
    try check(
      "data.validation=Emb1_*", "data.training='*_t1'",
      error: InputError(
        "data.training",
        "shares Emb1_t1.tif with data.validation; a volume may train or validate, not both"))
    try check(
      "data.validation='*'",
      error: InputError(
        "data.validation", "takes all 9 volumes; none is left to train on"))
    try check(
      "data.folds={pattern: 'Emb(\\d+)'}",
      error: InputError(
        "data.folds.fold", "is missing; choose the fold that validates: 1, 2, 10"))
    try check(
      "data.folds={pattern: 'Emb(\\d+)', fold: 3}",
      error: InputError("data.folds.fold", "'3' is not a fold; the folds are 1, 2, 10"))
    try check(
      "data.folds={pattern: 'Emb(1\\d*)', fold: 1}",
      error: InputError(
        "data.folds.pattern",
        "'Emb(1\\d*)' does not match Emb2_t1.tif, Emb2_t51.tif, Emb2_t101.tif"))
    try check(
      "data.folds={pattern: '(Emb)', fold: Emb}",
      error: InputError("data.folds", "takes all 9 volumes; none is left to train on"))
  }

  @Test func foldsCoverEveryFileOnce() throws {
    let set = try Self.set(Self.folder(Self.embryos.shuffled()))
    let folds = try set.folds(by: #"Emb(\d+)"#)
    #expect(folds.map(\.name) == ["1", "2", "10"])
    #expect(folds.flatMap(\.pairs).map(\.name).sorted() == Self.embryos.sorted())
    #expect(
      folds.allSatisfy { fold in
        fold.pairs.allSatisfy { $0.name.hasPrefix("Emb\(fold.name)_") }
      })
  }
}
