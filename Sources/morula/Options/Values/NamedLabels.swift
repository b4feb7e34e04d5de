import ArgumentParser
import Microscopy
import Segmentation

/// `NAME=INPUT`
struct NamedLabels: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty || !Self.isName(name) { return nil }
  }

  /// Whether a text can be the name of a label image.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
  }

  /// The labels, under their name.
  func open() throws -> ImageConversion.Input {
    let inputs = try ImageConversion.Input.open([path])
    guard inputs.count == 1 else {
      throw InputError(path, "holds \(inputs.count) series; give the labels of one")
    }
    return inputs[0].named(name)
  }
}
