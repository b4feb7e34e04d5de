import Compute
import Foundation
import Microscopy

/// Makes the images that hold the labels of a whole series, from those of its frames in the folder
/// of a job: a hyperstack or an OME-Zarr image in the folder, and label images inside of OME-Zarr
/// inputs.
///
/// An image is made anew if the frames that it is made from are others than before. Nothing but the
/// records of the job and the series is needed for that.
package struct LabelAssembly: Sendable, Hashable {
  /// How the labels of a series are written into the folder.
  package enum Form: Sendable, Hashable {
    /// A TIFF for each frame.
    case stacks
    /// One ImageJ hyperstack.
    case hyperstack
    /// One OME-Zarr image.
    case zarr(ZarrWriter.Version)
  }

  /// How the labels of a series are written into the folder.
  package let form: Form
  /// The name of the label image that OME-Zarr inputs get; nil if they get none.
  package let inputName: String?

  /// An assembly; nothing is read or written yet.
  package init(_ form: Form, inputName: String? = nil) {
    self.form = form
    self.inputName = inputName
  }

  /// Where frames are that only a whole image shows, inside the folder of the job.
  private static let parts = JobFolder.state + "/labels"

  /// The folders that labels go to, inside that of the job.
  var folders: [String] { form == .stacks ? ["labels"] : [Self.parts, "labels"] }

  /// Where the labels of a frame go, inside the folder of the job.
  func part(_ stem: String) -> String {
    (form == .stacks ? "labels" : Self.parts) + "/" + stem + ".tif"
  }

  /// The path of the image of a series, inside the folder of the job; nil if there is none.
  private func path(_ series: ImageSeries) -> String? {
    switch form {
    case .stacks: nil
    case .hyperstack: "labels/\(series.name).tif"
    case .zarr: "labels/\(series.name).zarr"
    }
  }

  /// Makes the images of a series from the frames that are done.
  ///
  /// Frames that failed are blank, because the index of a frame is its time. The image in the
  /// folder ends before the first frame that is still to come; one in an input is as long as the
  /// input.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - job: The job whose records tell of its frames.
  ///   - isWhole: Whether no frame is still to come: those that are not done have failed.
  package func assemble(_ series: ImageSeries, in job: Job, isWhole: Bool) throws {
    var parts = series.frames.map { part(of: $0, in: series, job) }
    if let inputName {
      for input in try Self.inputs(of: [series]) {
        try writeInput(input, named: inputName, of: series, parts, in: job)
      }
    }
    guard let path = path(series) else { return }
    // What is not there yet is not blank.
    if !isWhole { parts = Array(parts.prefix { $0 != nil }) }
    guard parts.contains(where: { $0 != nil }) else { return }
    let interval = series.secondsPerFrame
    let sources = Self.sources(parts, interval)
    switch form {
    case .stacks: break
    case .hyperstack:
      try job.makeDerived(path, from: sources) { target, isComplete in
        try writeHyperstack(parts, interval, path, isComplete, in: job)
      }
    case .zarr(let version):
      try job.makeDerived(path, from: sources) { target, isComplete in
        let calibration = Self.calibration(series.voxelSize, interval)
        try Self.writeZarr(
          parts, to: try ZarrWriter(to: target, version: version), .labelsAlone,
          name: series.name, calibration, grid: nil, in: job, isComplete)
      }
    }
  }

  /// The labels of a frame as a file of the job; nil if they are not there.
  private func part(
    of frame: SeriesFrame, in series: ImageSeries, _ job: Job
  ) -> JobRecord.Output? {
    let record = job.records[JobRecord.Key(series: series.name, name: frame.stem)]
    return record?.outputs.first { $0.path == part(frame.stem) }
  }

  private static func sources(_ parts: [JobRecord.Output?], _ interval: Double?) -> String {
    parts.map { $0?.sha256 ?? "-" }.joined(separator: "\n") + "\n\(interval ?? 0)"
  }

  private func writeHyperstack(
    _ parts: [JobRecord.Output?], _ interval: Double?, _ path: String,
    _ isComplete: (String) throws -> Void, in job: Job
  ) throws {
    let pending = try job.pending.path(path)
    let writer = HyperstackWriter<UInt16>(
      to: pending, frames: parts.count, frameInterval: interval)
    for part in parts {
      if let part {
        try writer.append(labels: TIFF.readLabels(at: job.folder + "/" + part.path))
      } else {
        try writer.appendBlank()
      }
    }
    try writer.finish()
    try isComplete(pending)
    try FileSystem.rename(pending, to: job.folder + "/" + path)
  }

  /// Writes an OME-Zarr image; frames that are not there have no chunks, which stands for 0.
  private static func writeZarr(
    _ parts: [JobRecord.Output?], to writer: ZarrWriter, _ kind: ZarrWriter.Kind, name: String,
    _ calibration: Calibration, grid: ZarrGrid?, in job: Job,
    _ isComplete: (String) throws -> Void
  ) throws {
    var isBegun = false
    for (frame, part) in parts.enumerated() {
      guard let part else { continue }
      let stack = try TIFFStack(opening: job.folder + "/" + part.path)
      if !isBegun {
        isBegun = true
        try writer.begin(
          kind,
          SeriesDescription(
            name: name, frames: parts.count, channels: 1, extent: stack.extent, type: .uint16,
            calibration: calibration), grid: grid)
      }
      try writer.append(stack.readSamples(channel: 0, frame: 0), channel: 0, frame: frame)
    }
    try writer.finish(replacing: true, whenComplete: isComplete)
  }

  private static func calibration(_ size: VoxelSize?, _ interval: Double?) -> Calibration {
    var calibration = Calibration.none
    (calibration.x, calibration.y, calibration.z) = (size?.x, size?.y, size?.z)
    calibration.frameInterval = interval
    return calibration
  }
}

