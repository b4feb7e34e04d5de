// LAPACKE as a Clang module. Complex types are opaque structures, because C's do not import.
#ifndef MORULA_CLAPACKE_H
#define MORULA_CLAPACKE_H

#define LAPACK_COMPLEX_STRUCTURE
#include <lapacke.h>

#endif
