import Foundation
import Microscopy
import TestSupport
import Testing
import Training

/// The real volumes, if they are there (``RealData``).
@Suite(.enabled(if: RealData.hasBBBC050, "\(RealData.withoutBBBC050)"))
struct BBBC050Tests {
  static func load(_ name: String, _ overrides: String...) throws -> TrainingConfiguration {
    try .load(
      path: packageFolder.appending(path: "configs/\(name).yaml").path,
      overrides: ["data.root=\(RealData.bbbc050)"] + overrides)
  }

  @Test func elevenEmbryosOfElevenTimePoints() throws {
    let configuration = try Self.load("nsn")
    let set = try DataSet(configuration.data)
    #expect(set.pairs.count == 121)
    let folds = try set.folds(by: #"Emb(\d+)"#)
    #expect(folds.map(\.name) == (1...11).map { $0 < 10 ? "0\($0)" : "\($0)" })
    #expect(folds.allSatisfy { $0.pairs.count == 11 })
    let split = try set.split(configuration.data)
    #expect(split.training.count == 110 && split.validation.count == 11)
    #expect(split.validation.allSatisfy { $0.name.hasPrefix("Emb11") })
    let preparation = Preparation(configuration)
    try preparation.verify(set.pairs)
  }

  @Test func samplesOfTheStudyAndOfPatches() throws {
    // 110 volumes train: whole and four times by flips, or two patches of each.
    for (name, override, extent, count) in [
      ("nsn", "name=nsn", Extent(depth: 128, height: 128, width: 128), 440),
      (
        "ndn-base4", "sampling={mode: patches, patch: 64, patches_per_volume: 2}",
        Extent(depth: 64, height: 64, width: 64), 220
      ),
    ] {
      let configuration = try Self.load(name, override)
      let split = try DataSet(configuration.data).split(configuration.data)
      let cache = VolumeCache(
        Preparation(configuration), budget: configuration.data.cache)
      let source = SampleSource.training(
        split.training, configuration: configuration, cache: cache)
      #expect(source.count == count)
      let sample = try source.sample(epoch: 0, position: 0)
      #expect(sample.image.extent == extent)
      #expect(Set(sample.target.voxels).isSubset(of: [0, 1]))
      let validation = SampleSource.validation(split.validation, cache: cache)
      let whole = try validation.sample(epoch: 0, position: 0)
      #expect(whole.image.extent.depth == 112)
      // Interpolated after scaling: the extremes themselves may fall between planes.
      #expect(whole.image.voxels.allSatisfy { $0 >= 0 && $0 <= 1 })
      #expect((whole.image.voxels.max() ?? 0) > 0.9)
      #expect(whole.target.voxels.contains(1))
    }
  }

  @Test func resamplingKeepsTheVolumeOfNuclei() throws {
    let configuration = try Self.load("nsn")
    let set = try DataSet(configuration.data)
    let preparation = Preparation(configuration)
    for number in [0, 60, 120] {
      let pair = set.pairs[number]
      let native = try TIFF.readVolume(at: pair.target)
      let before = Double(native.voxels.filter { $0 > 0 }.count) * 1.75
      let prepared = try preparation.volume(pair, isFitted: false)
      let edge = prepared.image.voxelSize?.z ?? 0
      let after = Double(prepared.foregroundCount) * edge
      // Thresholding at ½ neither dilates nor erodes; `> 0` would add two thirds of a slice per
      // face.
      #expect(abs(after / before - 1) < 0.02, "\(pair.name): \(after / before)")
    }
  }
}
