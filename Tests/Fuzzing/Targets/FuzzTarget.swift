/// A parser of files from outside, fed with any bytes.
///
/// A target is right when it returns: whatever the bytes are, the parser accepts them or throws its
/// typed error, one line of bounded length. A trap, a report of a sanitizer, more than 5 s or more
/// than 500 MB is a finding. `make fuzz` runs the targets under libFuzzer, and `FuzzCorpusTests`
/// replays the corpus and every finding in the ordinary tests.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A TIFF file: its metadata, and the pixels of its first and last volume in every form.
  case tiff
  /// The ImageDescription of a TIFF (ImageJ, OME-XML, tifffile); the first byte makes the pages.
  case tiffDescription = "tiff-description"
  /// A safetensors file, as tensors, as a model of Morula and as weights of another program.
  case safetensors
  /// An array of NumPy.
  case npy
  /// A zip archive, and what it is as weights of Chainer or PyTorch.
  case zip
  /// The pickle of a PyTorch archive, whose other entries are there.
  case pickle
  /// Names and shapes of a Chainer file, one tensor a line: which network they make.
  case architecture
  /// A training configuration; after a zero byte, overrides with zero bytes between them.
  case yaml
  /// A regular expression for folds, matched with the name of a volume.
  case foldPattern = "fold-pattern"
  /// The JSON files of OME-Zarr: arrays and images, Zarr 2 and 3.
  case zarrMetadata = "zarr-metadata"
  /// A compressed chunk: the codec, the size in two bytes, the data.
  case zarrChunk = "zarr-chunk"
  /// An OME-Zarr image: the JSON of its array and, after a zero byte, its first chunk.
  case zarrImage = "zarr-image"
  /// A table of tracks, `res_track.txt`.
  case tracks

  /// Feeds the parser; returns for every input that is handled as it should be.
  public func run(_ bytes: [UInt8]) {
    switch self {
    case .tiff: Self.runTIFF(bytes)
    case .tiffDescription: Self.runTIFFDescription(bytes)
    case .safetensors: Self.runSafeTensors(bytes)
    case .npy: Self.runNPY(bytes)
    case .zip: Self.runZIP(bytes)
    case .pickle: Self.runPickle(bytes)
    case .architecture: Self.runArchitecture(bytes)
    case .yaml: Self.runYAML(bytes)
    case .foldPattern: Self.runFoldPattern(bytes)
    case .zarrMetadata: Self.runZarrMetadata(bytes)
    case .zarrChunk: Self.runZarrChunk(bytes)
    case .zarrImage: Self.runZarrImage(bytes)
    case .tracks: Self.runTracks(bytes)
    }
  }

  /// The longest message that a person still reads.
  private static let longestMessage = 1500

  /// Runs `body`, which may throw errors of one type alone.
  static func attempt<Failure: Error & CustomStringConvertible>(
    _ type: Failure.Type, _ body: () throws -> Void
  ) {
    do {
      try body()
    } catch let error as Failure {
      accept(error)
    } catch { preconditionFailure("an error of another type: \(error)") }
  }

  /// Checks that an error says what is wrong in one line.
  static func accept(_ error: some Error & CustomStringConvertible) {
    accept(message: error.description)
  }

  /// Checks that an error's text says what is wrong in one line.
  static func accept(message: String) {
    precondition(!message.isEmpty, "an error without a word")
    precondition(
      message.unicodeScalars.count <= longestMessage,
      "an error of \(message.unicodeScalars.count) characters")
    precondition(
      !message.unicodeScalars.contains { $0.properties.generalCategory == .control },
      "an error with line breaks or control characters: \(message.debugDescription)")
  }
}
