import Compute
import Microscopy

/// The raw image of every frame of labels.
struct ImagePartners {
  /// For each frame of labels, series by series, its image with the interval of the image's series;
  /// nil if no intensities are measured.
  private(set) var images: [(frame: SeriesFrame, interval: Double?)?]
  /// What the user should know, one line each.
  private(set) var notes: [String] = []

  /// Pairs labels with images, which are none if no intensities are measured.
  ///
  /// - Throws: `InputError` if labels have no image.
  init(
    of labels: [ImageSeries], in series: [ImageSeries], paths: [String], areNamed: Bool
  ) throws(InputError) {
    let frames = labels.flatMap(\.frames)
    images = frames.map { _ in nil }
    if paths.isEmpty { return }
    let labelPaths = Set(frames.map(\.path))
    var candidates = series.flatMap { series in
      series.frames.map { (frame: $0, interval: series.frameInterval) }
    }
    // Some programs write labels beside the images.
    let rest = candidates.filter { !labelPaths.contains($0.frame.path) }
    if !rest.isEmpty { candidates = rest }
    let matching = try FrameMatching(
      frames.map(\.matched), with: candidates.map(\.frame.matched), areNamed: areNamed)
    let missing = frames.indices.filter { matching.partners[$0] == nil }
    if let first = missing.first {
      throw InputError(
        frames[first].path,
        "has no image '\(frames[first].stem)' in \(InputError.list(paths))"
          + (missing.count > 1
            ? ", nor have \((missing.count - 1).counted("more frame")) ("
              + InputError.list(missing.dropFirst().map { frames[$0].stem }) + ")" : "")
          + "; give labels and images equal names or time numbers")
    }
    images = matching.partners.map { $0.map { candidates[$0] } }
    notes = matching.notes
    let used = Set(matching.partners.compactMap { $0 })
    let unused = candidates.indices.filter { !used.contains($0) }
    if !unused.isEmpty {
      notes.append(
        "\(unused.count.counted("image")) without labels, left out: "
          + InputError.list(unused.map { candidates[$0].frame.stem }))
    }
  }
}

extension SeriesFrame {
  /// The frame as names are compared.
  fileprivate var matched: FrameMatching.Frame {
    FrameMatching.Frame(path: path, stem: stem, frames: frameCount)
  }
}
