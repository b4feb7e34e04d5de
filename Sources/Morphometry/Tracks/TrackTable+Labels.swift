extension TrackTable {
  /// Checks that the tracks and the labels of a series agree.
  ///
  /// - Parameters:
  ///   - frames: the labels in each frame from 0, without the background; nil for a frame that is
  ///     not there.
  ///   - path: the file of the tracks, named in errors.
  /// - Throws: ``TrackTableError`` where a label is in a frame outside its track or has none, or a
  ///   track ends behind the last frame, or lacks its label in its first or its last frame.
  public func check(labels frames: [[UInt32]?], path: String? = nil) throws(TrackTableError) {
    let known = frames.enumerated().compactMap { frame, labels in
      labels.map { (frame: frame, labels: $0) }
    }
    try check(known, path: path)
    for track in tracks where track.lastFrame >= frames.count {
      throw TrackTableError(
        path,
        "track \(track.label) ends in frame \(track.lastFrame), but there are \(frames.count) "
          + "frames, counted from 0")
    }
  }

  /// Checks that the tracks and the labels of some frames agree; nothing is known of others.
  package func check(
    _ frames: [(frame: Int, labels: [UInt32])], path: String? = nil
  ) throws(TrackTableError) {
    var known: [Int: Set<UInt32>] = [:]
    for (frame, labels) in frames {
      known[frame] = Set(labels)
      for label in labels {
        guard let track = self[label] else {
          throw TrackTableError(
            path, "label \(label), found in frame \(frame) (from 0), has no track")
        }
        guard (track.firstFrame...track.lastFrame).contains(frame) else {
          throw TrackTableError(
            path,
            "track \(label) lasts from frame \(track.firstFrame) to \(track.lastFrame), but its "
              + "label is found in frame \(frame) (from 0)")
        }
      }
    }
    for track in tracks {
      for frame in [track.firstFrame, track.lastFrame] {
        if let labels = known[frame], !labels.contains(track.label) {
          throw TrackTableError(
            path,
            "track \(track.label) lasts from frame \(track.firstFrame) to \(track.lastFrame), but "
              + "its label is not in frame \(frame) (from 0)")
        }
      }
    }
  }
}
