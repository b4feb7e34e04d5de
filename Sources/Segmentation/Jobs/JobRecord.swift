import Compute
import Foundation

/// What is known of a finished frame: a line of `manifest.jsonl`.
package struct JobRecord: Hashable, Sendable, Codable {
  /// Tells the frames of a job apart.
  package struct Key: Hashable, Sendable, Codable {
    package let series: String
    package let name: String

    package init(series: String, name: String) {
      self.series = series
      self.name = name
    }
  }

  /// A volume that a frame was made from.
  package struct Input: Hashable, Sendable, Codable {
    /// The file, or the folder of an OME-Zarr image, with all folders above it.
    package var path: String
    /// The frame in the file, from 0.
    package var frame: Int
    /// The channel in the file, from 0.
    package var channel: Int
    /// The file's size; nil for a folder.
    package var bytes: Int?
    /// When the file was changed last, in nanoseconds since 1970; nil for a folder.
    package var modified: Int?
    /// The edges of a voxel in µm as x, y, z, as they were used.
    package var voxelSizeUm: [Double]?
    /// The SHA-256 of the voxels as little-endian float32 (labels: 32-bit integers), x fastest.
    package var sha256: String
  }

  /// A file that was written.
  package struct Output: Hashable, Sendable, Codable {
    /// Its path inside the folder of the job.
    package var path: String
    package var bytes: Int
    package var modified: Int
    package var sha256: String

    /// Whether the path stays in the folder; a manifest is a file that anyone may have written.
    var isInside: Bool { !path.hasPrefix("/") && !path.split(separator: "/").contains("..") }
  }

  /// Where the rows of a table stand in a file of the job.
  package struct Rows: Hashable, Sendable, Codable {
    package var file: String
    package var offset: Int
    package var length: Int
  }

  package var series: String
  /// The name of the results.
  package var name: String
  /// The time number.
  package var time: Int
  /// Seconds from one time number to the next, nil if unknown.
  package var frameIntervalS: Double?
  package var inputs: [Input]
  package var outputs: [Output] = []
  /// By the table's name.
  package var rows: [String: Rows] = [:]
  package var nuclei: Int?
  /// The sum of the nuclei's volumes in µm³.
  package var volumeUm3: Double?
  package var withoutCenter: Int?
  package var seconds: Double
  /// The largest memory of the process while the frame was worked on, in bytes; nil where the
  /// system does not tell.
  package var peakMemory: Int?
  /// Instruction set and BLAS kernels.
  package var engine: String
  /// When it was done, ISO 8601 in UTC.
  package var finished: String
  /// What is odd about the frame, one line each.
  package var notes: [String] = []

  /// Whether all files that it names are in the folder of the job.
  var isInside: Bool {
    outputs.allSatisfy(\.isInside)
      && rows.values.allSatisfy {
        $0.file.hasPrefix(JobFolder.state + "/") && !$0.file.contains("..")
      }
  }

  package var key: Key { Key(series: series, name: name) }
}
