// The codecs of OME-Zarr's chunks as a Clang module: Blosc, Zstandard, and zlib for Deflate.
#ifndef MORULA_CCODECS_H
#define MORULA_CCODECS_H

#include <blosc.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/// Decodes zlib or gzip data into exactly `size` bytes; 0 where they are damaged or of another size.
static inline int morula_inflate(const void *data, size_t count, void *output, size_t size) {
  if (count > UINT32_MAX || size > UINT32_MAX) return 0;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // 32 more than the largest window: the header tells whether it is zlib or gzip.
  if (inflateInit2(&stream, 15 + 32) != Z_OK) return 0;
  stream.next_in = (Bytef *)data;
  stream.avail_in = (uInt)count;
  stream.next_out = (Bytef *)output;
  stream.avail_out = (uInt)size;
  int result = inflate(&stream, Z_FINISH);
  int is_whole = result == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return is_whole;
}

#endif
