#ifndef MORULA_CKERNELS_H
#define MORULA_CKERNELS_H
#include <stddef.h>
#include <stdint.h>
#endif
