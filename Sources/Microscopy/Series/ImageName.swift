/// A file's name without what only tells images, labels and file formats apart, for the comparison
/// of names: `Emb01_t051`, `Emb01_t051_cp_masks` and `mask_Emb1_051` are one.
///
/// Words are compared in lower case and numbers by their values, whatever separates them. Left out
/// are words for a kind of image (`mask`, `labels`, `raw`, …), those of file formats (`ome`), and
/// words for time before a number.
package struct ImageName: Hashable, Sendable {
  /// The words and numbers that are left.
  let parts: [String]

  /// The name of a file without its extension.
  package init(_ stem: String) {
    let words = Self.words(of: stem)
    var parts: [String] = []
    var index = 0
    while index < words.count {
      let rest = words[index...]
      if let phrase = Self.kinds.first(where: { rest.starts(with: $0) }) {
        index += phrase.count
      } else if TimeWord.isTime(words[index]), words.indices.contains(index + 1),
        Self.isNumber(words[index + 1])
      {
        index += 1
      } else {
        parts.append(words[index])
        index += 1
      }
    }
    self.parts = parts
  }

  /// Whether nothing is left, which names nothing.
  package var isEmpty: Bool { parts.isEmpty }

  /// The words in lower case and the numbers without leading zeros.
  private static func words(of stem: String) -> [String] {
    var words: [String] = []
    var last: Character = " "
    for character in stem {
      let isDigit = isDigit(character)
      if isDigit || character.isLetter {
        let continues =
          isDigit
          ? Self.isDigit(last) : last.isLetter && !(last.isLowercase && character.isUppercase)
        if continues, !words.isEmpty {
          words[words.count - 1].append(character)
        } else {
          words.append(String(character))
        }
      }
      last = character
    }
    return words.map { word in
      guard isNumber(word) else { return word.lowercased() }
      let digits = word.drop { $0 == "0" }
      return digits.isEmpty ? "0" : String(digits)
    }
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private static func isNumber(_ word: String) -> Bool { word.first.map(isDigit) ?? false }

  /// Words for a kind of image, long phrases first.
  private static let kinds: [[String]] =
    [
      // cellpose, ilastik, the Cell Tracking Challenge, Fiji's plugins.
      ["cp", "masks"], ["cp", "mask"], ["cp", "output"], ["object", "identities"],
      ["object", "predictions"], ["simple", "segmentation"], ["man", "seg"], ["man", "track"],
      ["label", "image"], ["label", "images"], ["label", "map"], ["ground", "truth"],
    ]
    + [
      "mask", "masks", "label", "labels", "labeled", "labelled", "lbl", "lbls", "labelmap", "seg",
      "segs", "segmented", "segmentation", "segmentations", "instance", "instances", "pred",
      "preds",
      "predicted", "prediction", "predictions", "gt", "truth", "groundtruth", "annotation",
      "annotations", "annotated", "cellpose", "stardist", "img", "imgs", "image", "images", "raw",
      "ome", "tif", "tiff", "zarr",
    ].map { [$0] }
}
