// LAPACKE as a Clang module. Complex types are opaque structures, because C's do not import.
#ifndef MORULA_CLAPACKE_H
#define MORULA_CLAPACKE_H

#define LAPACK_COMPLEX_STRUCTURE
#include <lapacke.h>

// Present where LAPACK is OpenBLAS; weak, so that other LAPACKs still link.
extern void openblas_set_num_threads(int) __attribute__((weak));

// Keeps LAPACK on the calling thread: OpenBLAS cuts its work by the number of threads, and so the
// last bits of a result would depend on the machine's cores.
static inline void morula_lapack_use_one_thread(void) {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

#endif
