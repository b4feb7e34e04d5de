import Segmentation
import Testing

/// How many frames are worked on at once.
@Suite struct FrameAdmissionTests {
  private static let small = FrameNeeds(voxels: 600_000, bytes: 300 << 20)
  private static let large = FrameNeeds(voxels: 100_000_000, bytes: 30 << 30)

  /// How many frames begin, one after the other, until no more may.
  private static func count(_ admission: FrameAdmission, _ frame: FrameNeeds) -> Int {
    var running: [FrameNeeds] = []
    while running.count < 1000, admission.admits(frame, beside: running) { running.append(frame) }
    return running.count
  }

  @Test("Small frames have a thread each, large ones several and one frame more")
  func byThreads() {
    func count(_ threads: Int, _ frame: FrameNeeds) -> Int {
      Self.count(FrameAdmission(threads: threads, room: nil), frame)
    }
    #expect([1, 2, 8, 64].map { count($0, Self.small) } == [1, 2, 8, 64])
    #expect([1, 2, 8, 64].map { count($0, Self.large) } == [1, 2, 2, 3])
    #expect(count(64, FrameNeeds(voxels: 10_000_000, bytes: 5 << 30)) == 17)
  }

  @Test("Frames fit in the memory together; one always runs")
  func byMemory() {
    func count(_ room: Int, _ frame: FrameNeeds) -> Int {
      Self.count(FrameAdmission(threads: 64, room: room), frame)
    }
    #expect(count(1 << 30, Self.small) == 3)
    #expect(count(599 << 20, Self.small) == 1)
    #expect(count(600 << 20, Self.small) == 2)
    #expect(count(1, Self.small) == 1)
    #expect(count(60 << 30, Self.large) == 2)
    #expect(count(59 << 30, Self.large) == 1)
    let admission = FrameAdmission(threads: 8, room: 31 << 30)
    #expect(admission.admits(Self.small, beside: [Self.large, Self.small]))
    #expect(!admission.admits(Self.large, beside: [Self.large]))
  }

  @Test("Frames that take whatever there is are alone")
  func alone() {
    let admission = FrameAdmission(threads: 8, room: 1 << 40)
    let streamed = FrameNeeds(voxels: 1 << 30, bytes: nil)
    #expect(admission.admits(streamed, beside: []))
    #expect(!admission.admits(streamed, beside: [Self.small]))
    #expect(!admission.admits(Self.small, beside: [streamed]))
    #expect(Self.count(FrameAdmission(threads: 8, room: nil, isSerial: true), Self.small) == 1)
  }

  @Test("The number that is expected is the number that begins", arguments: [1, 2, 3, 8, 48, 64])
  func concurrency(threads: Int) {
    for voxels in [0, 600_000, 3_000_000, 12_000_000, 40_000_000, 100_000_000] {
      for room in [nil, 1 << 28, 1 << 30, 1 << 34, 1 << 38] {
        let admission = FrameAdmission(threads: threads, room: room)
        let frame = FrameNeeds(voxels: voxels, bytes: 400 * voxels)
        #expect(admission.concurrency(of: frame) == Self.count(admission, frame), "\(admission)")
      }
    }
  }

  @Test("Loops have twice a frame's share of the threads, and those of the last frames all")
  func threadLimits() {
    let admission = FrameAdmission(threads: 64, room: nil)
    #expect(admission.threadLimit(of: Self.small, left: 500) == 2)
    #expect(admission.threadLimit(of: Self.small, left: 4) == 32)
    #expect(admission.threadLimit(of: Self.small, left: 1) == 64)
    #expect(admission.threadLimit(of: Self.large, left: 500) == 43)
    // No thread is idle because memory is scarce.
    let tight = FrameAdmission(threads: 64, room: 4 * 300 << 20)
    #expect(tight.threadLimit(of: Self.small, left: 500) == 32)
    #expect(FrameAdmission(threads: 1, room: nil).threadLimit(of: Self.small, left: 9) == 1)
  }
}
