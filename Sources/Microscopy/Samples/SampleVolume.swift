/// A 3D image of samples of any type as bytes, for passing them on unchanged.
package struct SampleVolume: Hashable, Sendable {
  /// What a sample is; never a packed type.
  package let type: SampleType
  /// The extents.
  package let extent: Extent
  /// The edge lengths of a voxel in µm, nil if unknown.
  package var voxelSize: VoxelSize?
  /// The samples in z, y, x order with x fastest, in this machine's byte order.
  package var bytes: [UInt8]

  /// A volume of these samples, which fill the extent exactly.
  package init(_ bytes: [UInt8], type: SampleType, extent: Extent, voxelSize: VoxelSize? = nil) {
    precondition(type == type.unpacked, "samples of \(type) are unpacked first")
    precondition(
      bytes.count == extent.count * type.bits / 8,
      "\(bytes.count) bytes do not fill \(extent) of \(type)")
    self.bytes = bytes
    self.type = type
    self.extent = extent
    self.voxelSize = voxelSize
  }

  /// The size of a plane in bytes.
  package var planeByteCount: Int { extent.height * extent.width * type.bits / 8 }

  /// The bytes of a plane.
  package func plane(_ z: Int) -> [UInt8] {
    Array(bytes[z * planeByteCount..<(z + 1) * planeByteCount])
  }
}
