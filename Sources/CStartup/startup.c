// Runs before the constructors of all shared libraries, where the addresses of the process are limited
// (ulimit -v, ulimit -d, h_vmem of grid engines).
//
// OpenBLAS takes a buffer of 128 MiB for each thread while it is loaded, starts a thread for each
// processor, and asks for ever where it gets none. So a limit that is too low is an error here, and under
// any other limit OpenBLAS is told to start no threads, which it has no use for: ours are the threads.
#include "startup.h"

#if defined(__linux__) && defined(__ELF__)
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// OpenBLAS's first buffer, and what a short command takes besides.
enum { MIB = 1 << 20, BUFFER_MIB = 128, REST_MIB = 32 };

// The number of a field of /proc/self/statm in bytes; 0 if unknown.
static unsigned long long field(int number) {
  char text[256];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = '\0';
  char *at = text;
  for (; number > 0; number--) {
    at = strchr(at, ' ');
    if (at == NULL) return 0;
    at++;
  }
  unsigned long long pages = 0;
  for (; *at >= '0' && *at <= '9'; at++) pages = 10 * pages + (unsigned)(*at - '0');
  return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

static char *append(char *end, const char *text) {
  while (*text != '\0') *end++ = *text++;
  return end;
}

static char *append_mib(char *end, unsigned long long bytes) {
  char digits[24];
  int count = 0;
  unsigned long long value = (bytes + MIB - 1) / MIB;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count > 0) *end++ = digits[--count];
  return append(end, " MiB");
}

// Ends the process with one line where a limit does not let OpenBLAS start.
static int is_limited(int resource, int used_field, const char *name) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  unsigned long long needed = field(used_field) + (unsigned long long)(BUFFER_MIB + REST_MIB) * MIB;
  if (limit.rlim_cur < needed) {
    char line[256], *end = line;
    end = append(end, "morula: error: needs at least ");
    end = append_mib(end, needed);
    end = append(end, " of address space, the limit (");
    end = append(end, name);
    end = append(end, ") is ");
    end = append_mib(end, limit.rlim_cur);
    end = append(end, "; raise it\n");
    ssize_t written = write(STDERR_FILENO, line, (size_t)(end - line));
    (void)written;
    _exit(3);
  }
  return 1;
}

static void morula_start(int count, char **arguments, char **environment) {
  (void)count;
  int limited = is_limited(RLIMIT_AS, 0, "ulimit -v");
  limited |= is_limited(RLIMIT_DATA, 5, "ulimit -d");
  if (!limited) return;
#ifdef __GLIBC__
  // The allocator would take 64 MiB of addresses for each thread, and try again at every call where it
  // gets none.
  mallopt(M_ARENA_MAX, 1);
#endif
  if (environment == NULL) return;
  static char variable[] = "OPENBLAS_NUM_THREADS=1";
  const size_t name = strlen("OPENBLAS_NUM_THREADS=");
  size_t variables = 0;
  for (; environment[variables] != NULL; variables++)
    if (strncmp(environment[variables], variable, name) == 0) return;
  // The library reads its environment before this process could change it: start again with it.
  const size_t size = (variables + 2) * sizeof(char *);
  char **changed = (char **)mmap(
      NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (changed == (char **)MAP_FAILED) return;
  memcpy(changed, environment, variables * sizeof(char *));
  changed[variables] = variable;
  changed[variables + 1] = NULL;
  execve("/proc/self/exe", arguments, changed);
  munmap(changed, size);
}

__attribute__((section(".preinit_array"), used)) static void (*const morula_entry)(
    int, char **, char **) = morula_start;
#endif
