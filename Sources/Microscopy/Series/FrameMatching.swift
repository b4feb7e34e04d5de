import Compute

/// Which frames of two sides belong together, for example labels and raw images, by their names.
///
/// 1. A single file of several frames and as many files of one frame are paired in order; a note
///    says so unless the files count from 1.
/// 2. Otherwise frames of the same name belong together, or of the same ``ImageName``.
/// 3. If no names agree and each side is one series, frames of the same time number do, with a
///    note.
/// 4. If each side is a single frame, the two do.
///
/// Frames are never paired by their order where time numbers say otherwise.
package struct FrameMatching: Sendable {
  /// A frame of one side.
  package struct Frame: Sendable, Hashable {
    /// The file.
    package let path: String
    /// The name of the frame: that of the file without extension, or `<file>_t001`.
    package let stem: String
    /// The number of frames in the file.
    package let frames: Int

    /// A frame of a file of `frames` frames.
    package init(path: String, stem: String, frames: Int) {
      self.path = path
      self.stem = stem
      self.frames = frames
    }
  }

  /// What paired the frames.
  package enum Rule: Sendable, Hashable {
    /// The order of a file of several frames and of as many files.
    case order
    /// Names.
    case name
    /// Time numbers.
    case number
    /// There is one frame on each side.
    case single
  }

  /// For each frame of the first side the index of its partner; nil if it has none.
  package private(set) var partners: [Int?]
  /// What paired them; nil if nothing did.
  package private(set) var rule: Rule?
  /// What the user should know about the pairs, one line each.
  package private(set) var notes: [String] = []

  /// Pairs the frames of two sides.
  ///
  /// - Parameter areNamed: Whether the caller named two files, which then belong together.
  /// - Throws: `InputError` if a name fits two frames of the other side.
  package init(
    _ frames: [Frame], with others: [Frame], areNamed: Bool = false
  ) throws(InputError) {
    partners = frames.map { _ in nil }
    if pairInOrder(frames, others) { return }
    partners = try Self.byName(frames, others)
    if partners.contains(where: { $0 != nil }) {
      rule = .name
      return
    }
    let (own, other) = (Self.series(frames), Self.series(others))
    if let own, let other, pairByNumber(own, other, isNoted: !areNamed) { return }
    guard frames.count == 1, others.count == 1 else { return }
    let contradicts = own != nil && other != nil
    if contradicts, !areNamed { return }
    partners = [0]
    rule = .single
    if contradicts {
      notes.append(
        "\(frames[0].path) and \(others[0].path) are paired although their numbers differ")
    }
  }

  /// Pairs a file of several frames with as many files of one; false if the sides are not of these
  /// kinds.
  private mutating func pairInOrder(_ frames: [Frame], _ others: [Frame]) -> Bool {
    guard Self.isStack(frames) != Self.isStack(others), frames.count == others.count,
      let files = Self.series(Self.isStack(frames) ? others : frames)
    else { return false }
    for (frame, index) in files.order.enumerated() {
      if Self.isStack(frames) { partners[frame] = index } else { partners[index] = frame }
    }
    rule = .order
    if files.times != Array(1...files.times.count), files.times != Array(0..<files.times.count) {
      let (stack, single) = Self.isStack(frames) ? (frames, others) : (others, frames)
      notes.append(
        "\(stack[0].path) states no time numbers, so its \(stack.count.counted("frame")) are paired in "
          + "order with \(single[files.order[0]].path) and the files that follow it")
    }
    return true
  }

  /// Pairs frames of the same time number; false if there are none.
  private mutating func pairByNumber(_ own: Series, _ other: Series, isNoted: Bool) -> Bool {
    // Frames of a file have no numbers of their own: they count as the files' numbers do.
    let origin = [own, other].contains { !$0.isStack && $0.times.first == 0 } ? 0 : 1
    var indices: [Int: Int] = [:]
    for (time, index) in zip(other.times, other.order) {
      indices[other.isStack ? time + origin : time] = index
    }
    for (time, index) in zip(own.times, own.order) {
      partners[index] = indices[own.isStack ? time + origin : time]
    }
    guard partners.contains(where: { $0 != nil }) else { return false }
    rule = .number
    if isNoted {
      notes.append(
        "'\(own.name)' and '\(other.name)' are paired by their time numbers, as their names differ"
          + (own.isStack != other.isStack ? "; frames of a file are counted from \(origin)" : ""))
    }
    return true
  }

  /// Whether the frames are those of one file of several.
  private static func isStack(_ frames: [Frame]) -> Bool {
    guard let first = frames.first else { return false }
    return first.frames > 1 && frames.allSatisfy { $0.path == first.path }
  }

  /// The frames of a single series, by time.
  private struct Series {
    var name: String
    var isStack: Bool
    /// The numbers of files; the frames of a stack are counted from 0.
    var times: [Int]
    /// The index of the frame of each time.
    var order: [Int]
  }

  /// The series that the frames are; nil for several, and for frames without different times.
  private static func series(_ frames: [Frame]) -> Series? {
    if isStack(frames) {
      return Series(
        name: frames[0].path, isStack: true, times: Array(frames.indices),
        order: Array(frames.indices))
    }
    guard let first = frames.first, frames.allSatisfy({ $0.frames == 1 }) else { return nil }
    let names = SeriesName.names(
      of: frames.map { VolumeFiles.File(path: $0.path, name: $0.stem) })
    let times = names.compactMap(\.time)
    guard times.count == frames.count, Set(times).count == times.count,
      Set(names.map(\.key)).count == 1
    else { return nil }
    let order = frames.indices.sorted { times[$0] < times[$1] }
    let name = names[0].name.isEmpty ? first.path : names[0].name
    return Series(name: name, isStack: false, times: order.map { times[$0] }, order: order)
  }

  /// The partners of the same name, or of the same name but for the words that say what a file is.
  private static func byName(_ frames: [Frame], _ others: [Frame]) throws(InputError) -> [Int?] {
    var stems: [String: Int] = [:]
    var names: [ImageName: [Int]] = [:]
    for (index, other) in others.enumerated() {
      stems[other.stem] = index
      let name = ImageName(other.stem)
      if !name.isEmpty { names[name, default: []].append(index) }
    }
    var partners: [Int?] = []
    for frame in frames {
      if let index = stems[frame.stem] {
        partners.append(index)
        continue
      }
      let found = names[ImageName(frame.stem)] ?? []
      if found.count > 1 {
        throw InputError(
          frame.path,
          "belongs to \(others[found[0]].path) and to \(others[found[1]].path) by its name; keep or "
            + "name one of them")
      }
      partners.append(found.first)
    }
    return partners
  }
}
