import Compute
import Foundation
import Microscopy

/// A folder of synthetic embryos with their ground truth.
///
/// | what | is |
/// |---|---|
/// | `images/` | raw volumes, 16 bits |
/// | `instances/` | nuclei numbered by track, 16 bits |
/// | `nsn/` | nuclear regions, 0 and 255 |
/// | `ndn/` | nuclear centers, balls of 33 voxels, 0 and 255 |
/// | `res_track.txt` | the tracks, as the Cell Tracking Challenge writes them |
/// | `synthesis.json` | seed, frame times, numbers of nuclei, microscope |
///
/// One embryo gives `t000.tif` and so on; several give `Emb01_t001.tif` and so on as in BBBC050,
/// and `Emb01_res_track.txt`. Every TIFF holds the voxel size and the seconds from frame to frame.
public struct SyntheticDataSet: Sendable {
  /// The number of embryos, nil for one that is named without a number.
  public var embryos: Int?
  /// The frames of each embryo.
  public var frames: Int
  /// The numbers of nuclei in the first and the last frame; see ``SyntheticEmbryo/hours(of:)``.
  public var nuclei = SyntheticEmbryo.nuclei
  /// The seed of all randomness.
  public var seed: UInt64
  /// Whether an embryo's frames are one 4D file of each kind, `series.tif` or `Emb01.tif`.
  public var isHyperstack = false
  /// What all volumes have in common.
  public var parameters = SyntheticEmbryo.Parameters()

  /// `embryos` embryos (nil for one without a number) of `frames` frames.
  public init(embryos: Int? = nil, frames: Int, seed: UInt64) {
    self.embryos = embryos
    self.frames = frames
    self.seed = seed
  }

  /// The volumes in all.
  public var total: Int { (embryos ?? 1) * frames }

  /// Writes everything, one frame in memory at a time; the same seed gives the same bytes.
  ///
  /// `proceed(done, total, nuclei)` is called after each volume with the number of nuclei it shows;
  /// if it returns false, nothing more is written. Every file appears whole or not at all.
  ///
  /// - Returns: Whether everything was written.
  @discardableResult
  public func write(
    to folder: String, proceed: (Int, Int, Int) throws -> Bool = { _, _, _ in true }
  ) throws -> Bool {
    try prepare(folder)
    var record = SynthesisRecord(self)
    var done = 0
    for number in 0..<(embryos ?? 1) {
      var series = SyntheticSeries(
        SyntheticEmbryo(parameters, seed: seed, number: number), frames: frames, nuclei: nuclei)
      let files = SyntheticFiles(
        in: folder, frameInterval: series.frameInterval,
        hyperstack: isHyperstack ? (hyperstackName(number), frames) : nil)
      var counts: [Int] = []
      while let volume = series.nextFrame() {
        try files.append(volume, name: name(embryo: number, frame: counts.count))
        counts.append(volume.labels.count)
        done += 1
        guard try proceed(done, total, volume.labels.count) else { return false }
      }
      try files.finish()
      let tracks = embryos == nil ? "res_track.txt" : prefix(number) + "_res_track.txt"
      try series.tracks().write(to: "\(folder)/\(tracks)")
      record.add(series, counts: counts, name: embryos == nil ? nil : prefix(number))
    }
    try record.write(to: "\(folder)/synthesis.json")
    return true
  }

  private func prefix(_ embryo: Int) -> String { "Emb" + String(format: "%02d", embryo + 1) }

  private func hyperstackName(_ embryo: Int) -> String {
    embryos == nil ? "series" : prefix(embryo)
  }

  /// The name of a frame without extension.
  func name(embryo: Int, frame: Int) -> String {
    embryos == nil
      ? String(format: "t%03d", frame) : prefix(embryo) + String(format: "_t%03d", frame + 1)
  }

  /// Makes the folders; files of another series in them are an error, as they would be taken for
  /// part of this one.
  private func prepare(_ folder: String) throws {
    var names: Set<String> = []
    for embryo in 0..<(embryos ?? 1) {
      if isHyperstack {
        names.insert(hyperstackName(embryo) + ".tif")
      } else {
        for frame in 0..<frames { names.insert(name(embryo: embryo, frame: frame) + ".tif") }
      }
    }
    for kind in SyntheticFiles.kinds {
      let path = "\(folder)/\(kind)"
      do throws(FileError) { try FileSystem.makeFolder(path) } catch {
        throw InputError(
          path, "the folder cannot be made: \(error.reason)", advice: .chooseOutput)
      }
      let found = (try? FileSystem.names(in: path)) ?? []
      let strangers = found.filter { $0.hasSuffix(".tif") && !names.contains($0) }.sorted()
      guard strangers.isEmpty else {
        throw InputError(
          path,
          "holds files of another series (\(InputError.list(strangers)))",
          advice: .either("remove them", .chooseOutput))
      }
    }
  }
}
