import Compute
import Foundation
import Segmentation
import Tensors

/// A forecast for people, and as options of Slurm.
enum ForecastText {
  /// How much longer than forecast a batch job may take: other jobs share caches and disks.
  private static let margin = 1.5

  /// The forecast, a line for each thing.
  static func lines(_ forecast: RunForecast) -> [String] {
    let left = forecast.frames - forecast.done
    var lines = [
      "frames   \(left) to do, \(forecast.done) done, of \(forecast.frames)"
        + (forecast.unreadable > 0 ? "; \(forecast.unreadable) cannot be opened" : "")
    ]
    for kind in forecast.kinds where kind.left > 0 {
      var text = "size     \(kind.extent) voxels (z, y, x)"
      if let size = kind.voxelSize { text += " of \(size)" }
      if forecast.kinds.count > 1 { text += ", \(kind.left.counted("frame"))" }
      lines.append(text)
      if !kind.tiles.isEmpty {
        lines.append(
          "tiles    \(kind.tiles.map(String.init).joined(separator: " and ")) a frame"
            + (kind.overlap > 1.005
              ? String(format: ", which compute %.1f times its voxels", kind.overlap) : "")
            + (kind.isStreamed ? "; part by part, as it is larger than the memory" : ""))
      }
    }
    if let memory = forecast.memory, let limit = forecast.limit {
      let atOnce = forecast.kinds.map(\.atOnce).max() ?? 1
      lines.append(
        "memory   \(ByteCount.rounded(memory)) with \(atOnce.counted("frame")) at once; "
          + "\(ByteCount.rounded(limit.bytes)) may be taken (\(limit.reason))")
    }
    if let sample = forecast.sample, let seconds = forecast.seconds {
      lines.append(
        "time     \(ProgressLine.duration(seconds)) on \(Parallel.threadCount.counted("thread")), "
          + String(format: "from %.1f s for ", sample.seconds)
          + (sample.frames > 1 ? sample.frames.counted("frame") : "one frame or a part of it"))
      lines.append("Slurm    \(slurm(forecast, seconds))")
    }
    return lines
  }

  /// What to ask Slurm for.
  private static func slurm(_ forecast: RunForecast, _ seconds: Double) -> String {
    let minutes = max(1, Int(clamped: (seconds * margin / 60).rounded(.up)))
    let time = String(format: "%02d:%02d:00", minutes / 60, minutes % 60)
    let memory = forecast.memory.map { " --mem=\(($0 + $0 / 10).parts(of: 1 << 30))G" } ?? ""
    return "--cpus-per-task=\(Parallel.threadCount)\(memory) --time=\(time)"
  }
}
