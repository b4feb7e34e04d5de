import Compute

/// What a frame asks of the machine while it is worked on.
package struct FrameNeeds: Hashable, Sendable {
  /// Its voxels; 0 where it could not be opened.
  package var voxels: Int
  /// The memory that it takes beside what all frames share, in bytes; nil where it takes whatever
  /// there is, so that it must be alone.
  package var bytes: Int?

  /// These needs.
  package init(voxels: Int, bytes: Int?) {
    self.voxels = voxels
    self.bytes = bytes
  }

  /// The voxels that keep a thread busy: with fewer, its share of the work is too small for the time
  /// that threads wait for each other.
  private static let voxelsPerThread = 1 << 21

  /// The threads that the loops of the frame keep busy.
  var threads: Int { max(1, voxels / Self.voxelsPerThread) }
}

/// How many frames a run works on at once.
///
/// Small frames get a thread each. Large ones have enough work for several threads in their loops,
/// and one more frame than the threads need does so while another is read, split or written.
package struct FrameAdmission: Hashable, Sendable {
  /// The threads of the run.
  package var threads: Int
  /// The memory for frames in bytes, beside what they share; nil for any.
  package var room: Int?
  /// Whether every frame must be alone.
  package var isSerial = false

  /// Frames that share threads and memory.
  package init(threads: Int, room: Int?, isSerial: Bool = false) {
    self.threads = max(1, threads)
    self.room = room
    self.isSerial = isSerial
  }

  /// How far the work may be ahead of the oldest frame that is not recorded yet, in frames: what
  /// waits for that one is on the disk already, but counts only when it is recorded.
  var lead: Int { 2 * threads + 4 }

  /// Whether the next frame may begin.
  package func admits(_ next: FrameNeeds, beside running: some Collection<FrameNeeds>) -> Bool {
    if running.isEmpty { return true }
    guard !isSerial, running.count < threads, let bytes = next.bytes else { return false }
    var (sum, busy, largest) = (bytes, 0, 0)
    for frame in running {
      guard let bytes = frame.bytes else { return false }
      sum += bytes
      busy += frame.threads
      largest = max(largest, frame.threads)
    }
    if let room, sum > room { return false }
    return busy - largest < threads
  }

  /// How many frames of these needs are worked on at once.
  package func concurrency(of frame: FrameNeeds) -> Int {
    guard !isSerial, let bytes = frame.bytes else { return 1 }
    let useful = min(threads, threads.parts(of: frame.threads) + 1)
    guard let room, bytes > 0 else { return useful }
    return max(1, min(useful, room / bytes))
  }

  /// The most threads for the loops of a frame: twice its share, as other frames leave theirs idle at
  /// times, and all for the last ones. Scratch memory grows with the number.
  ///
  /// - Parameter left: The frames that have not begun, with this one.
  package func threadLimit(of frame: FrameNeeds, left: Int) -> Int {
    min(threads, (2 * threads).parts(of: max(1, min(left, concurrency(of: frame)))))
  }
}
