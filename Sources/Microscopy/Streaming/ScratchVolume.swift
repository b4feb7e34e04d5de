import Compute

/// A volume in a file without a name, read and written in planes or boxes. Voxels that were never
/// written are 0.
package final class ScratchVolume<Voxel: BitwiseCopyable & Sendable & AdditiveArithmetic>:
  PlaneSource
{
  package let extent: Extent
  package let voxelSize: VoxelSize?
  private let file: ScratchFile

  /// A volume of zeros.
  package init(_ extent: Extent, voxelSize: VoxelSize? = nil) throws(FileError) {
    self.extent = extent
    self.voxelSize = voxelSize
    file = try ScratchFile()
  }

  /// The planes of a source, written slab by slab.
  package convenience init(_ source: any PlaneSource<Voxel>, slab: Int) throws {
    try self.init(source.extent, voxelSize: source.voxelSize)
    try source.forEachSlab(of: slab) { try write($1, at: VoxelIndex(z: $0.lowerBound, y: 0, x: 0)) }
  }

  /// Writes a box.
  package func write(_ volume: Volume<Voxel>, at origin: VoxelIndex) throws(FileError) {
    let window = Window(origin: origin, extent: volume.extent)
    precondition(window.isInside(extent), "a box leaves its scratch volume")
    let (pieces, length) = pieces(of: window)
    let voxels = volume.voxels.span
    for (number, start) in pieces.enumerated() {
      try file.write(
        voxels.extracting(number * length..<(number + 1) * length),
        at: start * MemoryLayout<Voxel>.stride)
    }
  }

  /// The voxels of a box.
  package func box(_ window: Window) throws(FileError) -> Volume<Voxel> {
    precondition(window.isInside(extent), "a box leaves its scratch volume")
    let (pieces, length) = pieces(of: window)
    var voxels = [Voxel](repeating: .zero, count: window.extent.count)
    var span = voxels.mutableSpan
    for (number, start) in pieces.enumerated() {
      try file.read(
        into: &span, number * length..<(number + 1) * length,
        at: start * MemoryLayout<Voxel>.stride)
    }
    return Volume(voxels, extent: window.extent, voxelSize: voxelSize)
  }

  package func planes(_ range: Range<Int>) throws -> Volume<Voxel> {
    try box(
      Window(
        origin: VoxelIndex(z: range.lowerBound, y: 0, x: 0), extent: extent.withDepth(range.count)))
  }

  /// The voxel at an index.
  package subscript(_ index: VoxelIndex) -> Voxel {
    get throws(FileError) {
      try box(Window(origin: index, extent: Extent(depth: 1, height: 1, width: 1))).voxels[0]
    }
  }

  /// Where the longest runs of voxels of a box begin that lie beside each other in the file, and
  /// their length.
  private func pieces(of window: Window) -> (starts: [Int], length: Int) {
    let (origin, size) = (window.origin, window.extent)
    func start(_ z: Int, _ y: Int) -> Int { (z * extent.height + y) * extent.width + origin.x }
    let planes = origin.z..<origin.z + size.depth
    guard size.width == extent.width else {
      return (
        planes.flatMap { z in
          (origin.y..<origin.y + size.height).map { start(z, $0) }
        }, size.width
      )
    }
    guard size.height == extent.height else {
      return (planes.map { start($0, origin.y) }, size.height * size.width)
    }
    return ([start(origin.z, 0)], size.count)
  }
}

extension ScratchVolume {
  /// The volume seen through a window that may leave it, mirrored at its edge voxels; the same as
  /// ``Volume/viewed(through:outside:)``.
  package func mirrored(through window: Window) throws(FileError) -> Volume<Voxel> {
    if window.isInside(extent) { return try box(window) }
    // The box of all voxels that are seen.
    var inner = window
    var sources: [Axis: [Int]] = [:]
    for axis in Axis.allCases {
      let range = window.origin[axis]..<window.origin[axis] + window.extent[axis]
      let seen = range.map { Microscopy.mirrored($0, length: extent[axis]) }
      let (first, last) = (seen.min() ?? 0, seen.max() ?? 0)
      sources[axis] = seen.map { $0 - first }
      inner.origin[axis] = first
      inner.extent[axis] = last - first + 1
    }
    let source = try box(inner)
    let voxels = source.voxels.span
    var result: [Voxel] = []
    result.reserveCapacity(window.extent.count)
    for z in sources[.z] ?? [] {
      for y in sources[.y] ?? [] {
        let row = (z * inner.extent.height + y) * inner.extent.width
        for x in sources[.x] ?? [] { result.append(voxels[row + x]) }
      }
    }
    return Volume(result, extent: window.extent, voxelSize: voxelSize)
  }
}
