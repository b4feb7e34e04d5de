import Networks

extension Model {
  /// A model whose weights lie between those of this model and those of another, which was
  /// fine-tuned from this one or from the same start. It keeps much of the accuracy of both
  /// (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
  ///
  /// - Parameters:
  ///   - other: The other model.
  ///   - share: The other's share, 0 to 1.
  ///   - file: The other's file, for messages.
  /// - Throws: `WeightsError` if the two differ in architecture, preprocessing or output.
  public func blended(
    with other: Model, share: Double, file: String
  ) throws(WeightsError) -> Model {
    precondition((0...1).contains(share), "a share is between 0 and 1")
    guard other.network.configuration == network.configuration,
      other.preprocessing == preprocessing, other.description.output == description.output
    else {
      throw WeightsError(
        .unsupported, file: file,
        "differs in architecture, preprocessing or output from the model to blend it with; "
          + "compare the descriptions of both models")
    }
    var result = self
    result.network.move(towards: other.network, share: share)
    result.description.validationIoU = nil
    return result
  }
}
