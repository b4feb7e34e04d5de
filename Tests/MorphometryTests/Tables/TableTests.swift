import Foundation
import Morphometry
import Testing

@Suite struct TableTests {
  @Test func cellsAsPandasReadsThem() {
    var table = Table(columns: ["name", "count", "volume", "flag"])
    table.append([.text("a"), .integer(3), .number(0.1), .flag(true)])
    table.append([.text("b, \"c\""), .missing, .number(.nan), .flag(false)])
    #expect(
      table.csv == """
        name,count,volume,flag
        a,3,0.1,True
        "b, ""c""\",,,False

        """)
  }

  @Test func numbersReadBackTheSame() throws {
    let numbers = [1.0 / 3, 1e-300, 12_345_678.900000001, -0.0, 2.5e22]
    var table = Table(columns: ["x"])
    for number in numbers { table.append([.number(number)]) }
    let read = table.csv.split(separator: "\n").dropFirst().compactMap { Double($0) }
    #expect(read == numbers)
  }
}
