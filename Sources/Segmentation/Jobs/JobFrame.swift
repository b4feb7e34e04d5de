import Compute
import Foundation
import Microscopy

/// A frame that a job works on, with the volumes that its results depend on.
package struct JobFrame: Sendable {
  /// The series.
  package let series: String
  /// The labels that the frame is made from; nil where there are none.
  package let labels: SeriesFrame?
  /// The image that the frame is made from; nil where there is none.
  package let image: SeriesFrame?
  /// The voxel size in µm that is used.
  package let voxelSize: VoxelSize?
  /// The seconds from one time number to the next that are used, nil if unknown.
  package let frameInterval: Double?

  /// A frame of a series; one of labels and image is there.
  package init(
    series: String, labels: SeriesFrame? = nil, image: SeriesFrame? = nil, voxelSize: VoxelSize?,
    frameInterval: Double? = nil
  ) {
    self.series = series
    self.labels = labels
    self.image = image
    self.voxelSize = voxelSize
    self.frameInterval = frameInterval
  }

  /// Tells it apart in the job.
  package var key: JobRecord.Key { JobRecord.Key(series: series, name: leading?.stem ?? "") }

  /// The volume that the frame is called after.
  var leading: SeriesFrame? { labels ?? image }

  /// The record of the finished frame.
  ///
  /// - Parameters:
  ///   - digests: Of the volumes, labels before image.
  ///   - outputs: The files that were written.
  ///   - effort: What the work on it took.
  package func record(
    digests: [String], outputs: [JobRecord.Output] = [], effort: FrameEffort
  ) -> JobRecord {
    JobRecord(
      series: series, name: leading?.stem ?? "", time: leading?.time ?? 1,
      frameIntervalS: frameInterval,
      inputs: zip(volumes, digests).map { identity(of: $0, sha256: $1) }, outputs: outputs,
      seconds: effort.seconds, peakMemory: effort.peakMemory,
      engine: RunRecord.currentEngine, finished: Date.now.formatted(.iso8601))
  }

  /// How the results in a record stand to the volumes as they are now.
  func state(in record: JobRecord) -> State {
    guard record.inputs.count == volumes.count else { return .changed }
    var refreshed = record
    for (index, volume) in volumes.enumerated() {
      let input = record.inputs[index]
      var now = identity(of: volume, sha256: input.sha256)
      // The size and date of a file tell without reading it that it is the same; those of a folder
      // do not.
      let isSameFile =
        now.path == input.path && now.modified != nil && now.modified == input.modified
        && now.bytes == input.bytes
      let difference = Self.difference(of: now, from: input)
      let isOtherChannel = now.path == input.path && now.channel != input.channel
      if isSameFile || isOtherChannel {
        if let difference { return .differs(difference) }
        continue
      }
      guard let digest = try? digest(of: volume) else { return .changed }
      now.sha256 = digest
      if digest != input.sha256 {
        return now.path == input.path ? .changed : .other(path: input.path, now: now.path)
      }
      if let difference { return .differs(difference) }
      refreshed.inputs[index] = now
    }
    if record.frameIntervalS != frameInterval {
      return .differs(
        "frame interval was \(Self.words(record.frameIntervalS)), now \(Self.words(frameInterval))")
    }
    return refreshed == record ? .same : .moved(refreshed)
  }

  /// Whether the results in a record are those of the volumes as they are now.
  func isMade(of record: JobRecord) -> Bool {
    switch state(in: record) {
    case .same, .moved: true
    case .changed, .differs, .other: false
    }
  }

  /// What has become of the volumes since a record was made.
  enum State {
    /// Nothing.
    case same
    /// They lie elsewhere or have another date, but hold the same.
    case moved(JobRecord)
    /// They hold something else, or cannot be read.
    case changed
    /// They are the same, but something else is to be done with them: what differs.
    case differs(String)
    /// They are others, of another place.
    case other(path: String, now: String)
  }

  /// How a volume is used in another way than before; nil if it is not.
  private static func difference(
    of now: JobRecord.Input, from input: JobRecord.Input
  ) -> String? {
    if now.channel != input.channel {
      return "channel was \(input.channel + 1), now \(now.channel + 1)"
    }
    return now.voxelSizeUm == input.voxelSizeUm
      ? nil : "voxel size was \(words(input.voxelSizeUm)), now \(words(now.voxelSizeUm))"
  }

  private static func words(_ interval: Double?) -> String {
    interval.map { "\($0) s" } ?? "unknown"
  }

  private static func words(_ edges: [Double]?) -> String {
    edges.map { $0.map { "\($0)" }.joined(separator: " × ") + " µm" } ?? "unknown"
  }

  private var volumes: [SeriesFrame] { [labels, image].compactMap { $0 } }

  private func digest(of volume: SeriesFrame) throws -> String {
    volume.stem == labels?.stem && volume.path == labels?.path
      ? try volume.readLabels().digest(name: volume.path)
      : try volume.read().digest(name: volume.path)
  }

  private func identity(of volume: SeriesFrame, sha256: String) -> JobRecord.Input {
    let status = try? FileStatus(of: volume.path)
    let isFile = status?.kind == .file
    return JobRecord.Input(
      path: FileSystem.resolved(volume.path), frame: volume.frame, channel: volume.channel,
      bytes: isFile ? status?.size : nil, modified: isFile ? status?.modified : nil,
      voxelSizeUm: voxelSize.map { [$0.x, $0.y, $0.z] }, sha256: sha256)
  }
}

extension PlaneSource where Voxel: BitwiseCopyable {
  /// The SHA-256 of the extents and the voxels, as they lie in memory.
  ///
  /// - Parameters:
  ///   - name: The file, for messages.
  ///   - slab: How many planes are asked for at a time; nil for all.
  package func digest(name: String, slab: Int? = nil) throws -> String {
    var plane = -1
    var (voxels, position): ([Voxel], Int) = ([], 0)
    let piece = max(1, (1 << 20) / MemoryLayout<Voxel>.stride)
    return try SHA256.digest(named: name) {
      if plane < 0 {
        plane = 0
        return Data("\(extent.depth),\(extent.height),\(extent.width);".utf8)
      }
      if position == voxels.count, plane < extent.depth {
        let range = plane..<min(extent.depth, plane + max(1, slab ?? extent.depth))
        (voxels, position, plane) = (try planes(range).voxels, 0, range.upperBound)
      }
      let end = min(voxels.count, position + piece)
      defer { position = end }
      return unsafe voxels[position..<end].withUnsafeBytes { unsafe Data($0) }
    }
  }
}
