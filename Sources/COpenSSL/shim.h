// OpenSSL's digests as a Clang module.
#ifndef MORULA_COPENSSL_H
#define MORULA_COPENSSL_H

#include <openssl/evp.h>

#endif
