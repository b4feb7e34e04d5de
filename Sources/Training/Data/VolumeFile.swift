import Microscopy

/// One frame of an image that has been opened, or why it could not be.
///
/// The headers of a file are read when its pair is made, and not again.
struct VolumeFile: Sendable {
  /// The file, or the folder of an OME-Zarr image.
  let path: String
  /// The frame inside the file, from 0.
  let frame: Int
  private let opened: Result<any ImageSource, any Error>

  /// A frame of an image.
  init(_ opened: Result<any ImageSource, any Error>, path: String, frame: Int = 0) {
    self.path = (try? opened.get())?.path ?? path
    self.frame = frame
    self.opened = opened
  }

  /// The opened image; throws the error of opening it.
  func source() throws -> any ImageSource { try opened.get() }

  /// Another frame of the same image.
  func frame(_ frame: Int) -> VolumeFile { VolumeFile(opened, path: path, frame: frame) }

  /// The voxels as float32, with the voxel size if the file states it.
  func volume(channel: ChannelChoice?) throws -> Volume<Float> {
    let source = try source()
    return try source.volume(channel: self.channel(channel, of: source), frame: frame)
  }

  /// Throws unless the channel to read is chosen, or there is only one.
  func checkChannel(_ choice: ChannelChoice?) throws { _ = try channel(choice, of: source()) }

  /// The channel to read: the one chosen, or the only one.
  private func channel(
    _ choice: ChannelChoice?, of source: any ImageSource
  ) throws(InputError) -> Int {
    if source.channels == 1 { return 0 }
    do throws(InputError) {
      return try ChannelChoice.index(of: choice, in: source)
    } catch {
      throw InputError(
        path, "\(error.problem); set data.channel to one of 1…\(source.channels), or to a name")
    }
  }
}
