import Compute
import Foundation

/// Rows under named columns, written as CSV: what `pandas.read_csv`, R and spreadsheets open as it
/// is.
public struct Table: Hashable, Sendable {
  /// The content of one cell.
  public enum Value: Hashable, Sendable {
    /// A whole number.
    case integer(Int)
    /// A number, written with the fewest digits that read back the same; not finite: an empty cell.
    case number(Double)
    /// Text, quoted where it must be, and never a formula to a spreadsheet.
    case text(String)
    /// `True` or `False`, which pandas reads as a boolean.
    case flag(Bool)
    /// An empty cell, which pandas reads as NaN.
    case missing
  }

  /// The names in the header line.
  public let columns: [String]
  /// The rows, each with one value per column.
  public private(set) var rows: [[Value]] = []

  /// A table without rows.
  public init(columns: [String]) { self.columns = columns }

  /// Adds a row of one value per column.
  public mutating func append(_ row: [Value]) {
    precondition(
      row.count == columns.count, "\(row.count) values are not a row of \(columns.count) columns")
    rows.append(row)
  }

  /// The text: comma-separated, `.` as decimal point, a header line, every line ended by `\n`.
  public var csv: String { headerLine + rowLines }

  /// The first line of ``csv``.
  package var headerLine: String { Self.line(columns.map(\.quotedForCSV)) }

  /// All other lines of ``csv``.
  package var rowLines: String { rows.reduce(into: "") { $0 += Self.line($1.map(\.cell)) } }

  /// Writes ``csv`` to a file, which appears whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { try $0.write(contentsOf: Data(csv.utf8)) }
  }

  private static func line(_ cells: [String]) -> String {
    cells.joined(separator: ",") + "\n"
  }
}

extension Table.Value {
  /// A number, or an empty cell for nil.
  public init(_ number: Double?) { self = number.map(Self.number) ?? .missing }

  /// As it stands in the file.
  fileprivate var cell: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .text(let value): value.quotedForCSV
    case .flag(let value): value ? "True" : "False"
    case .missing: ""
    }
  }
}
