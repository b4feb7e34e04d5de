#if MORULA_PTHREAD_LOCKS
  import Foundation

  /// What `Mutex` is, by a lock that ThreadSanitizer sees: it knows those of pthread, not the futex
  /// of the standard library, whose code it does not instrument.
  package final class Guarded<Value>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: sending Value) {
      self.value = value
      pthread_mutex_init(lock, nil)
    }

    deinit {
      pthread_mutex_destroy(lock)
      lock.deallocate()
    }

    package func withLock<Result, Failure: Error>(
      _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return try body(&value)
    }
  }
#else
  import Synchronization

  /// A value behind a lock.
  package typealias Guarded = Mutex
#endif
