/* Lets allocations fail. FAIL_AT=N: the allocation of this number fails, counted from 1 over all threads; with
   FAIL_AFTER=N all from this number on. COUNT_ALLOCATIONS=FILE: writes their number to the file at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong allocations;
static unsigned long fail_at;
static unsigned long fail_after;
static const char *report;

static unsigned long number_in(const char *name)
{
    const char *value = getenv(name);
    return value ? strtoul(value, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    fail_at = number_in("FAIL_AT");
    fail_after = number_in("FAIL_AFTER");
    report = getenv("COUNT_ALLOCATIONS");
    unsetenv("LD_PRELOAD"); /* not in the commands of batches */
}

__attribute__((destructor)) static void end(void)
{
    FILE *file = report ? fopen(report, "w") : NULL;
    if (file) {
        fprintf(file, "%lu\n", atomic_load(&allocations));
        fclose(file);
    }
}

static int fails(void)
{
    const unsigned long number = atomic_fetch_add(&allocations, 1) + 1;
    if (number != fail_at && (fail_after == 0 || number < fail_after))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *aligned = fails() ? NULL : __libc_memalign(alignment, size);
    if (!aligned)
        return ENOMEM;
    *memory = aligned;
    return 0;
}
