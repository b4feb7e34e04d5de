import Compute
import Foundation
import Microscopy
import Morphometry

/// The tracks of a prediction, checked, and compared with those of the ground truth.
struct TrackComparison {
  /// The operations that TRA follows from; nil if it is not defined.
  private(set) var operations: GraphOperations?
  /// How the prediction breaks the rules of the Cell Tracking Challenge; empty if it is valid.
  let violations: [String]
  /// What the user should know, one line each.
  private(set) var notes: [String] = []

  /// Checks the tracks of the prediction, and compares them if the ground truth has tracks too.
  ///
  /// - Parameter read: The labels of a predicted volume that is not compared.
  /// - Returns: Nil if the prediction has no tracks.
  /// - Throws: `TrackTableError` if a table cannot be read, and what `read` throws.
  init?(
    _ volumes: [VolumeEvaluation], of pairs: LabelPairs, predictedTracks: String?,
    trueTracks: String?, reading read: (LabelPairs.Location) throws -> Set<UInt32>
  ) throws {
    guard let predictedTracks else { return nil }
    var labels: [LabelPairs.Location: Set<UInt32>] = [:]
    for (pair, volume) in zip(pairs.pairs, volumes) {
      guard let location = pair.prediction else { continue }
      labels[location] = Set(volume.overlap.prediction.map(\.label))
    }
    let files = pairs.predictedVolumes
    for file in files where labels[file.location] == nil && trueTracks != nil {
      labels[file.location] = try read(file.location)
    }
    let table = try TrackRows(contentsOf: predictedTracks)
    func check(_ frames: [Int]) -> [String] {
      let masks = zip(files, frames).map { file, frame in
        TrackRows.Mask(frame: frame, name: file.fileName, labels: labels[file.location])
      }
      return table.violations(masks)
    }
    var frames = Self.numbers(files.map(\.stem)) ?? Array(files.indices)
    var violations = check(frames)
    // Some programs count files from 1, and frames in the table from 0.
    if !violations.isEmpty, frames != Array(files.indices), check(Array(files.indices)).isEmpty {
      (frames, violations) = (Array(files.indices), [])
    }
    self.violations = violations
    if let first = violations.first {
      notes.append(
        "\(predictedTracks): the result is not valid by the rules of the Cell Tracking Challenge "
          + "(Valid 0), so TRA is not given: \(first)"
          + (violations.count > 1 ? ", and \((violations.count - 1).counted("more problem"))" : ""))
    }
    guard let trueTracks else { return }
    let truth = try TrackTable(contentsOf: trueTracks)
    guard let start = start(of: truth, trueTracks, volumes, pairs), violations.isEmpty else {
      return
    }
    var places: [LabelPairs.Location: Int] = [:]
    for (file, frame) in zip(files, frames) { places[file.location] = frame }
    let predicted = pairs.pairs.map { $0.prediction.flatMap { places[$0] } }
    guard let first = predicted.first ?? nil,
      predicted.enumerated().allSatisfy({ $1 == first + $0 })
    else {
      notes.append("\(predictedTracks): the result lacks frames of the truth, so TRA is not given")
      return
    }
    operations = GraphOperations(
      frames: volumes.map(\.overlap), prediction: try TrackTable(contentsOf: predictedTracks),
      truth: truth, predictionStart: first, truthStart: start)
  }

  /// The number of the first frame of the ground truth in its tracks; nil if TRA is not defined,
  /// with a note.
  private mutating func start(
    of table: TrackTable, _ path: String, _ volumes: [VolumeEvaluation], _ pairs: LabelPairs
  ) -> Int? {
    let names = pairs.pairs.map { pair in
      (pair.truth.path as NSString).lastPathComponent
    }
    let stems = names.map { ($0 as NSString).deletingPathExtension }
    let labels = volumes.map { $0.overlap.truth.map(\.label) }
    let numbers = pairs.pairs.contains { $0.frame != nil } ? nil : Self.numbers(stems)
    var frames = Array(labels.indices)
    do throws(TrackTableError) {
      guard let numbers else {
        try table.check(labels: labels, path: path)
        return 0
      }
      do throws(TrackTableError) {
        try table.check(
          zip(numbers, labels).map { (frame: $0, labels: $1) }, path: path)
        frames = numbers
      } catch {
        // Some programs count files from 1, and frames in the table from 0.
        do throws(TrackTableError) { try table.check(labels: labels, path: path) } catch _ {
          throw error
        }
      }
    } catch {
      notes.append("TRA is not given: \(error)")
      return nil
    }
    guard let first = frames.first else { return nil }
    if let gap = frames.indices.dropFirst().first(where: { frames[$0] != frames[$0 - 1] + 1 }) {
      notes.append(
        "TRA is not given, as the ground truth has no frame between \(names[gap - 1]) and "
          + "\(names[gap])")
      return nil
    }
    if first > 0 {
      notes.append(
        "the ground truth begins with frame \(first), \(names[0]); frames are compared by their "
          + "numbers, and earlier ones are left out")
    }
    return first
  }

  /// The numbers of names of the Cell Tracking Challenge, such as `mask007`; nil for others.
  private static func numbers(_ stems: [String]) -> [Int]? {
    let numbers = stems.compactMap { stem -> Int? in
      for prefix in ["man_track", "man_seg", "mask", "t"] where stem.hasPrefix(prefix) {
        let digits = stem.dropFirst(prefix.count).drop { $0 == "_" }
        if !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) { return Int(digits) }
      }
      return nil
    }
    return numbers.count == stems.count && Set(numbers).count == stems.count
      ? numbers : nil
  }
}

extension LabelVolumeFile {
  /// The file's name, with the frame, counted from 1, in a file of several.
  fileprivate var fileName: String {
    (file.path as NSString).lastPathComponent + (frames > 1 ? ", frame \(frame + 1)" : "")
  }
}
