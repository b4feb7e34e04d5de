import Synchronization

/// How large an image may be before it is refused, so that a damaged or hostile file costs an error
/// and not the machine's memory.
public struct ImageLimits: Hashable, Sendable {
  /// The voxels that one volume (a frame and channel) may have.
  public var maximumVoxels: Int
  /// How many decoded bytes a stored byte may stand for, in volumes above ``unsuspiciousVoxels`` or
  /// ``unsuspiciousBytes``; nil for any number.
  public var largestExpansion: Int?

  /// Volumes up to 2²⁶ voxels, 256 MiB of float32, may be compressed as well as they can be, …
  public static let unsuspiciousVoxels = 1 << 26

  /// … if they take no more than 400 MiB with the pages or chunks that are decoded at a time.
  public static let unsuspiciousBytes = 400 << 20

  /// Whether a volume of so many voxels, which takes so many bytes of memory while it is read, must
  /// come from a fair number of stored bytes.
  static func isSuspicious(voxels: Int, memory: Double) -> Bool {
    voxels > unsuspiciousVoxels || memory > Double(unsuspiciousBytes)
  }

  /// The limits unless someone chooses others: 2³¹ voxels, which are 8 GiB of float32, and 500
  /// decoded bytes for a stored one (Deflate reaches 1000 on zeros).
  public static let standard = ImageLimits(maximumVoxels: 1 << 31, largestExpansion: 500)

  /// Limits of a caller who trusts files of up to `maximumVoxels` voxels (2⁴⁰ at most), however
  /// well they are compressed.
  public init(maximumVoxels: Int) {
    self.init(maximumVoxels: maximumVoxels, largestExpansion: nil)
  }

  private init(maximumVoxels: Int, largestExpansion: Int?) {
    precondition(maximumVoxels > 0, "a limit of \(maximumVoxels) voxels allows no image")
    self.maximumVoxels = min(maximumVoxels, 1 << 40)
    self.largestExpansion = largestExpansion
  }

  /// The process's choice: 0 for ``standard``, else ``maximumVoxels``.
  private static let chosen = Atomic<Int>(0)

  /// The limits used where none are passed; ``standard`` at start.
  public static var current: ImageLimits {
    get {
      let voxels = chosen.load(ordering: .relaxed)
      return voxels == 0 ? standard : ImageLimits(maximumVoxels: voxels)
    }
    set { chosen.store(newValue == standard ? 0 : newValue.maximumVoxels, ordering: .relaxed) }
  }
}
