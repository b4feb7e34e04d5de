import Compute

/// A forest that joins the runs of a mask that touch, or the gaps between them, in 4 bytes for each.
struct RunForest {
  /// What is joined.
  enum Pieces {
    /// The runs of the mask, by their indices.
    case runs
    /// The runs of the background. Every row has one more of them than runs: the first and the last
    /// one are empty if the mask begins or ends the row.
    case gaps
  }

  private let mask: MaskRuns
  private let pieces: Pieces
  /// The parent of each piece, itself for roots. Roots are always the earliest piece of their tree.
  private var parents: [UInt32]

  private var extent: Extent { mask.extent }

  /// Trees of one piece each.
  init(_ mask: MaskRuns, of pieces: Pieces) {
    let rows = mask.extent.depth * mask.extent.height
    let count = mask.runs.count + (pieces == .gaps ? rows : 0)
    precondition(count < UInt32.max, "a mask of \(mask.runs.count) runs is too large")
    self.mask = mask
    self.pieces = pieces
    parents = (0..<UInt32(count)).map { $0 }
  }

  /// The pieces of row (z · height + y).
  private func indices(ofRow row: Int) -> Range<Int> {
    let runs = mask.runs(ofRow: row)
    return pieces == .runs ? runs : runs.lowerBound + row..<runs.upperBound + row + 1
  }

  /// A piece of row (z · height + y).
  private func piece(_ index: Int, ofRow row: Int) -> MaskRuns.Run {
    if pieces == .runs { return mask.runs[index] }
    let runs = mask.runs(ofRow: row)
    let next = index - row
    return MaskRuns.Run(
      first: next == runs.lowerBound ? 0 : mask.runs[next - 1].last + 1,
      last: next == runs.upperBound ? Int32(extent.width) - 1 : mask.runs[next].first - 1)
  }

  /// Joins every piece with those that it touches in the rows before its own.
  mutating func join(_ connectivity: Connectivity, acrossPlanes: Bool = true) {
    // Rows before (dz, dy), and how far beyond a piece's ends a voxel there still touches it.
    let before: [(dz: Int, dy: Int, reach: Int32)] =
      switch connectivity {
      case .faces: [(0, -1, 0), (-1, 0, 0)]
      case .edges: [(0, -1, 1), (-1, -1, 0), (-1, 0, 1), (-1, 1, 0)]
      case .corners: [(0, -1, 1), (-1, -1, 1), (-1, 0, 1), (-1, 1, 1)]
      }
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for (dz, dy, reach) in before
        where z + dz >= 0 && (0..<extent.height).contains(y + dy) && (acrossPlanes || dz == 0) {
          join(z * extent.height + y, (z + dz) * extent.height + y + dy, reach: reach)
        }
      }
    }
  }

  /// Joins the touching pieces of two rows, walking along both at once.
  private mutating func join(_ row: Int, _ other: Int, reach: Int32) {
    let (own, others) = (indices(ofRow: row), indices(ofRow: other))
    var (a, b) = (own.lowerBound, others.lowerBound)
    if own.isEmpty || others.isEmpty { return }
    var (pieceA, pieceB) = (piece(a, ofRow: row), piece(b, ofRow: other))
    while true {
      if pieceA.first <= pieceB.last + reach, pieceB.first <= pieceA.last + reach { unite(a, b) }
      // The piece that ends first touches nothing more; between two of a row lies another voxel.
      if pieceA.last < pieceB.last {
        a += 1
        if a == own.upperBound { return }
        pieceA = piece(a, ofRow: row)
      } else {
        b += 1
        if b == others.upperBound { return }
        pieceB = piece(b, ofRow: other)
      }
    }
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    let (rootA, rootB) = (root(a), root(b))
    if rootA < rootB {
      parents[rootB] = UInt32(rootA)
    } else {
      parents[rootA] = UInt32(rootB)
    }
  }

  private mutating func root(_ piece: Int) -> Int {
    var piece = piece
    while Int(parents[piece]) != piece {
      // Path halving keeps trees flat.
      parents[piece] = parents[Int(parents[piece])]
      piece = Int(parents[piece])
    }
    return piece
  }

  /// The numbers of the components, from 1 in the order of their first voxels, for every piece. They
  /// take the memory of the forest, which is empty afterwards.
  mutating func takeNumbers() -> (ofPiece: [UInt32], count: Int) {
    var count: UInt32 = 0
    for piece in parents.indices {
      // A parent is never later than its piece, so it holds its number already.
      if Int(parents[piece]) == piece {
        count += 1
        parents[piece] = count
      } else {
        parents[piece] = parents[Int(parents[piece])]
      }
    }
    var numbers: [UInt32] = []
    swap(&numbers, &parents)
    return (numbers, Int(count))
  }

  /// Whether each piece belongs to a component that reaches the border of the volume, or, with
  /// `perPlane`, that of its plane.
  mutating func isOpen(perPlane: Bool) -> [Bool] {
    // A parent is never later than its piece, so its own root is known already.
    for piece in parents.indices { parents[piece] = parents[Int(parents[piece])] }
    var isOpen = [Bool](repeating: false, count: parents.count)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let row = z * extent.height + y
        let isBorder =
          y == 0 || y == extent.height - 1 || !perPlane && (z == 0 || z == extent.depth - 1)
        for index in indices(ofRow: row) {
          let piece = piece(index, ofRow: row)
          if isBorder || piece.first == 0 || Int(piece.last) == extent.width - 1 {
            isOpen[Int(parents[index])] = true
          }
        }
      }
    }
    // Roots come before the others, which take over from them.
    for piece in parents.indices.reversed() { isOpen[piece] = isOpen[Int(parents[piece])] }
    return isOpen
  }
}
