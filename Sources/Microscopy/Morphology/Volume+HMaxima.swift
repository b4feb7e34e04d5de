extension Volume<Float> {
  /// The maxima that rise at least `height` above the saddle on the best way to a higher maximum,
  /// highest first, those of equal height in scan order (z, y, x); one voxel per maximum.
  ///
  /// The robust way to find the centers of touching objects on a distance transform, in µm: ripples
  /// lower than `height` make no center. The highest maximum of every connected part of the mask
  /// always counts; NaN never does. Of maxima of equal height the one that is first in scan order
  /// counts as the higher one, so that a ridge with ripples gives one center; otherwise these are
  /// the maxima of `skimage.morphology.h_maxima(image, height)`, which keeps all of equal height. A
  /// plateau is shown by the voxel nearest to its centroid, in µm where the voxel size is known.
  ///
  /// P. Soille, Morphological Image Analysis, chapter 6 (2003). Voxels are sorted by radix and
  /// joined from the highest down by union–find: time nearly linear. Part of the library for
  /// watersheds of one's own; `morula segment` takes local maxima, and the benchmarks compare both.
  public func hMaxima(
    height: Float, mask: Volume<Bool>? = nil, connectivity: Connectivity = .corners
  ) -> [VoxelIndex] {
    precondition(height > 0, "a height of \(height) selects nothing: it must be above 0")
    var peaks = PeakForest(
      levels: VoxelLevels(self, mask: mask), connectivity: connectivity, height: height)
    peaks.run()
    let plateaus = Plateaus(extent: extent, voxelSize: voxelSize ?? VoxelSize(isotropic: 1))
    return peaks.maxima().map { plateau in
      index(ofVoxel: plateaus.center(of: plateau.map { peaks.offset($0) }.sorted()))
    }
  }
}

/// Hills that grow downwards and join; every hill is known by its peak.
private struct PeakForest {
  private let levels: VoxelLevels
  private let steps: [Int]
  private let height: Double
  /// The way to the peak of the hill of each voxel; `none` where no hill has come yet.
  private var parents: [UInt32]
  /// The ordered bits of the value of each voxel.
  private var keys: [UInt32]
  private var prominent: [UInt32] = []

  private static let none = UInt32.max

  init(levels: VoxelLevels, connectivity: Connectivity, height: Float) {
    self.levels = levels
    self.height = Double(height)
    steps = Neighborhood(connectivity).offsets(in: levels.grid.extent)
    parents = Array(repeating: Self.none, count: levels.grid.extent.count)
    keys = Array(repeating: 0, count: levels.grid.extent.count)
    for (voxel, key) in zip(levels.voxels, levels.keys) { keys[Int(voxel)] = key }
  }

  mutating func run() {
    for i in levels.voxels.indices.reversed() where !levels.isNaN(i) {
      let voxel = levels.voxels[i]
      parents[Int(voxel)] = voxel
      for step in steps {
        let neighbor = Int(voxel) + step
        if parents[neighbor] != Self.none { join(UInt32(neighbor), voxel, at: levels.keys[i]) }
      }
    }
    prominent += levels.voxels.filter { parents[Int($0)] == $0 }
  }

  /// Joins two hills at a saddle.
  private mutating func join(_ a: UInt32, _ b: UInt32, at saddle: UInt32) {
    let (peakA, peakB) = (peak(a), peak(b))
    if peakA == peakB { return }
    let (higher, lower) = isHigher(peakA, peakB) ? (peakA, peakB) : (peakB, peakA)
    parents[Int(lower)] = higher
    if value(keys[Int(lower)]) - value(saddle) >= height { prominent.append(lower) }
  }

  private func isHigher(_ a: UInt32, _ b: UInt32) -> Bool {
    let (keyA, keyB) = (keys[Int(a)], keys[Int(b)])
    return keyA == keyB ? a < b : keyA > keyB
  }

  private func value(_ key: UInt32) -> Double { Double(Float(orderedBits: key)) }

  private mutating func peak(_ voxel: UInt32) -> UInt32 {
    var voxel = Int(voxel)
    while Int(parents[voxel]) != voxel {
      parents[voxel] = parents[Int(parents[voxel])]
      voxel = Int(parents[voxel])
    }
    return UInt32(voxel)
  }

  /// The voxels of the plateau of every prominent peak, the highest peak first.
  func maxima() -> [[UInt32]] {
    var isTaken = [Bool](repeating: false, count: parents.count)
    return prominent.sorted { isHigher($0, $1) }.map { peak in
      var plateau = [peak]
      isTaken[Int(peak)] = true
      var next = 0
      while next < plateau.count {
        for step in steps {
          let neighbor = Int(plateau[next]) + step
          if keys[neighbor] == keys[Int(peak)], parents[neighbor] != Self.none,
            !isTaken[neighbor]
          {
            isTaken[neighbor] = true
            plateau.append(UInt32(neighbor))
          }
        }
        next += 1
      }
      return plateau
    }
  }

  /// The offset of a voxel in the volume.
  func offset(_ voxel: UInt32) -> Int {
    let (index, extent) = (levels.grid.index(Int(voxel)), levels.grid.inner)
    return (index.z * extent.height + index.y) * extent.width + index.x
  }
}
