import Tensors

extension Model.Output {
  /// The foreground probability `[N, 1, D, H, W]` of logits: the sigmoid of one channel, or the
  /// softmax's second.
  package func probability(of logits: Tensor) throws(ShapeError) -> Tensor {
    switch self {
    case .sigmoid: return Activation.sigmoid(logits)
    case .softmax:
      let (_, foreground) = try Channels.split(Activation.softmax(logits), at: 1)
      return foreground
    }
  }
}
