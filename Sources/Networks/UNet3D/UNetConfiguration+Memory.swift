import Tensors

/// Memory in bytes, known before anything is allocated.
///
/// Activations are counted by taking and freeing what `InferenceNetwork` and `UNet3D+Training` do,
/// in their order, and remembering the worst moment. With them are counted weights, the workspace
/// on the threads in force, and what `MemoryPool` keeps of freed blocks, a sixteenth; not what the
/// caller holds.
extension UNetConfiguration {
  /// Peak memory of a prediction of `batch` inputs of `extents`: activations, weights (as trained
  /// and as ``InferenceNetwork`` keeps them), workspace.
  public func predictionBytes(for extents: SpatialAxes, batch: Int = 1) -> Int {
    let (weights, workspace) = inferenceScratch(for: extents, batch: batch)
    return activationBytes(for: extents, batch: batch)
      + MemoryTally(parameterCount).peakBytes + MemoryTally.pooled(weights + workspace)
  }

  /// The part of ``predictionBytes(for:batch:)`` that every prediction at the same time takes anew,
  /// beside activations: the workspace on the threads in force.
  package func predictionWorkspaceBytes(for extents: SpatialAxes) -> Int {
    MemoryTally.pooled(inferenceScratch(for: extents, batch: 1).workspace)
  }

  /// The part of ``predictionBytes(for:batch:)`` that smaller inputs make smaller: activations.
  public func activationBytes(for extents: SpatialAxes, batch: Int = 1) -> Int {
    activationBytes(for: extents, core: nil, batch: batch)
  }

  /// The activations of a prediction of which only a core is wanted; nil for all outputs.
  package func activationBytes(
    for extents: SpatialAxes, core: SpatialRegion?, batch: Int = 1
  ) -> Int {
    let sizes = LevelSizes(self, extents: extents, core: core, batch: batch)
    var memory = MemoryTally(0)
    memory.take(inputs * sizes.voxels[0])
    // What is pooled goes, unless it stays as a skip.
    var pooled = 0
    for level in 0..<levels {
      let (incoming, middle, outgoing) = encoderBlock(level).sizes(voxels: sizes.voxels[level])
      if level > 0 { memory.take(incoming) }
      memory.free(pooled)
      memory.take(middle)
      memory.free(incoming)
      memory.take(outgoing)
      memory.free(middle)
      pooled = 0
      if level < levels - 1, sizes.isCropped(level) {
        memory.take(sizes.decoder(level))
        pooled = outgoing
      }
    }
    for level in (0..<levels - 1).reversed() {
      let own = sizes.decoder(level)
      if sizes.entry(level) != sizes.below(level) {
        memory.take(sizes.entry(level))
        memory.free(sizes.below(level))
      }
      memory.take(own)
      memory.hold(sizes.slab(level))
      memory.free(sizes.entry(level) + own)
      memory.take(own)
      memory.free(own)
    }
    memory.take(sizes.logits)
    return memory.peakBytes
  }

  /// Peak memory of a prediction of one input of `extents` between the training steps of `batch`
  /// samples: averages, gradients and scratch of training are there, too.
  public func validationBytes(
    for extents: SpatialAxes, betweenStepsOf sample: SpatialAxes, batch: Int, moments: Int
  ) -> Int {
    let needed = inferenceScratch(for: extents, batch: 1).workspace
    let kept = max(0, trainingWorkspace(for: sample, batch: batch) - needed)
    return predictionBytes(for: extents) + MemoryTally((1 + moments) * parameterCount).peakBytes
      + MemoryTally.pooled(kept)
  }

  /// Peak memory of a training step of `batch` inputs of `extents`: activations and gradients, and
  /// the parameters with `moments` averages each.
  ///
  /// - Parameters:
  ///   - extents: The extents of an input.
  ///   - batch: The inputs of a step.
  ///   - moments: Averages that optimizer and averaged weights keep of every parameter.
  ///   - recomputing: Whether backward computes the convolutions of the blocks again
  ///     (``UNet3D/recomputesActivations``).
  ///   - accumulating: Whether gradients of an earlier pass are already there.
  public func trainingBytes(
    for extents: SpatialAxes, batch: Int = 1, moments: Int, recomputing: Bool = false,
    accumulating: Bool = false
  ) -> Int {
    var tally = TrainingTally(
      self, sizes: LevelSizes(self, extents: extents, batch: batch),
      parameterCopies: 1 + moments + (accumulating ? 1 : 0), recomputing: recomputing,
      accumulating: accumulating)
    tally.forward()
    tally.loss()
    tally.backward()
    return tally.peakBytes
      + MemoryTally.pooled(trainingWorkspace(for: extents, batch: batch))
  }
}
