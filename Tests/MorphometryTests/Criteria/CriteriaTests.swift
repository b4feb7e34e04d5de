import Foundation
import Microscopy
import Morphometry
import Testing

@Suite struct CriteriaTests {
  static let size = VoxelSize(x: 0.5, y: 1, z: 2)

  /// Two boxes, of 2 × 2 × 2 and 2 × 2 × 4 voxels.
  static func measurements() throws -> NucleusMeasurements {
    var labels = LabelVolume(
      repeating: 0, extent: Extent(depth: 5, height: 6, width: 10), voxelSize: size)
    for z in 1..<3 {
      for y in 1..<3 {
        for x in 1..<3 { labels[z, y, x] = 4 }
        for x in 5..<9 { labels[z, y + 2, x] = 9 }
      }
    }
    return try NucleusMeasurements(labels)
  }

  @Test func originalColumns() throws {
    let measured = try Self.measurements()
    var table = CriteriaTable(.original)
    table.append(FrameCriteria(measured), timePoint: 1)
    let lines = table.table.csv.split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "time point,Count,Sum Volume,Mean Volume,SD Volume,Sum Area,Mean Area,SD Area,"
        + "Centroid_x,Centroid_y,Centroid_z")
    let areas = measured.nuclei.map(\.surfaceArea)
    // Volumes 8 and 16 voxels of 1 µm³; the lists are quoted as Python's csv writes them.
    #expect(
      lines[1]
        == "1,2,24.0,12.0,4.0,\(areas[0] + areas[1]),\((areas[0] + areas[1]) / 2),"
        + "\(abs(areas[0] - areas[1]) / 2),\"[0.75, 3.25]\",\"[1.5, 3.5]\",\"[3.0, 3.0]\"")
  }

  @Test func laterColumns() throws {
    let measured = try Self.measurements()
    var table = CriteriaTable(.later)
    table.append(FrameCriteria(measured), timePoint: 3)
    #expect(
      table.table.columns.joined(separator: ",")
        == "time_point,number,volume_sum,volume_mean,volume_sd,surface_sum,surface_mean,"
        + "surface_sd,aspect_ratio_mean,aspect_ratio_sd,solidity_mean,solidity_sd,centroid_mean,"
        + "centroid_sd")
    let row = table.table.rows[0]
    #expect(row[0] == .integer(3) && row[1] == .integer(2))
    // 2 voxels of 2 µm over 2 of 0.5 µm; in the other one, longer along x, over 2 of 1 µm.
    guard case .number(let ratio) = row[8], case .number(let solidity) = row[10],
      case .number(let distance) = row[12]
    else {
      Issue.record("\(row)")
      return
    }
    #expect(abs(ratio - (4 + 2.0) / 2) < 1e-9)
    #expect(solidity == 1)
    // From the middle (4, 2.5, 2.25) in µm: (3, 1.5, 0.75) and (3, 3.5, 3.25).
    let distances: [Double] = [4.25, 3].map { $0.squareRoot() }
    #expect(abs(distance - (distances[0] + distances[1]) / 2) < 1e-12)
  }

  @Test func emptyFrames() throws {
    let empty = try NucleusMeasurements(
      LabelVolume(
        repeating: 0, extent: Extent(depth: 1, height: 2, width: 3), voxelSize: Self.size))
    var (original, later) = (CriteriaTable(.original), CriteriaTable(.later))
    original.append(FrameCriteria(empty), timePoint: 2)
    later.append(FrameCriteria(empty), timePoint: 2)
    #expect(original.table.csv.hasSuffix("\n2,0,0.0,,,0.0,,,[],[],[]\n"))
    #expect(later.table.csv.hasSuffix("\n2,0,0.0,,,0.0,,,,,,,,\n"))
  }

  @Test func nucleiTable() throws {
    let measured = try Self.measurements()
    var table = NucleiTable(hasIntensity: false, extraColumns: ["without_center"])
    table.append(measured, series: "Emb, 1", frame: 0, time: nil) { [.flag($0.label == 9)] }
    table.append(measured, series: "Emb, 1", frame: 1, time: 600) { _ in [.missing] }
    let lines = table.table.csv.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(
      lines[0]
        == "series,frame,time_s,label,num_pixels,area,bbox-0,bbox-1,bbox-2,bbox-3,bbox-4,bbox-5,"
        + "centroid-0,centroid-1,centroid-2,centroid_voxel-0,centroid_voxel-1,centroid_voxel-2,"
        + "axis_major_length,axis_middle_length,axis_minor_length,"
        + "axis_major_direction-0,axis_major_direction-1,axis_major_direction-2,"
        + "axis_middle_direction-0,axis_middle_direction-1,axis_middle_direction-2,"
        + "axis_minor_direction-0,axis_minor_direction-1,axis_minor_direction-2,"
        + "equivalent_diameter_area,solidity,surface_area_um2,surface_voxels,surface_voxels_faces,"
        + "sphericity,touches_border,distance_to_center_um,nearest_neighbor_um,without_center")
    #expect(lines[1].hasPrefix("\"Emb, 1\",0,,4,8,8.0,1,1,1,3,3,3,3.0,1.5,0.75,1.5,1.5,1.5,"))
    #expect(lines[2].hasPrefix("\"Emb, 1\",0,,9,16,16.0,") && lines[2].hasSuffix(",True"))
    #expect(lines[4].hasPrefix("\"Emb, 1\",1,600.0,9,") && lines[4].hasSuffix(","))
    let withImage = NucleiTable(hasIntensity: true)
    #expect(
      withImage.table.columns.suffix(5) == [
        "intensity_mean", "intensity_std", "intensity_min", "intensity_max", "intensity_sum",
      ])
  }
}
