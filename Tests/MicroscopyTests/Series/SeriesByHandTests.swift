import Foundation
import Microscopy
import TestSupport
import Testing

/// Runs by hand on files of any size, and prints:
///
///     MORULA_SERIES=<file or folder> swift test -c release --filter SeriesByHandTests
@Suite("Time series, by hand")
struct SeriesByHandTests {
  static let input = ProcessInfo.processInfo.environment["MORULA_SERIES"]

  @Test(
    "reads a series frame by frame and writes it as a hyperstack of labels",
    .enabled(if: input != nil, "set MORULA_SERIES to a file or folder of frames"))
  func oneFrameAtATime() throws {
    let input = try #require(Self.input)
    var options = ImageSeries.Options()
    options.requiresVoxelSize = false
    let clock = ContinuousClock()
    let folder = try TestFolder()
    var all: [ImageSeries] = []
    let opening = try clock.measure { all = try ImageSeries.open([input], options: options) }
    print("opened \(all.map(\.frames.count).reduce(0, +)) frames in \(opening)")
    for series in all {
      let writer = HyperstackWriter<UInt16>(
        to: "\(folder.path)/\(series.name).tif", frames: series.frames.count)
      var (reading, writing) = (Duration.zero, Duration.zero)
      for frame in series.frames {
        var volume = Volume<Float>(repeating: 0, extent: Extent(depth: 1, height: 1, width: 1))
        reading += try clock.measure { volume = try frame.read() }
        let labels = volume.map { UInt32(min(65_535, max(0, $0))) / 256 }
        writing += try clock.measure { try writer.append(labels: labels) }
      }
      writing += try clock.measure { try writer.finish() }
      let count = series.frames.count
      print(
        "\(series.name): \(count) frames, \(reading / count) to read and \(writing / count) to write "
          + "one; \(Self.peakMemory())")
    }
  }

  private static func peakMemory() -> String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init)
      ?? "peak memory unknown"
  }
}
