import Compute
import Microscopy
import Networks

extension Predictor {
  /// The probability of a prepared volume that lies in scratch, on its own grid, into scratch; the
  /// same bits as in memory with the same tiles.
  ///
  /// - Parameters:
  ///   - prepared: The network's input.
  ///   - name: The file, for messages.
  ///   - bytes: Memory beside the activations.
  ///   - workspace: Scratch memory, reused from volume to volume.
  func probability(
    ofScratch prepared: ScratchVolume<Float>, name: String, bytes: Int,
    workspace: inout Workspace
  ) throws -> ScratchVolume<Float> {
    let plan = try plan(for: prepared.extent, name: name)
    let slab = prepared.extent.planes(in: bytes, bytesPerVoxel: 12)
    guard averagesMirrorImages else {
      return try probability(
        of: prepared, mirrored: [], plan, name: name, slab: slab, workspace: &workspace)
    }
    let axes = mirrorAxes(of: prepared.extent)
    let count = 1 << axes.count
    var progress = WorkSteps(of: Double(count))
    var sum: ScratchVolume<Float>?
    for choice in 0..<count {
      let mirrored = axes.indices.filter { choice >> $0 & 1 == 1 }.map { axes[$0] }
      let output = try progress.run(1) {
        try probability(
          of: prepared, mirrored: mirrored, plan, name: name, slab: slab, workspace: &workspace)
      }
      let isLast = choice == count - 1
      try sum?.forEachSlab(of: slab) { planes, total in
        let part = try output.planes(planes)
        let values = zip(total.voxels, part.voxels).map {
          isLast ? ($0 + $1) / Float(count) : $0 + $1
        }
        try sum?.write(
          Volume(values, extent: total.extent), at: VoxelIndex(z: planes.lowerBound, y: 0, x: 0))
      }
      sum = sum ?? output
    }
    return sum ?? prepared
  }

  /// The probability of a volume that is mirrored along some axes on its way in and out.
  private func probability(
    of prepared: ScratchVolume<Float>, mirrored axes: [Axis], _ plan: TilePlan, name: String,
    slab: Int, workspace: inout Workspace
  ) throws -> ScratchVolume<Float> {
    var join = try ScratchJoin(plan, extent: prepared.extent, voxelSize: prepared.voxelSize)
    var progress = WorkSteps(of: Double(plan.voxelsComputed))
    for tile in plan.tiles {
      let window = tile.input.mirrored(along: axes, of: prepared.extent)
      let input = axes.reduce(try prepared.mirrored(through: window)) { $0.flipped(along: $1) }
      let core = try progress.run(Double(input.extent.count)) {
        try self.core(
          of: tile, isWhole: plan.tiles.count == 1, input: input, name: name,
          workspace: &workspace)
      }
      try join.add(core, of: tile, mirrored: axes)
    }
    return try join.result(slab: slab)
  }
}

extension Window {
  /// The window on a volume of `extent` that is mirrored along some axes.
  func mirrored(along axes: [Axis], of volume: Extent) -> Window {
    var window = self
    for axis in axes { window.origin[axis] = volume[axis] - origin[axis] - extent[axis] }
    return window
  }
}
