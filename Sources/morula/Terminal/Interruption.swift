import Foundation
import Synchronization

/// Turns Ctrl-C, SIGTERM (Slurm's notice before it kills) and SIGHUP (a terminal that is closed) into
/// a request to stop; the second one ends the process at once.
enum Interruption {
  private static let signal = Atomic<Int32>(0)

  /// Listens from now on.
  static func listen() {
    signal.store(0, ordering: .relaxed)  // also makes the global before a handler may need it
    // A parent may have blocked them: programs that start others from a dispatch queue do.
    var numbers = sigset_t()
    unsafe sigemptyset(&numbers)
    for number in signals { unsafe sigaddset(&numbers, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    for number in signals where !isIgnored(number) {
      Foundation.signal(number) { number in
        if Interruption.signal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Whether who started the process wants it to go on when a terminal is closed, as `nohup` does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard number == SIGHUP, unsafe sigaction(number, nil, &action) == 0 else { return false }
    // Functions cannot be compared; the two that the system defines are small numbers.
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
    return unsafe handler == unsafeBitCast(SIG_IGN, to: UInt.self)
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
