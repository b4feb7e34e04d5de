#include "ckernels.h"

#define CK_NAME(f) f##_baseline
#define CK_TABLE ck_table_baseline
#if defined(__aarch64__)
#define CK_LABEL "NEON"
#else
#define CK_LABEL "baseline"
#endif
#define CK_LANES 4
#define CK_ROWS 6
#include "kernels.inc"
