import Compute
import Foundation
import Microscopy

extension DataSet {
  /// The pairs a selection names, in the data set's order.
  ///
  /// - Parameters:
  ///   - selection: A pattern, names (with or without extension), or a file of names.
  ///   - key: The configuration's key, for messages: `data.validation`.
  /// - Throws: `InputError` if a pattern matches nothing or a name is not in the data set.
  package func pairs(
    _ selection: DataConfiguration.Selection, key: String
  ) throws(InputError) -> [VolumePair] {
    switch selection {
    case .pattern(let text):
      let pattern = NamePattern(text)
      let chosen = pairs.filter { pattern.matches($0.name) || pattern.matches($0.stem) }
      guard !chosen.isEmpty else {
        throw InputError(
          key,
          "'\(text)' matches none of the \(pairs.count.counted("volume")) in \(images), such as "
            + InputError.list(pairs.map(\.name), limit: 2))
      }
      return chosen
    case .names(let names): return try pairs(named: names, key: key)
    case .listFile(let path):
      let bytes: Data
      do throws(PatientReader.Failure) {
        bytes = try PatientReader(limit: 1 << 24).read(path)
      } catch {
        throw InputError(path, "the list of \(key) cannot be read: \(error.words)")
      }
      guard let text = String(data: bytes, encoding: .utf8) else {
        throw InputError(path, "the list of \(key) is not text in UTF-8")
      }
      let names = text.split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") }
      guard !names.isEmpty else { throw InputError(path, "the list of \(key) names no volume") }
      return try pairs(named: names, key: path)
    }
  }

  private func pairs(named names: [String], key: String) throws(InputError) -> [VolumePair] {
    var chosen: Set<VolumePair> = []
    for name in names {
      guard let pair = pairs.first(where: { $0.name == name || $0.stem == name }) else {
        let nearest = NearestName.suggestion(for: name, among: pairs.map(\.stem))
        throw InputError(
          key, "'\(name)' is not in \(images)" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
      }
      chosen.insert(pair)
    }
    return pairs.filter(chosen.contains)
  }

  /// The folds of a pattern, in natural order of their names: every pair in exactly one.
  ///
  /// - Parameter pattern: A regular expression with one group, such as `Emb(\d+)`.
  /// - Throws: `InputError` if the pattern is unusable or does not match every name.
  package func folds(by pattern: String) throws(InputError) -> [Fold] {
    let compiled: FoldPattern
    do {
      compiled = try FoldPattern(pattern)
    } catch {
      throw InputError("data.folds.pattern", error.problem)
    }
    var groups: [String: [VolumePair]] = [:]
    var strangers: [String] = []
    for pair in pairs {
      if let fold = compiled.fold(of: pair.name) {
        groups[fold, default: []].append(pair)
      } else {
        strangers.append(pair.name)
      }
    }
    guard strangers.isEmpty else {
      throw InputError(
        "data.folds.pattern", "'\(pattern)' does not match \(InputError.list(strangers))")
    }
    return NaturalOrder.sorted(groups.keys).map { Fold(name: $0, pairs: groups[$0] ?? []) }
  }

  /// The pairs that train and that validate, as a configuration says.
  ///
  /// - Parameters:
  ///   - configuration: Section `data`.
  ///   - fold: The fold that validates, instead of the configuration's.
  /// - Throws: `InputError` if a selection is empty or wrong, or if a volume would both train and
  ///   validate.
  package func split(
    _ configuration: DataConfiguration, fold: String? = nil
  ) throws(InputError) -> Split {
    let validation: [VolumePair]
    var isFold = false
    if let folds = configuration.folds {
      validation = try self.fold(fold ?? folds.fold, by: folds.pattern).pairs
      isFold = true
    } else if let selection = configuration.validation {
      validation = try pairs(selection, key: "data.validation")
    } else {
      validation = []
    }
    let held = Set(validation)
    let training: [VolumePair]
    if let selection = configuration.training, !isFold {
      training = try pairs(selection, key: "data.training")
      let both = training.filter(held.contains)
      guard both.isEmpty else {
        throw InputError(
          "data.training",
          "shares \(InputError.list(both.map(\.name))) with data.validation; a volume may train or "
            + "validate, not both")
      }
    } else {
      training = pairs.filter { !held.contains($0) }
    }
    guard !training.isEmpty else {
      throw InputError(
        isFold ? "data.folds" : "data.validation",
        "takes all \(pairs.count.counted("volume")); none is left to train on")
    }
    let supplement = try configuration.supplement.map(DataSet.init)?.pairs ?? []
    return Split(training: training + supplement, validation: validation)
  }

  /// The fold of this name, `1` or `01`; throws if there is none or the name is nil.
  func fold(_ name: String?, by pattern: String) throws(InputError) -> Fold {
    let folds = try folds(by: pattern)
    let names = folds.map(\.name).joined(separator: ", ")
    guard let name else {
      throw InputError(
        "data.folds.fold", "is missing; choose the fold that validates: \(names)")
    }
    // "1" means "01" if no fold is called "1".
    let wanted =
      folds.first { $0.name == name }
      ?? folds.first { Int($0.name) != nil && Int($0.name) == Int(name) }
    guard let wanted else {
      throw InputError("data.folds.fold", "'\(name)' is not a fold; the folds are \(names)")
    }
    return wanted
  }
}
