import Compute

/// Prepared volumes within a memory budget; the least recently used leave first.
///
/// Safe from any thread. Two threads that miss the same volume at once both prepare it. This costs
/// time and changes nothing, because a preparation always gives the same voxels.
package final class VolumeCache: Sendable {
  private struct Entry {
    var volume: PreparedVolume
    var lastUse: UInt64
  }

  private struct Key: Hashable {
    let pair: VolumePair
    let isFitted: Bool
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var byteCount = 0
    var clock: UInt64 = 0
  }

  private let state = Guarded(State())
  private let preparation: Preparation
  /// The memory that volumes may occupy.
  package let budget: ByteCount

  /// An empty cache; with a budget of 0, every volume is prepared each time.
  package init(_ preparation: Preparation, budget: ByteCount) {
    self.preparation = preparation
    self.budget = budget
  }

  /// The memory in use.
  package var byteCount: Int { state.withLock { $0.byteCount } }

  /// The prepared volume of a pair.
  package func volume(_ pair: VolumePair, isFitted: Bool) throws -> PreparedVolume {
    let key = Key(pair: pair, isFitted: isFitted)
    let held = state.withLock { state -> PreparedVolume? in
      guard let entry = state.entries[key] else { return nil }
      state.clock += 1
      state.entries[key]?.lastUse = state.clock
      return entry.volume
    }
    if let held { return held }
    let volume = try preparation.volume(pair, isFitted: isFitted)
    state.withLock { state in
      guard volume.byteCount <= budget.bytes, state.entries[key] == nil else { return }
      while state.byteCount + volume.byteCount > budget.bytes,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.byteCount -= oldest.value.volume.byteCount
        state.entries[oldest.key] = nil
      }
      state.clock += 1
      state.entries[key] = Entry(volume: volume, lastUse: state.clock)
      state.byteCount += volume.byteCount
    }
    return volume
  }
}
