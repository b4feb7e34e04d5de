import Compute
import Microscopy
import Testing

@Suite("Series and time in names")
struct SeriesNameTests {
  /// Names of one folder, and the series and time of each.
  @Test(
    "by the rule",
    arguments: [
      [("Emb01_t051", "Emb01", 51), ("Emb1_t001", "Emb1", 1), ("Emb01_t101", "Emb01", 101)],
      // A word for time at any position, whatever else differs.
      [("2020-01-02_pos3_t7", "2020-01-02_pos3", 7), ("2020-01-03_pos3_t7", "2020-01-03_pos3", 7)],
      [("embryo 3 time 10", "embryo 3", 10), ("embryo 3 time 9", "embryo 3", 9)],
      [("t001_Emb1_ch2", "Emb1_ch2", 1), ("t002_Emb1_ch2", "Emb1_ch2", 2)],
      [("Time_point-12", "folder", 12), ("frame=3 (raw)", "(raw)", 3)],
      [("embryoT5", "embryo", 5), ("EMBRYOT5", "EMBRYOT", 5), ("Emb1T05z1", "Emb1z1", 5)],
      [("exp1_TimeStep 4_ch0", "exp1_ch0", 4), ("raw.t-007.registered", "raw.registered", 7)],
      [("t2 vs t3", "t2 vs", 3)],
      [("img_channel000_position000_time000000010_z000", "img_channel000_position000_z000", 10)],
      // Without such a word: the last number that differs.
      [("img_000000010_ch0", "img_ch0", 10), ("img_000000011_ch0", "img_ch0", 11)],
      [("img_000000010_ch0", "img_ch0", 10), ("img_000000010_ch1", "img_ch1", 10)],
      [("mask012", "mask", 12), ("mask7", "mask", 7)],
      [("3_001_2020", "3_2020", 1), ("3_002_2020", "3_2020", 2), ("4_001_2020", "4_2020", 1)],
      [("001_488nm", "488nm", 1)], [("20x_004", "20x", 4), ("20x_005", "20x", 5)],
      [("63x_t3", "63x", 3)], [("p1_x2_y3", "p1_x2_y3", nil)],
      [("scan (1)", "scan", 1), ("scan (2)", "scan", 2)],
      // Nothing differs: the last number.
      [("mask012", "mask", 12)], [("2020-01-02", "2020-01", 2)], [("t000", "folder", 0)],
      [("007", "folder", 7)],
      // Digits that are part of a word, of a number or a date, and of dimensions.
      [("img3d", "img3d", nil)], [("stack_2D", "stack_2D", nil)], [("h2b", "h2b", nil)],
      [("h2b_05", "h2b", 5)], [("embryo_E4.5", "embryo_E4.5", nil)], [("a.3.75", "a.3.75", nil)],
      [("20240517_embryo", "20240517_embryo", nil)], [("20240517_003", "20240517", 3)],
      [("fish_24hpf", "fish_24hpf", nil)], [("run.1.002", "run.1", 2)],
      [("img2d", "img2d", nil), ("img3d", "img3d", nil)],
      [("img3d_1", "img3d", 1), ("img3d_2", "img3d", 2)],
      [("a_2d_7", "a_2d", 7), ("a_3d_7", "a_3d", 7)], [("img3d_t5", "img3d", 5)],
      [("img1raw", "imgraw", 1), ("img2raw", "imgraw", 2)],
      // Numbers of other things, and none at all.
      [("embryo1", "embryo1", nil), ("embryo2", "embryo2", nil)],
      [("Emb1_pos2_ch3", "Emb1_pos2_ch3", nil)],
      [("raw", "raw", nil), ("blastocyst", "blastocyst", nil)],
      [("run20200102123456789012", "run20200102123456789012", nil)],
      // Equal times with different padding are left to the caller; other numbers keep their
      // padding.
      [("Emb1_t1", "Emb1", 1), ("Emb1_t01", "Emb1", 1), ("Emb01_t1", "Emb01", 1)],
      // Names with different texts do not affect each other.
      [("a_1_5", "a_1", 5), ("b_1_5", "b_5", 1), ("b_2_5", "b_5", 2)],
    ] as [[(String, String, Int?)]])
  func rule(names: [(stem: String, series: String, time: Int?)]) {
    let found = SeriesName.names(names.map(\.stem), folder: "some/folder")
    for (name, own) in zip(names, found) {
      #expect(own.name == name.series, "\(name.stem)")
      #expect(own.time == name.time, "\(name.stem)")
    }
  }

  /// Embryos and time points are separated again, for any numbers, order and padding.
  @Test("random sets of names")
  func random() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let word = ["_t", " time ", "-frame", "_T", "_", " - ", "tp"].randomElement(
        using: &generator)!
      let prefix = ["Emb", "embryo ", "2024-05-06_pos", "x40 E"].randomElement(using: &generator)!
      let suffix = ["", "_raw", ".registered", "_ch1"].randomElement(using: &generator)!
      let width = Int.random(in: 1...6, using: &generator)
      var wanted: [(stem: String, series: String, time: Int)] = []
      for embryo in 1...Int.random(in: 1...4, using: &generator) {
        for time in Set((0..<5).map { _ in Int.random(in: 0...2000, using: &generator) }).union([
          1, 7,
        ]) {
          let digits = String(repeating: "0", count: max(0, width - String(time).count)) + "\(time)"
          let isJoined = word == "tp"
          let stem = prefix + "\(embryo)" + (isJoined ? " tp" : word) + digits + suffix
          wanted.append((stem, prefix + "\(embryo)" + suffix, time))
        }
      }
      wanted.shuffle(using: &generator)
      for (name, own) in zip(wanted, SeriesName.names(wanted.map(\.stem))) {
        #expect(own.name == name.series && own.time == name.time, "\(name.stem): \(own.name)")
      }
    }
  }
}
