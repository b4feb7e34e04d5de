/// Which number of a file's name is the time point; the rule is that of `SeriesName`.
enum TimeRule {
  /// The index of the time among the numbers of each name, nil where there is none.
  ///
  /// - Complexity: O(total length of the names).
  static func indices(in names: [NameParts]) -> [Int?] {
    var groups: [[String]: [Int]] = [:]
    for (index, name) in names.enumerated() { groups[name.texts, default: []].append(index) }
    var indices = [Int?](repeating: nil, count: names.count)
    // Each name is in one group and a group decides for itself, so their order does not matter.
    for members in groups.values {
      let index = index(in: members.map { names[$0] })
      for member in members { indices[member] = index }
    }
    return indices
  }

  /// The index of the time among the numbers of names that have the same texts.
  private static func index(in names: [NameParts]) -> Int? {
    guard let first = names.first else { return nil }
    let words = first.texts.dropLast().enumerated().map { index, text in
      // In `20x_004` the x belongs to the number before it.
      let isUnit =
        index > 0 && TimeWord.beginsWithUnit(text)
        && !text.drop(while: \.isLetter).contains(where: \.isLetter)
      return isUnit ? "" : NameParts.lastWords(of: text).word
    }
    let short = first.numbers.indices.filter { index in
      names.allSatisfy { $0.numbers[index].count <= 18 }
    }
    if let marked = short.last(where: { TimeWord.isTime(words[$0]) }) { return marked }
    let free = short.filter { index in
      !TimeWord.isOther(words[index]) && !TimeWord.beginsWithUnit(first.texts[index + 1])
        && !names.allSatisfy { $0.isDimension(index) }
    }
    let varying = free.last { index in
      let value = Int(first.numbers[index])
      return names.contains { Int($0.numbers[index]) != value }
    }
    return varying ?? free.last { first.canCount($0) }
  }
}

extension NameParts {
  /// Whether a number counts dimensions, as in `img3d`.
  fileprivate func isDimension(_ index: Int) -> Bool {
    numbers[index].count == 1 && texts[index + 1].prefix(while: \.isLetter).lowercased() == "d"
  }

  /// Whether a number could be the time although no other name differs from this one in it: it is
  /// not part of a word (`h2b`), of a decimal number (`E4.5`) or a date (`20240517`).
  fileprivate func canCount(_ index: Int) -> Bool {
    let number = numbers[index]
    if texts[index + 1].first?.isLetter ?? false { return false }
    let isPoint = { (text: String) in text == "." }
    if index > 0, isPoint(texts[index]), number.count <= 2 { return false }
    if index + 1 < numbers.count, isPoint(texts[index + 1]), numbers[index + 1].count <= 2 {
      return false
    }
    return !Self.isDate(number)
  }

  /// Whether a number is a year, a month and a day.
  private static func isDate(_ number: String) -> Bool {
    guard number.count == 8, let value = Int(number) else { return false }
    return 1900..<2100 ~= value / 10_000 && 1...12 ~= value / 100 % 100 && 1...31 ~= value % 100
  }
}
