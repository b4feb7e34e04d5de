#include "ckernels.h"

extern const ck_kernels ck_table_baseline;
#if defined(__x86_64__)
extern const ck_kernels ck_table_avx2, ck_table_avx512;
#endif

const ck_kernels *ck_kernels_of(ck_variant variant) {
  switch (variant) {
    case CK_BASELINE: return &ck_table_baseline;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("x86-64-v3") ? &ck_table_avx2 : NULL;
    case CK_AVX512: return __builtin_cpu_supports("x86-64-v4") ? &ck_table_avx512 : NULL;
#endif
    default: return NULL;
  }
}

const ck_kernels *ck_best_kernels(void) {
  for (int variant = CK_VARIANTS - 1; variant > CK_BASELINE; variant--) {
    const ck_kernels *kernels = ck_kernels_of((ck_variant)variant);
    if (kernels) return kernels;
  }
  return &ck_table_baseline;
}
