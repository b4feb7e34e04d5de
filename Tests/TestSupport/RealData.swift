import Foundation

/// Images that the project may not ship, for tests that run only where somebody has them.
///
/// BBBC050 (https://bbbc.broadinstitute.org/BBBC050) is looked for in the folder that the
/// environment variable `MORULA_BBBC050` names, else in `../shared/data/bbbc050` beside the
/// package:
///
///     MORULA_BBBC050=/data/bbbc050 swift test --filter BBBC050
///
/// The folder holds `images`, `nsn`, `ndn` and `instances`. If the variable is set, the tests run
/// and fail where the files are not; only if it is not set are they skipped.
public enum RealData {
  /// The folder of BBBC050.
  public static let bbbc050 =
    named ?? packageFolder.deletingLastPathComponent().appending(path: "shared/data/bbbc050").path

  /// Whether to run the tests that need BBBC050.
  public static let hasBBBC050 =
    named != nil || FileManager.default.fileExists(atPath: bbbc050 + "/images")

  /// Why they are skipped, and what to do.
  public static let withoutBBBC050 =
    "BBBC050 is not in \(bbbc050); set MORULA_BBBC050 to the folder that holds its images, nsn, ndn "
    + "and instances"

  private static let named = ProcessInfo.processInfo.environment["MORULA_BBBC050"]
    .flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory).path }
}
