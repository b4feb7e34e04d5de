import Compute
import Foundation

/// What a file's name says: which series it belongs to, and when.
///
/// Names are compared among those whose texts between the numbers are the same. In such a group the
/// time is
/// 1. the last number after a word for time: `t`, `tp`, `time`, `timepoint`, `timestep` or `frame`,
///    also with a separator in between (`time_10`), or as a capital in a word (`embryoT5`);
/// 2. else the last number in which the names differ;
/// 3. else the last number, unless it is part of a word (`h2b`), of a decimal number (`E4.5`) or a
///    date (`20240517`).
///
/// Rules 2 and 3 leave out numbers after a word for something else (`emb`, `embryo`, `pos`, `ch`,
/// `z`, …), before a unit (`488nm`, `20x`) or of dimensions (`img3d`): `embryo1` and `embryo2` are
/// two embryos. Numbers of more than 18 digits are not times. A name for which no number remains has no time and is a
/// series by itself.
///
/// The series is the name without the time number, its word and the separators around them: `Emb01`
/// for `Emb01_t051`. Where nothing is left (`t051`) it is called after the folder.
package struct SeriesName: Hashable, Sendable {
  /// What the files of one series have in common.
  struct Key: Hashable {
    let name: String
    /// The name with the time left open; the folder where the name is all time.
    let template: [String]
  }

  /// The series.
  package var name: String { key.name }
  /// The time number, nil where the name has none.
  package let time: Int?
  let key: Key

  /// What names (without extension) in a folder say; a name may depend on the others.
  ///
  /// - Complexity: O(total length of the names).
  package static func names(_ stems: [String], folder: String = "") -> [SeriesName] {
    names(
      of: stems.map { VolumeFiles.File(path: folder.isEmpty ? $0 : folder + "/" + $0, name: $0) })
  }

  static func names(of files: [VolumeFiles.File]) -> [SeriesName] {
    let parts = files.map { NameParts($0.name) }
    return zip(files, zip(parts, TimeRule.indices(in: parts))).map { file, found in
      let (parts, index) = found
      guard let index, let time = Int(parts.numbers[index]) else {
        return SeriesName(time: nil, key: Key(name: file.name, template: [file.name]))
      }
      let name = parts.name(without: index)
      if name.isEmpty {
        let folder = FileSystem.absolute(FileSystem.parent(of: file.path))
        let key = Key(
          name: FileSystem.lastComponent(of: folder),
          template: parts.template(without: index) + [folder])
        return SeriesName(time: time, key: key)
      }
      return SeriesName(
        time: time, key: Key(name: name, template: parts.template(without: index)))
    }
  }
}
