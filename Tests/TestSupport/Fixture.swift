import Foundation
import Networks

/// Numbers from other programs, copied into a test bundle.
public enum Fixture {
  /// `Fixtures/<name>.safetensors` of a test target, for example
  /// `Fixture.load("losses/dice", bundle: .module)`.
  public static func load(_ name: String, bundle: Bundle) throws(WeightsError) -> SafeTensors {
    try SafeTensors(contentsOf: path("\(name).safetensors", bundle: bundle))
  }

  /// The path of `Fixtures/<name>` of a test target, whatever the file's type.
  public static func path(_ name: String, bundle: Bundle) -> String {
    bundle.bundleURL.appendingPathComponent("Fixtures/\(name)").path
  }
}
