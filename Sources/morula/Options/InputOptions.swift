import ArgumentParser
import Compute
import Foundation
import Microscopy

/// The images that a command reads.
struct InputOptions: ParsableArguments {
  @Argument(
    help:
      "3D TIFFs, hyperstacks, OME-Zarr images, folders of them, or a folder with a folder for each specimen."
  )
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read more inputs from this file, a path in each line; - is standard input.",
      valueName: "file"))
  var inputsFrom: String?

  func validate() throws {
    if inputs.isEmpty, inputsFrom == nil {
      throw ValidationError("Missing expected argument '<inputs> ...'")
    }
  }

  /// All inputs.
  func paths() throws -> [String] {
    guard let inputsFrom else { return inputs }
    let data: Data
    if inputsFrom == "-" {
      data = FileHandle.standardInput.readDataToEndOfFile()
    } else {
      data = try FileSystem.contents(of: inputsFrom)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw InputError(inputsFrom, "is not a text of one path a line")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
    guard !lines.isEmpty || !inputs.isEmpty else {
      throw InputError(inputsFrom, "names no inputs; write a path in each line")
    }
    return inputs + lines
  }
}
