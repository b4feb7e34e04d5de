import ArgumentParser

/// `morula model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List, describe, pack, import and export models.",
    usage: "morula model <subcommand> ...",
    discussion: """
      Examples:
        morula model list
        morula model info nsn
        morula model pack runs/nsn/best.safetensors --output nsn.safetensors --half
      """,
    subcommands: [List.self, Info.self, Pack.self, Import.self, Export.self])
}
