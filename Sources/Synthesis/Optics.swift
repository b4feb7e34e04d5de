import Compute
import Foundation
import Microscopy

/// How light becomes an image before the camera: an anisotropic point-spread function with a long
/// skirt of light out of focus and a wide haze, and loss of light with depth.
struct Optics: Sendable, Hashable, Codable {
  /// The standard deviation in µm of the point-spread function in the plane.
  var lateralBlur = 0.85
  /// The standard deviation in µm of the point-spread function along z.
  var axialBlur = 3.3
  /// The part of the light in the skirt: out of focus, so long along z and narrow in the plane.
  var skirt = 0.21
  /// The standard deviation in µm of the skirt in the plane.
  var skirtWidth = 1.1
  /// The standard deviation in µm of the skirt along z.
  var skirtLength = 14.0
  /// The part of the light that goes astray into a haze around its source.
  var haze = 0.007
  /// The standard deviation in µm of the haze in the plane; along z it is a third more.
  var hazeWidth = 9.0
  /// The relative gain of light per µm towards higher z, where the objective is; negative if it is
  /// on the other side.
  var depthGradient = 1.0 / 85

  /// Nuclei look longer along z than wide even without blur, as the immersion does not match.
  static let stretch = 1.25

  /// What is left of light from plane `z` of a field of view, 1 in the middle.
  func transmission(of z: Int, in extent: Extent, _ size: VoxelSize) -> Double {
    exp((Double(z) + 0.5 - Double(extent.depth) / 2) * size.z * depthGradient)
  }

  /// The image of `light`.
  func image(of light: Volume<Float>) -> Volume<Float> {
    let size = light.voxelSize ?? VoxelSize(isotropic: 1)
    func blurred(lateral: Double, axial: Double) -> Volume<Float> {
      light.gaussianFiltered(
        sigma: GaussianSigma(z: axial / size.z, y: lateral / size.y, x: lateral / size.x))
    }
    var image = blurred(lateral: lateralBlur, axial: axialBlur)
    let parts = [
      (blurred(lateral: skirtWidth, axial: skirtLength), Float(skirt)),
      (spread(of: light, size), Float(haze)),
    ]
    let focused = Float(1 - skirt - haze)
    var voxels = image.voxels.mutableSpan
    for i in voxels.indices { voxels[i] *= focused }
    for (part, weight) in parts {
      let light = part.voxels.span
      for i in voxels.indices { voxels[i] += weight * light[i] }
    }
    return image
  }

  /// The haze, computed on a grid as coarse as it allows.
  private func spread(of light: Volume<Float>, _ size: VoxelSize) -> Volume<Float> {
    let extent = light.extent
    let coarse = Extent(
      depth: Self.coarse(extent.depth, size.z, hazeWidth),
      height: Self.coarse(extent.height, size.y, hazeWidth),
      width: Self.coarse(extent.width, size.x, hazeWidth))
    var sums = Volume(repeating: Float(0), extent: coarse, voxelSize: size)
    let columns = (0..<extent.width).map { $0 * coarse.width / extent.width }
    var source = 0
    let input = light.voxels.span
    var output = sums.voxels.mutableSpan
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        let row =
          (z * coarse.depth / extent.depth * coarse.height + y * coarse.height / extent.height)
          * coarse.width
        for x in 0..<extent.width {
          output[row + columns[x]] += input[source]
          source += 1
        }
      }
    }
    // Sums of bins become means of the light.
    let scale = Float(coarse.count) / Float(extent.count)
    for i in output.indices { output[i] *= scale }
    func sigma(_ width: Double, _ size: Double, _ fine: Int, _ coarse: Int) -> Double {
      width / (size * Double(fine) / Double(coarse))
    }
    sums.blur(
      sigma: sigma(hazeWidth * 4 / 3, size.z, extent.depth, coarse.depth), along: .z)
    sums.blur(sigma: sigma(hazeWidth, size.y, extent.height, coarse.height), along: .y)
    sums.blur(sigma: sigma(hazeWidth, size.x, extent.width, coarse.width), along: .x)
    return sums.resampled(to: extent)
  }

  /// The number of bins of about a third of a width of blur that cover `count` voxels of `edge` µm.
  private static func coarse(_ count: Int, _ edge: Double, _ width: Double) -> Int {
    min(count, max(1, Int(clamped: (Double(count) * edge / (width / 3)).rounded(.up))))
  }
}
