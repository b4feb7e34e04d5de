/// The life of one nucleus in a series: its label, the frames it is seen in, the track it came
/// from.
public struct Track: Hashable, Sendable, Codable {
  /// Its number in the label images, L; at least 1.
  public let label: UInt32
  /// The first frame it is in, B, counted from 0.
  public let firstFrame: Int
  /// The last frame it is in, E, inclusive.
  public let lastFrame: Int
  /// The label of the track that divided into it, P; nil (0 in files) where none did.
  public let parent: UInt32?

  /// A track in frames `firstFrame…lastFrame`; ``TrackTable`` checks what is said.
  public init(label: UInt32, firstFrame: Int, lastFrame: Int, parent: UInt32? = nil) {
    self.label = label
    self.firstFrame = firstFrame
    self.lastFrame = lastFrame
    self.parent = parent
  }
}
