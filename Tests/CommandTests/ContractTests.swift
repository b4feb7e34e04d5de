import Foundation
import Microscopy
import TestSupport
import Testing

/// What workflow engines (nf-core, Snakemake, Galaxy) rely on.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct ContractTests {
  let place: TestFolder

  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      ["a_t1", "a_t2"], to: place.path, extent: Extent(depth: 9, height: 40, width: 42))
  }

  @Test("The version is printed bare")
  func version() throws {
    let result = try MorulaCommand.run(["--version"], in: place)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil, "\(result.output)")
  }

  #if os(Linux)
    @Test(
      "Nothing is written outside of the output and TMPDIR, and no network is needed",
      .enabled(if: Self.mayMount, "mounting read-only needs root"))
    func readOnly() throws {
      let script = """
        mkdir out scratch; mount --make-rprivate / || exit 98
        mount --bind out out; mount --bind scratch scratch; mount -o remount,bind,ro / || exit 97
        if touch probe 2>/dev/null; then exit 96; fi
        export TMPDIR=$PWD/scratch HOME=/nonexistent
        options="--method classical --min-volume 5"
        $M segment images $options --output out/run --zarr --log out/log.jsonl &&
        $M measure nsn --image images --output out/tables &&
        $M convert images --output out/a.ome.tif &&
        $M segment images $options --output out/sharded --shard 1/1 --masks --probabilities
        """
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      process.arguments = ["-m", "-n", "/bin/sh", "-c", script]
      process.environment = ProcessInfo.processInfo.environment
        .filter { !$0.key.hasPrefix("SLURM_") }
        .merging(["M": MorulaCommand.executable?.path ?? ""]) { $1 }
      process.currentDirectoryURL = URL(filePath: place.path)
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      process.waitUntilExit()
      let said = String(
        decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      #expect(process.terminationStatus == 0, "\(said)")
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path + "/out")
      #expect(Set(names) == ["run", "log.jsonl", "tables", "a.ome.tif", "sharded"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/scratch").isEmpty)
    }

    private static let mayMount: Bool = {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      process.arguments = [
        "-m", "-n", "/bin/sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /",
      ]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }()
  #endif
}
