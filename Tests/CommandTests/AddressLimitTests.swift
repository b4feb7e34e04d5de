import Foundation
import TestSupport
import Testing

#if os(Linux)
  /// Limits of addresses, as grid engines set them (`h_vmem`): a command works, or says why in a line.
  @Suite(
    .enabled(if: MorulaCommand.executable != nil, "the executable was not built"), .serialized)
  struct AddressLimitTests {
    let place: TestFolder

    init() throws {
      place = try TestFolder()
      try SyntheticEmbryos.write(
        ["Emb01_t001", "Emb01_t002"], to: place.path + "/data",
        voxelSize: SyntheticEmbryos.voxelSize)
      try place.write(
        """
        network: {kind: nsn, levels: 2, base: 2}
        data: {root: data, images: images, targets: nsn}
        training: {epochs: 1}
        """, to: "tiny.yaml")
    }

    private func shell(_ line: String) throws -> (status: Int32, output: String) {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", line]
      process.environment = ProcessInfo.processInfo.environment
        .merging(["M": try #require(MorulaCommand.executable).path]) { $1 }
      process.currentDirectoryURL = URL(filePath: place.path)
      let pipe = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = pipe
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test(
      "Work fits below the limit or is refused in one line; nothing hangs",
      arguments: [
        "ulimit -v 200000", "ulimit -v 400000", "ulimit -v 700000", "ulimit -v 4000000",
        "ulimit -d 100000", "ulimit -d 300000", "ulimit -d 2000000",
      ])
    func limits(limit: String) throws {
      for command in [
        "segment data/images --output out --method classical",
        "measure data/nsn --output measured", "train --config tiny.yaml --output run-$$",
      ] {
        let result = try shell("\(limit); exec timeout 120 $M \(command)")
        let errors = result.output.split(separator: "\n").filter { $0.contains("error: ") }
        #expect(
          result.status == 0 && errors.isEmpty || result.status == 3 && errors.count == 1,
          "\(limit): \(command): \(result.status) \(result.output)")
        if result.status == 3 { #expect(errors.first?.contains("the limit (ulimit") == true) }
      }
    }

    @Test("A generous limit changes nothing but the addresses")
    func generous() throws {
      for limit in ["unlimited", "16000000"] {
        #expect(
          try shell(
            "ulimit -v \(limit); $M train --config tiny.yaml --output \(limit) --threads 2"
          ).status == 0)
      }
      #expect(
        try Data(contentsOf: URL(filePath: place.path + "/unlimited/best.safetensors"))
          == Data(contentsOf: URL(filePath: place.path + "/16000000/best.safetensors")))
    }
  }
#endif
