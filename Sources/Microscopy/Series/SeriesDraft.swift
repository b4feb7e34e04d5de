import Compute
import Foundation

/// A series whose files have been sorted but not yet compared.
struct SeriesDraft {
  /// One frame to be.
  struct Member {
    let file: VolumeFiles.File
    let source: Result<any ImageSource, any Error>
    /// The frame inside the file, from 0.
    let frame: Int
    let time: Int
    let stem: String

    /// The opened image, nil where it could not be opened.
    var info: (any ImageSource)? { try? source.get() }
  }

  /// A frame a second for eleven days; an image of a few bytes can state any number.
  private static let mostFrames = 1_000_000

  let name: String
  /// By time.
  let members: [Member]

  /// The series of these files, in natural order of their names, which may be equal.
  ///
  /// The files of a specimen's folder are series of their own: the only one is called after the
  /// folder, several after the folder and their names.
  ///
  /// - Throws: ``InputError`` where two files of a series are of the same time, or a file states
  ///   impossibly many frames.
  static func drafts(
    of files: [VolumeFiles.File], limits: ImageLimits = .current
  ) throws(InputError) -> [SeriesDraft] {
    var groups: [(name: String, files: [VolumeFiles.File])] = []
    var indices: [String: Int] = [:]
    for file in files {
      if let index = indices[file.group] {
        groups[index].files.append(file)
      } else {
        indices[file.group] = groups.count
        groups.append((file.group, [file]))
      }
    }
    var drafts: [SeriesDraft] = []
    for (name, files) in groups {
      let own = try SeriesDraft.drafts(ofGroup: files, limits: limits)
      drafts += own.map { draft in
        SeriesDraft(
          name: name.isEmpty
            ? draft.name : own.count == 1 ? name : name + "/" + draft.name,
          members: draft.members)
      }
    }
    return sorted(drafts)
  }

  /// The series of files in one folder, or where folders do not count.
  private static func drafts(
    ofGroup files: [VolumeFiles.File], limits: ImageLimits
  ) throws(InputError) -> [SeriesDraft] {
    var drafts: [SeriesDraft] = []
    var singles: [(file: VolumeFiles.File, source: Result<any ImageSource, any Error>)] = []
    for file in files {
      let source = Result { try ImageFile.open(file.path, limits: limits) }
      if case .success(let stack) = source, stack.frames > 1 {
        guard stack.frames <= mostFrames else {
          throw InputError(
            file.path,
            "states \(stack.frames) frames, more than \(mostFrames): its metadata are damaged")
        }
        drafts.append(hyperstack(file, stack))
      } else {
        singles.append((file, source))
      }
    }
    let names = SeriesName.names(of: singles.map(\.file))
    var groups: [SeriesName.Key: [Member]] = [:]
    for ((file, source), name) in zip(singles, names) {
      groups[name.key, default: []].append(
        Member(file: file, source: source, frame: 0, time: name.time ?? 1, stem: file.stem))
    }
    for (key, members) in groups {
      let ordered = members.sorted {
        $0.time == $1.time ? NaturalOrder.precedes($0.stem, $1.stem) : $0.time < $1.time
      }
      drafts.append(SeriesDraft(name: key.name, members: ordered))
    }
    // The order of the dictionary ends here.
    drafts = sorted(drafts)
    for draft in drafts { try draft.checkTimes() }
    return drafts
  }

  /// In natural order of their names.
  private static func sorted(_ drafts: [SeriesDraft]) -> [SeriesDraft] {
    drafts.sorted {
      $0.name == $1.name
        ? NaturalOrder.precedes($0.members[0].file.path, $1.members[0].file.path)
        : NaturalOrder.precedes($0.name, $1.name)
    }
  }

  /// Throws where two of these drafts, in order of their names, would be series of one name.
  static func checkNames(_ drafts: [SeriesDraft]) throws(InputError) {
    for (draft, next) in zip(drafts, drafts.dropFirst()) where draft.name == next.name {
      throw InputError(
        next.members[0].file.path,
        "would be a series '\(next.name)' as \(draft.members[0].file.path) is",
        advice: .separateOutputs)
    }
  }

  /// The frames of a file, in order.
  private static func hyperstack(_ file: VolumeFiles.File, _ stack: any ImageSource) -> SeriesDraft
  {
    let stems = file.frameStems(stack.frames)
    return SeriesDraft(
      name: file.stem,
      members: stems.enumerated().map { frame, stem in
        Member(file: file, source: .success(stack), frame: frame, time: frame + 1, stem: stem)
      })
  }

  private func checkTimes() throws(InputError) {
    for (member, next) in zip(members, members.dropFirst()) where member.time == next.time {
      throw InputError(
        next.file.path,
        "is time \(next.time) of series '\(name)' as \(member.file.path) is; give each time point once"
      )
    }
  }
}
