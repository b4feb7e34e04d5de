import Foundation

/// Regular files, the only ones that weights are read from.
package enum RegularFile {
  /// The size in bytes of a regular file; links are followed.
  package static func size(_ path: String) throws(WeightsError) -> Int {
    let attributes: [FileAttributeKey: Any]
    do {
      attributes = try FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    } catch {
      throw WeightsError(.unreadable, file: path, error.localizedDescription)
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw WeightsError(.unreadable, file: path, "not a regular file")
    }
    return attributes[.size] as? Int ?? 0
  }

  /// The first bytes of a file, at most `count`.
  package static func start(_ path: String, count: Int) throws(WeightsError) -> Data {
    _ = try size(path)
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return try handle.read(upToCount: count) ?? Data()
    } catch {
      throw WeightsError(.unreadable, file: path, error.localizedDescription)
    }
  }
}
