#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
// 512-bit vectors are asked for: the default for this level prefers 256 bits.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), \
                             apply_to = function)
#define CK_NAME(f) f##_avx512
#define CK_TABLE ck_table_avx512
#define CK_LABEL "AVX-512"
#define CK_LANES 16
#define CK_ROWS 12
#include "kernels.inc"
#pragma clang attribute pop
#endif
