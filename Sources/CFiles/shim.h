// Calls of Linux that Swift's Glibc module lacks, as it is built without _GNU_SOURCE.
#ifndef MORULA_CFILES_H
#define MORULA_CFILES_H

#if defined(__linux__)
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

// Exchanges two names in one step (renameat2, flag RENAME_EXCHANGE): 0, or -1 with errno where the
// kernel or the file system cannot.
static inline int morula_exchange(const char *a, const char *b) {
#if defined(SYS_renameat2)
  return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 1u << 1);
#else
  (void)a, (void)b;
  return -1;
#endif
}

// Brings the file system of a descriptor to the disk: 0, or -1 with errno.
static inline int morula_synchronize(int descriptor) {
  return (int)syscall(SYS_syncfs, descriptor);
}

// Fills in the mask of the processors that the process may run on, a bit each: the bytes that were
// written, or -1 with errno.
static inline int morula_affinity(void *mask, size_t size) {
  return (int)syscall(SYS_sched_getaffinity, 0, size, mask);
}
#endif

#endif
