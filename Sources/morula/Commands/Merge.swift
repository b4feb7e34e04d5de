import ArgumentParser
import Compute
import Segmentation

/// `morula merge`
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join the tables of shards that have written into one folder.",
    usage: "morula merge <folder> ...",
    discussion: """
      `segment`, `measure` and `predict` do a part of the frames with --shard i/n. The last shard to \
      end joins the tables of all. If one was stopped, join what is done by hand; that may be done at \
      any time, also while shards are at work.

      The exit code is 2 if frames failed or are missing; the same shards again do these.

      Example:
        morula merge out
      """)

  @Argument(help: "The --output of the shards.")
  var folders: [String]

  func run() throws {
    try reportingFailures {
      var isWhole = true
      for folder in folders {
        let summary = try JobMerge(folder).run()
        StandardStreams.tell("\(folder): \(Self.text(summary))\n")
        isWhole = isWhole && summary.isWhole
      }
      if !isWhole { throw ExitStatus.framesFailed.exitCode }
    }
  }

  /// The summary in one line: `60 of 121 frames, 1 failed, 2054 nuclei`.
  private static func text(_ summary: JobMerge.Summary) -> String {
    var text = "\(summary.done) of \((summary.total ?? summary.done).counted("frame"))"
    if summary.failed > 0 { text += ", \(summary.failed) failed" }
    if let nuclei = summary.nuclei { text += ", \(nuclei.counted("nucleus", "nuclei"))" }
    return text
  }
}
