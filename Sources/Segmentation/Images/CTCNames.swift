import Foundation

/// The names that the Cell Tracking Challenge gives to the files of a folder.
package struct CTCNames: Sendable, Hashable {
  /// The text before the number of a frame: `t`, `mask`, `man_track` or `man_seg`.
  package let stem: String
  /// The file of tracks, nil if the folder has none.
  package let tracks: String?

  /// The names of label images.
  package var areLabels: Bool { stem != "t" }

  /// The names for images (`t000.tif`) or results (`mask000.tif`, `res_track.txt`).
  package init(areLabels: Bool) {
    stem = areLabels ? "mask" : "t"
    tracks = areLabels ? "res_track.txt" : nil
  }

  /// The names that belong to the name of a folder: `01` has images, `01_RES` results, `01_GT/TRA`
  /// and `01_GT/SEG` ground truth; nil for other folders.
  package init?(folder: String) {
    let parts = folder.split(separator: "/").map(String.init)
    guard let last = parts.last else { return nil }
    func isSequence(_ name: some StringProtocol) -> Bool {
      (2...3).contains(name.count) && name.allSatisfy(\.isNumber)
    }
    let parent = parts.dropLast().last ?? ""
    let isTruth = parent.hasSuffix("_GT") && isSequence(parent.dropLast(3))
    if isSequence(last) {
      (stem, tracks) = ("t", nil)
    } else if last.hasSuffix("_RES"), isSequence(last.dropLast(4)) {
      (stem, tracks) = ("mask", "res_track.txt")
    } else if last == "TRA", isTruth {
      (stem, tracks) = ("man_track", "man_track.txt")
    } else if last == "SEG", isTruth {
      (stem, tracks) = ("man_seg", nil)
    } else {
      return nil
    }
  }

  /// The text before the number of a frame's file, nil for other files.
  static func stem(of file: String) -> String? {
    guard file.hasSuffix(".tif") else { return nil }
    let name = file.dropLast(4)
    let stem = name.reversed().drop(while: \.isNumber).reversed()
    return stem.count < name.count && ["t", "mask", "man_track", "man_seg"].contains(String(stem))
      ? String(stem) : nil
  }

  /// The name of a frame's file, numbered from 0 with as many digits as the last one needs, at
  /// least 3.
  func file(_ frame: Int, of frames: Int) -> String {
    let digits = max(3, String(max(0, frames - 1)).count)
    let number = String(frame)
    return stem + String(repeating: "0", count: max(0, digits - number.count)) + number + ".tif"
  }
}
