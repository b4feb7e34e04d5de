// The codecs of OME-Zarr's chunks as a Clang module: Blosc, Zstandard, and zlib for Deflate.
#ifndef MORULA_CCODECS_H
#define MORULA_CCODECS_H

#include <blosc.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/// What came of decoding: damaged data, all of them, or more than there is room for.
enum { MORULA_DAMAGED = 0, MORULA_DECODED = 1, MORULA_NEEDS_ROOM = 2 };

/// Decodes zlib or gzip data, of one member or several, into at most `size` bytes; `written` is how
/// many they are.
static inline int morula_inflate(const void *data, size_t count, void *output, size_t size,
                                 size_t *written) {
  *written = 0;
  if (count > UINT32_MAX || size > UINT32_MAX) return MORULA_DAMAGED;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // 32 more than the largest window: the header tells whether it is zlib or gzip.
  if (inflateInit2(&stream, 15 + 32) != Z_OK) return MORULA_DAMAGED;
  stream.next_in = (Bytef *)data;
  stream.avail_in = (uInt)count;
  stream.next_out = (Bytef *)output;
  stream.avail_out = (uInt)size;
  int result = inflate(&stream, Z_FINISH);
  // Another member of gzip follows; anything else behind the data is ignored, as Python does.
  while (result == Z_STREAM_END && stream.avail_in > 2 && stream.next_in[0] == 0x1F &&
         stream.next_in[1] == 0x8B && inflateReset(&stream) == Z_OK) {
    result = inflate(&stream, Z_FINISH);
  }
  int is_full = stream.avail_out == 0;
  *written = size - stream.avail_out;
  inflateEnd(&stream);
  if (result == Z_STREAM_END) return MORULA_DECODED;
  return result == Z_BUF_ERROR && is_full ? MORULA_NEEDS_ROOM : MORULA_DAMAGED;
}

/// Decodes Zstandard data, of one frame or several, into at most `size` bytes; `written` is how
/// many they are.
static inline int morula_zstd(const void *data, size_t count, void *output, size_t size,
                              size_t *written) {
  size_t result = ZSTD_decompress(output, size, data, count);
  *written = ZSTD_isError(result) ? 0 : result;
  if (!ZSTD_isError(result)) return MORULA_DECODED;
  return ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall ? MORULA_NEEDS_ROOM
                                                                  : MORULA_DAMAGED;
}

#endif
