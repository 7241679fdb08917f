/* Preloaded into the program: a disk that is slow, full for some writes, and logs its calls.
 *
 *   write()       to a file fails with ENOSPC if the data begins with "no room", or with DISK_FULL_FOR
 *   fsync()       takes DISK_SYNC_MS milliseconds
 *   DISK_LOG      names a file that gets a line per call: "sync file", "sync folder", "rename" */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef ssize_t writer(int, const void *, size_t);
typedef int syncer(int);
typedef int renamer(int, const char *, int, const char *);
typedef int flagged_renamer(int, const char *, int, const char *, unsigned);

static mode_t kind(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_mode & S_IFMT : 0;
}

static void log_call(const char *what) {
    const char *name = getenv("DISK_LOG");
    int fd = name == NULL ? -1 : open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd >= 0) {
        dprintf(fd, "%s\n", what);
        close(fd);
    }
}

ssize_t write(int fd, const void *bytes, size_t size) {
    const char *wanted = getenv("DISK_FULL_FOR");
    const char *beginning = wanted == NULL ? "no room" : wanted;
    size_t length = strlen(beginning);
    if (fd > STDERR_FILENO && size >= length && memcmp(bytes, beginning, length) == 0 && kind(fd) == S_IFREG) {
        errno = ENOSPC;
        return -1;
    }
    return ((writer *)dlsym(RTLD_NEXT, "write"))(fd, bytes, size);
}

int fsync(int fd) {
    const char *wanted = getenv("DISK_SYNC_MS");
    long ms = wanted == NULL ? 0 : atol(wanted);
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    log_call(kind(fd) == S_IFDIR ? "sync folder" : "sync file");
    return ((syncer *)dlsym(RTLD_NEXT, "fsync"))(fd);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    log_call("rename");
    return ((renamer *)dlsym(RTLD_NEXT, "renameat"))(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    log_call("rename");
    return ((flagged_renamer *)dlsym(RTLD_NEXT, "renameat2"))(from_folder, from, to_folder, to, flags);
}
