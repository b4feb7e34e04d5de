import Compute
import Foundation
import Networks
import Segmentation
import Tensors

/// Writes a model for other programs.
public struct ModelExport: Sendable {
  /// A format.
  public enum Format: String, Sendable, CaseIterable {
    /// Morula's own, without the state of a training.
    case safetensors
    /// A graph for ONNX Runtime, OpenVINO and others: `ONNXExport`.
    case onnx
    /// A state dict: `StateDictExport`.
    case pytorch
    /// A package of the BioImage Model Zoo: `bioimageio.yaml` and all that it names.
    case bioimageio
  }

  /// The model.
  public var model: Model
  /// The authors that a bioimage.io package names.
  public var authors = ["Morula"]
  /// The license that a bioimage.io package states, as SPDX abbreviates it.
  public var license = "MIT"
  /// One sentence about the model; nil for one made of its metadata.
  public var about: String?

  /// An export of this model.
  public init(_ model: Model) { self.model = model }

  /// Writes a file, whole or not at all.
  ///
  /// - Throws: `WeightsError` where it cannot be written, or a weight is not finite.
  public func write(_ format: Format, to path: String) throws {
    try model.network.checkValues(file: path)
    switch format {
    case .safetensors: try model.write(to: path)
    case .onnx:
      let bytes = try ONNXExport.bytes(model, file: path)
      do {
        try AtomicFile.write(to: path) { try $0.write(contentsOf: bytes) }
      } catch let error as FileError {
        throw WeightsError(.unwritable, file: path, error.reason)
      }
    case .pytorch: try StateDictExport.write(model, to: path)
    case .bioimageio: try ZIPWriter.write(BioImagePackage(self).entries(file: path), to: path)
    }
  }
}
