import Foundation

/// An image file and the target file of the same name.
public struct VolumePair: Sendable, Hashable, Codable {
  /// The common file name, `Emb11_t001.tif`.
  public let name: String
  /// The image file; an absolute path.
  public let image: String
  /// The target file; an absolute path.
  public let target: String

  /// The pair of this name in two folders.
  public init(name: String, images: String, targets: String) {
    self.name = name
    image = images + "/" + name
    target = targets + "/" + name
  }

  /// The name without its extension, `Emb11_t001`.
  public var stem: String { (name as NSString).deletingPathExtension }
}
