/// Which number of a file's name is the time point; the rule is that of ``SeriesName``.
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
    let words = first.texts.dropLast().enumerated().map { place, text in
      // In `20x_004` the x belongs to the number before it.
      let isUnit =
        place > 0 && TimeWord.beginsWithUnit(text)
        && !text.drop(while: \.isLetter).contains(where: \.isLetter)
      return isUnit ? "" : NameParts.lastWords(of: text).word
    }
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
