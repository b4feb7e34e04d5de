import CKernels

/// The SIMD loops in use: the best that this processor runs, or those that the environment variable
/// `MORULA_KERNELS` names (`baseline`, `avx2`, `avx512`), to compare them.
///
/// A name that cannot run stops the process here unless ``Engine/checkEnvironment()`` reported it
/// before: other kernels than those asked for never run.
///
/// `nonisolated(unsafe)`: a pointer to a constant table of function pointers.
nonisolated(unsafe) let kernels: ck_kernels = {
  do throws(KernelSelectionError) {
    return try KernelSelection.kernels()
  } catch {
    preconditionFailure(error.description)
  }
}()
