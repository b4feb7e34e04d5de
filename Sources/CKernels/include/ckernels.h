// Morula's SIMD loops: one source, compiled once per instruction set, chosen at run time.
// README.md in the folder above states the contract of each kernel.
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

// A short linear transform along one axis, made by FastTransform in Swift. `pairs` is 0 for an axis
// without one (a single point and output), else 1, 2 or 3, and there are 2 · pairs + 2 points.
typedef struct {
  ptrdiff_t points, outputs, pairs;
  float at[3];         // a of each pair of points ±a
  float all[3];        // Π (x² − a²) over all pairs: coefficients of 1, x², …; the leading 1 left out
  float others[3][2];  // the same over all pairs but one
  float power[3][8];   // a, to the powers 0 … 7
} ck_transform;

// Weights on their way to and from the points of transforms. Axes are z, y, x; one without a
// transform has no matrix and keeps its taps.
typedef struct {
  ptrdiff_t inputs, outputs;
  ptrdiff_t kernel[3];
  ptrdiff_t points[3];     // 1 on an axis without a transform
  const float *matrix[3];  // [points][kernel], NULL on an axis without a transform
  // Where the weight of an output, an input and a tap (in z, y, x order) lies.
  ptrdiff_t output_stride, input_stride, tap_stride;
} ck_weights;

// Weights of a product: w[r][k] of `outputs` rows r and `depth` terms k, as
// [panel of outputs][depth][output of the panel] with `height` outputs in a panel, the last fewer.
typedef struct {
  const float *values;
  ptrdiff_t outputs, height, depth;
} ck_panels;

// Rows of `count` floats that are read in place: row k begins at values + offsets[k].
typedef struct {
  const float *values;
  const int32_t *offsets;
  ptrdiff_t rows, count;
} ck_rows;

// The gradient of a normalization, dx = on_gradient · g + on_x · x + constant. With `relu` a gradient g
// counts only where scale · x + shift, the normalized value, is positive.
typedef struct {
  bool relu;
  float scale, shift;
  float on_gradient, on_x, constant;
} ck_normalization_gradient;

// One step of stochastic gradient descent; of a parameter, with its decay already in `decay`
// (coupled) or `keep` (decoupled).
typedef struct {
  float rate, momentum, decay, keep;
  bool nesterov;
} ck_sgd;

// One step of Adam; `rate` and `root` correct the moments' bias, restN is 1 − betaN.
typedef struct {
  float rate, root, beta1, rest1, beta2, rest2, epsilon, decay, keep;
} ck_adam;

// The largest number of taps along one axis that the transforms, and direct products, take.
#define CK_MAX_KERNEL 7

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
  void (*gradient_moments)(const float *gradient, const float *x, ptrdiff_t n, bool relu,
                           float scale, float shift, double *sum, double *product);

  // Element-wise.
  void (*fill)(float *y, ptrdiff_t n, float value);
  void (*add)(const float *a, const float *b, float *y, ptrdiff_t n);
  void (*scale_shift)(const float *x, float *y, ptrdiff_t n, float scale, float shift, bool relu);
  void (*normalization_gradient)(const ck_normalization_gradient *s, const float *gradient,
                                 const float *x, ptrdiff_t n, float *dx);
  void (*relu)(const float *x, float *y, ptrdiff_t n);
  void (*relu_gradient)(const float *gradient, const float *activation, float *dx, ptrdiff_t n);

  // Max pooling 2×2×2, stride 2; extents are those of the input.
  void (*max_pool)(const float *x, ptrdiff_t depth, ptrdiff_t height, ptrdiff_t width, float *y,
                   uint8_t *index);
  void (*max_pool_gradient)(const float *gradient, const uint8_t *index, ptrdiff_t depth,
                            ptrdiff_t height, ptrdiff_t width, float *dx);
  void (*max_pool_gradient_add)(const float *gradient, const uint8_t *index, ptrdiff_t depth,
                                ptrdiff_t height, ptrdiff_t width, float *dx);

  // Updates of parameters.
  void (*sgd)(const ck_sgd *s, const float *gradient, ptrdiff_t n, bool first, float *v, float *w);
  void (*adam)(const ck_adam *s, const float *gradient, ptrdiff_t n, float *m, float *v, float *w);
  void (*blend)(float a, float b, const float *x, ptrdiff_t n, float *y);
  void (*approach)(float rate, const float *x, ptrdiff_t n, float *y);

  // Products over overlapping columns, and the transforms around them.
  ptrdiff_t product_rows;  // the largest number of rows of a panel
  void (*product)(const ck_panels *w, ptrdiff_t first, const ck_rows *v, bool add, float *c,
                  ptrdiff_t stride);
  void (*correlation)(const ck_rows *v, const float *g, ptrdiff_t step, ptrdiff_t width, bool add,
                      float *c, ptrdiff_t stride);
  void (*input_tile)(const ck_transform *z, const ck_transform *y, const float *const *rows,
                     ptrdiff_t ahead, ptrdiff_t width, ptrdiff_t first, ptrdiff_t count,
                     float *points, ptrdiff_t stride);
  void (*output_tile)(const ck_transform *z, const ck_transform *y, const float *points,
                      ptrdiff_t stride, ptrdiff_t count, float bias, bool relu, bool stream,
                      float *const *rows);
  void (*gradient_tile)(const ck_transform *z, const ck_transform *y, const float *const *rows,
                        ptrdiff_t ahead, ptrdiff_t channels, ptrdiff_t channel_stride,
                        ptrdiff_t count, float *points, ptrdiff_t stride);
  void (*input_line)(const ck_transform *x, const float *rows, ptrdiff_t row, ptrdiff_t lines,
                     ptrdiff_t tiles, float *points, ptrdiff_t stride);
  void (*output_line)(const ck_transform *x, const float *points, ptrdiff_t stride,
                      ptrdiff_t lines, ptrdiff_t tiles, float *rows, ptrdiff_t row);
  void (*gradient_line)(const ck_transform *x, const float *rows, ptrdiff_t row, ptrdiff_t lines,
                        ptrdiff_t tiles, ptrdiff_t channels, float *points, ptrdiff_t stride);
  void (*weight_points)(const ck_weights *g, const float *weights, ptrdiff_t first,
                        ptrdiff_t count, float *panel, ptrdiff_t stride);
  void (*weight_gradient)(const ck_weights *g, const float *points, ptrdiff_t stride,
                          ptrdiff_t row, ptrdiff_t tap, ptrdiff_t input, float *weights);
  void (*interleave)(const float *even, const float *odd, ptrdiff_t n, float bias, bool stream,
                     float *y);
  void (*deinterleave)(const float *x, ptrdiff_t n, float *even, float *odd);

  // How fast multiply-adds can be: no memory, only registers.
  double (*fma_peak)(ptrdiff_t rounds, double *sum);
} ck_kernels;

// The kernels of `variant`, or NULL where this binary or this processor lacks it.
const ck_kernels *ck_kernels_of(ck_variant variant);

// The best kernels this processor runs.
const ck_kernels *ck_best_kernels(void);

#endif
