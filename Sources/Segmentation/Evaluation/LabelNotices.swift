import Compute
import Microscopy

/// What is odd about label images that are compared, one line for each kind.
struct LabelNotices {
  private var masks: [(path: String, notice: MaskNotice)] = []
  private var scales: [(path: String, stated: String)] = []

  /// Looks at labels.
  mutating func add(_ labels: LabelVolume, _ path: String) {
    if let notice = MaskNotice(labels) { masks.append((path, notice)) }
  }

  /// Looks at what images say about their scale, which is unknown.
  mutating func addScale(of paths: [String]) throws {
    for path in paths {
      if let stated = try ImageFile.open(path).calibration.impossibleScale {
        scales.append((path, stated))
      }
    }
  }

  /// The lines.
  var lines: [String] {
    [
      masks.first.map { Self.line($0.path, masks.count, $0.notice.predicate) },
      scales.first.map { Self.line($0.path, scales.count, $0.stated) },
    ].compactMap { $0 }
  }

  private static func line(_ path: String, _ count: Int, _ predicate: String) -> String {
    path + (count > 1 ? " (and \((count - 1).counted("more image")))" : "") + " " + predicate
  }
}
