/// A file's name without its extension, cut into texts and the numbers between them.
///
/// `Emb01_t051` is `Emb`, 01, `_t`, 051 and an empty text.
struct NameParts: Sendable, Hashable {
  /// The texts, one more than there are numbers; empty where two parts meet or the name ends.
  let texts: [String]
  /// The digits, as written.
  let numbers: [String]

  /// The parts of a name; only the digits 0 to 9 make numbers.
  init(_ name: String) {
    var texts = [""]
    var numbers: [String] = []
    var isInNumber = false
    for character in name {
      if ("0"..."9").contains(character) {
        if isInNumber {
          numbers[numbers.count - 1].append(character)
        } else {
          numbers.append(String(character))
        }
        isInNumber = true
      } else {
        if isInNumber { texts.append("") }
        texts[texts.count - 1].append(character)
        isInNumber = false
      }
    }
    if isInNumber { texts.append("") }
    self.texts = texts
    self.numbers = numbers
  }

  /// The name without one of its numbers, that number's word and the separators around them:
  /// `Emb01_t051` without number 1 is `Emb01`; empty where nothing else is left.
  func name(without index: Int) -> String {
    let (word, rest) = Self.lastWords(of: texts[index])
    var before = zip(texts, numbers).prefix(index).map { $0 + $1 }.joined()
    before += TimeWord.isTime(word) ? rest : texts[index]
    var after = texts[index + 1]
    for next in numbers.indices.dropFirst(index + 1) { after += numbers[next] + texts[next + 1] }
    let isSeparator: (Character) -> Bool = { " _-.=#+,".contains($0) }
    if before.last == "(", after.first == ")" {
      before.removeLast()
      after.removeFirst()
    }
    while let last = before.last, isSeparator(last) { before.removeLast() }
    if before.isEmpty { after = String(after.drop(while: isSeparator)) }
    while let last = after.last, isSeparator(last) { after.removeLast() }
    return before + after
  }

  /// The name with one of its numbers left open, the same for all time points of a series.
  func template(without index: Int) -> [String] {
    var parts: [String] = []
    for (position, number) in numbers.enumerated() {
      parts += [texts[position], position == index ? "" : number]
    }
    return parts + [texts[numbers.count]]
  }

  /// The word at the end of a text, in lower case and without what separates it from the number
  /// that follows, and the text before it: `_raw_Time-` gives `time` and `_raw_`.
  ///
  /// A word ends where the letters do, or where a capital follows a small letter. `time_point` and
  /// `time step` count as one word.
  static func lastWords(of text: String) -> (word: String, rest: String) {
    let (word, rest) = lastWord(of: text)
    if word == "point" || word == "step" {
      let (first, start) = lastWord(of: rest)
      if first == "time" { return (first + word, start) }
    }
    return (word, rest)
  }

  private static func lastWord(of text: String) -> (word: String, rest: String) {
    var characters = Array(text)
    while let last = characters.last, " _-.=#".contains(last) { characters.removeLast() }
    var word: [Character] = []
    while let last = characters.last, last.isLetter {
      word.insert(last, at: 0)
      characters.removeLast()
      if last.isUppercase, let next = characters.last, next.isLowercase { break }
    }
    return (String(word).lowercased(), String(characters))
  }
}
