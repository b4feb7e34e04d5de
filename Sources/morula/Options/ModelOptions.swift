import ArgumentParser
import Compute
import Segmentation

/// The models that find foreground and centers, and what few users of them need.
struct ModelOptions: ParsableArguments {
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case network
    case classical

    static var allValueDescriptions: [String: String] {
      [
        network.rawValue: "the networks of --nsn and --ndn; the default if there are models",
        classical.rawValue: "smoothing, a threshold and a watershed: the baseline, without models",
      ]
    }
  }

  @Option(help: ArgumentHelp("What finds the nuclei.", valueName: "method"))
  var method: Method?

  @Option(
    help: ArgumentHelp(
      "The weights of the nuclear segmentation network, or of a 3D U-Net, or a model's name (default: the model nsn of `morula model list`).",
      valueName: "file"))
  var nsn: String?

  @Option(
    help: ArgumentHelp(
      "The weights of the nuclear detection network, or a model's name (default: the model ndn of `morula model list`, if --instances needs one).",
      valueName: "file"))
  var ndn: String?

  @Flag(
    help:
      "Average the predictions over mirrored volumes, along the axes that training mirrored: 2, 4 or 8 times the time."
  )
  var mirror = false

  @Option(
    help: ArgumentHelp(
      "The memory that the process may take, for example 4G (default: 80 % of what the system leaves); larger volumes are worked on part by part.",
      valueName: "bytes"))
  var maxMemory: ByteCount?

  /// The memory that the process may take.
  var memoryLimit: MemoryLimit? {
    maxMemory.map { MemoryLimit(chosen: $0.bytes) } ?? MemoryLimit.ofSystem()
  }

  private static let library = ModelLibrary()

  /// The weights of the foreground network: those chosen, or Morula's own; nil for none.
  var nsnPath: String? {
    let chosen = nsn.map(Self.library.path(of:))
    return method == .classical ? chosen : chosen ?? Self.library["nsn"]?.path
  }

  /// Whether a network finds the foreground.
  var usesNetwork: Bool { method == .network || (method == nil && nsnPath != nil) }

  /// Whether neither an option nor Morula's own models give a foreground network.
  var lacksNetwork: Bool { method == nil && nsnPath == nil }

  /// The weights of the detection network: those chosen, or Morula's own if this way of splitting
  /// (nil for the default) may use one; nil for none.
  func ndnPath(for splitting: SegmentationParameters.Splitting?) -> String? {
    if let ndn { return Self.library.path(of: ndn) }
    return usesNetwork && splitting?.needsCenters != false ? Self.library["ndn"]?.path : nil
  }

  func validate() throws {
    if usesNetwork, nsnPath == nil {
      throw ValidationError(
        "--method network needs the weights of the foreground network, --nsn; Morula's own models "
          + "were not found (`morula model list`)")
    }
    if !usesNetwork, nsn != nil { throw ValidationError("--method classical uses no --nsn") }
  }
}
