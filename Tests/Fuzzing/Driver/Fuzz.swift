import Compute
import Foundation
import FuzzTargets

// libFuzzer brings its own `main`, which calls these two functions. `make fuzz` builds and runs
// this; docs/fuzzing.md says how.

/// The target that `MORULA_FUZZ_TARGET` names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["MORULA_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("MORULA_FUZZ_TARGET must be one of \(names)\n".utf8))
    exit(1)
  }
  return target
}()

/// Called once before the first input.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  _ = target
  // What an input covers must not depend on which thread was first.
  Parallel.defaultThreadCount = 1
  return 0
}

/// Called for each input; returning says that it was handled.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run([UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
