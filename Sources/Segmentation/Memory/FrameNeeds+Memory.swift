import Compute
import Microscopy

extension Segmenter {
  /// What frames take while they are segmented within ``memoryLimit``.
  func needs(of frames: [SeriesFrame]) -> [FrameNeeds] {
    frames.map(knowing: FrameKind.init, needs)
  }

  /// What a frame takes while it is segmented within ``memoryLimit``.
  private func needs(of frame: SeriesFrame) -> FrameNeeds {
    var needs = FrameNeeds(voxels: frame.extent?.count ?? 0, bytes: 0)
    // A frame without a plan fails before it takes memory.
    if let plan = try? memoryPlan(of: frame) {
      if case .inMemory = plan.way { needs.bytes = plan.own } else { needs.bytes = nil }
    }
    return needs
  }

  /// How frames share the threads in force and ``memoryLimit``.
  var admission: FrameAdmission {
    FrameAdmission(limit: memoryLimit, shared: MemoryNeeds.shared(by: predictors))
  }
}

extension Predictor {
  /// What frames take while this network alone runs on them, within a limit.
  func needs(of frames: [SeriesFrame], limit: MemoryLimit?) -> [FrameNeeds] {
    frames.map(knowing: FrameKind.init) { needs(of: $0, limit: limit) }
  }

  /// What a frame takes while this network alone runs on it, within a limit.
  private func needs(of frame: SeriesFrame, limit: MemoryLimit?) -> FrameNeeds {
    var needs = FrameNeeds(voxels: frame.extent?.count ?? 0, bytes: 0)
    guard let limit, let extent = frame.extent,
      let memory = try? MemoryNeeds(
        of: extent, voxelSize: frame.voxelSize, name: frame.path, predictors: [self],
        parameters: SegmentationParameters())
    else { return needs }
    let activations =
      tile == nil ? memory.prediction(within: limit.bytes) : memory.largestActivations
    if let activations { needs.bytes = memory.prediction(activations: activations) }
    return needs
  }

  /// How frames share the threads in force and a limit.
  func admission(within limit: MemoryLimit?) -> FrameAdmission {
    FrameAdmission(limit: limit, shared: MemoryNeeds.shared(by: [self]))
  }
}

extension Array {
  /// The results of `body`, which is asked once for all elements of a kind.
  fileprivate func map<Kind: Hashable, Value>(
    knowing kind: (Element) -> Kind, _ body: (Element) -> Value
  ) -> [Value] {
    var known: [Kind: Value] = [:]
    return map { element in
      let kind = kind(element)
      let value = known[kind] ?? body(element)
      known[kind] = value
      return value
    }
  }
}

extension MeasurementFrame {
  /// The bytes of a voxel while a frame is measured: labels and image, as they are read and as
  /// numbers, and the lists of nuclei.
  private static let bytesPerVoxel = 32

  /// What the frame takes while it is measured.
  var needs: FrameNeeds {
    let voxels = labels.extent?.count ?? 0
    return FrameNeeds(voxels: voxels, bytes: voxels * Self.bytesPerVoxel)
  }
}

extension FrameAdmission {
  /// Frames that share the threads in force and the memory that the process may take.
  ///
  /// Where the system limits addresses every frame is alone: what it needs is asked for before it
  /// begins, and another one could take it meanwhile.
  ///
  /// - Parameters:
  ///   - limit: The memory; nil for any.
  ///   - shared: The part of it that is there once for all frames.
  init(limit: MemoryLimit?, shared: Int) {
    self.init(
      threads: Parallel.threadCount, room: limit.map { $0.bytes - shared },
      isSerial: AddressSpace.isLimited)
  }
}
