import Compute
import Foundation
import Microscopy

/// Values that no training should see, found before an epoch is spent.
extension Preparation {
  /// Reads all targets once, and all images that may hold NaN.
  ///
  /// - Parameter report: Called after each pair with how many are done, of how many; may end it by
  ///   throwing.
  /// - Throws: `InputError` if an intensity or a target is not finite, a target is negative, or the
  ///   targets that train hold one class alone.
  package func checkValues(
    training: [VolumePair], validation: [VolumePair],
    report: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let total = training.count + validation.count
    var foreground = 0
    var background = 0
    for (index, pair) in (training + validation).enumerated() {
      let target = try pair.targetFile.volume(channel: channel)
      try checkTarget(target, of: pair)
      if index < training.count {
        for value in target.voxels where value != ignoreValue {
          if value > foregroundThreshold { foreground += 1 } else { background += 1 }
        }
      }
      if try !pair.imageFile.source().type.isInteger { try checkImage(pair) }
      try report(index + 1, total)
    }
    guard let first = training.first, foreground == 0 || background == 0 else { return }
    let folder = (first.target as NSString).deletingLastPathComponent
    throw InputError(
      training.count == 1 ? first.target : folder,
      foreground == 0
        ? "no voxel of \(training.count.counted("target")) is above data.foreground_threshold "
          + "(\(foregroundThreshold)), so there is nothing to learn; check targets and threshold"
        : "all voxels of \(training.count.counted("target")) are above data.foreground_threshold "
          + "(\(foregroundThreshold)), so there is no background; check targets and threshold")
  }

  private func checkImage(_ pair: VolumePair) throws {
    let image = try pair.imageFile.volume(channel: channel)
    do throws(VolumeError) {
      _ = try image.finiteRange()
    } catch {
      throw InputError(pair.image, pair.inFrame(error.description))
    }
  }

  /// Throws if values of a target are NaN or infinite, or negative and not to be ignored: all of
  /// them would count as background.
  func checkTarget(_ target: Volume<Float>, of pair: VolumePair) throws {
    let (threshold, ignored) = (foregroundThreshold, ignoreValue)
    // With a threshold below zero negative values have a meaning.
    let lowest: Float = threshold < 0 ? -.infinity : 0
    func isWrong(_ value: Float) -> Bool {
      !(value >= lowest && value.isFinite) && value != ignored
    }
    let voxels = target.voxels
    guard let first = voxels.firstIndex(where: isWrong) else { return }
    let count = voxels.count(where: isWrong)
    let value = voxels[first]
    let words = abs(value) < 1e6 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    let index = target.index(ofVoxel: first)
    throw InputError(
      pair.target,
      pair.inFrame(
        "\(count.counted("voxel")) of the target \(count == 1 ? "is" : "are") "
          + (value.isFinite ? "negative" : "NaN or infinite")
          + ", the first (\(value.isNaN ? "NaN" : words)) in plane \(index.z + 1) of "
          + "\(target.extent.depth) at \(index) (z, y, x from 0); expected 0 for background and more "
          + "for foreground"
          + (value.isFinite
            ? ", or set data.ignore_value: \(words) if neither loss nor metrics count them" : "")))
  }
}