/// Label images inside of OME-Zarr inputs.
extension LabelAssembly {
  /// An OME-Zarr image that frames of series come from.
  private struct Input {
    let labels: ZarrLabels
    let frames: [SeriesFrame]
  }

  /// The OME-Zarr images that the frames of series come from.
  ///
  /// - Throws: ``InputError`` where frames come from something else.
  private static func inputs(of series: [ImageSeries]) throws -> [Input] {
    var paths: [String] = []
    var frames: [String: [SeriesFrame]] = [:]
    for frame in series.flatMap(\.frames) {
      if frames[frame.path] == nil { paths.append(frame.path) }
      frames[frame.path, default: []].append(frame)
    }
    return try paths.map { path in
      guard ZarrImage.isZarr(path) else {
        throw InputError(
          path, "cannot take labels, as it is not an OME-Zarr image",
          advice: "convert it to OME-Zarr first, or leave the inputs as they are")
      }
      return Input(
        labels: ZarrLabels(of: try ZarrImage(opening: path)), frames: frames[path] ?? [])
    }
  }

  /// Throws before any work where images cannot be made.
  ///
  /// - Parameters:
  ///   - series: All series of the run.
  ///   - output: The folder of the job.
  ///   - protected: The inputs.
  ///   - overwrites: Whether label images that are not the job's are replaced.
  /// - Returns: Notes for the user, one line each.
  func check(
    _ series: [ImageSeries], output: String, _ protected: ProtectedInputs, overwrites: Bool
  ) throws -> [String] {
    for series in series {
      if let path = path(series) {
        try protected.check("\(output)/\(path)", as: path.hasSuffix(".zarr") ? .folder : .file)
        try Self.checkExtents(series)
      }
    }
    guard let inputName else { return [] }
    var notes: [String] = []
    for input in try Self.inputs(of: series) {
      let path = input.labels.path(inputName)
      try protected.check(path, as: .labels(of: input.labels.image.path))
      if FileSystem.exists(path), !ZarrImage.isGroup(path) {
        throw InputError(
          path, "is not a label image, and nothing else is replaced by one", advice: .chooseOutput)
      }
      if !overwrites { try Job.checkDerived(FileSystem.resolved(path), of: output) }
      if let file = input.labels.consolidatedMetadata {
        notes.append(
          "\(file) repeats all metadata of the image, but not those of \(path); programs that "
            + "rely on it find the labels only after it is made anew")
      }
    }
    return notes
  }

  /// Allows label images in the inputs that are not the job's to be replaced.
  func allowReplacing(_ series: [ImageSeries], in job: Job) throws {
    guard let inputName else { return }
    for input in try Self.inputs(of: series) {
      try job.allowReplacing(FileSystem.resolved(input.labels.path(inputName)))
    }
  }

  /// Throws where the frames of a series have other extents, which one image cannot hold.
  private static func checkExtents(_ series: ImageSeries) throws {
    let frames = series.frames.filter { $0.problem == nil }
    guard let first = frames.first,
      let other = frames.first(where: { $0.extent != first.extent }),
      let (a, b) = first.extent.flatMap({ a in other.extent.map { (a, $0) } })
    else { return }
    throw InputError(
      other.path,
      "has \(b) voxels (z, y, x) where \(first.path) has \(a), which one image of the series "
        + "cannot hold", advice: "write the labels of each frame as a file of its own")
  }

  /// Writes the label image of an input, as long as the input, on the input's own grid.
  private func writeInput(
    _ input: Input, named name: String, of series: ImageSeries, _ done: [JobRecord.Output?],
    in job: Job
  ) throws {
    let image = input.labels.image
    var parts = [JobRecord.Output?](repeating: nil, count: image.frames)
    for frame in input.frames { parts[frame.frame] = part(of: frame, in: series, job) }
    guard parts.contains(where: { $0 != nil }) else { return }
    let path = FileSystem.resolved(input.labels.path(name))
    try input.labels.makeGroup()
    // Labels lie on the image only with the scale that it states, whatever was used instead.
    let (calibration, grid) = (image.calibration, image.grid)
    try job.makeDerived(path, from: Self.sources(parts, nil) + "\n\(grid)") {
      target, isComplete in
      try Self.writeZarr(
        parts, to: try ZarrWriter(to: target, version: input.labels.version), .labelsOfImage,
        name: name, calibration, grid: grid, in: job, isComplete)
    }
    try input.labels.add(name)
  }
}
