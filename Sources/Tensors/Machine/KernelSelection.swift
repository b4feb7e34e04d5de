import CKernels
import Compute
import Foundation

/// Which copy of the SIMD loops runs, and the names under which a user can ask for one.
package enum KernelSelection {
  /// The environment variable that forces a copy.
  static let variable = "MORULA_KERNELS"

  /// Every copy, the best last.
  private static let variants: [(name: String, variant: ck_variant)] = [
    ("baseline", CK_BASELINE), ("avx2", CK_AVX2), ("avx512", CK_AVX512),
  ]

  /// The names of the copies that this processor runs, the best last.
  package static var availableNames: [String] {
    variants.filter { ck_kernels_of($0.variant) != nil }.map(\.name)
  }

  /// The kernels that the environment asks for; the best that this processor runs if the variable
  /// is not set or empty.
  package static func kernels(
    in environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(KernelSelectionError) -> ck_kernels {
    guard let name = environment[variable], !name.isEmpty else {
      return ck_best_kernels().pointee
    }
    guard let known = variants.first(where: { $0.name == name }),
      let table = ck_kernels_of(known.variant)
    else { throw KernelSelectionError(found: name, available: availableNames) }
    return table.pointee
  }
}

/// `MORULA_KERNELS` names kernels that do not exist, or that this processor does not run.
public struct KernelSelectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The value of the variable.
  public let found: String
  /// The names that this processor can run.
  public let available: [String]

  /// One line: the variable, what was found, what this processor can run.
  public var description: String {
    "\(KernelSelection.variable): expected \(available.joined(separator: ", ")) or nothing "
      + "(the kernels that this processor can run), found \(found.onOneLine())"
  }
}
