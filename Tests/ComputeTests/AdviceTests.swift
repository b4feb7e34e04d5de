import Compute
import Testing

@Suite struct AdviceTests {
  private struct Failure: AdvisedError {
    let statement = "a.tif: is odd"
    let advice: Advice?
  }

  private static let all: [Advice] = [
    .chooseOutput, .checkOutput, .separateOutputs, .replaceOutput, .resumeRun, .stateVoxelSize(),
    .stateVoxelSize(x: 0.8, y: 0.8), .stateVoxelSizeForAll, .stateVoxelSizeOrUseRaw,
    .chooseChannel(count: 3), .omitChannel("2"), .raiseVoxelLimit, .trust(voxels: 105), .checkTruth,
    .compareOnlyPredicted, .allowMemory, .avoidTiles, .reduceSize, .useBatchStatistics,
    .setWholeSection(key: "loss"),
  ]

  /// The library's wording names no option, and each case has its own wording.
  @Test func words() {
    let words = Self.all.map(\.description)
    #expect(Set(words).count == words.count)
    for text in words { #expect(!text.contains("--") && !text.isEmpty) }
    #expect(Advice.chooseChannel(count: 3).description == "choose one of its channels 1…3")
    #expect(Advice.either("wait", .chooseOutput).description == "wait, or choose another output")
  }

  @Test func errors() {
    #expect(Failure(advice: nil).description == "a.tif: is odd")
    #expect(Failure(advice: "save it again").description == "a.tif: is odd; save it again")
    let text = Failure(advice: .trust(voxels: 7)).description { "\($0 == .trust(voxels: 7))" }
    #expect(text == "a.tif: is odd; true")
  }

  /// Text from a file cannot break the line.
  @Test func oneLine() {
    let name = "a\nb"
    let advice: Advice = "choose a channel of \(name)"
    #expect(advice == .other("choose a channel of a b") || !advice.description.contains("\n"))
  }
}
