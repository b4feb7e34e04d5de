import ArgumentParser

/// `morula benchmark`
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Time convolutions, networks and training steps on this machine.",
    usage: "morula benchmark <subcommand> ...",
    discussion: """
      Weights and inputs are random, so no files are needed. To find out how large a server must be:

        morula benchmark memory --network nsn
            memory and time by volume size: both grow with the number of voxels
        morula benchmark network --network nsn --size 127,124,51
            seconds for one volume of the size of yours (x,y,z)
        morula benchmark network --network nsn --threads 1
            the same on one core: how much more cores help
        morula benchmark train --network ndn --size 64
            seconds for one training step; times updates per epoch, times epochs
        morula benchmark plan --network ndn
            which algorithm computes each convolution

      GFLOP/s count the multiplications and additions of direct convolution, two per multiply–add, so \
      that algorithms can be compared: one that needs fewer may exceed the peaks. "sgemm" and "FMA" \
      are fractions of what this machine reaches in large matrix products and in multiply–adds that \
      never leave the registers. "busy" is the share of the latter that the products of the algorithm \
      itself use; the rest is transforms, copies and memory. Run nothing else at the same time, and \
      compare only figures from one machine and one day.
      """,
    subcommands: [Plan.self, Conv.self, Network.self, Train.self, Memory.self])
}
