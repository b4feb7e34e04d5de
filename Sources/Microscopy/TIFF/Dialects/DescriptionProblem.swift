import Compute

/// Why an ImageDescription that Morula understands cannot be followed.
struct DescriptionProblem: Error {
  var expected: String
  var found: String
  var advice: Advice = Self.saveAgain

  static let saveAsOne: Advice = "save the set as one OME-TIFF"
  static let saveAgain: Advice = "save the file again with the program that made it"
}
