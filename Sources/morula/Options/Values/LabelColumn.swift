import ArgumentParser

/// `NAME=FOLDER`
struct LabelColumn: ExpressibleByArgument {
  let name: String
  let folder: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<equals])
    folder = String(argument[argument.index(after: equals)...])
    if name.isEmpty || folder.isEmpty { return nil }
  }
}
