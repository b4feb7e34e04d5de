import Networks

/// Compares the order of layers that a pickled network states with the order of computation.
///
/// A `Sequential` states which layer follows which. Between sequences nothing is known: a class's
/// `forward` method is not in the file.
struct SequenceCheck {
  private let source: String
  /// The network's convolution of each layer of the file, by path.
  private let convolutions: [String: UNetConvolution]
  /// The same for its normalization.
  private let normalizations: [String: UNetConvolution]
  private let architecture: UNetConfiguration

  init(_ recognized: UNetRecognizer) {
    source = recognized.source
    architecture = recognized.architecture
    var convolutions: [String: UNetConvolution] = [:]
    var normalizations: [String: UNetConvolution] = [:]
    for convolution in recognized.architecture.convolutions {
      if let group = recognized.layers[convolution.name] {
        convolutions[group.name] = convolution
      }
      if let name = convolution.normalizationName, let group = recognized.layers[name] {
        normalizations[group.name] = convolution
      }
    }
    self.convolutions = convolutions
    self.normalizations = normalizations
  }

  /// Throws `WeightsError` where a sequence computes something else than this family does.
  func check(_ sequence: [PickledNetwork.Step]) throws(WeightsError) {
    // What does nothing is not there.
    let steps = sequence.filter { $0.role != .nothing }
    var last: UNetConvolution?
    var poolings = 0
    var hasActivation = false
    for (index, step) in steps.enumerated() {
      let previous = index > 0 ? steps[index - 1] : nil
      try check(step, after: previous)
      switch step.role {
      case .convolution?, .upsampling?:
        guard let next = convolutions[step.path] else { continue }
        try check(next, step.place, after: last, poolings: poolings)
        last = next
        poolings = 0
      case .normalization?:
        guard let owner = normalizations[step.path] else { continue }
        if let last, previous?.role == .convolution, last != owner {
          throw problem(step.place, "normalizes another convolution than the one before it")
        }
        last = owner
      case .activation?: hasActivation = true
      case .pooling?: poolings += 1
      case .output?, .container?, .nothing?, .aside?: break
      case nil: (last, poolings) = (nil, 0)
      }
    }
    if let end = steps.last, end.role == .normalization, hasActivation {
      throw problem(
        end.place, "ends a sequence without the ReLU that follows normalizations in this family")
    }
    if poolings > 0 { try checkEnd(steps, after: last, poolings: poolings) }
  }

  /// Neighbors: convolution, normalization, ReLU; pooling and everything else after ReLU.
  private func check(
    _ step: PickledNetwork.Step, after previous: PickledNetwork.Step?
  ) throws(WeightsError) {
    guard let role = step.role, let previous, let before = previous.role else { return }
    let isHead = convolutions[previous.path].map { !$0.isNormalized } ?? false
    let fits =
      switch (before, role) {
      case (.convolution, .output): isHead
      case (.convolution, .normalization): !isHead
      case (.normalization, .activation), (.activation, .activation), (.pooling, .activation),
        (.activation, .pooling), (.activation, .convolution), (.activation, .upsampling),
        (.pooling, .convolution):
        true
      default: false
      }
    guard fits else {
      throw problem(
        step.place,
        "follows \(ModuleGroup.quoted(previous.place)) directly; expected convolution, normalization "
          + "and ReLU in this order, then pooling, the next convolution or the head")
    }
  }

  /// A convolution after another one of the same sequence.
  private func check(
    _ next: UNetConvolution, _ path: String, after last: UNetConvolution?, poolings: Int
  ) throws(WeightsError) {
    if let last {
      guard let expected = following(last), expected.next == next, expected.poolings == poolings
      else {
        throw problem(
          path, "follows the layers before it in another order than that of a U-Net of this family")
      }
    } else if poolings > 0 {
      guard case .encoder(step: 0) = next.kind, next.level > 0, poolings == 1 else {
        throw problem(path, "follows a pooling that a network of this family has not there")
      }
    }
  }

  /// The convolution that follows in the same sequence, and the poolings in between.
  private func following(_ last: UNetConvolution) -> (next: UNetConvolution, poolings: Int)? {
    let all = architecture.convolutions
    guard last.kind != .upsampling, let index = all.firstIndex(of: last), index + 1 < all.count
    else { return nil }
    let next = all[index + 1]
    return (next, next.kind == .encoder(step: 0) ? 1 : 0)
  }

  /// A sequence that ends with poolings.
  private func checkEnd(
    _ steps: [PickledNetwork.Step], after last: UNetConvolution?, poolings: Int
  ) throws(WeightsError) {
    var fits = poolings == 1
    if let last { fits = fits && following(last)?.poolings == 1 }
    guard fits else {
      throw problem(
        steps.last?.place ?? "", "is a pooling that a network of this family has not there")
    }
  }

  private func problem(_ path: String, _ problem: String) -> WeightsError {
    .otherArchitecture(source, "module \(ModuleGroup.quoted(path)) \(problem)")
  }
}
