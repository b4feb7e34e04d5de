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

#endif
