// OpenBLAS as a Clang module: the CBLAS interface, and the few OpenBLAS controls that Morula needs.
#ifndef MORULA_COPENBLAS_H
#define MORULA_COPENBLAS_H

#include <cblas.h>

// How the library was built: 0 sequential, 1 pthreads, 2 OpenMP.
static inline int morula_openblas_parallel(void) { return openblas_get_parallel(); }

// The name of the micro-architecture whose kernels are in use, "Haswell" say.
static inline const char *morula_openblas_core(void) { return openblas_get_corename(); }

// The version and the options the library was built with: "OpenBLAS 0.3.21 DYNAMIC_ARCH ...".
static inline const char *morula_openblas_config(void) { return openblas_get_config(); }

// Makes OpenBLAS map the buffers that so many threads need at once; where it gets no memory for one, it
// would ask for ever in the middle of a product. Left out where it does not export its allocator.
extern void *blas_memory_alloc(int) __attribute__((weak));
extern void blas_memory_free(void *) __attribute__((weak));
static inline void morula_openblas_map_buffers(int count) {
  void *buffers[64];
  if (!blas_memory_alloc || !blas_memory_free) return;
  if (count > 64) count = 64;
  for (int i = 0; i < count; i++) buffers[i] = blas_memory_alloc(1);
  for (int i = 0; i < count; i++) blas_memory_free(buffers[i]);
}

#endif
