import Compute

/// Chooses the algorithm of every convolution, once per geometry.
///
/// The choice depends on sizes alone, not on the machine, the threads or the clock, so that results
/// are the same bits on all machines with one kind of processor.
public enum ConvolutionPlanner {
  /// The algorithm that this scope asks for; nil leaves the choice to the planner. Geometries that
  /// it does not allow are computed by im2col.
  @TaskLocal public static var requested: ConvolutionAlgorithm?

  private static let processDefault = Guarded<ConvolutionAlgorithm?>(nil)

  /// The algorithm asked for where no scope says otherwise.
  public static var defaultAlgorithm: ConvolutionAlgorithm? {
    get { processDefault.withLock { $0 } }
    set { processDefault.withLock { $0 = newValue } }
  }

  /// What this scope, or else the process, asks for.
  static var request: ConvolutionAlgorithm? { requested ?? defaultAlgorithm }

  private static let plans = Guarded<[ConvolutionProblem: ConvolutionPlan]>([:])

  /// The plan of a convolution.
  public static func plan(_ problem: ConvolutionProblem) -> ConvolutionPlan {
    if let algorithm = request {
      return plan(problem, algorithm: algorithm) ?? ConvolutionPlan(lowering: problem)
    }
    if let known = plans.withLock({ $0[problem] }) { return known }
    let plan = fastest(problem)
    plans.withLock { $0[problem] = plan }
    return plan
  }

  /// The plan that uses an algorithm; nil if the geometry does not allow it.
  public static func plan(
    _ problem: ConvolutionProblem, algorithm: ConvolutionAlgorithm
  ) -> ConvolutionPlan? {
    guard let tile = algorithm.tile else { return ConvolutionPlan(lowering: problem) }
    return ConvolutionPlan(fast: problem, tile: tile)
  }

  private static func fastest(_ problem: ConvolutionProblem) -> ConvolutionPlan {
    var best = ConvolutionPlan(lowering: problem)
    // A 1×1×1 window reads its input once, as a matrix.
    guard problem.geometry.taps > 1 else { return best }
    let kernel = problem.geometry.kernel
    for depth in safeTiles(kernel: kernel.depth, problem) {
      for height in safeTiles(kernel: kernel.height, problem) {
        // A transform along x turns every vector, and multiplies the weights' points: it is a third
        // axis for weights that stay, and never replaces one of the others.
        let isThird = depth > 1 && height > 1 && problem.isPrepared
        for width in isThird ? safeTiles(kernel: kernel.width, problem) : [1] {
          let tile = SpatialAxes(depth, height, width)
          guard isSafe(tile, kernel: kernel), let plan = ConvolutionPlan(fast: problem, tile: tile)
          else { continue }
          if plan.cycles < best.cycles { best = plan }
        }
      }
    }
    return best
  }

  /// Along three axes errors multiply once more: eight points on one of them at most.
  private static func isSafe(_ tile: SpatialAxes, kernel: SpatialAxes) -> Bool {
    let axes = zip(tile.array, kernel.array)
    return tile.array.contains(1) || axes.count(where: { $0 + $1 - 1 == 8 }) <= 1
  }

  /// The tiles along one axis whose rounding errors are acceptable, docs/performance.md: eight
  /// points at most, and in training, where errors of many steps add up, six for a window of three.
  private static func safeTiles(kernel: Int, _ problem: ConvolutionProblem) -> [Int] {
    [1]
      + [4, 6, 8].map { $0 + 1 - kernel }.filter { outputs in
        outputs > 1 && (problem.isPrepared || kernel != 3 || outputs < 6)
      }
  }
}
