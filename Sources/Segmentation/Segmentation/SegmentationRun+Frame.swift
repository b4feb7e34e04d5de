import Compute
import Microscopy
import Morphometry

/// A frame of a segmentation.
struct SegmentationFrame: Sendable {
  /// The image.
  let image: SeriesFrame
  /// The series.
  let series: ImageSeries
  /// The index of the series in the run.
  let seriesIndex: Int
  /// The frame as its job knows it.
  let job: JobFrame

  /// A frame of a series.
  init(_ image: SeriesFrame, of series: ImageSeries, index: Int) {
    self.image = image
    self.series = series
    seriesIndex = index
    job = JobFrame(
      series: series.name, image: image, voxelSize: image.voxelSize,
      frameInterval: series.frameInterval)
  }
}

/// What was found in a frame, with its files written.
struct SegmentedFrame: Sendable {
  /// The number of nuclei, and of those without a center.
  let nuclei, withoutCenter: Int
  /// The SHA-256 of the image.
  let digest: String
  /// The rows for the tables.
  let rows: [String: String]
  /// The files.
  let outputs: [JobRecord.Output]
}

extension SegmentationRun {
  /// Segments a frame and writes its files, which the job gives their names.
  ///
  /// - Returns: What was found, or why the frame fails.
  /// - Throws: Where the results cannot be written.
  func segmented(
    _ frame: SegmentationFrame, _ work: FrameWork, _ pending: PendingFiles
  ) throws -> Result<SegmentedFrame, any Error> {
    let results: FrameResults
    do { results = try FrameResults(frame.image, by: segmenter) } catch { return .failure(error) }
    let isUncentered = results.isUncentered
    let (image, series) = (frame.image, frame.series)
    let first = series.frames.first?.time ?? image.time
    let rows = JobTable.rows(
      of: results.measurements, series: series.name, time: image.time,
      seconds: series.frameInterval.map { $0 * Double(image.time - first) },
      hasIntensity: true, extraColumns: JobTable.segmentationColumns
    ) { nucleus in
      [.flag(isUncentered[Int(nucleus.label) - 1])]
    }
    return try work.writing {
      do {
        let outputs = try write(results, of: frame, to: pending)
        return .success(
          SegmentedFrame(
            nuclei: isUncentered.count, withoutCenter: isUncentered.count { $0 },
            digest: results.digest, rows: rows, outputs: try outputs.map(pending.output)))
      } catch let error as TIFFError where error.systemCode == 0 {
        // Not the disk's: the frame holds what no label image can, and the next one may not.
        return .failure(error)
      }
    }
  }

  /// Writes the images of a frame; returns their paths inside the folder of the job.
  private func write(
    _ result: FrameResults, of frame: SegmentationFrame, to pending: PendingFiles
  ) throws -> [String] {
    let (stem, interval) = (frame.image.stem, frame.series.secondsPerFrame)
    let writer = LabelWriter(series: frame.series, assembly: assembly)
    var outputs = [
      try writer.write(result.labels, count: result.isUncentered.count, stem: stem, to: pending)
    ]
    func write<Voxel: TIFFVoxel>(_ planes: some PlaneSource<Voxel>, _ folder: String) throws {
      let path = "\(folder)/\(stem).tif"
      try TIFF.write(planes: planes, to: pending.path(path), frameInterval: interval)
      outputs.append(path)
    }
    if options.writesMasks {
      try write(MappedPlanes(result.mask) { $0.map { $0 ? UInt8(255) : 0 } }, "masks")
    }
    if options.writesProbabilities {
      if let probability = result.foregroundProbability { try write(probability, "probabilities") }
      if let probability = result.centerProbability { try write(probability, "centers") }
    }
    return outputs
  }
}
