import Compute

extension TIFFPage {
  /// The sample type of a page that Morula reads: intensities, labels or RGB of sensible extents.
  func checked(
    path: String, page: Int, limits: ImageLimits
  ) throws(TIFFError) -> SampleType {
    guard width > 0, height > 0, samplesPerPixel > 0 else {
      throw TIFFError(
        .corrupt, path, page: page, expected: "an image",
        found: "\(width) × \(height) pixels of \(samplesPerPixel.counted("sample"))",
        advice: "save the file again with the program that made it")
    }
    let limit = limits.maximumVoxels / interleaved
    guard height <= limit, width <= limit / height else {
      throw TIFFError(
        .tooLarge, path, page: page, expected: "at most \(limits.maximumVoxels.counted("voxel"))",
        found: "a page of \(width) × \(height) (x, y)"
          + (interleaved > 1 ? " with \(interleaved.counted("sample")) each" : ""),
        advice: .raiseVoxelLimit)
    }
    try checkColor(path: path, page: page)
    guard depth == 1 else {
      throw TIFFError(
        .unsupported, path, page: page, expected: "one plane per page",
        found: "a volumetric page of \(depth.counted("plane")) (ImageDepth)",
        advice: "save the stack with one page per plane")
    }
    guard let type = sampleType else {
      let format = [
        1: "unsigned integer", 2: "signed integer", 3: "float", 4: "undefined",
        5: "complex integer", 6: "complex",
      ]
      throw TIFFError(
        .unsupported, path, page: page,
        expected: "integers of 1, 2, 4, 8, 10, 12, 14, 16, 32 or 64 bits or floats of 16, 32 or 64",
        found: "\(bitsPerSample)-bit \(format[sampleFormat] ?? "format \(sampleFormat)") samples",
        advice: "convert the image to 16-bit integers or 32-bit floats")
    }
    guard isDecodable else {
      throw TIFFError(
        .unsupported, path, page: page, expected: "a compression that libtiff reads",
        found: compressionName,
        advice: "save the image with Deflate, LZW, Zstandard or without compression")
    }
    return type
  }

  private func checkColor(path: String, page: Int) throws(TIFFError) {
    let isGray = [0, 1, Photometric.palette, 4].contains(photometric)
    // libtiff turns JPEG's YCbCr into RGB and logarithmic luminance into floats.
    let isColor =
      photometric == Photometric.rgb
      || (photometric == Photometric.yCbCr && compression == Self.jpeg)
    let isLuminance = photometric == Photometric.logL && Self.sgiLog.contains(compression)
    guard isGray || isColor || isLuminance else {
      let names = [
        5: "CMYK", Photometric.yCbCr: "YCbCr", 8: "CIE L*a*b*", 9: "ICC L*a*b*", 10: "ITU L*a*b*",
        32803: "color filter array", 32845: "LogLuv",
      ]
      throw TIFFError(
        .unsupported, path, page: page, expected: "intensities, labels or RGB",
        found: "color space \(names[photometric] ?? "\(photometric)")",
        advice: "convert the image to grayscale, or save its channels as pages")
    }
  }
}
