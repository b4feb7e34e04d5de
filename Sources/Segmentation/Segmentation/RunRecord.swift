import Compute
import Foundation
import Microscopy
import Tensors

/// The record of a segmentation, `run.json`: inputs, models, parameters, results and times.
public struct RunRecord: Sendable, Codable {
  /// The file of a model that was used.
  public struct ModelFile: Sendable, Codable {
    /// `nsn` or `ndn`.
    public var role: String
    /// The file.
    public var path: String
    /// Its SHA-256 in hexadecimal digits.
    public var sha256: String
    /// The model's name.
    public var name: String
  }

  /// One time point.
  public struct Frame: Sendable, Codable {
    /// The name of its results.
    public var name: String
    /// The file it came from.
    public var path: String
    /// The frame in the file, from 0.
    public var frame: Int
    /// The time number.
    public var time: Int
    /// The number of nuclei; nil if it failed.
    public var nuclei: Int?
    /// How many of them were found without a center of the NDN.
    public var withoutCenter: Int?
    /// The seconds it took.
    public var seconds: Double?
    /// The error, if it failed.
    public var error: String?

    /// A frame that is done.
    init(_ frame: SeriesFrame, _ record: JobRecord) {
      self.init(frame)
      nuclei = record.nuclei
      withoutCenter = record.withoutCenter
      seconds = record.seconds
    }

    /// A frame that failed.
    init(_ frame: SeriesFrame, error: any Error) {
      self.init(frame)
      self.error = "\(error)".onOneLine()
    }

    private init(_ frame: SeriesFrame) {
      name = frame.stem
      path = frame.path
      self.frame = frame.frame
      time = frame.time
    }
  }

  /// One series.
  public struct Series: Sendable, Codable {
    /// Its name.
    public var name: String
    /// The voxel size in µm as x, y, z.
    public var voxelSizeUm: [Double]?
    /// Seconds from one time number to the next.
    public var frameIntervalS: Double?
    /// Its frames so far.
    public var frames: [Frame] = []

    /// A series without frames.
    init(_ series: ImageSeries) {
      name = series.name
      voxelSizeUm = series.voxelSize.map { [$0.x, $0.y, $0.z] }
      frameIntervalS = series.frameInterval
    }
  }

  /// The version of Morula.
  public var morula = Version.current
  /// The command line.
  public var command: [String]
  /// The start, ISO 8601 in UTC.
  public var started: String
  /// The seconds it took in all.
  public var seconds = 0.0
  /// Whether it was stopped before its end.
  public var isInterrupted = false
  /// The number of threads.
  public var threads = Parallel.threadCount
  /// The instruction set and the BLAS kernels.
  public var engine = RunRecord.currentEngine
  /// `network` or `classical`.
  public var method: String
  /// The models.
  public var models: [ModelFile] = []
  /// The rules from foreground and centers to instances.
  public var parameters: SegmentationParameters
  /// The rules for the foreground; nil with a network.
  public var classical: ClassicalForeground?
  /// The results.
  public var series: [Series] = []

  /// The record of a run that starts now.
  public init(command: [String], segmenter: Segmenter) {
    self.command = command
    started = Date.now.formatted(.iso8601)
    parameters = segmenter.parameters
    switch segmenter.foreground {
    case .network: method = "network"
    case .classical(let rules):
      method = "classical"
      classical = rules
    }
  }

  /// The engine of this process.
  package static var currentEngine: String {
    "\(Engine.kernelVariant) kernels, OpenBLAS \(Engine.blasCore)"
  }

  /// Adds a model's file.
  public mutating func add(_ model: Model, role: String, path: String) throws {
    models.append(
      ModelFile(
        role: role, path: path, sha256: try SHA256.digest(ofFile: path),
        name: model.description.name))
  }

  /// The number of frames that failed.
  public var failures: Int {
    series.reduce(0) { $0 + $1.frames.count { $0.error != nil } }
  }

  /// The files of frames that failed.
  package var failedPaths: Set<String> {
    Set(series.flatMap { $0.frames.filter { $0.error != nil }.map(\.path) })
  }

  /// Writes the record into the folder of its results.
  func write(in folder: String, shard: Shard?) throws {
    try write(to: folder + "/" + Self.fileName(shard))
  }

  /// Writes the record as JSON, keys in snake case and sorted; the file appears whole or not at
  /// all.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(self)
    try AtomicFile.write(to: path) { try $0.write(contentsOf: data + Data("\n".utf8)) }
  }
}
