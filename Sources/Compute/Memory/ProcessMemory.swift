import Foundation

/// The kernel's figures on memory; nil on systems without Linux's `/proc`.
package enum ProcessMemory {
  /// The peak physical memory of this process, in bytes (`VmHWM`).
  package static var peakBytes: Int? { kilobytes("VmHWM", in: "/proc/self/status") }
  /// Lets ``peakBytes`` count from now on, where the system can.
  package static func resetPeak() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  /// The current physical memory of this process, in bytes (`VmRSS`).
  package static var currentBytes: Int? { kilobytes("VmRSS", in: "/proc/self/status") }
  /// The physical memory of the machine that is available, in bytes (`MemAvailable`).
  package static var availableBytes: Int? { kilobytes("MemAvailable", in: "/proc/meminfo") }
  /// The physical memory of the machine, in bytes.
  package static var machineBytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

  /// The value of a line `Name:  1234 kB`, in bytes.
  private static func kilobytes(_ name: String, in path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 3, words[2] == "kB", let value = Int(words[1]) else { return nil }
      return value * 1024
    }
    return nil
  }
}
