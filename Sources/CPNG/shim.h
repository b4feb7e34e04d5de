// libpng as a Clang module: its simplified interface, which reports errors by return values.
#ifndef MORULA_CPNG_H
#define MORULA_CPNG_H

#include <png.h>

/// An empty image of 8-bit RGB pixels. Free it with png_image_free.
static inline png_image morula_png_rgb(png_uint_32 width, png_uint_32 height) {
  png_image image = {0};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  return image;
}

#endif
