import Tensors

/// Scales all gradients by one factor so that their total L² norm is at most `limit`, as PyTorch's
/// `clip_grad_norm_`: the factor is limit / (norm + 10⁻⁶), at most 1.
///
/// - Returns: The norm before clipping. Where it is not finite the gradients stay as they are, so
///   that the caller can say where the trouble began.
@discardableResult
public func clipGradientNorm(of model: inout some Parameterized, to limit: Double) -> Double {
  precondition(limit > 0, "a gradient norm's limit is above 0: \(limit)")
  let norm = gradientNorm(of: &model)
  let factor = limit / (norm + 1e-6)
  if norm.isFinite, factor < 1 {
    model.forEachParameter { $0.gradient.scale(by: Float(factor)) }
  }
  return norm
}

/// The L² norm of all gradients together, in double precision.
public func gradientNorm(of model: inout some Parameterized) -> Double {
  var sum = 0.0
  model.forEachParameter { sum += $0.gradient.squaredNorm }
  return sum.squareRoot()
}

/// Sets all gradients to zero.
public func clearGradients(of model: inout some Parameterized) {
  model.forEachParameter { $0.clearGradient() }
}
