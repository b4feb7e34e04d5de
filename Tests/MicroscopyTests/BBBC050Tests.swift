import Foundation
import Microscopy
import TestSupport
import Testing

/// The embryos of BBBC050, if they are at hand (``RealData``).
@Suite("BBBC050", .enabled(if: RealData.hasBBBC050, "\(RealData.withoutBBBC050)"))
struct BBBC050Tests {
  static let folder = RealData.bbbc050

  @Test("images, masks and labels share a grid")
  func volumes() throws {
    let name = "Emb01_t501.tif"
    let info = try TIFF.info(at: "\(Self.folder)/images/\(name)")
    #expect(info.sampleType == .uint16)
    #expect(info.voxelSize == nil)
    #expect(info.extent.depth == 51)
    let image = try TIFF.readVolume(at: "\(Self.folder)/images/\(name)")
    #expect(image.voxels.allSatisfy { $0 >= 0 && $0 <= 65535 })
    let mask = try TIFF.readVolume(at: "\(Self.folder)/nsn/\(name)")
    let labels = try TIFF.readLabels(at: "\(Self.folder)/instances/\(name)")
    #expect(mask.extent == image.extent && labels.extent == image.extent)
    #expect(mask.voxels.allSatisfy { $0 == 0 || $0 == 255 })
    // Nuclei are brighter than what surrounds them, and every nucleus is one object.
    var (inside, outside) = (0.0, 0.0)
    for (value, isNucleus) in zip(image.voxels, mask.voxels) {
      if isNucleus > 0 { inside += Double(value) } else { outside += Double(value) }
    }
    let count = Double(mask.voxels.count { $0 > 0 })
    #expect(inside / count > outside / (Double(mask.voxels.count) - count))
    #expect(labels.objects().count > 10)
    // Centres are balls of 33 voxels.
    let centers = try TIFF.readVolume(at: "\(Self.folder)/ndn/\(name)").thresholded()
    let balls = centers.connectedComponents(.faces).objects()
    #expect(!balls.isEmpty)
    #expect(balls.count { $0.voxelCount == 33 } * 2 > balls.count)
  }

  @Test("eleven embryos of eleven time points each")
  func series() throws {
    let error = #expect(throws: InputError.self) {
      try ImageSeries.open(["\(Self.folder)/images"])
    }
    #expect(
      error?.description == "\(Self.folder)/images/Emb01_t001.tif: does not state its voxel size; "
        + "give it in µm")
    var options = ImageSeries.Options()
    options.voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
    let series = try ImageSeries.open(["\(Self.folder)/images"], options: options)
    #expect(series.map(\.name) == (1...11).map { $0 < 10 ? "Emb0\($0)" : "Emb\($0)" })
    for embryo in series {
      #expect(embryo.frames.map(\.time) == (0...10).map { 50 * $0 + 1 })
      #expect(embryo.timeStep == 50)
      #expect(embryo.frames.allSatisfy { $0.problem == nil })
    }
    #expect(try series[10].frames[3].read().voxelSize == options.voxelSize)
  }
}
