import CPNG
import Compute
import Foundation

/// A picture of 8-bit RGB pixels.
package struct RasterImage: Hashable, Sendable {
  /// A pixel: red, green, blue.
  package struct Color: Hashable, Sendable {
    /// Red, 0 to 255.
    package var red: UInt8
    /// Green, 0 to 255.
    package var green: UInt8
    /// Blue, 0 to 255.
    package var blue: UInt8

    /// A color.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// A shade of gray.
    package init(gray: UInt8) { self.init(red: gray, green: gray, blue: gray) }

    /// Hue in turns, saturation and value in 0…1.
    package init(hue: Double, saturation: Double, value: Double) {
      func channel(_ n: Double) -> UInt8 {
        let k = (n + 6 * hue).truncatingRemainder(dividingBy: 6)
        let level = value * (1 - saturation * max(0, min(k, 4 - k, 1)))
        return UInt8(clamped: (255 * max(0, min(1, level))).rounded())
      }
      self.init(red: channel(5), green: channel(3), blue: channel(1))
    }

    /// The color in part, 0 for black.
    package func dimmed(_ part: Double) -> Color {
      func scale(_ level: UInt8) -> UInt8 {
        UInt8(clamped: (Double(level) * max(0, min(1, part))).rounded())
      }
      return Color(red: scale(red), green: scale(green), blue: scale(blue))
    }
  }

  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  private var bytes: [UInt8]

  /// A black picture of at least one pixel.
  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: 0, count: 3 * width * height)
  }

  /// The pixel in a row and column.
  package subscript(row: Int, column: Int) -> Color {
    get {
      let start = 3 * (row * width + column)
      return Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }
    set {
      let start = 3 * (row * width + column)
      bytes[start] = newValue.red
      bytes[start + 1] = newValue.green
      bytes[start + 2] = newValue.blue
    }
  }

  /// The contents of a PNG file.
  package var png: Data {
    var image = morula_png_rgb(UInt32(width), UInt32(height))
    defer { png_image_free(&image) }
    // Large enough for what does not compress at all; told the true size afterwards.
    var size = bytes.count + bytes.count / 8 + 4096
    var result = Data(count: size)
    let isWritten = result.withUnsafeMutableBytes { buffer in
      png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, bytes, 0, nil)
    }
    precondition(isWritten != 0, "libpng cannot compress \(width) × \(height) pixels in memory")
    return result.prefix(size)
  }
}
