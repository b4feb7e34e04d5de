import Foundation
import Microscopy

/// An image file and the target file of the same name.
public struct VolumePair: Sendable, Hashable {
  /// The common file name, `Emb11_t001.tif`.
  public let name: String
  /// The image file; an absolute path.
  public let image: String
  /// The target file; an absolute path.
  public let target: String

  /// The voxel size in µm that overrides the files'; nil takes theirs.
  public let voxelSize: VoxelSize?

  /// The pair of this name in two folders.
  public init(name: String, images: String, targets: String, voxelSize: VoxelSize? = nil) {
    self.name = name
    image = images + "/" + name
    target = targets + "/" + name
    self.voxelSize = voxelSize
  }

  /// The name without its extension, `Emb11_t001`.
  public var stem: String { (name as NSString).deletingPathExtension }
}
