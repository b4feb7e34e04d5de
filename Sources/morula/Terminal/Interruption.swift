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
}
