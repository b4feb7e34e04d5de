import Foundation
import Microscopy

/// An image and its target: two files of the same name, or a frame of each.
package struct VolumePair: Sendable {
  /// The common file name, `Emb11_t001.tif`; `Emb11_t001` for a frame of files with several.
  package let name: String
  /// The name without its extension, `Emb11_t001`.
  package let stem: String
  /// The voxel size in µm that overrides the files'; nil takes theirs.
  package let voxelSize: VoxelSize?

  let imageFile: VolumeFile
  let targetFile: VolumeFile

  /// The image file or OME-Zarr folder.
  package var image: String { imageFile.path }
  /// The target file or OME-Zarr folder.
  package var target: String { targetFile.path }
  /// The frame inside both files, from 0.
  package var frame: Int { imageFile.frame }

  /// A problem of this pair, with the frame if the files have several.
  func inFrame(_ problem: String) -> String {
    let frames = (try? imageFile.source().frames) ?? 1
    return frames > 1 ? "frame \(frame + 1): \(problem)" : problem
  }

  /// A pair of two images, whose extents are compared when it is used.
  package init(
    name: String, image: any ImageSource, target: any ImageSource, voxelSize: VoxelSize? = nil
  ) {
    self.init(
      name: name, stem: (name as NSString).deletingPathExtension,
      imageFile: VolumeFile(.success(image), path: image.path),
      targetFile: VolumeFile(.success(target), path: target.path), voxelSize: voxelSize)
  }

  private init(
    name: String, stem: String, imageFile: VolumeFile, targetFile: VolumeFile,
    voxelSize: VoxelSize?
  ) {
    self.name = name
    self.stem = stem
    self.imageFile = imageFile
    self.targetFile = targetFile
    self.voxelSize = voxelSize
  }

  /// The pairs in the files of one name in two folders: one, or one for each frame.
  ///
  /// A target that is an OME-Zarr image with a single label image inside stands for its labels. A
  /// file that cannot be opened makes one pair, which throws when it is used.
  ///
  /// - Parameter open: Reads the headers of an image.
  /// - Throws: `InputError` if image and target differ in their number of frames.
  static func pairs(
    named name: String, images: String, targets: String, voxelSize: VoxelSize?,
    open: (String) throws -> any ImageSource
  ) throws(InputError) -> [VolumePair] {
    let (imagePath, targetPath) = ("\(images)/\(name)", "\(targets)/\(name)")
    let image = Result { try open(imagePath) }
    let target = Result {
      let source = try targetPath == imagePath ? image.get() : open(targetPath)
      guard let zarr = source as? ZarrImage, !zarr.areLabels, zarr.labels.count == 1 else {
        return source
      }
      return try open("\(zarr.path)/labels/\(zarr.labels[0])")
    }
    let pair = VolumePair(
      name: name, stem: (name as NSString).deletingPathExtension,
      imageFile: VolumeFile(image, path: imagePath),
      targetFile: VolumeFile(target, path: targetPath), voxelSize: voxelSize)
    guard let frames = try? image.get().frames, let others = try? target.get().frames else {
      return [pair]
    }
    guard frames == others else {
      throw InputError(
        pair.target,
        "has \(others.counted("time point")) but its image \(pair.image) has "
          + "\(frames.counted("time point")); both must hold the same ones")
    }
    if frames == 1 { return [pair] }
    return VolumeFiles.frameStems(of: imagePath, frames: frames).enumerated().map { frame, stem in
      VolumePair(
        name: stem, stem: stem, imageFile: pair.imageFile.frame(frame),
        targetFile: pair.targetFile.frame(frame), voxelSize: voxelSize)
    }
  }
}

extension VolumePair: Hashable {
  /// Whether both mean the same frame of the same files.
  package static func == (a: VolumePair, b: VolumePair) -> Bool {
    a.name == b.name && a.image == b.image && a.target == b.target && a.frame == b.frame
      && a.voxelSize == b.voxelSize
  }

  /// Hashes names and frame; what the files hold does not count.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(image)
    hasher.combine(target)
    hasher.combine(frame)
    hasher.combine(voxelSize)
  }
}
