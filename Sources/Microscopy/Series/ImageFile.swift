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
  /// An image of several channels needs a choice, counted from 0.
  ///
  /// - Throws: ``TIFFError`` or ``InputError`` where it cannot be read, or a choice is missing.
  package static func readVolume(
    at path: String, channel: Int? = nil, limits: ImageLimits = .current
  ) throws -> Volume<Float> {
    guard ZarrImage.isZarr(path) else {
      return try TIFF.readVolume(at: path, channel: channel, limits: limits)
    }
    let image = try ZarrImage(opening: path, limits: limits)
    for (name, choice, count) in [
      ("channel", channel, image.channels), ("frame", nil, image.frames),
    ] where choice == nil && count > 1 {
      throw InputError(
        path,
        "expected one volume, found \(count) \(name)s; choose one of them, or save it as a file of its own"
      )
    }
    return try image.volume(channel: channel ?? 0, frame: 0)
  }
}
