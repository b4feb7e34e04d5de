/// An error with advice that a program can put into its own words.
public protocol AdvisedError: Error, CustomStringConvertible {
  /// What is wrong and where, in one line without the advice.
  var statement: String { get }
  /// What the user could do; nil if the statement says all.
  var advice: Advice? { get }
}

extension AdvisedError {
  /// The error in one line, `statement; advice`, in the library's words.
  public var description: String { description { $0.description } }

  /// The error in one line, with the advice in the caller's words.
  public func description(advising words: (Advice) -> String) -> String {
    advice.map { "\(statement); \(words($0))" } ?? statement
  }
}
