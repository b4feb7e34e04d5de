import Compute
import Foundation

extension SeriesDraft {
  /// The series, after its frames have been compared with each other and with what the caller
  /// chose.
  func series(_ options: ImageSeries.Options) throws(InputError) -> ImageSeries {
    let readable = members.filter { $0.info != nil }
    let channels = Self.mostCommon(readable.compactMap { $0.info?.channels }) ?? 1
    let stated = Self.mostCommon(readable.compactMap { $0.info?.calibration.voxelSize })
    if let first = readable.first {
      if let usual = readable.first(where: { $0.info?.channels == channels })?.info {
        _ = try ChannelChoice.index(of: options.channel, in: usual)
      }
      if readable.allSatisfy({ $0.info?.extent.depth == 1 }) { throw Self.planeError(first) }
      // A scale that is impossible fails in its frame, and other series go on.
      if options.requiresVoxelSize, options.voxelSize == nil, stated == nil,
        readable.allSatisfy({ $0.info?.calibration.impossibleScale == nil })
      {
        throw Self.voxelSizeError(first)
      }
    }

    let frames = members.map { member in
      var problem = problem(of: member, channels: channels, voxelSize: stated, options)
      var channel = 0
      do throws(InputError) {
        // Files of a series may have the channel of a name at different numbers.
        if let info = member.info {
          channel = try ChannelChoice.index(of: options.channel, in: info)
        }
      } catch { problem = problem ?? error }
      return SeriesFrame(
        path: member.file.path, frame: member.frame, channel: channel,
        time: member.time, stem: member.stem, extent: member.info?.extent,
        voxelSize: options.voxelSize ?? member.info?.calibration.voxelSize,
        source: problem.map { .failure($0) } ?? member.source)
    }
    let intervals = readable.compactMap { $0.info?.calibration.frameInterval }
    return ImageSeries(
      name: name, frames: frames,
      frameInterval: options.frameInterval ?? Self.mostCommon(intervals),
      warnings: warnings(stated, intervals, options), voxelSize: options.voxelSize ?? stated)
  }

  /// Why a frame cannot be used although others of its series can.
  private func problem(
    of member: Member, channels: Int, voxelSize: VoxelSize?, _ options: ImageSeries.Options
  ) -> InputError? {
    guard let info = member.info else { return nil }
    let path = member.file.path
    if info.channels != channels {
      return InputError(
        path,
        "has \(info.channels.counted("channel")) where series '\(name)' has \(channels); "
          + "save it with the same channels")
    }
    if info.extent.depth == 1 { return Self.planeError(member) }
    if options.voxelSize != nil { return nil }
    guard let own = info.calibration.voxelSize else {
      return options.requiresVoxelSize ? Self.voxelSizeError(member) : nil
    }
    if let voxelSize, !own.isClose(to: voxelSize) {
      return InputError(
        path,
        "has voxels of \(own) where series '\(name)' has \(voxelSize)",
        advice: .either("correct the file", .stateVoxelSizeForAll))
    }
    return nil
  }

  private func warnings(
    _ stated: VoxelSize?, _ intervals: [Double], _ options: ImageSeries.Options
  ) -> [String] {
    let isScaleNeeded = options.voxelSize == nil && !options.requiresVoxelSize
    var lines = FileNotes.lines(
      members.compactMap { member in
        member.info.map { info in
          (
            member.file.path,
            info.notes + (isScaleNeeded && stated == nil ? info.calibration.doubts : [])
          )
        }
      })
    if let given = options.voxelSize, let stated, !given.isClose(to: stated) {
      lines.append(
        "series '\(name)': the given voxel size \(given) is used instead of the files' \(stated)")
    }
    if let usual = Self.mostCommon(members.compactMap { $0.info?.extent }),
      let odd = members.first(where: { $0.info.map { $0.extent != usual } ?? false }),
      let extent = odd.info?.extent
    {
      let count = members.count { $0.info.map { $0.extent != usual } ?? false }
      lines.append(
        "series '\(name)': \(odd.file.path) has \(extent) voxels (z, y, x)"
          + (count > 1 ? " and \((count - 1).counted("more frame")) also differ" : "")
          + " where the others have \(usual)")
    }
    if let usual = Self.mostCommon(intervals) {
      if options.frameInterval == nil, let other = intervals.first(where: { $0 != usual }) {
        lines.append(
          "series '\(name)': files state frame intervals of \(usual) s and \(other) s; "
            + "\(usual) s is used unless another one is given")
      } else if let given = options.frameInterval, given != usual {
        lines.append(
          "series '\(name)': the given frame interval \(given) s is used instead of the files' "
            + "\(usual) s")
      }
    }
    return lines
  }

  private static func planeError(_ member: Member) -> InputError {
    if let frames = member.info?.frames, frames > 1 {
      return InputError(
        member.file.path,
        "holds \(frames.counted("frame")) of a single plane; if they are the planes of a volume, save them as "
          + "slices (ImageJ: Image > Properties), else give stacks of planes")
    }
    return InputError(
      member.file.path, "is a single plane; a volume needs several, saved as one stack")
  }

  private static func voxelSizeError(_ member: Member) -> InputError {
    let calibration = member.info?.calibration ?? .none
    if let stated = calibration.impossibleScale {
      return InputError(member.file.path, stated, advice: .stateVoxelSize())
    }
    return InputError(
      member.file.path, calibration.problem,
      advice: .stateVoxelSize(x: calibration.x, y: calibration.y, z: calibration.z))
  }

  /// The most frequent value, the first among equals.
  private static func mostCommon<Value: Hashable>(_ values: [Value]) -> Value? {
    var counts: [Value: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    let highest = counts.values.max()
    return values.first { counts[$0] == highest }
  }
}

extension VoxelSize {
  /// Whether the edges agree to a thousandth; TIFF keeps them to a millionth.
  func isClose(to other: VoxelSize) -> Bool {
    Axis.allCases.allSatisfy { abs(self[$0] / other[$0] - 1) <= 1e-3 }
  }
}
