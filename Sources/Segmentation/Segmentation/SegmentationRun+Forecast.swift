import Compute
import Microscopy

extension SegmentationRun {
  /// The voxels of frames that are segmented whole to measure how long it takes; of larger ones a
  /// part is.
  private static let sampleVoxels = 1 << 22

  /// What the run will take: frames, memory and time, the latter from a short measured run. Nothing
  /// is written.
  ///
  /// - Parameter shouldStop: Asked again and again.
  /// - Throws: As ``run(record:shouldStop:report:)`` before its first frame.
  package func forecast(
    record: RunRecord, shouldStop: () -> Bool = { false }
  ) throws -> RunForecast {
    _ = try protectInputs()
    let frames = series.enumerated().flatMap { index, series in
      series.frames.map { SegmentationFrame($0, of: series, index: index) }
    }
    let part = JobPart.own(of: frames, shard: options.shard, cost: \.job)
    let state = JobFolder(output)
    var records: [JobRecord.Key: JobRecord] = [:]
    if FileSystem.exists(output) {
      try state.check(try settings(record), overwriting: options.overwrites)
      if !options.overwrites { records = try JobManifest.records(in: output) }
    }
    var forecast = RunForecast()
    forecast.limit = segmenter.memoryLimit
    forecast.frames = part.count
    var kinds: [RunForecast.Kind] = []
    for frame in part {
      let isDone = records[frame.job.key].map { frame.job.isMade(of: $0) } ?? false
      if isDone { forecast.done += 1 }
      guard let extent = frame.image.extent, frame.image.problem == nil else {
        forecast.unreadable += isDone ? 0 : 1
        continue
      }
      let size = frame.image.voxelSize
      if let index = kinds.firstIndex(where: { $0.extent == extent && $0.voxelSize == size }) {
        kinds[index].frames += 1
        kinds[index].left += isDone ? 0 : 1
      } else {
        var kind = try kind(of: frame.image, extent)
        (kind.frames, kind.left) = (1, isDone ? 0 : 1)
        kinds.append(kind)
      }
    }
    let shared = MemoryNeeds.shared(by: segmenter.predictors)
    forecast.memory = kinds.compactMap { kind in
      kind.memory.map {
        kind.isStreamed ? $0 : shared + ($0 - shared) * min(kind.atOnce, kind.frames)
      }
    }.max()
    forecast.kinds = kinds.sorted { $0.work > $1.work }
    if let kind = forecast.kinds.first, kind.left > 0 {
      let sample = part.map(\.image).filter {
        $0.extent == kind.extent && $0.voxelSize == kind.voxelSize && $0.problem == nil
      }
      forecast.sample = try measured(kind, sample, shouldStop)
    }
    return forecast
  }

  /// What a frame takes.
  private func kind(of frame: SeriesFrame, _ extent: Extent) throws -> RunForecast.Kind {
    var kind = RunForecast.Kind(extent: extent, voxelSize: frame.voxelSize)
    let plan = try segmenter.memoryPlan(of: frame)
    kind.memory = plan?.bytes
    kind.atOnce = segmenter.admission.concurrency(of: segmenter.needs(of: [frame])[0])
    var limited = segmenter
    switch plan?.way {
    case .inMemory(let activations): limited = segmenter.limitingActivations(to: activations)
    case .streamed(let activations, _, _):
      limited = segmenter.limitingActivations(to: activations)
      kind.isStreamed = true
    case nil: break
    }
    var (computed, whole) = (0.0, 0.0)
    for predictor in limited.predictors {
      let grid = try predictor.gridExtent(
        of: extent, voxelSize: frame.voxelSize, name: frame.path)
      let tiles = try predictor.plan(for: grid, name: frame.path)
      let cost = Double(
        predictor.model.network.configuration.multiplyAdds(for: grid.axes))
      kind.tiles.append(tiles.tiles.count)
      whole += cost
      computed += cost * Double(tiles.voxelsComputed) / Double(max(1, grid.count))
    }
    // What a single tile pads is part of the time that is measured.
    if kind.tiles.contains(where: { $0 > 1 }), whole > 0 { kind.overlap = computed / whole }
    return kind
  }

  /// Segments a few frames, or a part of a large one, and takes the time.
  private func measured(
    _ kind: RunForecast.Kind, _ frames: [SeriesFrame], _ shouldStop: () -> Bool
  ) throws -> RunForecast.Sample? {
    guard kind.extent.count <= Self.sampleVoxels, !kind.isStreamed else {
      let image = try Self.part(of: frames[frames.count / 2])
      var alone = segmenter
      alone.memoryLimit = nil
      let start = ContinuousClock.now
      var workspace = Workspace()
      _ = try alone.segment(
        image, name: frames[frames.count / 2].path, workspace: &workspace)
      return RunForecast.Sample(
        frames: 1, voxels: Double(image.extent.count), seconds: start.duration(to: .now).inSeconds)
    }
    // As many as are worked on at once, twice, from all over the series.
    let count = min(frames.count, 2 * kind.atOnce)
    let chosen = (0..<count).map { frames[$0 * frames.count / count] }
    let pipeline = FramePipeline<SeriesFrame, Int>(segmenter.admission) { [segmenter] frame, _ in
      Result { try FrameResults(frame, by: segmenter).isUncentered.count }
    }
    pipeline.add(
      zip(chosen, segmenter.needs(of: chosen)).map {
        FramePipeline.Entry($0, name: $0.stem, needs: $1)
      })
    let start = ContinuousClock.now
    var done = 0
    var problem: (any Error)?
    _ = try pipeline.run(
      until: shouldStop, watch: { _ in },
      commit: { finished in
        for frame in finished {
          switch frame.result {
          case .success: done += 1
          case .failure(let error): problem = error
          }
        }
      })
    if done == 0, let problem { throw problem }
    guard done > 0 else { return nil }
    return RunForecast.Sample(
      frames: done, voxels: Double(done * kind.extent.count) * kind.overlap,
      seconds: start.duration(to: .now).inSeconds)
  }

  /// The middle of a large frame.
  private static func part(of frame: SeriesFrame) throws -> Volume<Float> {
    let planes = try FramePlanes(frame)
    let extent = planes.extent
    func middle(_ length: Int, _ wanted: Int) -> Range<Int> {
      let count = min(length, wanted)
      return (length - count) / 2..<(length - count) / 2 + count
    }
    let slab = try planes.planes(middle(extent.depth, 64))
    let (rows, columns) = (middle(extent.height, 192), middle(extent.width, 192))
    var part = slab.cropped(
      origin: VoxelIndex(z: 0, y: rows.lowerBound, x: columns.lowerBound),
      extent: Extent(depth: slab.extent.depth, height: rows.count, width: columns.count))
    part.voxelSize = frame.voxelSize
    return part
  }
}
