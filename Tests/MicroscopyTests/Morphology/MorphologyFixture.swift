import Compute
import Foundation
import Microscopy
import Networks
import TestSupport

/// The arrays of `Fixtures/morphology/<name>.safetensors`, as volumes.
struct MorphologyFixture {
  private let file: SafeTensors

  init(_ name: String) throws {
    file = try TestSupport.Fixture.load("morphology/\(name)", bundle: .module)
  }

  private func extent(_ name: String) throws -> Extent {
    let shape = try file.array(name).shape.dimensions
    return Extent(depth: shape[0], height: shape[1], width: shape[2])
  }

  func volume(_ name: String) throws -> Volume<Float> {
    Volume(try file.tensor(name).scalars, extent: try extent(name))
  }

  func mask(_ name: String) throws -> Volume<Bool> {
    Volume(try file.integers(name).map { $0 != 0 }, extent: try extent(name))
  }

  func labels(_ name: String) throws -> LabelVolume {
    LabelVolume(try file.integers(name).map { UInt32($0) }, extent: try extent(name))
  }

  func numbers(_ name: String) throws -> [Double] { try file.doubles(name) }

  /// Rows of z, y, x.
  func places(_ name: String) throws -> [VoxelIndex] {
    let numbers = try file.integers(name).map { Int($0) }
    return stride(from: 0, to: numbers.count, by: 3).map {
      VoxelIndex(z: numbers[$0], y: numbers[$0 + 1], x: numbers[$0 + 2])
    }
  }
}

/// Random volumes for comparisons with slow, readable references.
struct RandomVolumes {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func extent(upTo longest: Int) -> Extent {
    Extent(
      depth: .random(in: 1...longest, using: &generator),
      height: .random(in: 1...longest, using: &generator),
      width: .random(in: 1...longest, using: &generator))
  }

  mutating func voxelSize() -> VoxelSize {
    VoxelSize(
      x: .random(in: 0.2...3, using: &generator), y: .random(in: 0.2...3, using: &generator),
      z: .random(in: 0.2...3, using: &generator))
  }

  mutating func mask(_ extent: Extent, density: Double) -> Volume<Bool> {
    Volume((0..<extent.count).map { _ in generator.uniform() < density }, extent: extent)
  }

  /// Whole numbers in `0..<levels`.
  mutating func values(_ extent: Extent, levels: Int) -> Volume<Float> {
    Volume(
      (0..<extent.count).map { _ in Float(Int.random(in: 0..<levels, using: &generator)) },
      extent: extent)
  }

  /// Labels 1…9 at this share of the voxels.
  mutating func labels(_ extent: Extent, density: Double) -> LabelVolume {
    LabelVolume(
      (0..<extent.count).map { _ in
        generator.uniform() < density ? UInt32.random(in: 1...9, using: &generator) : 0
      }, extent: extent)
  }
}

extension Volume {
  /// All voxels, in scan order.
  var places: [VoxelIndex] { voxels.indices.map { index(ofVoxel: $0) } }

  subscript(place: VoxelIndex) -> Voxel {
    get { self[place.z, place.y, place.x] }
    set { self[place.z, place.y, place.x] = newValue }
  }

  /// The neighbors of a voxel that lie inside, nearest first, then in scan order.
  func neighbors(of place: VoxelIndex, _ connectivity: Connectivity) -> [VoxelIndex] {
    let reach = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity]!
    var found: [(distance: Int, place: VoxelIndex)] = []
    for z in -1...1 {
      for y in -1...1 {
        for x in -1...1 {
          let distance = abs(z) + abs(y) + abs(x)
          let other = VoxelIndex(z: place.z + z, y: place.y + y, x: place.x + x)
          let isInside = Axis.allCases.allSatisfy { (0..<extent[$0]).contains(other[$0]) }
          if (1...reach).contains(distance), isInside { found.append((distance, other)) }
        }
      }
    }
    return found.sorted { $0.distance < $1.distance }.map(\.place)
  }
}

/// The results of `body` on one, two and five threads.
func onSeveralThreads<Result>(_ body: () -> Result) -> [Result] {
  [1, 2, 5].map { Parallel.$threads.withValue($0, operation: body) }
}
