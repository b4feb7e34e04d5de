import Compute
import Foundation

extension AtomicFile.Draft {
  /// Makes the empty file that a TIFF grows in.
  func createTIFF() throws(TIFFError) {
    do throws(FileError) { try create() } catch {
      throw TIFFError(
        .notWritten, target, expected: "a file that can be written", found: error.reason,
        advice: error.advice, systemCode: error.code)
    }
  }

  /// Gives a TIFF its name, in place of an earlier file; removes it on failure.
  func publishTIFF() throws(TIFFError) {
    do throws(FileError) { try publish() } catch {
      remove()
      throw TIFFError(
        .notWritten, target, expected: "a file name that is free or a file", found: error.reason,
        advice: error.advice ?? "choose another name", systemCode: error.code)
    }
  }

  /// The error as one about the file that the user named.
  func renamed(_ error: TIFFError) -> TIFFError {
    TIFFError(
      error.kind, target, expected: error.expected,
      found: error.found.replacingOccurrences(of: path, with: target), advice: error.advice,
      systemCode: error.systemCode)
  }
}
