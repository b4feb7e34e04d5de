import Compute
import Microscopy
import Testing
import Training

@Suite struct NameTests {
  @Test func naturalOrder() {
    #expect(
      NaturalOrder.sorted(["t10", "t2", "t1", "T3", "t", "t02", "t2b", "a9"])
        == ["T3", "a9", "t", "t1", "t02", "t2", "t2b", "t10"])
    #expect(
      NaturalOrder.sorted(["Emb11_t001", "Emb2_t501", "Emb02_t051", "Emb2_t51"])
        == ["Emb02_t051", "Emb2_t51", "Emb2_t501", "Emb11_t001"])
    // Numbers beyond any integer type.
    #expect(NaturalOrder.precedes("x99999999999999999999999", "x100000000000000000000000"))
  }

  /// A strict total order: exactly one of a < b, b < a, a = b; and transitive.
  @Test func naturalOrderIsTotal() {
    var generator = SeededGenerator(seed: 1)
    let names = (0..<60).map { _ in
      String((0..<4).map { _ in Array("a0019_")[Int(generator.uniform() * 6)] })
    }
    for a in names {
      #expect(!NaturalOrder.precedes(a, a))
      for b in names where a != b {
        #expect(NaturalOrder.precedes(a, b) != NaturalOrder.precedes(b, a), "\(a) \(b)")
        for c in names where NaturalOrder.precedes(a, b) && NaturalOrder.precedes(b, c) {
          #expect(NaturalOrder.precedes(a, c), "\(a) \(b) \(c)")
        }
      }
    }
  }

  @Test func patterns() {
    for (pattern, name, fits) in [
      ("*.tif", "a.tif", true), ("*.tif", "a.tiff", false), ("*", "", true), ("", "a", false),
      ("Emb11_*", "Emb11_t001.tif", true), ("Emb1?_*", "Emb1_t001.tif", false),
      ("a[0-9]b", "a5b", true), ("a[!0-9]b", "a5b", false), ("a[]x]b", "a]b", true),
      ("a[b", "a[b", true), ("*a*b*c", "xxabxbc", true), ("*a*b*c", "xxabxb", false),
      ("**", "anything", true), ("a.b", "axb", false), ("[a-]", "-", true),
    ] {
      #expect(NamePattern(pattern).matches(name) == fits, "\(pattern) \(name)")
    }
  }

  @Test func nearestNames() {
    #expect(NearestName.distance("kitten", "sitting") == 3)
    #expect(NearestName.distance("", "abc") == 3)
    #expect(NearestName.distance("lenrning", "learning") == 1)
    #expect(NearestName.distance("ab", "ba") == 1)
    let keys = ["learning_rate", "momentum", "betas"]
    #expect(NearestName.suggestion(for: "learnin_rate", among: keys) == "learning_rate")
    #expect(NearestName.suggestion(for: "learning", among: keys) == "learning_rate")
    #expect(NearestName.suggestion(for: "zzz", among: keys) == nil)
  }

  @Test func foldPatterns() throws {
    #expect(try FoldPattern(#"Emb(\d+)"#).fold(of: "Emb07_t001.tif") == "07")
    #expect(try FoldPattern(#"Emb(\d+)"#).fold(of: "x.tif") == nil)
    #expect(try FoldPattern(#"(?:a|b)(?<name>\d)[(]"#).fold(of: "b3(") == "3")
    for (pattern, groups) in [("Emb", 0), (#"(\d)(\d)"#, 2), (#"\(\d"#, 0), ("(?=a)", 0)] {
      #expect(throws: FoldPattern.Failure.self, "\(groups)") { try FoldPattern(pattern) }
    }
    do {
      _ = try FoldPattern("(a")
      Issue.record("an open group is no pattern")
    } catch {
      #expect(error.problem == "'(a' is not a regular expression")
      #expect(!error.problem.contains("\n"))
    }
  }
}
