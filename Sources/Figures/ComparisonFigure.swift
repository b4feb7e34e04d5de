import Compute
import Foundation
import Microscopy

/// Segmentations of the same volumes side by side: a row per volume, a column per method.
///
/// The first column is the reference: a nucleus has its color in all columns.
public struct ComparisonFigure: Sendable {
  /// The names above the columns.
  public let columns: [String]
  /// The edge of a panel in points.
  public var panelWidth = 150.0
  private var rows: [(title: String, panels: [RasterImage?])] = []

  /// A figure without rows.
  public init(columns: [String]) {
    precondition(!columns.isEmpty, "a figure has at least one column")
    self.columns = columns
  }

  /// Adds a volume.
  ///
  /// - Parameters:
  ///   - title: The name beside the row; `\n` begins another line.
  ///   - image: What the first column shows; nil where no column is for images.
  ///   - labels: One segmentation for each of the other columns; nil leaves a panel empty.
  public mutating func append(
    title: String, image: Volume<Float>?, labels: [LabelVolume?]
  ) {
    precondition(
      labels.count + (image == nil ? 0 : 1) == columns.count, "one panel for each column")
    var panels: [RasterImage?] = image.map { [RasterImage($0)] } ?? []
    let reference = labels.first ?? nil
    for (index, labels) in labels.enumerated() {
      panels.append(
        labels.map { labels in
          let coloring =
            index == 0
            ? LabelColoring(reference: labels)
            : reference.map { LabelColoring(labels, like: $0) }
              ?? LabelColoring(reference: labels)
          return RasterImage(labels, coloring)
        })
    }
    rows.append((title, panels))
  }

  /// The figure as an SVG document with the panels inside it.
  public var svg: String {
    let (margin, gap, head) = (8.0, 6.0, 26.0)
    // Almost all letters of 13 points are at most 8 wide.
    let titles = rows.flatMap { Self.lines(of: $0.title) }
    let side = gap + 8 * Double(titles.map(\.count).max() ?? 0)
    let heights = rows.map { row in
      row.panels.compactMap { $0 }.map { panelWidth * Double($0.height) / Double($0.width) }.max()
        ?? panelWidth
    }
    let width = 2 * margin + side + Double(columns.count) * (panelWidth + gap) - gap
    let height = margin + head + heights.reduce(0) { $0 + $1 + gap }
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(Self.short(width))" height="\#(Self.short(height))" font-family="sans-serif" font-size="13">"#,
      #"<rect width="100%" height="100%" fill="white"/>"#,
    ]
    func x(_ column: Int) -> Double { margin + side + Double(column) * (panelWidth + gap) }
    for (index, name) in columns.enumerated() {
      lines.append(
        #"<text x="\#(Self.short(x(index) + panelWidth / 2))" y="\#(Self.short(margin + 14))" text-anchor="middle">\#(name.visible().escapedForXML(.content))</text>"#
      )
    }
    var top = margin + head
    for (row, height) in zip(rows, heights) {
      for (line, text) in Self.lines(of: row.title).enumerated() {
        lines.append(
          #"<text x="\#(Self.short(margin))" y="\#(Self.short(top + height / 2 + 16 * Double(line)))">\#(text.escapedForXML(.content))</text>"#
        )
      }
      for (index, panel) in row.panels.enumerated() {
        guard let panel else { continue }
        let data = panel.png.base64EncodedString()
        lines.append(
          #"<image x="\#(Self.short(x(index)))" y="\#(Self.short(top))" width="\#(Self.short(panelWidth))" height="\#(Self.short(height))" preserveAspectRatio="xMidYMid" href="data:image/png;base64,\#(data)"/>"#
        )
      }
      top += height + gap
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Writes ``svg``; the file appears whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { try $0.write(contentsOf: Data(svg.utf8)) }
  }

  /// The lines of a title as they are shown.
  private static func lines(of title: String) -> [String] {
    title.unicodeScalars.split(separator: "\n").map { String($0).visible() }
  }

  private static func short(_ length: Double) -> String {
    String(format: "%g", (length * 100).rounded() / 100)
  }
}
