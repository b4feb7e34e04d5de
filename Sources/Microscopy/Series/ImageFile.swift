/// Images of any format by their paths.
package enum ImageFile {
  /// Opens a TIFF file or an OME-Zarr folder; no pixel is read.
  ///
  /// - Throws: ``TIFFError`` or ``InputError`` where it is neither, or not one that Morula reads.
  package static func open(
    _ path: String, limits: ImageLimits = .current
  ) throws -> any ImageSource {
    if ZarrImage.isZarr(path) { return try ZarrImage(opening: path, limits: limits) }
    return try TIFFStack(opening: path, limits: limits)
  }

  /// The volume of an image of one frame as float32, with the voxel size where it is stated.
  ///
  /// An image of several channels needs a choice.
  ///
  /// - Throws: ``TIFFError`` or ``InputError`` where it cannot be read, or a choice is missing.
  package static func readVolume(
    at path: String, channel: ChannelChoice? = nil, limits: ImageLimits = .current
  ) throws -> Volume<Float> {
    let image = try open(path, limits: limits)
    let index = try ChannelChoice.index(of: channel, in: image)
    guard image.frames == 1 else {
      throw InputError(
        path,
        "expected one volume, found \(image.frames) frames; save each as a file of its own")
    }
    return try image.volume(channel: index, frame: 0)
  }
}
