import CKernels
import Tensors
import Testing

/// The kernels that the environment asks for.
@Suite struct KernelSelectionTests {
  private func name(_ environment: [String: String]) throws -> String {
    String(cString: try KernelSelection.kernels(in: environment).name)
  }

  @Test func bestKernelsUnlessAsked() throws {
    let best = String(cString: ck_best_kernels().pointee.name)
    #expect(try name([:]) == best)
    #expect(try name(["MORULA_KERNELS": ""]) == best)
    #expect(try name(["MORULA_KERNELS": #require(KernelSelection.availableNames.last)]) == best)
  }

  @Test func everyAvailableNameIsItself() throws {
    let names = try KernelSelection.availableNames.map { try name(["MORULA_KERNELS": $0]) }
    #expect(Set(names).count == KernelSelection.availableNames.count)
    #expect(KernelSelection.availableNames.first == "baseline")
  }

  @Test(arguments: ["avx1024", "AVX2", " avx2"]) func otherNamesAreErrors(name: String) throws {
    let error = try #require(throws: KernelSelectionError.self) {
      try KernelSelection.kernels(in: ["MORULA_KERNELS": name])
    }
    #expect(error.found == name && error.available == KernelSelection.availableNames)
    let list = error.available.joined(separator: ", ")
    #expect(
      error.description == "MORULA_KERNELS: expected \(list) or nothing (the kernels that this "
        + "processor can run), found \(name)")
  }
}
