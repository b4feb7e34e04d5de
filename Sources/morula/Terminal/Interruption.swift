import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM (Slurm's notice before it kills) into a request to stop; the second one
/// ends the process at once.
final class Interruption: Sendable {
  private let signal = Atomic<Int32>(0)
  private let sources: [any DispatchSourceSignal]

  /// Listens from now on.
  init() {
    let queue = DispatchQueue(label: "signals")
    sources = [SIGINT, SIGTERM].map { number in
      unsafe Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        if self.signal.exchange(number, ordering: .relaxed) != 0 { exit(128 + number) }
        FileHandle.standardError.write(
          Data("\nStopping after this step; the checkpoint will be saved.\n".utf8))
      }
      source.resume()
    }
  }

  /// The signal that asked to stop, nil while none has.
  var requested: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
