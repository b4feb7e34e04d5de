// libtiff as a Clang module. Swift cannot call C variadics, so each use of them has a typed wrapper;
// and messages go to a log of the handle instead of stderr.
#ifndef MORULA_CTIFF_H
#define MORULA_CTIFF_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

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

static inline TIFFOpenOptions *morula_tiff_options(MorulaTIFFLog *log, int64_t largest_allocation) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, morula_tiff_on_error, log);
  TIFFOpenOptionsSetWarningHandlerExtR(options, morula_tiff_on_warning, log);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)largest_allocation);
  return options;
}

/// Creates a file whose messages go to `log`, which must outlive the handle. NULL on failure.
static inline TIFF *morula_tiff_create(
    const char *path, const char *mode, MorulaTIFFLog *log, int64_t largest_allocation) {
  TIFFOpenOptions *options = morula_tiff_options(log, largest_allocation);
  if (options == NULL) return NULL;
  TIFF *tiff = TIFFOpenExt(path, mode, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

/// A file that is read through a window, as libtiff reads directories in pieces of a few bytes, and that
/// may show libtiff a header of ours: one that begins its list of pages at any of them.
typedef struct {
  int file;
  off_t size;
  off_t place;
  off_t window_start;
  size_t window_size;
  unsigned char header[16];
  off_t header_size;
  unsigned char window[32768];
} MorulaTIFFSource;

static inline ssize_t morula_tiff_pread(int file, void *buffer, size_t size, off_t place) {
  ssize_t count;
  do { count = pread(file, buffer, size, place); } while (count < 0 && errno == EINTR);
  return count;
}

static inline tmsize_t morula_tiff_source_read(thandle_t handle, void *buffer, tmsize_t size) {
  MorulaTIFFSource *source = (MorulaTIFFSource *)handle;
  const off_t start = source->place;
  tmsize_t done = 0;
  while (done < size) {
    const off_t behind = source->place - source->window_start;
    if (behind >= 0 && behind < (off_t)source->window_size) {
      size_t count = source->window_size - (size_t)behind;
      if (count > (size_t)(size - done)) count = (size_t)(size - done);
      memcpy((char *)buffer + done, source->window + behind, count);
      source->place += (off_t)count;
      done += (tmsize_t)count;
    } else if (size - done >= (tmsize_t)sizeof source->window) {
      ssize_t count = morula_tiff_pread(
          source->file, (char *)buffer + done, (size_t)(size - done), source->place);
      if (count < 0) return -1;
      if (count == 0) break;
      source->place += count;
      done += count;
    } else {
      source->window_size = 0;
      ssize_t count =
          morula_tiff_pread(source->file, source->window, sizeof source->window, source->place);
      if (count < 0) return -1;
      if (count == 0) break;
      source->window_start = source->place;
      source->window_size = (size_t)count;
    }
  }
  for (off_t place = start; place < source->header_size && place - start < done; place++)
    ((unsigned char *)buffer)[place - start] = source->header[place];
  return done;
}

static inline tmsize_t morula_tiff_source_write(thandle_t handle, void *buffer, tmsize_t size) {
  (void)handle;
  (void)buffer;
  (void)size;
  return -1;
}

static inline toff_t morula_tiff_source_seek(thandle_t handle, toff_t offset, int whence) {
  MorulaTIFFSource *source = (MorulaTIFFSource *)handle;
  off_t base = whence == SEEK_CUR ? source->place : whence == SEEK_END ? source->size : 0;
  // Places that no file has.
  if (offset > (toff_t)INT64_MAX - (toff_t)base) return (toff_t)-1;
  source->place = base + (off_t)offset;
  return (toff_t)source->place;
}

static inline toff_t morula_tiff_source_size(thandle_t handle) {
  return (toff_t)((MorulaTIFFSource *)handle)->size;
}

static inline int morula_tiff_source_close(thandle_t handle) {
  int result = close(((MorulaTIFFSource *)handle)->file);
  free(handle);
  return result;
}

/// Opens a file for reading, as if the page whose directory begins at `first` were its first one; at its
/// own first page where `first` is 0. Messages go to `log`, which must outlive the handle, and libtiff
/// will not allocate more than `largest_allocation` bytes at once. NULL on failure.
///
/// libtiff finds a page by its offset only after it has walked the whole list of them, which takes
/// longer than reading a frame where a series has thousands of pages.
static inline TIFF *morula_tiff_open(
    const char *path, uint64_t first, MorulaTIFFLog *log, int64_t largest_allocation) {
  MorulaTIFFSource *source = (MorulaTIFFSource *)calloc(1, sizeof *source);
  if (source == NULL) return NULL;
  struct stat status;
  source->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  TIFFOpenOptions *options = NULL;
  if (source->file >= 0 && fstat(source->file, &status) == 0) {
    source->size = status.st_size;
    ssize_t size = morula_tiff_pread(source->file, source->header, 16, 0);
    if (first != 0) {
      int is_big_endian = source->header[0] == 'M';
      int is_big_tiff = source->header[is_big_endian ? 3 : 2] == 43;
      source->header_size = is_big_tiff ? 16 : 8;
      int width = is_big_tiff ? 8 : 4;
      for (int place = 0; place < width; place++)
        source->header[source->header_size - width + place] =
            (unsigned char)(first >> 8 * (is_big_endian ? width - 1 - place : place));
    }
    if (size >= source->header_size) options = morula_tiff_options(log, largest_allocation);
  }
  TIFF *tiff = NULL;
  if (options != NULL) {
    tiff = TIFFClientOpenExt(
        path, "rmc", (thandle_t)source, morula_tiff_source_read, morula_tiff_source_write,
        morula_tiff_source_seek, morula_tiff_source_close, morula_tiff_source_size, NULL, NULL,
        options);
    TIFFOpenOptionsFree(options);
  }
  if (tiff == NULL) {
    if (source->file >= 0) close(source->file);
    free(source);
  }
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

/// The values of a tag that libtiff does not know, if they are of this type.
static inline int morula_tiff_get_array(
    TIFF *tiff, uint32_t tag, TIFFDataType type, uint32_t *count, const void **data) {
  const TIFFField *field = TIFFFindField(tiff, tag, TIFF_ANY);
  *count = 0;
  *data = NULL;
  if (field == NULL || TIFFFieldDataType(field) != type || !TIFFFieldPassCount(field) ||
      TIFFFieldReadCount(field) != TIFF_VARIABLE2)
    return 0;
  return TIFFGetField(tiff, tag, count, data) != 0 && *data != NULL;
}

/// Sets the two tags of ImageJ's metadata.
static inline int morula_tiff_set_imagej(
    TIFF *tiff, const uint32_t *lengths, uint32_t count, const void *bytes, uint32_t size) {
  static const TIFFFieldInfo fields[] = {
      {50838, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_LONG, FIELD_CUSTOM, 1, 1,
       (char *)"IJMetadataByteCounts"},
      {50839, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_BYTE, FIELD_CUSTOM, 1, 1, (char *)"IJMetadata"},
  };
  if (TIFFMergeFieldInfo(tiff, fields, 2) != 0) return 0;
  return TIFFSetField(tiff, 50838, count, lengths) && TIFFSetField(tiff, 50839, size, bytes);
}

/// Sets a tag of 16 bits.
static inline int morula_tiff_set_uint16(TIFF *tiff, uint32_t tag, uint16_t value) {
  return TIFFSetField(tiff, tag, (int)value);
}

/// Sets a tag of 32 bits.
static inline int morula_tiff_set_uint32(TIFF *tiff, uint32_t tag, uint32_t value) {
  return TIFFSetField(tiff, tag, value);
}

/// Sets a tag of a codec, such as the colors that JPEG gives; not part of the file.
static inline int morula_tiff_set_int(TIFF *tiff, uint32_t tag, int value) {
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
