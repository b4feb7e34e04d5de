/// A voxel that ImageJ shows as it is: `UInt8`, `UInt16` or `Float`.
public protocol TIFFVoxel: BitwiseCopyable, Sendable {
  /// What TIFF calls it.
  static var sampleType: SampleType { get }
}

extension UInt8: TIFFVoxel {
  /// 8-bit unsigned.
  public static var sampleType: SampleType { .uint8 }
}

extension UInt16: TIFFVoxel {
  /// 16-bit unsigned.
  public static var sampleType: SampleType { .uint16 }
}

extension Float: TIFFVoxel {
  /// 32-bit IEEE 754.
  public static var sampleType: SampleType { .float32 }
}
