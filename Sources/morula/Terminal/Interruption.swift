import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM (Slurm's notice before it kills) into a request to stop; the second one
/// ends the process at once.
enum Interruption {
  private static let signal = Atomic<Int32>(0)

  /// Listens from now on.
  static func listen() {
    signal.store(0, ordering: .relaxed)  // also makes the global before a handler may need it
    // A parent may have blocked them: programs that start others from a dispatch queue do.
    var numbers = sigset_t()
    unsafe sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&numbers, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        if Interruption.signal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// The signal that asked to stop, nil while none has.
  static var requested: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Ends the process with the status of a signal, also while other threads compute.
  static func end(_ signal: Int32) -> Never {
    fflush(nil)
    _exit(128 + signal)
  }

  /// Ends the process if it has not stopped by itself soon after a signal. For work whose files are
  /// complete or absent at any time.
  static func endIfBusy() {
    Thread.detachNewThread {
      while true {
        Thread.sleep(forTimeInterval: 0.1)
        guard let signal = requested else { continue }
        Thread.sleep(forTimeInterval: 1.5)
        end(signal)
      }
    }
  }
}
