extension BinaryInteger {
  /// The number with its noun, for messages: `1 frame`, `2 frames`.
  package func counted(_ noun: String) -> String { counted(noun, noun + "s") }

  /// The number with a noun whose plural is irregular: `1 nucleus`, `2 nuclei`.
  package func counted(_ one: String, _ several: String) -> String {
    "\(self) \(self == 1 ? one : several)"
  }
}
