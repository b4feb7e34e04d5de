// libtiff as a Clang module. Swift cannot call C variadics, so each use of them has a typed wrapper;
// and messages go to a log of the handle instead of stderr.
#ifndef MORULA_CTIFF_H
#define MORULA_CTIFF_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <tiffio.h>

/// The first error and the first warning libtiff reported on a handle; empty strings for none.
typedef struct {
  char error[512];
  char warning[512];
} MorulaTIFFLog;

static inline void morula_tiff_note(char *text, size_t size, const char *format, va_list arguments) {
  if (text[0] == '\0') vsnprintf(text, size, format, arguments);
}

/// Returning 1 keeps libtiff from calling its global, printing handlers.
static inline int morula_tiff_on_error(
    TIFF *tiff, void *log, const char *module, const char *format, va_list arguments) {
  (void)tiff;
  (void)module;
  morula_tiff_note(
      ((MorulaTIFFLog *)log)->error, sizeof ((MorulaTIFFLog *)log)->error, format, arguments);
  return 1;
}

static inline int morula_tiff_on_warning(
    TIFF *tiff, void *log, const char *module, const char *format, va_list arguments) {
  (void)tiff;
  (void)module;
  morula_tiff_note(
      ((MorulaTIFFLog *)log)->warning, sizeof ((MorulaTIFFLog *)log)->warning, format, arguments);
  return 1;
}

/// Opens a file whose messages go to `log`, which must outlive the handle. libtiff will not allocate
/// more than `largest_allocation` bytes at once. NULL on failure.
static inline TIFF *morula_tiff_open(
    const char *path, const char *mode, MorulaTIFFLog *log, int64_t largest_allocation) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, morula_tiff_on_error, log);
  TIFFOpenOptionsSetWarningHandlerExtR(options, morula_tiff_on_warning, log);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)largest_allocation);
  TIFF *tiff = TIFFOpenExt(path, mode, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

/// Reads a tag of 16 bits, or its default value; 0 where there is neither.
static inline int morula_tiff_get_uint16(TIFF *tiff, uint32_t tag, uint16_t *value) {
  return TIFFGetFieldDefaulted(tiff, tag, value);
}

/// Reads a tag of 16 bits that is in the file; 0 where it is not.
static inline int morula_tiff_get_stated_uint16(TIFF *tiff, uint32_t tag, uint16_t *value) {
  return TIFFGetField(tiff, tag, value);
}

/// Reads a tag of 32 bits, or its default value; 0 where there is neither.
static inline int morula_tiff_get_uint32(TIFF *tiff, uint32_t tag, uint32_t *value) {
  return TIFFGetFieldDefaulted(tiff, tag, value);
}

/// Reads a rational tag; 0 where it is not in the file.
static inline int morula_tiff_get_float(TIFF *tiff, uint32_t tag, float *value) {
  return TIFFGetField(tiff, tag, value);
}

/// Reads a text tag, owned by the handle's directory; 0 where it is not in the file.
static inline int morula_tiff_get_string(TIFF *tiff, uint32_t tag, const char **value) {
  return TIFFGetField(tiff, tag, value);
}

/// Sets a tag of 16 bits.
static inline int morula_tiff_set_uint16(TIFF *tiff, uint32_t tag, uint16_t value) {
  return TIFFSetField(tiff, tag, (int)value);
}

/// Sets a tag of 32 bits.
static inline int morula_tiff_set_uint32(TIFF *tiff, uint32_t tag, uint32_t value) {
  return TIFFSetField(tiff, tag, value);
}

/// Sets a rational tag.
static inline int morula_tiff_set_double(TIFF *tiff, uint32_t tag, double value) {
  return TIFFSetField(tiff, tag, value);
}

/// Sets a text tag.
static inline int morula_tiff_set_string(TIFF *tiff, uint32_t tag, const char *value) {
  return TIFFSetField(tiff, tag, value);
}

#endif
