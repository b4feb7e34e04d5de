/// Which number of a file's name is the time point.
///
/// Names are compared among those whose texts between the numbers are the same. In such a group the
/// time is
/// 1. the last number after a word for time (`t`, `tp`, `time`, `timepoint`, `timestep`, `frame`; also
///    with a separator in between, and as a capital in the middle of a word: `embryoT5`);
/// 2. else the last number in which the names differ;
/// 3. else the last number.
///
/// Rules 2 and 3 leave out numbers after a word for something else (`emb`, `embryo`, `pos`, `ch`, `z`,
/// …) or before a unit (`488nm`, `20x`): `embryo1` and `embryo2` are two embryos. Numbers of more than
/// 18 digits are no time. A name for which no number remains has no time point.
enum TimeRule {
  /// The place of the time among the numbers of each name, nil where there is none.
  ///
  /// - Complexity: O(total length of the names).
  static func places(in names: [NameParts]) -> [Int?] {
    var groups: [[String]: [Int]] = [:]
    for (index, name) in names.enumerated() { groups[name.texts, default: []].append(index) }
    var places = [Int?](repeating: nil, count: names.count)
    // Each name is in one group and a group decides for itself, so their order does not matter.
    for members in groups.values {
      let place = place(in: members.map { names[$0] })
      for index in members { places[index] = place }
    }
    return places
  }

  /// The place of the time among the numbers of names that have the same texts.
  private static func place(in names: [NameParts]) -> Int? {
    guard let first = names.first else { return nil }
    let words = first.texts.dropLast().map { NameParts.lastWords(of: $0).word }
    let short = first.numbers.indices.filter { place in
      names.allSatisfy { $0.numbers[place].count <= 18 }
    }
    if let marked = short.last(where: { TimeWord.isTime(words[$0]) }) { return marked }
    let free = short.filter { place in
      !TimeWord.isOther(words[place]) && !TimeWord.beginsWithUnit(first.texts[place + 1])
    }
    let varying = free.last { place in
      let value = Int(first.numbers[place])
      return names.contains { Int($0.numbers[place]) != value }
    }
    return varying ?? free.last
  }
}
