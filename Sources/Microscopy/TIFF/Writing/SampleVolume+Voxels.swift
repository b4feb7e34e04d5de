extension SampleVolume {
  /// The values as voxels of this type, which is the volume's.
  package func voxels<Voxel: TIFFVoxel>(_: Voxel.Type) -> Volume<Voxel> {
    precondition(Voxel.sampleType == type, "samples of \(type) are not \(Voxel.sampleType)")
    let voxels = unsafe bytes.withUnsafeBytes { bytes in
      (0..<extent.count).map {
        unsafe bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Voxel>.size, as: Voxel.self)
      }
    }
    return Volume(voxels, extent: extent, voxelSize: voxelSize)
  }
}
