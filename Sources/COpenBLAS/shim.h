// OpenBLAS as a Clang module: the CBLAS interface, and the few OpenBLAS controls that Morula needs.
#ifndef MORULA_COPENBLAS_H
#define MORULA_COPENBLAS_H

#include <cblas.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// How the library was built: 0 sequential, 1 pthreads, 2 OpenMP.
static inline int morula_openblas_parallel(void) { return openblas_get_parallel(); }

// The name of the micro-architecture whose kernels are in use, "Haswell" say.
static inline const char *morula_openblas_core(void) { return openblas_get_corename(); }

// Present in builds with run-time dispatch; weak, so that other builds still link.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

// Makes a build with run-time dispatch choose its kernels again, as if OPENBLAS_CORETYPE had been
// `core`. Call before the first BLAS call, from one thread. False where the build cannot.
static inline bool morula_openblas_use_core(const char *core) {
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return false;
  if (setenv("OPENBLAS_CORETYPE", core, 1) != 0) return false;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  return strcasecmp(openblas_get_corename(), core) == 0;
}

#endif
