#if MORULA_PTHREAD_LOCKS
  import Foundation

  /// What `Mutex` is, by a lock that ThreadSanitizer sees: it knows those of pthread, not the futex
  /// of the standard library, whose code it does not instrument.
  @safe package final class Guarded<Value>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: sending Value) {
      self.value = value
      unsafe pthread_mutex_init(lock, nil)
    }

    deinit {
      unsafe pthread_mutex_destroy(lock)
      unsafe lock.deallocate()
    }

    package func withLock<Result, Failure: Error>(
      _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      unsafe pthread_mutex_lock(lock)
      defer { unsafe pthread_mutex_unlock(lock) }
      return try body(&value)
    }
  }
#else
  import Synchronization

  /// A value behind a lock.
  package typealias Guarded = Mutex
#endif
