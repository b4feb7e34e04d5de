// libzip as a Clang module.
#ifndef MORULA_CZIP_H
#define MORULA_CZIP_H

#include <zip.h>

#endif
