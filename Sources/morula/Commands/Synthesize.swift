import ArgumentParser
import Compute
import Foundation
import Microscopy
import Synthesis

/// `morula synthesize`
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a time series of a developing embryo, with ground truth.",
    usage: "morula synthesize --output <folder> [<options>]",
    discussion: """
      Nuclei divide from 2 to 64, move and become a blastocyst, imaged by a confocal microscope \
      like that of BBBC050. The frames sample the whole development, 83.5 hours, evenly: 502 frames \
      are 10 minutes apart, 51 frames 100 minutes. A time point looks the same for any number of \
      frames.

      The folder --output receives, with voxel size and frame interval in every TIFF:
        images/t000.tif …     raw values, 16 bits
        instances/t000.tif …  nuclei numbered by track, 16 bits
        nsn/t000.tif …        nuclear regions, 0 and 255
        ndn/t000.tif …        nuclear centers, balls of 33 voxels, 0 and 255
        res_track.txt         tracks L B E P: label, first frame, last frame, parent
        synthesis.json        seed, microscope, hours and nuclei of each frame

      With --embryos the files are named Emb01_t001.tif … and Emb01_res_track.txt, as a data set to \
      train on. The same options and seed give the same bytes.

      Examples:
        morula synthesize --output series --frames 51 --seed 1
        morula synthesize --output crowded --frames 20 --start 16 --end 40
        morula synthesize --output training --embryos 8 --frames 6 \\
          --annotation-offset -0.27,0,-0.84
      """)

  /// What is written.
  struct Results: ParsableArguments {
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

    @Flag(
      help:
        "Write one hyperstack of each kind, for example images/series.tif, instead of one file per frame."
    )
    var hyperstack = false

    func validate() throws {
      guard (1...9999).contains(frames) else { throw ValidationError("--frames is 1 to 9999") }
      if let embryos, !(1...999).contains(embryos) {
        throw ValidationError("--embryos is 1 to 999")
      }
    }
  }

  /// What embryo and microscope are like.
  struct Embryo: ParsableArguments {
    @Option(help: ArgumentHelp("Begin at the first frame with this many nuclei.", valueName: "n"))
    var start = SyntheticEmbryo.nuclei.lowerBound

    @Option(
      help: ArgumentHelp("End before there are more nuclei than this.", valueName: "n"))
    var end = SyntheticEmbryo.nuclei.upperBound

    @Option(help: ArgumentHelp("The size of a volume in voxels.", valueName: "x,y,z"))
    var size = VoxelCounts(SyntheticEmbryo.Parameters().extent)

    @Option(help: ArgumentHelp("The voxel size in µm.", valueName: "x,y,z"))
    var voxelSize = SyntheticEmbryo.Parameters().voxelSize

    @Option(
      help: ArgumentHelp(
        "The standard deviation of the noise, relative to the real camera; 0 for none.",
        valueName: "factor"))
    var noise = 1.0

    @Option(
      help: ArgumentHelp(
        "How much gain, offset, blur, haze and depth vary between embryos: 0 is the microscope of BBBC050, 1 many microscopes.",
        valueName: "factor"))
    var diversity = 1.0

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp(
        "The offset in µm between annotations and signal; that of BBBC050 is -0.27,0,-0.84.",
        valueName: "x,y,z"))
    var annotationOffset = Micrometers(.zero)

    func validate() throws {
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
        throw ValidationError("--size is at most \(1 << 28) voxels in all")
      }
    }
  }

  @OptionGroup(title: "Results") var results: Results
  @OptionGroup(title: "Embryo and microscope") var embryo: Embryo
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.apply()
    try reportingFailures {
      var dataSet = SyntheticDataSet(
        embryos: results.embryos, frames: results.frames, seed: results.seed)
      dataSet.nuclei = embryo.start...embryo.end
      dataSet.isHyperstack = results.hyperstack
      dataSet.parameters.extent = embryo.size.extent
      dataSet.parameters.voxelSize = embryo.voxelSize
      dataSet.parameters.noise = embryo.noise
      dataSet.parameters.diversity = embryo.diversity
      dataSet.parameters.annotation.offset = embryo.annotationOffset.value
      try write(dataSet)
    }
  }

  private func write(_ dataSet: SyntheticDataSet) throws {
    Interruption.listen()
    Interruption.endIfBusy()
    var line = ProgressLine()
    let clock = RemainingTime()
    let isComplete = try dataSet.write(to: results.output) { done, total, nuclei in
      line.show(
        "\(ProgressLine.bar(done, of: total)) \(done)/\(total.counted("volume")), "
          + "\(nuclei.counted("nucleus", "nuclei"))  "
          + (done < total ? clock.left(done, of: total) : ""), always: done == total)
      return Interruption.requested == nil
    }
    if let signal = Interruption.requested, !isComplete {
      line.print(
        "Interrupted; every volume in \(results.output) is complete, the tracks are not written")
      throw ExitCode(128 + signal)
    }
    line.print("\(dataSet.total.counted("volume")) with ground truth in \(results.output)")
  }
}
