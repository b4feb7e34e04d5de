/// What the work on a frame must tell its run.
package struct FrameWork: Sendable {
  private let begin: @Sendable () -> Bool

  /// - Parameter begin: Called before anything is written; false where nothing may be written.
  init(begin: @escaping @Sendable () -> Bool) { self.begin = begin }

  /// Writes results: all that changes files happens in here, and nothing that takes long but that.
  ///
  /// A run that ends waits for it, and no frame begins to write when its run is ending.
  ///
  /// - Throws: `CancellationError` if the run is ending, and what `body` throws.
  package func writing<Value>(_ body: () throws -> Value) throws -> Value {
    guard begin() else { throw CancellationError() }
    return try body()
  }
}
