import COpenSSL
import Foundation

/// The SHA-256 of files through OpenSSL; the only file that imports it.
package enum SHA256 {
  /// The digest of a file as 64 hexadecimal digits, as `sha256sum` prints it.
  ///
  /// The file is read in pieces of 1 MiB.
  package static func digest(ofFile path: String) throws -> String {
    let handle = try FileSystem.open(reading: path)
    defer { try? handle.close() }
    return try digest(named: path) { try handle.read(upToCount: 1 << 20) ?? Data() }
  }

  /// The digest of `bytes` as 64 hexadecimal digits; `name` stands for them where the system lacks
  /// memory.
  package static func digest(of bytes: Data, name: String) throws -> String {
    var rest = bytes
    return try digest(named: name) {
      defer { rest = Data() }
      return rest
    }
  }

  /// The digest of the pieces that `next` gives, up to an empty one; `name` stands for them where the
  /// system lacks memory.
  package static func digest(named name: String, next: () throws -> Data) throws -> String {
    // The context and the algorithm come from OpenSSL; it fails only without memory.
    guard let context = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    else {
      throw FileError(name, ENOMEM)
    }
    defer { unsafe EVP_MD_CTX_free(context) }
    while case let piece = try next(), !piece.isEmpty {
      _ = unsafe piece.withUnsafeBytes {
        unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
      }
    }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    unsafe EVP_DigestFinal_ex(context, &digest, &length)
    let digits = Array("0123456789abcdef")
    return String(
      digest.prefix(Int(length)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
