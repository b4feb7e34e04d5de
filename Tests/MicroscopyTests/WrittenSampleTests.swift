import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Written files, as others see them")
struct WrittenSampleTests {
  @Test("leaves the samples in the folder MORULA_SAMPLES",
    .enabled(if: ProcessInfo.processInfo.environment["MORULA_SAMPLES"] != nil, "needs MORULA_SAMPLES"))
  func writtenSamples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["MORULA_SAMPLES"])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(try WrittenSamples.write(to: folder).count > 20)
  }
}
