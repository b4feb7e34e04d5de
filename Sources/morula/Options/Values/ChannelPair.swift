import ArgumentParser
import Foundation

/// Channels in and out, `32,64`.
struct ChannelPair: ExpressibleByArgument {
  let inputs: Int
  let outputs: Int

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let counts = fields.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 2, counts.count == 2, counts.allSatisfy({ (1...4096).contains($0) })
    else { return nil }
    (inputs, outputs) = (counts[0], counts[1])
  }
}
