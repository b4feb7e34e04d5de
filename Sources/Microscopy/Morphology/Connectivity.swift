/// Which of the 26 voxels around a voxel count as its neighbors.
public enum Connectivity: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The 6 that share a face.
  case faces = 6
  /// The 18 that share a face or an edge.
  case edges = 18
  /// All 26.
  case corners = 26
}
