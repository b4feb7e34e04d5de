import ArgumentParser
import Compute
import Microscopy
import Segmentation

extension ModelCommand {
  /// `morula model list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models that come with Morula.",
      usage: "morula model list",
      discussion: """
        They are in PREFIX/share/morula/models, or in the folder Models of the repository; the \
        environment variable \(ModelLibrary.variable) names another folder. `morula segment` uses its \
        models nsn and ndn.

        Example:
          morula model list
        """)

    func run() throws {
      try reportingFailures {
        let library = ModelLibrary()
        guard let folder = library.folder, !library.entries.isEmpty else {
          throw InputError(
            library.folder ?? "morula",
            "there are no models here; set \(ModelLibrary.variable) to a folder of weights files")
        }
        for entry in library.entries {
          try print(
            ModelSummary(Model(contentsOf: entry.path), path: entry.path).line(name: entry.name))
        }
        try print("in \(folder.visible())")
      }
    }
  }
}
