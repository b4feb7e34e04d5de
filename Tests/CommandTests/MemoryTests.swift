import Compute
import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing

#if os(Linux)
  /// The memory of the process stays within `--max-memory`, and exact tiles change no result.
  @Suite(
    .enabled(if: MorulaCommand.executable != nil, "the executable was not built"), .serialized)
  struct MemoryTests {
    /// The most memory of a run in bytes, as the system counts it (`VmHWM`), looked up again and
    /// again.
    private func peak(_ arguments: [String], in place: TestFolder) throws -> Int {
      let process = Process()
      process.executableURL = MorulaCommand.executable
      process.arguments = arguments
      process.currentDirectoryURL = URL(filePath: place.path)
      process.standardError = FileHandle.nullDevice
      try process.run()
      var peak = 0
      while process.isRunning {
        let status =
          (try? String(
            contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        if words.count > 1, let kilobytes = Int(words[1]) { peak = max(peak, kilobytes * 1024) }
        usleep(2000)
      }
      #expect(process.terminationStatus == 0)
      return peak
    }

    private static let nsn = packageFolder.path + "/Models/nsn.safetensors"

    /// What the command makes of the model and `--instances watershed`.
    private static func segmenter() throws -> Segmenter {
      var parameters = SegmentationParameters()
      parameters.splitting = .watershed
      return Segmenter(
        foreground: .network(try Predictor(try ModelLibrary().model(nsn))), detector: nil,
        parameters: parameters)
    }

    /// Balls of 6 µm on a grid, of different brightness.
    private static func balls(_ extent: Extent, _ size: VoxelSize) -> Volume<UInt16> {
      var image = Volume(repeating: UInt16(100), extent: extent, voxelSize: size)
      for offset in image.voxels.indices {
        let index = image.index(ofVoxel: offset)
        let (z, y, x) = (
          Double(index.z % 10 - 5) * size.z, Double(index.y % 20 - 10) * size.y,
          Double(index.x % 20 - 10) * size.x
        )
        if z * z + y * y + x * x < 36 { image.voxels[offset] = UInt16(1000 + index.x) }
      }
      return image
    }

    /// The largest memory that a log tells of.
    private func recordedPeak(_ log: String) throws -> Int {
      try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map {
        let line = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        return line?["peak_memory_bytes"] as? Int ?? 0
      }.max() ?? 0
    }

    @Test("Several frames at once stay within the limit together")
    func severalFrames() throws {
      let place = try TestFolder()
      let size = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
      let extent = Extent(depth: 40, height: 150, width: 150)
      try place.write(to: "movie/.keep")
      for time in 1...6 {
        try TIFF.write(Self.balls(extent, size), to: "\(place.path)/movie/a_t\(time).tif")
      }
      let plan = try Parallel.$threads.withValue(3) {
        try Self.segmenter().memoryPlan(
          of: extent, voxelSize: size, name: "a", limit: MemoryLimit(chosen: 1 << 40))
      }
      var peaks: [Int] = []
      for count in 1...3 {
        let limit = plan.shared + plan.own * count + plan.own / 4
        let seen = try peak(
          [
            "segment", "movie", "--nsn", Self.nsn, "--instances", "watershed", "--threads", "3",
            "--max-memory", "\(limit)", "--output", "\(count)", "--log", "\(count).jsonl",
          ], in: place)
        let peak = max(seen, try recordedPeak("\(place.path)/\(count).jsonl"))
        #expect(Double(peak) <= 1.05 * Double(limit), "\(count): \(peak) of \(limit)")
        peaks.append(peak)
      }
      // There were more at once where more was allowed.
      #expect(peaks[1] > peaks[0] + plan.own / 4, "\(peaks)")
      for name in ["labels/a_t1.tif", "labels/a_t6.tif", "nuclei.csv"] {
        let one = try Data(contentsOf: URL(filePath: "\(place.path)/1/\(name)"))
        #expect(try Data(contentsOf: URL(filePath: "\(place.path)/3/\(name)")) == one)
      }
    }

    @Test func peaksAndResults() throws {
      let place = try TestFolder()
      let size = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
      let extent = Extent(depth: 60, height: 200, width: 200)
      let image = Self.balls(extent, size)
      try TIFF.write(image, to: place.path + "/balls.tif")
      let segmenter = try Self.segmenter()
      func plan(_ bytes: Int) -> MemoryPlan? {
        try? segmenter.memoryPlan(
          of: extent, voxelSize: size, name: "balls.tif", limit: MemoryLimit(chosen: bytes))
      }
      // From the least that is possible, which is part by part, to the frame in memory.
      let least = MemoryLimit.least { plan($0) != nil }
      guard case .streamed = plan(least)?.way, case .inMemory = plan(4 * least)?.way else {
        Issue.record("the ways differ from what is tested")
        return
      }
      for limit in [least, 3 * least / 2, 4 * least] {
        let peak = try peak(
          [
            "segment", "balls.tif", "--nsn", Self.nsn, "--instances", "watershed",
            "--max-memory", "\(limit)", "--output", "\(limit)", "--masks",
          ], in: place)
        #expect(Double(peak) <= 1.05 * Double(limit), "\(limit): \(peak)")
      }
      // With the least memory tiles are so small that they are blended.
      for name in ["labels/balls.tif", "masks/balls.tif", "nuclei.csv"] {
        let (tiles, whole) = ("\(3 * least / 2)/\(name)", "\(4 * least)/\(name)")
        #expect(
          try Data(contentsOf: URL(filePath: "\(place.path)/\(tiles)"))
            == Data(contentsOf: URL(filePath: "\(place.path)/\(whole)")))
      }
    }
  }
#endif
