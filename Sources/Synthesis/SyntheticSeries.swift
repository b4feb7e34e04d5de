import Foundation
import Microscopy
import Morphometry

/// A developing embryo as a series of frames evenly apart, made one at a time.
///
/// `frames` frames sample the time between the first and the last number of nuclei, both ends
/// included; so more frames show the same development at shorter intervals, and a time point looks
/// the same in any series that has it. In ``SyntheticVolume/instances`` every nucleus has the
/// number of its track.
public struct SyntheticSeries: Sendable {
  /// The embryo.
  public let embryo: SyntheticEmbryo
  /// The number of frames.
  public let frames: Int
  /// The hours of the first and the last frame since the division into two nuclei.
  public let hours: ClosedRange<Double>
  private var ledger: TrackLedger
  private var next = 0

  /// A series of an embryo from the first to the last of these numbers of nuclei; see
  /// ``SyntheticEmbryo/hours(of:)``.
  public init(
    _ embryo: SyntheticEmbryo, frames: Int, nuclei: ClosedRange<Int> = SyntheticEmbryo.nuclei
  ) {
    precondition(frames >= 1, "a series has a frame")
    self.embryo = embryo
    self.frames = frames
    hours = embryo.hours(of: nuclei)
    ledger = TrackLedger(embryo.lineage)
  }

  /// The seconds between two frames; nil for a series of one.
  public var frameInterval: Double? {
    frames > 1 ? (hours.upperBound - hours.lowerBound) * 3600 / Double(frames - 1) : nil
  }

  /// The hour of a frame, counted from 0.
  public func hour(of frame: Int) -> Double {
    guard frames > 1 else { return hours.lowerBound }
    let part = Double(frame) / Double(frames - 1)
    return hours.lowerBound + (hours.upperBound - hours.lowerBound) * part
  }

  /// The next frame, nil after the last.
  public mutating func nextFrame() -> SyntheticVolume? {
    guard next < frames else { return nil }
    var volume = embryo.volume(at: hour(of: next))
    volume.renumber(ledger.enter(volume.labels))
    next += 1
    return volume
  }

  /// The tracks of the frames made so far.
  public func tracks() throws -> TrackTable { try ledger.table() }
}
