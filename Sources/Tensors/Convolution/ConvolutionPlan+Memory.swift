/// What a convolution takes beside its input and output.
extension ConvolutionPlan {
  /// Bytes of the weight as the algorithm reads it: at the points of its transforms, in panels. 0
  /// if it reads the weight itself.
  public var weightBytes: Int { (fast?.weightCount ?? 0) * MemoryLayout<Float>.stride }

  /// Bytes of workspace on this many threads: tiles, partial sums, and the weight where it is not
  /// prepared.
  public func workspaceBytes(threads: Int) -> Int {
    let floats: Int
    switch (problem.pass, fast) {
    case (.forward, let fast?):
      if !problem.isPrepared,
        let few = FastConvolution.FewBlocksPartition(
          fast, batch: problem.batch, threads: threads)
      {
        floats = fast.scratchCount(few) * threads
      } else {
        floats =
          fast.scratchCount(FastConvolution.ForwardPartition(fast)) * threads
          + (problem.isPrepared ? 0 : fast.weightCount)
      }
    case (.weightGradient, let fast?):
      let (sums, perWorker) = fast.gradientScratch(batch: problem.batch)
      floats = sums + perWorker * threads
    case (let pass, nil):
      let taps = problem.geometry.taps
      let tiling = Tiling(
        taps: taps, inputChannels: problem.inputChannels,
        outputChannels: problem.outputChannels, voxels: problem.output.product,
        batch: problem.batch)
      let columns = tiling.columnsCapacity(taps: taps)
      let partial = tiling.channelsPerBlock * taps * problem.outputChannels
      floats =
        pass == .forward
        ? columns * threads
        : tiling.channelBlocks * tiling.tileGroups * partial
          + (columns + tiling.tileVoxels * problem.outputChannels) * threads
    }
    return floats * MemoryLayout<Float>.stride
  }
}

extension TransposedConvolution {
  /// Bytes of workspace of the weight gradient on this many threads, for an input of `extents` and
  /// a window 2×2×2 of stride 2.
  public static func weightGradientWorkspaceBytes(
    inputs: Int, outputs: Int, extents: SpatialAxes, batch: Int, threads: Int
  ) -> Int {
    let doubling = DoublingTransposedConvolution(
      .halving, weight: [inputs, outputs, 2, 2, 2], batch: batch, input: extents)
    return (doubling?.gradientScratch(threads: threads) ?? 0) * MemoryLayout<Float>.stride
  }
}
