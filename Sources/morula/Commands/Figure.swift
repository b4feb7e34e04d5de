import ArgumentParser
import Compute
import Figures
import Foundation
import Microscopy

/// `morula figure`
struct Figure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw segmentations of the same volumes side by side, in one picture.",
    usage: "morula figure --column <name=folder> ... --output <file> [<options>]",
    discussion: """
      A row for each volume, a column for each --column, in the order given. The first column is the \
      reference, usually the ground truth: each of its nuclei has a color, and the object that covers \
      most of it has the same color in the other columns. A piece that is split off has a color of its \
      own; an object that touches no nucleus is gray. Nuclei are seen along z, darker with depth. With \
      --images, maximum intensity projections along z come first.

      The picture is an SVG file, for browsers, documents and Inkscape.

      Example:
        morula figure --column truth=truth11 --column NSN=nsn \\
          --column QCANet=qcanet --images emb11 \\
          --volumes Emb11_t001,Emb11_t251 --output figure.svg
      """)

  /// What is shown, and where.
  struct Files: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "A column: its name, and a folder of labels or the output of `morula segment`.",
        valueName: "name=folder"))
    var column: [LabelColumn]

    @Option(help: ArgumentHelp("The folder of the images.", valueName: "folder"))
    var images: String?

    @Option(
      help: ArgumentHelp(
        "The volumes to show, by the names of their files (default: all of the reference).",
        valueName: "a,b,c"))
    var volumes: String?

    @Option(help: ArgumentHelp("The picture to write, an SVG file.", valueName: "file"))
    var output: String

    func validate() throws {
      if column.isEmpty { throw ValidationError("give at least one --column NAME=FOLDER") }
    }
  }

  @OptionGroup(title: "Figure") var files: Files

  @OptionGroup(title: "Expert") var limits: ImageLimitOptions

  func run() throws {
    limits.apply()
    try reportingFailures {
      let sources = try files.column.map { try Frames($0.folder) }
      let pictures = try files.images.map(Frames.init)
      let names = try files.volumes.map(chosen(from: sources[0])) ?? sources[0].names
      var figure = ComparisonFigure(
        columns: (pictures == nil ? [] : ["image"]) + files.column.map(\.name))
      for name in names {
        let labels = try sources.map { try $0[name]?.readLabels() }
        guard let reference = labels[0] else { continue }
        let image = try pictures.map { try $0.required(name).read() }
        for (column, labels) in zip(files.column, labels) {
          guard let labels, labels.extent != reference.extent else { continue }
          throw InputError(
            "\(column.folder): \(name)",
            "has \(labels.extent) voxels (z, y, x), the first column \(reference.extent)")
        }
        let count = Set(reference.voxels).subtracting([0]).count
        figure.append(
          title: "\(name.visible())\n\(count.counted("nucleus", "nuclei"))", image: image,
          labels: labels)
      }
      try figure.write(to: files.output)
    }
  }

  private func chosen(from reference: Frames) -> (String) throws -> [String] {
    { text in
      try text.split(separator: ",").map { part in
        let name = part.trimmingCharacters(in: .whitespaces)
        _ = try reference.required(name)
        return name
      }
    }
  }

  /// The volumes of a folder by name.
  private struct Frames {
    let folder: String
    let names: [String]
    private let frames: [String: SeriesFrame]

    init(_ folder: String) throws {
      self.folder = folder
      let labels = folder + "/labels"
      let isResult = FileSystem.exists(labels)
      var options = ImageSeries.Options()
      options.requiresVoxelSize = false
      let all = try ImageSeries.open([isResult ? labels : folder], options: options)
        .flatMap(\.frames)
      names = all.map(\.stem)
      frames = Dictionary(all.map { ($0.stem, $0) }) { first, _ in first }
    }

    subscript(name: String) -> SeriesFrame? { frames[name] }

    func required(_ name: String) throws -> SeriesFrame {
      guard let frame = frames[name] else {
        throw InputError(
          folder, "has no volume '\(name)', but \(names.prefix(3).joined(separator: ", "))")
      }
      return frame
    }
  }
}
