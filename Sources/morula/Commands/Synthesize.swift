import ArgumentParser
import Foundation
import Microscopy
import Synthesis

/// `morula synthesize`
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a developing embryo as a time-series of volumes with ground truth.",
    discussion: """
      Nuclei divide from 2 to 64, move and become a blastocyst, seen by a confocal microscope like \
      that of BBBC050. N frames sample the whole development, 83.5 hours, evenly: 502 frames are 10 \
      minutes apart, 51 frames 100 minutes. A time point looks the same for any N.

      Writes into --output, with voxel size and frame interval in every TIFF:
        images/t000.tif …     raw values, 16 bits
        instances/t000.tif …  nuclei numbered by track, 16 bits
        nsn/t000.tif …        nuclear regions, 0 and 255
        ndn/t000.tif …        nuclear centers, balls of 33 voxels, 0 and 255
        res_track.txt         tracks L B E P: label, first and last frame (from 0), parent or 0
        synthesis.json        seed, hours and number of nuclei of each frame, microscope

      With --embryos the files are Emb01_t001.tif … and Emb01_res_track.txt, as a data set to train on.
      The same options and seed give the same bytes.

      Examples:
        morula synthesize --output series --frames 51 --seed 1
        morula synthesize --output crowded --frames 20 --start 16 --end 40 --noise 2
        morula synthesize --output training --embryos 8 --frames 6 --annotation-offset -0.27,0,-0.84
      """)

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("The number of frames of each embryo.", valueName: "n"))
  var frames = 51

  @Option(
    help: ArgumentHelp(
      "The number of embryos; files are then named Emb01_t001.tif.", valueName: "n"))
  var embryos: Int?

  @Option(help: ArgumentHelp("The seed of all randomness.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Begin when there are first so many nuclei.", valueName: "n"))
  var start = SyntheticEmbryo.nuclei.lowerBound

  @Option(
    help: ArgumentHelp("End before there are more nuclei than this.", valueName: "n"))
  var end = SyntheticEmbryo.nuclei.upperBound

  @Option(help: ArgumentHelp("The voxels of a volume.", valueName: "x,y,z"))
  var size = VoxelCounts(SyntheticEmbryo.Parameters().extent)

  @Option(help: ArgumentHelp("The voxel size in µm.", valueName: "x,y,z"))
  var voxelSize = SyntheticEmbryo.Parameters().voxelSize

  @Option(
    help: ArgumentHelp(
      "The standard deviation of noise over that of the real camera; 0 for none.",
      valueName: "factor"))
  var noise = 1.0

  @Option(
    help: ArgumentHelp(
      "How much gain, offset, blur, haze and depth differ from embryo to embryo: 0 is BBBC050's microscope, 1 many microscopes.",
      valueName: "factor"))
  var diversity = 1.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far in µm the truth lies beside the light, as that of BBBC050 does: -0.27,0,-0.84.",
      valueName: "x,y,z"))
  var annotationOffset = Micrometers(.zero)

  @Flag(help: "Write one 4D file of each kind, images/series.tif say, in place of one a frame.")
  var hyperstack = false

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard (1...9999).contains(frames) else { throw ValidationError("--frames is 1 to 9999") }
    if let embryos, !(1...999).contains(embryos) {
      throw ValidationError("--embryos is 1 to 999")
    }
    let nuclei = SyntheticEmbryo.nuclei
    guard nuclei.contains(start), nuclei.contains(end), start <= end else {
      throw ValidationError(
        "--start and --end are \(nuclei.lowerBound) to \(nuclei.upperBound) nuclei, and the start "
          + "is not after the end")
    }
    guard (0...20).contains(noise) else { throw ValidationError("--noise is 0 to 20") }
    guard (0...2).contains(diversity) else { throw ValidationError("--diversity is 0 to 2") }
    let offset = annotationOffset.value
    guard [offset.x, offset.y, offset.z].allSatisfy({ abs($0) <= 10 }) else {
      throw ValidationError("--annotation-offset is at most 10 µm along each axis")
    }
    guard size.extent.count <= 1 << 28 else {
      throw ValidationError("--size is at most \(1 << 28) voxels")
    }
  }

  func run() throws {
    compute.apply()
    try reportingFailures {
      var dataSet = SyntheticDataSet(embryos: embryos, frames: frames, seed: seed)
      dataSet.nuclei = start...end
      dataSet.isHyperstack = hyperstack
      dataSet.parameters.extent = size.extent
      dataSet.parameters.voxelSize = voxelSize
      dataSet.parameters.noise = noise
      dataSet.parameters.diversity = diversity
      dataSet.parameters.annotation.offset = annotationOffset.value
      try write(dataSet)
    }
  }

  private func write(_ dataSet: SyntheticDataSet) throws {
    Interruption.listen()
    var line = ProgressLine()
    let clock = ContinuousClock.now
    let isComplete = try dataSet.write(to: output) { done, total, nuclei in
      let elapsed = clock.duration(to: .now) / .seconds(1)
      let left = elapsed / Double(done) * Double(total - done)
      line.show(
        "\(ProgressLine.bar(done, of: total)) \(done)/\(total) volumes, \(nuclei) nuclei  "
          + (done < total ? "\(ProgressLine.duration(left)) left" : ""), always: done == total)
      return Interruption.requested == nil
    }
    if let signal = Interruption.requested, !isComplete {
      line.print("Interrupted; every volume in \(output) is whole, the tracks are not written")
      throw ExitCode(128 + signal)
    }
    line.print("\(dataSet.total) volumes with ground truth in \(output)")
  }
}

/// The extents of a volume as an option gives them: x, y, z.
struct VoxelCounts: ExpressibleByArgument, CustomStringConvertible {
  let extent: Extent

  init(_ extent: Extent) { self.extent = extent }

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let counts = fields.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, counts.count == 3, counts.allSatisfy({ (1...1 << 16).contains($0) })
    else { return nil }
    extent = Extent(depth: counts[2], height: counts[1], width: counts[0])
  }

  var description: String { "\(extent.width),\(extent.height),\(extent.depth)" }
  var defaultValueDescription: String { description }
}

/// Three lengths in µm as an option gives them: x, y, z.
struct Micrometers: ExpressibleByArgument, CustomStringConvertible {
  let value: SIMD3<Double>

  init(_ value: SIMD3<Double>) { self.value = value }

  init?(argument: String) {
    let fields = argument.split(separator: ",", omittingEmptySubsequences: false)
    let parts = fields.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard fields.count == 3, parts.count == 3, parts.allSatisfy(\.isFinite) else { return nil }
    value = SIMD3(parts[0], parts[1], parts[2])
  }

  var description: String {
    [value.x, value.y, value.z].map { String(format: "%g", $0) }.joined(separator: ",")
  }
  var defaultValueDescription: String { description }
}
