import Foundation
import Microscopy
import TestSupport
import Testing
import Training

@Suite struct TIFFLoaderTests {
  @Test func readsWhatWasWritten() throws {
    let folder = try TestFolder()
    let volume = AugmentationTests.sample().image
    var calibrated = volume
    calibrated.voxelSize = VoxelSize(x: 0.5, y: 0.5, z: 2)
    let path = folder.path + "/a.tif"
    try TIFF.write(calibrated, to: path)
    let loader = TIFFLoader()
    #expect(try loader.volume(at: path, channel: nil).voxels == volume.voxels)
    // A choice of channel is no matter where there is one.
    #expect(try loader.volume(at: path, channel: 3).voxels == volume.voxels)
    let header = try loader.header(at: path)
    #expect(header.extent == volume.extent && header.channels == 1)
    #expect(abs((header.voxelSize?.z ?? 0) - 2) < 1e-6)
    #expect(throws: TIFFError.self) { try loader.volume(at: folder.path + "/b.tif", channel: nil) }
  }

  @Test func channelsAreChosen() throws {
    let path = Fixture.path("stacks/channels.tif", bundle: .module)
    let loader = TIFFLoader()
    #expect(try loader.header(at: path).channels == 2)
    for channel in 0..<2 {
      let volume = try loader.volume(at: path, channel: channel)
      #expect(volume.extent == Extent(depth: 3, height: 4, width: 5))
      #expect(volume.voxels.map(Int.init) == (0..<60).map { $0 + 100 * channel })
    }
    for channel in [nil, 2] {
      #expect(
        throws: InputError(path, "has 2 channels; set data.channel to one of 0…1")
      ) { try loader.volume(at: path, channel: channel) }
    }
  }

  @Test func aTimeSeriesIsRefused() throws {
    let path = Fixture.path("stacks/frames.tif", bundle: .module)
    #expect(
      throws: InputError(
        path, "holds 2 time points; save each as a file of its own, with its target")
    ) { try TIFFLoader().volume(at: path, channel: nil) }
  }
}
