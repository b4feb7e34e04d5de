/// A voxel that ImageJ shows as it is: `UInt8`, `UInt16` or `Float`.
public protocol TIFFVoxel: BitwiseCopyable, Sendable {
  /// What TIFF calls it.
  static var sampleType: SampleType { get }
  /// The background.
  static var blank: Self { get }
}

extension UInt8: TIFFVoxel {
  /// 8-bit unsigned.
  public static var sampleType: SampleType { .uint8 }
  /// 0.
  public static var blank: UInt8 { 0 }
}

extension UInt16: TIFFVoxel {
  /// 16-bit unsigned.
  public static var sampleType: SampleType { .uint16 }
  /// 0.
  public static var blank: UInt16 { 0 }
}

extension Float: TIFFVoxel {
  /// 32-bit IEEE 754.
  public static var sampleType: SampleType { .float32 }
  /// 0.
  public static var blank: Float { 0 }
}
