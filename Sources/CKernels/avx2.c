#include "ckernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_NAME(f) f##_avx2
#define CK_TABLE ck_table_avx2
#define CK_LABEL "AVX2"
#define CK_LANES 8
#define CK_ROWS 6
#include "kernels.inc"
#pragma clang attribute pop
#endif
