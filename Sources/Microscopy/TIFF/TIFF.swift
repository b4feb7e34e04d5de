/// Reading and writing volumes as TIFF in one call; ``TIFFStack`` reads series volume by volume.
public enum TIFF {
  /// What a file says about itself; no pixel is read.
  public static func info(
    at path: String, limits: ImageLimits = .current
  ) throws(TIFFError) -> TIFFInfo {
    try TIFFStack(opening: path, limits: limits).info
  }

  /// The volume in a file as float32, with the voxel size where the file states it.
  ///
  /// A file with several channels or frames needs a choice, both counted from 0.
  public static func readVolume(
    at path: String, channel: Int? = nil, frame: Int? = nil,
    limits: ImageLimits = .current
  ) throws(TIFFError) -> Volume<Float> {
    let stack = try open(path, channel, frame, limits)
    return try stack.readVolume(channel: channel ?? 0, frame: frame ?? 0)
  }

  /// The labels in a file: whole numbers from 0, the background.
  ///
  /// A file with several channels or frames needs a choice, both counted from 0.
  public static func readLabels(
    at path: String, channel: Int? = nil, frame: Int? = nil,
    limits: ImageLimits = .current
  ) throws(TIFFError) -> LabelVolume {
    let stack = try open(path, channel, frame, limits)
    return try stack.readLabels(channel: channel ?? 0, frame: frame ?? 0)
  }

  private static func open(
    _ path: String, _ channel: Int?, _ frame: Int?, _ limits: ImageLimits
  ) throws(TIFFError) -> TIFFStack {
    let stack = try TIFFStack(opening: path, limits: limits)
    for (name, choice, count) in [
      ("channel", channel, stack.info.channels), ("frame", frame, stack.info.frames),
    ] where choice == nil && count > 1 {
      throw TIFFError(
        .selection, path, expected: "one volume", found: "\(count) \(name)s",
        advice: "choose one of them, or save it as a file of its own")
    }
    return stack
  }
}
