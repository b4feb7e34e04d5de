import ArgumentParser

@main
struct Morula: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "morula", abstract: "3D deep learning for embryo microscopy.")
}
