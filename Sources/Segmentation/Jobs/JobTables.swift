import Compute
import Foundation

/// The tables of a job, made of the rows of its records.
struct JobTables {
  /// The folder of the job.
  let folder: String
  /// The tables.
  let tables: [JobTable]
  /// The order of frames.
  let order: JobOrder

  /// The tables with the rows of these records, ready to get their names.
  ///
  /// - Parameters:
  ///   - records: What is done.
  ///   - changed: The only series whose own tables are made; nil for all.
  func drafts(
    of records: [JobRecord.Key: JobRecord], onlyOf changed: Set<String>? = nil
  ) throws -> [AtomicFile.Draft] {
    let sorted = order.sorted(records.values)
    let series = order.series(of: sorted)
    var drafts: [AtomicFile.Draft] = []
    do {
      for table in tables {
        guard table.isPerSeries, series.count > 1 else {
          drafts.append(try draft(table, sorted, in: folder))
          continue
        }
        for name in series where changed?.contains(name) ?? true {
          let own = sorted.filter { $0.series == name }
          // Series that no run came to leave no empty tables.
          if own.isEmpty { continue }
          try FileSystem.makeFolder(folder + "/" + name)
          drafts.append(try draft(table, own, in: folder + "/" + name))
        }
      }
    } catch {
      for draft in drafts { draft.remove() }
      throw error
    }
    return drafts
  }

  private func draft(
    _ table: JobTable, _ records: [JobRecord], in folder: String
  ) throws -> AtomicFile.Draft {
    let path = folder + "/" + table.fileName
    let draft = AtomicFile.Draft(for: path)
    do {
      let file = FileHandle(fileDescriptor: try draft.create(), closeOnDealloc: false)
      try file.write(contentsOf: Data(table.header.utf8))
      try RowPieces(records.compactMap { $0.rows[table.name] }).copy(from: self.folder, to: file)
    } catch {
      draft.remove()
      throw error is FileError ? error : FileError(path, wrapping: error)
    }
    return draft
  }
}
