import Foundation
import Morphometry
import Training

extension FuzzTarget {
  static func runYAML(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let configuration: TrainingConfiguration
    do throws(ConfigurationError) {
      configuration = try TrainingConfiguration(
        yaml: parts[0], name: "a.yaml", overrides: Array(parts.dropFirst()),
        fileDirectory: "/a", workingDirectory: "/b")
    } catch { return accept(error) }
    // What was read is written so that it can be read again.
    let text = configuration.yaml
    do throws(ConfigurationError) {
      let again = try TrainingConfiguration(
        yaml: text, name: "b.yaml", fileDirectory: "/a", workingDirectory: "/b")
      precondition(again == configuration, "another configuration comes back:\n\(text)")
    } catch { preconditionFailure("what was written is not read: \(error)\n\(text)") }
  }

  static func runFoldPattern(_ bytes: [UInt8]) {
    do throws(FoldPattern.Failure) {
      _ = try FoldPattern(String(decoding: bytes, as: UTF8.self)).fold(of: "Emb01_t002.tif")
    } catch { accept(message: error.problem) }
  }

  static func runTracks(_ bytes: [UInt8]) {
    let table: TrackTable
    do throws(TrackTableError) {
      table = try TrackTable(text: String(decoding: bytes, as: UTF8.self), path: "a.txt")
    } catch { return accept(error) }
    do throws(TrackTableError) {
      let again = try TrackTable(text: table.text, path: "b.txt")
      precondition(again.text == table.text, "another table comes back")
    } catch { preconditionFailure("what was written is not read: \(error)") }
  }
}
