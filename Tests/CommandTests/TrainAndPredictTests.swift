import Foundation
import Microscopy
import TestSupport
import Testing

/// The way from a configuration to probabilities.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct TrainAndPredictTests {
  /// The rows of a history without their times.
  static func rows(_ text: String) -> [String] {
    text.split(separator: "\n").map { row in
      row.split(separator: ",", omittingEmptySubsequences: false).dropLast()
        .joined(separator: ",")
    }
  }

  @Test func happyPath() throws {
    let here = try Workplace()
    let plan = try here.run("train", "--config", "tiny.yaml", "--output", "run", "--dry-run")
    #expect(plan.status == 0 && !here.has("run"))
    #expect(plan.errors.contains("2 volumes train, 1 validate"), "\(plan.errors)")

    let trained = try here.run(
      "train", "--config", "tiny.yaml", "--output", "run", "--threads", "1", "--seed", "3")
    #expect(trained.status == 0, "\(trained.errors)")
    for text in [
      "2 volumes train, 1 validate; 2 samples of", "estimated: ", "epoch 1/3  train loss ",
      "epoch 3/3  train loss ", "Done; weights and history are in run",
    ] {
      #expect(trained.errors.contains(text), "\(trained.errors)")
    }
    // A log has whole lines and nothing for terminals.
    #expect(!trained.errors.contains("\r") && !trained.errors.contains("\u{1b}"))
    #expect(trained.errors.hasSuffix("\n"))
    #expect(Self.rows(try here.text("run/history.csv")).count == 4)
    #expect(try here.text("run/config.yaml").contains("seed: 3"))

    let predicted = try here.run(
      "predict", "--model", "run/best.safetensors", "data/images", "--output", "a/b")
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(!predicted.errors.contains("\r"))
    #expect(predicted.errors.contains("3 of 3 volumes written to a/b"))
    for name in ["Emb01_t001", "Emb01_t002", "Emb02_t001"] {
      let path = "\(here.place.path)/a/b/\(name).tif"
      let volume = try TIFF.readVolume(at: path)
      #expect(volume.extent == Extent(depth: 7, height: 13, width: 12))
      #expect(abs((volume.voxelSize?.z ?? 0) - 1.6) < 1e-6)
      #expect(abs((volume.voxelSize?.x ?? 0) - 0.8) < 1e-6)
      #expect(volume.voxels.allSatisfy { (0...1).contains($0) } && Set(volume.voxels).count > 99)
      #expect(try TIFF.info(at: path).sampleType == .float32)
    }
    // Tiles, threads and the last checkpoint.
    for (number, arguments) in [
      ["--tile", "6"], ["--threads", "1", "--max-memory", "400M"], ["--voxel-size", "0.8,0.8,1.6"],
    ].enumerated() {
      let again = try MorulaCommand.run(
        ["predict", "--model", "run/best.safetensors", "data/images", "--output", "\(number)"]
          + arguments, in: here.place)
      #expect(again.status == 0, "\(again.errors)")
      let first = try TIFF.readVolume(at: here.place.path + "/a/b/Emb02_t001.tif")
      let other = try TIFF.readVolume(at: here.place.path + "/\(number)/Emb02_t001.tif")
      #expect(largestDifference(first.voxels, other.voxels) < 1e-5, "\(arguments)")
    }
    let last = try here.run(
      "predict", "--model", "run/last.safetensors", "data/images/Emb01_t001.tif", "--output", "l",
      "--batch-norm", "batch")
    #expect(last.status == 0 && here.has("l/Emb01_t001.tif"))

    let info = try here.run("model", "info", "run/best.safetensors", "run/last.safetensors")
    #expect(info.status == 0 && info.errors.isEmpty)
    let rows = info.output.split(separator: "\n").map(String.init)
    for (name, value) in [
      ("name", "tiny"), ("network", "nsn"), ("levels", "2"), ("base width", "2"), ("kernel", "3"),
      ("network grid", "0.8 × 0.8 × 0.8 µm (x, y, z)"), ("input multiple", "2 voxels"),
      ("trained voxel", "0.8 × 0.8 × 1.6 µm (x, y, z)"), ("output", "sigmoid, threshold 0.5"),
    ] {
      let found = rows.filter {
        $0.hasPrefix(name.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
      }
      #expect(found.count == 2, "\(name): \(info.output)")
    }
  }

  /// Ctrl-C, and the notice that Slurm gives before it ends a job.
  @Test(arguments: [false, true]) func interruptionAndResumption(terminating: Bool) throws {
    let here = try Workplace()
    // Long enough to be hit.
    let arguments = [
      "train", "--config", "tiny.yaml", "--set", "training.epochs=400", "--set",
      "schedule.kind=constant", "--output",
    ]
    let first = try MorulaCommand.run(
      arguments + ["cut"], in: here.place, terminating: terminating
    ) {
      $0.contains("epoch 3/400  train loss")
    }
    #expect(first.status == (terminating ? 143 : 130), "\(first.errors.suffix(500))")
    #expect(
      first.errors.contains("Interrupted; the checkpoint is saved"), "\(first.errors.suffix(500))")
    #expect(here.has("cut/last.safetensors"))
    // The rest of both runs is cut short: constant rates may end sooner.
    let done = Self.rows(try here.text("cut/history.csv")).count - 1
    #expect(done >= 3 && done < 400)
    let total = "training.epochs=\(done + 2)"
    let resumed = try MorulaCommand.run(
      arguments + ["cut", "--resume", "--set", total], in: here.place)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("Resuming after epoch \(done), update "))
    let whole = try MorulaCommand.run(arguments + ["whole", "--set", total], in: here.place)
    #expect(whole.status == 0)
    let history = Self.rows(try here.text("whole/history.csv"))
    #expect(history.count == done + 3)
    #expect(try Self.rows(here.text("cut/history.csv")) == history)
    // The best weights are the same bytes.
    let best = try ["cut", "whole"].map {
      try Data(contentsOf: URL(filePath: "\(here.place.path)/\($0)/best.safetensors"))
    }
    #expect(best[0] == best[1])
  }

  @Test func folds() throws {
    let here = try Workplace()
    let arguments = [
      "train", "--config", "folds.yaml", "--output", "runs", "--set", "training.epochs=1",
    ]
    try here.place.write(
      try here.text("tiny.yaml")
        .replacing("validation: \"Emb02_*\"", with: #"folds: {pattern: "Emb(\\d+)"}"#),
      to: "folds.yaml")
    let list = try MorulaCommand.run(arguments + ["--folds", "list"], in: here.place)
    #expect(list.status == 0 && list.output == "01\t2 volumes\n02\t1 volume\n")
    let one = try MorulaCommand.run(
      Array(arguments.prefix(3)) + ["--output", "runs/fold-01", "--folds", "1"]
        + arguments.suffix(2), in: here.place)
    #expect(one.status == 0, "\(one.errors)")
    // All folds, one of which is done already: resumes it and starts the other.
    let all = try MorulaCommand.run(arguments + ["--folds", "all", "--resume"], in: here.place)
    #expect(all.status == 0 && here.has("runs/fold-02/best.safetensors"), "\(all.errors)")
    CommandErrorTests.expectFailure(
      try MorulaCommand.run(arguments + ["--folds", "7"], in: here.place),
      "data.folds.fold: '7' is not a fold; the folds are 01, 02")
    CommandErrorTests.expectFailure(
      try MorulaCommand.run(arguments + ["--folds", "all"], in: here.place), "already holds a run")
  }

  @Test func helpAndVersion() throws {
    let here = try Workplace()
    #expect(try here.run("--version").output.hasPrefix("0."))
    for command in [["--help"], ["train", "--help"], ["predict", "--help"], ["model", "--help"]] {
      let help = try MorulaCommand.run(command, in: here.place)
      #expect(help.status == 0 && help.output.contains("USAGE: morula"))
    }
  }
}
