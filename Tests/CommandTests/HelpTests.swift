import Foundation
import TestSupport
import Testing

/// What `--help` prints, at the 80 columns of output that is not a terminal.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct HelpTests {
  static let commands: [[String]] = [
    ["segment"], ["measure"], ["evaluate"], ["figure"], ["stress"], ["merge"], ["info"],
    ["convert"],
    ["synthesize"], ["model"], ["model", "list"], ["model", "info"], ["model", "pack"],
    ["model", "import"], ["model", "export"], ["train"], ["predict"], ["benchmark"],
    ["benchmark", "plan"], ["benchmark", "conv"], ["benchmark", "network"],
    ["benchmark", "train"], ["benchmark", "memory"],
  ]

  private let place: TestFolder

  init() throws { place = try TestFolder() }

  private func help(_ command: [String]) throws -> String {
    let result = try MorulaCommand.run(command + ["--help"], in: place)
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  /// The examples of a help text, each in one line.
  private func examples(_ text: String) -> [String] {
    text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("  morula ") }
  }

  /// The option names in a text, `--no-layers` also under `--layers`.
  private func options(_ text: String) -> Set<String> {
    Set(text.matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
  }

  @Test func topLevel() throws {
    let text = try help([])
    let commands = text.split(separator: "\n").filter { $0.contains(/^  [a-z]+  +[A-Z]/) }
      .map { String($0.split(separator: " ")[0]) }
    #expect(commands.first == "segment")
    #expect(Set(commands) == Set(Self.commands.filter { $0.count == 1 }.map { $0[0] }))
    #expect(examples(text).first == "  morula segment images/ --output out")
    for words in ["make demo", "make demo-training", "Exit codes", " 64 ", "130, 143"] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test(arguments: commands) func fitsTheScreen(command: [String]) throws {
    for line in try help(command).split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  /// An example can be pasted: it is the help's own command, its options exist, and a line goes on
  /// only after a backslash.
  @Test(arguments: commands) func examplesCanBePasted(command: [String]) throws {
    let text = try help(command)
    let examples = examples(text)
    #expect(!examples.isEmpty)
    let described = try #require(text.firstRange(of: "USAGE: ").map { text[$0.lowerBound...] })
    for example in examples {
      #expect(example.hasPrefix("  morula " + command.joined(separator: " ")), "\(example)")
      let isGroup = command == ["model"] || command == ["benchmark"]
      let known =
        try isGroup
        ? help(Array(example.split(separator: " ")[1...2]).map(String.init))
        : String(described)
      #expect(options(example).isSubset(of: options(known)), "\(example)")
    }
    // Every line that goes on is indented by four and follows a backslash.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(
      lines.firstIndex { $0.hasPrefix("Example") || $0.hasPrefix("  morula ") })
    for (index, line) in lines[start...].enumerated() where line.hasPrefix("    --") {
      #expect(lines[start + index - 1].hasSuffix(" \\"), "\(line)")
    }
    let end = try #require(lines.firstIndex { $0.hasPrefix("USAGE: ") })
    #expect(!lines[start..<end].contains { $0.hasPrefix("--") })
  }

  /// Values and defaults are words of the command, and each default is stated once.
  @Test(arguments: commands) func defaults(command: [String]) throws {
    let text = try help(command)
    for value in text.matches(of: /\(default: [^)]*\)/) {
      #expect(!value.output.contains(/[a-z][A-Z]|\w\(/), "\(value.output)")
    }
    for value in text.matches(of: /\(values: [^)]*\)/) {
      #expect(!value.output.contains(/[a-z][A-Z]/), "\(value.output)")
    }
    // The text of one option goes up to the next one.
    for option in text.split(separator: /\n(?=  -)/) {
      #expect(option.matches(of: /default:/).count <= 1, "\(option)")
    }
    #expect(!text.contains(/, say\b|\bsay\.|time-series/))
  }

  /// Expert options come after everyday options.
  @Test func expertOptionsAreTheLastGroup() throws {
    for command in ["segment", "predict", "train", "evaluate", "stress", "convert"] {
      let groups = try help([command]).split(separator: "\n")
        .filter { $0.contains(/^[A-Z][A-Z ]+:$/) }
      #expect(groups.suffix(2) == ["EXPERT:", "OPTIONS:"], "\(command): \(groups)")
      #expect(groups.count >= 3)
    }
  }

  /// The name that users know, and the one that scripts may have from earlier versions.
  @Test func compressionHasWords() throws {
    #expect(!(try help(["convert"])).contains("deflateWithPredictor"))
    let path = InfoTests.fixtures + "tiff/type-uint16.tif"
    var bytes: [Data] = []
    for name in ["deflate-predictor", "deflateWithPredictor"] {
      let result = try MorulaCommand.run(
        ["convert", path, "--output", name + ".ome.tif", "--compression", name], in: place)
      #expect(result.status == 0, "\(result.errors)")
      let info = try MorulaCommand.run(["info", name + ".ome.tif"], in: place)
      #expect(info.output.contains("deflate"), "\(info.output)")
      bytes.append(try Data(contentsOf: URL(filePath: place.path + "/\(name).ome.tif")))
    }
    #expect(bytes[0].count == bytes[1].count)
  }
}
