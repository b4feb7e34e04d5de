import ArgumentParser
import Benchmarking
import Exchange
import Microscopy
import Networks
import Segmentation
import Tensors

// The library's enumerations as values of options, each value with what `--help` says about it.

extension ClassicalForeground.Rule: ExpressibleByArgument {}
extension ConvolutionBenchmark.Pass: ExpressibleByArgument {}
extension Model.Kind: ExpressibleByArgument {}
extension ZarrWriter.Version: ExpressibleByArgument {}

extension ConvolutionAlgorithm: ExpressibleByArgument {
  /// The algorithm of this name.
  public init?(argument: String) { self.init(argument) }
}

extension ImageFormat: ExpressibleByArgument {
  /// What each format is.
  public static var allValueDescriptions: [String: String] {
    [
      imageJ.rawValue: "an ImageJ hyperstack", omeTIFF.rawValue: "an OME-TIFF",
      ctc.rawValue: "a folder of the Cell Tracking Challenge, one TIFF per frame",
      omeZarr.rawValue: "an OME-Zarr image with levels of resolution",
    ]
  }
}

extension InferenceStatistics: ExpressibleByArgument {
  /// What each choice takes.
  public static var allValueDescriptions: [String: String] {
    [
      running.rawValue: "the averages recorded during training",
      batch.rawValue: "those of the volume at hand",
    ]
  }
}

extension ModelExport.Format: ExpressibleByArgument {
  /// What each format is for.
  public static var allValueDescriptions: [String: String] {
    [
      safetensors.rawValue: "Morula's own format, without the state of the training",
      onnx.rawValue: "for ONNX Runtime, OpenVINO and others; any batch and volume size",
      pytorch.rawValue: "a state dict for docs/examples/state_dict.py",
      bioimageio.rawValue:
        "a package for the BioImage Model Zoo: ONNX weights, test tensors, documentation",
    ]
  }
}

extension ModelImport.Concatenation: ExpressibleByArgument {
  /// What each order does.
  public static var allValueDescriptions: [String: String] {
    [
      upsampledFirst.rawValue: "the upsampled channels, then those of the skip connection",
      skipFirst.rawValue: "the channels of the skip connection, then the upsampled ones",
    ]
  }
}

extension SegmentationParameters.CenterRule: ExpressibleByArgument {
  /// What each rule does.
  public static var allValueDescriptions: [String: String] {
    [
      components.rawValue: "connected components above the threshold, each one center",
      maxima.rawValue: "maxima of the smoothed probability above the threshold",
    ]
  }
}

extension SegmentationParameters.Splitting: ExpressibleByArgument {
  /// What each rule does.
  public static var allValueDescriptions: [String: String] {
    [
      centers.rawValue: "a watershed from the centers that the NDN finds, as published (QCANet)",
      combined.rawValue:
        "the same, plus maxima of the distance map where no center is near; the default with an NDN",
      watershed.rawValue:
        "a watershed from the maxima of the distance map; the default without an NDN",
      components.rawValue: "no splitting: connected components of the foreground",
    ]
  }
}

extension SegmentationParameters.Uncentered: ExpressibleByArgument {
  /// What each rule does.
  public static var allValueDescriptions: [String: String] {
    [
      keep.rawValue: "keep each as one nucleus", split.rawValue: "split each by its distance map",
      drop.rawValue: "drop them",
    ]
  }
}

extension TIFFCompression: ExpressibleByArgument {
  /// The words that users know, and the name of the case.
  public init?(argument: String) {
    if argument == Self.predictorName {
      self = .deflateWithPredictor
    } else {
      self.init(rawValue: argument)
    }
  }

  private static let predictorName = "deflate-predictor"

  /// One word for each codec.
  public static var allValueStrings: [String] {
    allCases.map { $0 == .deflateWithPredictor ? predictorName : $0.rawValue }
  }

  /// What each codec is.
  public static var allValueDescriptions: [String: String] {
    [
      deflate.rawValue: "zlib, which every reader knows",
      predictorName: "zlib after differences along x: smaller, but not every reader undoes it",
      lzw.rawValue: "LZW, for older programs", none.rawValue: "uncompressed",
    ]
  }
}
