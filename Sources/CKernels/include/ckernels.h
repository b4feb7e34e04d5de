// Morula's SIMD loops: one source, compiled once per instruction set, chosen at run time.
// README.md beside this folder states the contract of each kernel.
#ifndef MORULA_CKERNELS_H
#define MORULA_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A convolution as its kernels see it; axes are z, y, x. Validated by ConvolutionGeometry in Swift.
typedef struct {
  ptrdiff_t input[3];
  ptrdiff_t output[3];
  ptrdiff_t kernel[3];
  ptrdiff_t stride[3];
  ptrdiff_t padding[3];
  ptrdiff_t dilation[3];
} ck_convolution;

typedef enum {
  CK_BASELINE = 0,  // what the compiler targets by default: SSE2 on x86-64, NEON on arm64
  CK_AVX2 = 1,      // x86-64-v3: AVX2 and FMA
  CK_AVX512 = 2,    // x86-64-v4: AVX-512 F, BW, CD, DQ, VL
  CK_VARIANTS = 3,
} ck_variant;

// The kernels of one variant.
typedef struct {
  const char *name;

  // Convolution lowering.
  void (*im2col)(const ck_convolution *g, const float *x, ptrdiff_t channels, ptrdiff_t first,
                 ptrdiff_t count, float *columns, ptrdiff_t stride);
  void (*col2im_add)(const ck_convolution *g, const float *columns, ptrdiff_t stride,
                     ptrdiff_t channels, ptrdiff_t first, ptrdiff_t count, float *x);
  void (*transpose)(const float *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t x_stride,
                    float *y, ptrdiff_t y_stride);

  // Sums, in double.
  double (*sum)(const float *x, ptrdiff_t n);
  void (*moments)(const float *x, ptrdiff_t n, double *sum, double *squares);
  void (*gradient_moments)(const float *gradient, const float *activation, const float *x,
                           ptrdiff_t n, double *sum, double *product);

  // Element-wise.
  void (*fill)(float *y, ptrdiff_t n, float value);
  void (*add)(const float *a, const float *b, float *y, ptrdiff_t n);
  void (*scale_shift)(const float *x, float *y, ptrdiff_t n, float scale, float shift, bool relu);
  void (*normalization_gradient)(const float *gradient, const float *activation, const float *x,
                                 float *dx, ptrdiff_t n, float on_gradient, float on_x,
                                 float constant);
  void (*relu)(const float *x, float *y, ptrdiff_t n);
  void (*relu_gradient)(const float *gradient, const float *activation, float *dx, ptrdiff_t n);

  // Max pooling 2×2×2, stride 2; extents are those of the input.
  void (*max_pool)(const float *x, ptrdiff_t depth, ptrdiff_t height, ptrdiff_t width, float *y,
                   uint8_t *index);
  void (*max_pool_gradient)(const float *gradient, const uint8_t *index, ptrdiff_t depth,
                            ptrdiff_t height, ptrdiff_t width, float *dx);

  // How fast multiply-adds can be: no memory, only registers.
  double (*fma_peak)(ptrdiff_t rounds, double *sum);
} ck_kernels;

// The kernels of `variant`, or NULL where this binary or this processor lacks it.
const ck_kernels *ck_kernels_of(ck_variant variant);

// The best kernels this processor runs.
const ck_kernels *ck_best_kernels(void);

#endif
