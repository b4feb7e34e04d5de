import Compute
import Foundation

extension Volume<Float> {
  /// The volume convolved with a normalized Gaussian that is cut at 4σ, one axis after the other:
  /// `scipy.ndimage.gaussian_filter(image, (σz, σy, σx), mode=border)`.
  ///
  /// `.micrometers(1.2, voxelSize: size)` smooths by the same length along all axes. Float32
  /// arithmetic; time proportional to the number of voxels times the σ of all axes.
  public func gaussianFiltered(
    sigma: GaussianSigma, border: FilterBorder = .mirror
  ) -> Volume<Float> {
    var result = self
    for axis in Axis.allCases { result.blur(sigma: sigma[axis], along: axis, border: border) }
    return result
  }

  /// Convolves with the same Gaussian along all axes, mirrored at the border voxels; σ in voxels.
  package mutating func blur(sigma: Double) {
    self = gaussianFiltered(sigma: .voxels(sigma))
  }

  /// Convolves with a Gaussian along one axis; σ in voxels.
  package mutating func blur(
    sigma: Double, along axis: Axis, border: FilterBorder = .mirror
  ) {
    let radius = Int(4 * sigma + 0.5)
    guard radius > 0, extent[axis] > 1, extent.count > 0 else { return }
    let raw = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let total = raw[0] + 2 * raw[1...].reduce(0, +)
    let convolution = SymmetricConvolution(
      weights: raw.map { Float($0 / total) }, axis: axis, border: border, extent: extent)
    let plane = extent.height * extent.width
    let planesPerPiece = Swift.max(1, (1 << 15) / plane)
    let source = voxels
    let extent = extent
    voxels = [Float](count: extent.count, pieces: planesPerPiece * plane) { range, piece in
      convolution.write(
        rows: range.lowerBound / extent.width..<range.upperBound / extent.width, of: source.span,
        into: &piece)
    }
  }
}
