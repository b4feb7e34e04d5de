/// Progress of a run that goes through the frames of series.
public enum FrameEvent: Sendable {
  /// A frame is done: how many of all are done, its name, its number of nuclei.
  case frame(done: Int, total: Int, name: String, nuclei: Int)
  /// A frame failed: how many of all are done, and the error.
  case failure(done: Int, total: Int, error: any Error)
}
