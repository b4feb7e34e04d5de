import Compute
import Foundation
import Microscopy

extension ImageConversion {
  /// Throws where an output would replace an input or another one, which is never done.
  ///
  /// - Parameters:
  ///   - outputs: The files or folders to make.
  ///   - inputs: All series that are read, labels included.
  ///   - others: Other files that are read.
  func checkInputs(
    _ outputs: [(input: Input, path: String)], inputs: [Input], others: [String]
  ) throws {
    let protected = ProtectedInputs(inputs.flatMap(\.source.files) + others)
    var seen: [String: String] = [:]
    for (input, path) in outputs {
      if let other = seen.updateValue(input.source.path, forKey: path) {
        throw InputError(
          input.source.path, "would become \(path) as \(other) does", advice: .separateOutputs)
      }
      switch format {
      case .omeZarr: try protected.check(path, as: .folder)
      case .imageJ, .omeTIFF: try protected.check(path, as: .file)
      case .ctc:
        for file in ctcFiles(of: input, in: path) { try protected.check(file, as: .file) }
      }
    }
  }

  /// Throws where a folder holds frames of another series, which would stay between the new ones.
  private func checkFrames(besides files: [String], in folder: String) throws {
    let names = Set(files.map { ($0 as NSString).lastPathComponent })
    guard let first = names.first, let stem = CTCNames.stem(of: first) else { return }
    let present = (try? FileSystem.names(in: folder)) ?? []
    if let other = present.sorted().first(where: {
      CTCNames.stem(of: $0) == stem && !names.contains($0)
    }) {
      throw InputError(
        "\(folder)/\(other)", "is a frame of another series, among which new ones would come",
        advice: .chooseOutput)
    }
  }

  /// Throws where an output exists and may not be replaced, or cannot be replaced by this format.
  func checkReplacing(_ path: String, _ input: Input) throws {
    let real = ProtectedInputs.real(path)
    let isFolder = Folder.exists(real)
    let exists = FileSystem.exists(real)
    switch format {
    case .ctc:
      if exists, !isFolder {
        throw InputError(path, "is a file where a folder is wanted", advice: .chooseOutput)
      }
      try checkFrames(besides: ctcFiles(of: input, in: path), in: path)
      guard !replaces else { return }
      for file in ctcFiles(of: input, in: path) where FileSystem.exists(file) {
        throw InputError(file, "exists already", advice: .replaceOutput)
      }
    case .imageJ, .omeTIFF:
      if isFolder {
        throw InputError(path, "is a folder where a file is wanted", advice: .chooseOutput)
      }
      if exists, !replaces { throw InputError(path, "exists already", advice: .replaceOutput) }
    case .omeZarr:
      guard exists else { return }
      guard replaces else { throw InputError(path, "exists already", advice: .replaceOutput) }
      guard isFolder, ZarrImage.isGroup(real) else {
        throw InputError(
          path, "is not an OME-Zarr image, and nothing else is replaced by one",
          advice: .chooseOutput)
      }
    }
  }
}
