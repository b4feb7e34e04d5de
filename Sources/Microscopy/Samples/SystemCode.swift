import Compute
import Foundation

/// The system's numbers (`errno`) behind errors.
package enum SystemCode {
  /// The number behind an error; 0 where the reason is not the system's.
  package static func of(_ error: any Error) -> Int32 {
    switch error {
    case let error as FileError: error.code
    case let error as TIFFError: error.systemCode
    case let error as InputError: error.systemCode
    default: 0
    }
  }

  /// Whether an error is that of a full disk or quota, which the next file would meet too.
  package static func isFullDisk(_ error: any Error) -> Bool {
    [ENOSPC, EDQUOT].contains(of(error))
  }
}
