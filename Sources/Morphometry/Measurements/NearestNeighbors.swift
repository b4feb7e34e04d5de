/// The distance of each of some places to the nearest other one.
enum NearestNeighbors {
  /// In µm, in the order of the places; nil where there is no other place.
  ///
  /// - Complexity: O(n log n) for places that spread along z, O(n²) at worst.
  static func distances(_ places: [PhysicalPoint]) -> [Double?] {
    guard places.count > 1 else { return places.map { _ in nil } }
    let order = places.indices.sorted { (places[$0].z, $0) < (places[$1].z, $1) }
    var result = [Double?](repeating: nil, count: places.count)
    for (rank, index) in order.enumerated() {
      let place = places[index]
      var nearest = Double.infinity
      for others in [AnySequence(order[(rank + 1)...]), AnySequence(order[..<rank].reversed())] {
        for other in others {
          // All that follow are at least this far away.
          if abs(places[other].z - place.z) > nearest { break }
          nearest = min(nearest, place.distance(to: places[other]))
        }
      }
      result[index] = nearest
    }
    return result
  }
}
