extension Volume<UInt32> {
  /// The volume with only the largest connected component of every label, of several equally large
  /// ones the first in scan order; the rest becomes background. Linear time.
  public func largestComponents(_ connectivity: Connectivity = .faces) -> LabelVolume {
    var forest = RunForest(labels: self)
    forest.join(connectivity)
    let (numbers, count) = forest.componentNumbers()
    var sizes = [Int](repeating: 0, count: count + 1)
    for (run, number) in zip(forest.runs, numbers) {
      sizes[Int(number)] += Int(run.last - run.first) + 1
    }
    var largest: [UInt32: UInt32] = [:]
    for (run, number) in zip(forest.runs, numbers) {
      let best = largest[run.value] ?? number
      let isLarger = (sizes[Int(number)], best) > (sizes[Int(best)], number)
      largest[run.value] = isLarger ? number : best
    }
    let kept = zip(forest.runs, numbers).map { run, number in
      largest[run.value] == number ? run.value : 0
    }
    return LabelVolume(forest.volume(kept), extent: extent, voxelSize: voxelSize)
  }
}
