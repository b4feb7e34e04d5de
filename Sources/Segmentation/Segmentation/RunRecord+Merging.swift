import Compute
import Foundation
import Microscopy

extension RunRecord {
  /// The name of a run's record: `run.json`, or `run-3of8.json` for a shard.
  static func fileName(_ shard: Shard?) -> String {
    shard.map { "run-\($0.writer).json" } ?? "run.json"
  }

  /// Whether a file in the folder of a job is the record of a run.
  static func isName(_ name: String) -> Bool {
    name == fileName(nil) || name.hasPrefix("run-") && name.hasSuffix(".json")
  }

  /// Writes one record of the runs of all shards: all frames that are done, and those that failed.
  ///
  /// - Parameters:
  ///   - folder: The folder of the job.
  ///   - records: What is done, in order.
  static func merge(in folder: String, records: [JobRecord]) throws {
    let names = try FileSystem.names(in: folder).filter(isName)
    var runs = try names.map { try RunRecord(contentsOf: folder + "/" + $0) }
    runs.sort { $0.started < $1.started }
    guard var merged = runs.first else { return }
    merged.seconds = runs.reduce(0) { $0 + $1.seconds }
    merged.isInterrupted = runs.contains(where: \.isInterrupted)
    var series: [String: Series] = [:]
    for run in runs {
      for var entry in run.series {
        entry.frames = entry.frames.filter { $0.error != nil } + (series[entry.name]?.frames ?? [])
        series[entry.name] = entry
      }
    }
    for record in records {
      var entry = series[record.series] ?? Series(record)
      entry.frames.removeAll { $0.name == record.name }
      entry.frames.append(Frame(record))
      series[record.series] = entry
    }
    merged.series = NaturalOrder.sorted(series.keys).compactMap { series[$0] }
    for index in merged.series.indices { merged.series[index].sortFrames() }
    try merged.write(to: folder + "/" + fileName(nil))
  }

  /// Reads a record.
  init(contentsOf path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(RunRecord.self, from: FileSystem.contents(of: path))
    } catch is DecodingError {
      throw InputError(path, "is not the record of a run", advice: "remove it")
    }
  }
}

extension RunRecord.Series {
  /// A series of which only a finished frame is known.
  fileprivate init(_ record: JobRecord) {
    name = record.series
    voxelSizeUm = record.inputs.first?.voxelSizeUm
    frameIntervalS = record.frameIntervalS
  }

  /// Brings the frames in the order of time; each is there once.
  fileprivate mutating func sortFrames() {
    var names: Set<String> = []
    frames = frames.filter { names.insert($0.name).inserted }
      .sorted { $0.time == $1.time ? $0.name < $1.name : $0.time < $1.time }
  }
}

extension RunRecord.Frame {
  /// A frame of which only the record is known.
  fileprivate init(_ record: JobRecord) {
    let input = record.inputs.first
    name = record.name
    path = input?.path ?? ""
    frame = input?.frame ?? 0
    time = record.time
    nuclei = record.nuclei
    withoutCenter = record.withoutCenter
    seconds = record.seconds
  }
}
