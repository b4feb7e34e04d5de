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
    let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
    if name.isEmpty || path.isEmpty || !isPlain { return nil }
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
