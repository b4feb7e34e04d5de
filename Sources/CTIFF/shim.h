// libtiff as a Clang module. Swift cannot call C variadics, so each use of them has a typed wrapper.
#ifndef MORULA_CTIFF_H
#define MORULA_CTIFF_H

#include <tiffio.h>

#endif
