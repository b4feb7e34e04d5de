import Morphometry
import TestSupport
import Testing

@Suite struct TrackTableTests {
  private static let tracks = [
    Track(label: 5, firstFrame: 4, lastFrame: 9, parent: 2),
    Track(label: 2, firstFrame: 0, lastFrame: 3),
    Track(label: 3, firstFrame: 6, lastFrame: 6, parent: 2),
  ]

  @Test func orderedByLabel() throws {
    let table = try TrackTable(Self.tracks)
    #expect(table.tracks.map(\.label) == [2, 3, 5])
    #expect(table.text == "2 0 3 0\n3 6 6 2\n5 4 9 2\n")
    #expect(table.children(of: 2).map(\.label) == [3, 5])
    #expect(table.children(of: 3).isEmpty)
    #expect(table.frameCount == 10)
    #expect(table[3]?.firstFrame == 6 && table[5]?.parent == 2 && table[2]?.parent == nil)
    #expect(table[1] == nil && table[4] == nil && table[6] == nil)
    #expect(try TrackTable([]).frameCount == 0)
  }

  @Test func filesComeBack() throws {
    let folder = try TestFolder()
    let path = folder.path + "/res_track.txt"
    let table = try TrackTable(Self.tracks)
    try table.write(to: path)
    #expect(try TrackTable(contentsOf: path) == table)
    // Windows line ends, tabs and empty lines.
    #expect(try TrackTable(text: "\r\n5\t4 9  2\r\n2 0 3 0\r\n\r\n 3 6 6 2") == table)
    #expect(try TrackTable(text: "").tracks.isEmpty)
  }

  @Test(arguments: [
    ("1 0 5", "line 1: expected four whole numbers"), ("1 0 5 0 7", "found '1 0 5 0 7'"),
    ("1 0 5 0\n2 x 5 0", "line 2: expected four"), ("1 0 1.5 0", "found '1 0 1.5 0'"),
    ("-1 0 5 0", "expected four"), ("0 0 5 0", "line 1: track 0 is the background"),
    ("1 -2 5 0", "track 1 begins in frame -2; frames count from 0"),
    ("3 5 4 0", "track 3 ends in frame 4, before it begins in frame 5"),
    ("1 0 1 0\n\n1 2 3 0", "line 3: track 1 is there twice"),
    ("1 0 1 7", "track 1 has the parent 7, which is not a track"),
    ("1 0 1 0\n2 1 3 1", "line 2: track 2 begins in frame 1, but its parent 1 ends in frame 1"),
    ("4 0 1 4", "a parent ends before its child begins"),
  ])
  func errorsNameTheLine(text: String, words: String) {
    let error = #expect(throws: TrackTableError.self) { try TrackTable(text: text, path: "r.txt") }
    #expect(error?.description.hasPrefix("r.txt, line ") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func otherErrors() throws {
    let absent = #expect(throws: TrackTableError.self) { try TrackTable(contentsOf: "/absent.txt") }
    #expect(absent?.description == "/absent.txt: there is no such file or folder; check the path")
    let made = #expect(throws: TrackTableError.self) {
      try TrackTable([Track(label: 0, firstFrame: 0, lastFrame: 0)])
    }
    #expect(made?.description == "track 0 is the background; labels count from 1")
  }
}
