import Compute
import Foundation
import Microscopy

/// How light becomes an image before the camera: an anisotropic point-spread function with a wide
/// skirt, and loss of light with depth.
struct Optics: Sendable, Hashable, Codable {
  /// The standard deviation in µm of the point-spread function in the plane.
  var lateralBlur = 0.85
  /// The standard deviation in µm of the point-spread function along z.
  var axialBlur = 2.8
  /// The part of the light that goes astray into a haze around its source.
  var haze = 0.22
  /// The standard deviation in µm of the haze in the plane; along z it is a third more.
  var hazeWidth = 9.0
  /// The relative gain of light per µm towards higher z, where the objective is; negative where it is
  /// on the other side.
  var depthGradient = 1.0 / 85

  /// Nuclei look longer along z than wide even without blur, as the immersion does not match.
  static let stretch = 1.22

  /// How far in µm annotators draw a nucleus beyond its half-maximum surface along z: 1.85 σ, where 16 %
  /// of the light of the middle is left. So it is in BBBC050.
  var outlineReach: Double { 1.85 * axialBlur }

  /// What is left of light from plane `z` of a field of view, 1 in the middle.
  func transmission(of z: Int, in extent: Extent, _ size: VoxelSize) -> Double {
    exp((Double(z) + 0.5 - Double(extent.depth) / 2) * size.z * depthGradient)
  }

  /// The image of `light`.
  func image(of light: Volume<Float>) -> Volume<Float> {
    let size = light.voxelSize ?? VoxelSize(isotropic: 1)
    var sharp = light
    sharp.blur(sigma: axialBlur / size.z, along: .z)
    sharp.blur(sigma: lateralBlur / size.y, along: .y)
    sharp.blur(sigma: lateralBlur / size.x, along: .x)
    let spread = spread(of: light, size)
    let (sharpPart, hazePart) = (Float(1 - haze), Float(haze))
    var voxels = sharp.voxels.mutableSpan
    let astray = spread.voxels.span
    for i in voxels.indices { voxels[i] = sharpPart * voxels[i] + hazePart * astray[i] }
    return sharp
  }

  /// The wide skirt, computed on a grid as coarse as it allows.
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
    min(count, max(1, Int((Double(count) * edge / (width / 3)).rounded(.up))))
  }
}
