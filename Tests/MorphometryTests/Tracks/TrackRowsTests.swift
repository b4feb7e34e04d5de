import Foundation
import Morphometry
import TestSupport
import Testing

/// The rules of the Cell Tracking Challenge, as py-ctcmetrics checks them
/// (`Fixtures/ctc-validity/make.py`).
@Suite struct TrackRowsTests {
  private struct Case: Decodable {
    let tracks: [[Int]]
    let labels: [[UInt32]]
    let valid: Int
  }

  private func violations(_ text: String, _ labels: [Set<UInt32>?]) throws -> [String] {
    try TrackRows(text: text).violations(
      labels.enumerated().map { TrackRows.Mask(frame: $0, name: "mask00\($0).tif", labels: $1) })
  }

  /// 600 results with none to two errors.
  @Test func equalsPyCTCMetrics() throws {
    let path = Fixture.path("ctc-validity/ctc-validity.json", bundle: .module)
    let cases = try JSONDecoder().decode(
      [Case].self, from: try Data(contentsOf: URL(filePath: path)))
    #expect(cases.count == 600)
    for (number, example) in cases.enumerated() {
      let text = example.tracks.map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
      let found = try violations(text, example.labels.map { Set($0) })
      #expect(found.isEmpty == (example.valid == 1), "case \(number): \(found)")
    }
  }

  @Test(arguments: [
    ("1 0 2 0\n", "label 1 is missing in mask001.tif, within its track from frame 0 to 2"),
    ("1 0 0 0\n1 2 2 0\n", "track 1 has several lines"),
    ("1 0 0 0\n2 2 2 0\n", "label 1 is in mask002.tif, outside of its track"),
    ("1 0 0 0\n", "label 1 is in mask002.tif, outside of its track"),
    ("2 0 0 0\n", "label 1 is in mask000.tif, but not a track"),
    ("1 0 2 7\n", "track 1 has the parent 7, which is not a track"),
    ("1 0 2 1\n", "track 1 begins in frame 0, but its parent 1 ends in frame 2"),
    ("1 0 2 -1\n", "track 1 has the parent -1"),
    ("1 2 0 0\n", "track 1 ends in frame 0, before it begins in frame 2"),
    ("1 0 9 0\n", "track 1 lasts from frame 0 to 9, but some of these frames are not there"),
    ("0 0 2 0\n", "label 0 is the background, not a track"), ("", "there are no tracks"),
    ("1 -3 2 0\n", "track 1 begins in frame -3, before frame 0"),
    (
      "1 0 9000000000000000000 0\n",
      "track 1 lasts from frame 0 to 9000000000000000000, but some of these frames are not there"
    ),
  ])
  func namesTheRule(text: String, expected: String) throws {
    // Label 1 in the first and in the last of three frames.
    let found = try violations(text, [[1], [], [1]])
    #expect(found.contains(expected), "\(found)")
  }

  /// What is not known of a frame is no error.
  @Test func unknownFrames() throws {
    #expect(try violations("1 0 2 0\n", [[1], nil, [1]]) == [])
    #expect(throws: TrackTableError.self) { try TrackRows(text: "1 0 x 0") }
    #expect(throws: TrackTableError.self) { try TrackRows(text: "1 0 2") }
  }
}
