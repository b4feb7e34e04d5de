import Microscopy

/// One of several parts of a job, each of which is the work of a process of its own.
///
/// The parts are cut from the list of all frames, so that processes that see the same list agree
/// without talking to each other.
package struct Shard: Hashable, Sendable {
  /// Which part, from 1.
  package let index: Int
  /// How many there are.
  package let count: Int

  /// A part; nil unless 1 ≤ index ≤ count.
  package init?(_ index: Int, of count: Int) {
    guard index >= 1, index <= count else { return nil }
    self.index = index
    self.count = count
  }

  /// What its files are called after: `3of8`.
  package var writer: String { "\(index)of\(count)" }

  /// The positions of its frames in a list of frames of these costs.
  ///
  /// A frame belongs to the part in which the middle of its cost lies, so the parts are of equal
  /// cost but for one frame.
  package func frames(ofCosts costs: [Int]) -> Range<Int> {
    let costs = costs.map { Double(max(1, $0)) }
    let total = costs.reduce(0, +)
    var (before, first, end) = (0.0, costs.count, costs.count)
    for (position, cost) in costs.enumerated() {
      let part = min(count, Int((before + cost / 2) / total * Double(count)) + 1)
      if part >= index, first == costs.count { first = position }
      if part > index {
        end = position
        break
      }
      before += cost
    }
    return first..<max(first, end)
  }
}

extension Shard: CustomStringConvertible {
  /// `3/8`.
  package var description: String { "\(index)/\(count)" }
}

extension Shard {
  /// The part that the task of a Slurm array has, by the variables that Slurm sets; nil outside of
  /// an array, and in one of a single task.
  ///
  /// - Throws: ``InputError`` where the tasks do not count evenly, so that their order is not known.
  package static func ofSlurmArray(_ environment: [String: String]) throws -> Shard? {
    func number(_ name: String) -> Int? {
      environment["SLURM_ARRAY_TASK_" + name].flatMap { Int($0) }
    }
    guard let id = number("ID"), let count = number("COUNT"), count > 1 else { return nil }
    let (first, step) = (number("MIN") ?? 0, max(1, number("STEP") ?? 1))
    let last = number("MAX") ?? first + (count - 1) * step
    guard last - first == (count - 1) * step, (id - first) % step == 0,
      let shard = Shard((id - first) / step + 1, of: count)
    else {
      throw InputError(
        "SLURM_ARRAY_TASK_ID",
        "the array's \(count) tasks from \(first) to \(last) do not count evenly",
        advice: "submit the whole array again, or say which part to do with --shard")
    }
    return shard
  }
}
