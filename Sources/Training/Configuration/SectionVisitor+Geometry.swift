import Foundation
import Microscopy

extension SectionVisitor {
  /// Three values, one for each axis; a single one stands for all of them.
  private func edges<Value: ConfigurationScalar>(
    _ key: Key, _ node: ConfigurationNode, _ rule: ConfigurationRule<Value>
  ) throws(ConfigurationError) -> [Value] {
    guard node.text == nil else {
      return Array(repeating: try scalar(key, node, rule), count: 3)
    }
    return try scalars(key, node, count: 3, rule)
  }

  /// A voxel size: one edge or `[x, y, z]`, in µm.
  package func voxelSize(
    _ key: Key, _ node: ConfigurationNode
  ) throws(ConfigurationError) -> VoxelSize {
    let edges: [Double] = try self.edges(key, node, .above(0))
    return VoxelSize(x: edges[0], y: edges[1], z: edges[2])
  }

  /// A voxel size that may be absent.
  package func voxelSize(_ key: Key, _ value: inout VoxelSize?) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try voxelSize(key, node)
    } write: {
      $0?.configurationNode
    }
  }

  /// An extent: one edge or `[z, y, x]`, in voxels.
  package func extent(
    _ key: Key, _ node: ConfigurationNode
  ) throws(ConfigurationError) -> Extent {
    let edges: [Int] = try self.edges(key, node, .within(1...4096))
    return Extent(depth: edges[0], height: edges[1], width: edges[2])
  }

  /// An extent that may be absent.
  package func extent(_ key: Key, _ value: inout Extent?) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try extent(key, node)
    } write: {
      $0?.configurationNode
    }
  }

  /// An extent.
  package func extent(_ key: Key, _ value: inout Extent) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      try extent(key, node)
    } write: {
      $0.configurationNode
    }
  }

  /// The absolute path of a file or folder that a node names; `base` overrides where it starts.
  package func absolutePath(
    _ key: Key, _ node: ConfigurationNode, base: String? = nil
  ) throws(ConfigurationError) -> String {
    let text: String = try scalar(key, node, .nonEmpty)
    let expanded = (text as NSString).expandingTildeInPath
    if expanded.hasPrefix("/") { return URL(filePath: expanded).standardizedFileURL.path }
    var start = base ?? context.fileDirectory
    if base == nil, case .override = node.origin { start = context.workingDirectory }
    return URL(filePath: start, directoryHint: .isDirectory)
      .appending(path: expanded).standardizedFileURL.path
  }
}

extension VoxelSize {
  /// As `[x, y, z]`.
  package var configurationNode: ConfigurationNode {
    ConfigurationNode(.list([x, y, z].map { ConfigurationNode($0.configurationContent) }))
  }
}

extension Extent {
  /// As `[z, y, x]`.
  package var configurationNode: ConfigurationNode {
    ConfigurationNode(
      .list([depth, height, width].map { ConfigurationNode($0.configurationContent) }))
  }
}
