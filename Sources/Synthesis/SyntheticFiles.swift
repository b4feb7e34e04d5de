import Microscopy

/// The files that hold the frames of one series: one per frame and kind, or one hyperstack per
/// kind.
///
/// A hyperstack gets its name when it is complete; without ``finish()`` nothing of it remains.
final class SyntheticFiles {
  /// The folders, one for each kind of volume.
  static let kinds = ["images", "instances", "nsn", "ndn"]

  private let folder: String
  private let frameInterval: Double?
  private let hyperstacks: Hyperstacks?

  private struct Hyperstacks {
    let images: HyperstackWriter<UInt16>
    let instances: HyperstackWriter<UInt16>
    let regions: HyperstackWriter<UInt8>
    let centers: HyperstackWriter<UInt8>
  }

  /// Files in the folders below `folder`, which exist.
  ///
  /// - Parameter hyperstack: The name without extension of a hyperstack of so many frames; nil for
  ///   one file a frame.
  init(in folder: String, frameInterval: Double?, hyperstack: (name: String, frames: Int)?) {
    self.folder = folder
    self.frameInterval = frameInterval
    hyperstacks = hyperstack.map { name, frames in
      func path(_ kind: String) -> String { "\(folder)/\(kind)/\(name).tif" }
      return Hyperstacks(
        images: HyperstackWriter(
          to: path("images"), frames: frames, frameInterval: frameInterval),
        instances: HyperstackWriter(
          to: path("instances"), frames: frames, frameInterval: frameInterval),
        regions: HyperstackWriter(to: path("nsn"), frames: frames, frameInterval: frameInterval),
        centers: HyperstackWriter(to: path("ndn"), frames: frames, frameInterval: frameInterval))
    }
  }

  /// Writes the next frame, `name` without extension if frames have files of their own.
  func append(_ volume: SyntheticVolume, name: String) throws(TIFFError) {
    if let hyperstacks {
      try hyperstacks.images.append(volume.image)
      try hyperstacks.instances.append(labels: volume.instances)
      try hyperstacks.regions.append(volume.regions)
      try hyperstacks.centers.append(volume.centers)
      return
    }
    func path(_ kind: String) -> String { "\(folder)/\(kind)/\(name).tif" }
    try TIFF.write(volume.image, to: path("images"), frameInterval: frameInterval)
    try TIFF.write(volume.instances, to: path("instances"), frameInterval: frameInterval)
    try TIFF.write(volume.regions, to: path("nsn"), frameInterval: frameInterval)
    try TIFF.write(volume.centers, to: path("ndn"), frameInterval: frameInterval)
  }

  /// Completes hyperstacks.
  func finish() throws(TIFFError) {
    guard let hyperstacks else { return }
    try hyperstacks.images.finish()
    try hyperstacks.instances.finish()
    try hyperstacks.regions.finish()
    try hyperstacks.centers.finish()
  }
}
