/* What a process does to the files of one folder: recorded, and failed once. Loaded before the C library (LD_PRELOAD).

   DISK_FOLDER  the folder; calls on other files pass. Standard output is recorded too, as what was told.
   DISK_RECORD  a file: each call is appended, "call path other offset length\n" with tabs, then `length` bytes.
   DISK_FAULT   "number kind": the so-manieth call (from 1) fails: kind is an errno, 0 for a write of half the
                bytes, -1 for SIGKILL instead of the call, -2 for a lie: nothing is done and success is told.
   DISK_COUNT   a file that gets the number of calls when the fault has struck or the process exits by itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int calls;

static int in_folder(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    return length && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int path_of(int fd, char *path) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0 && in_folder(path);
}

static void absolute(const char *name, char *path) {
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return;
    }
    if (!getcwd(path, PATH_MAX)) path[0] = 0;
    strncat(path, "/", PATH_MAX - strlen(path) - 1);
    strncat(path, name, PATH_MAX - strlen(path) - 1);
}

static void put(int to, const void *from, size_t length) {
    for (const char *at = from; length;) {
        ssize_t done = syscall(SYS_write, to, at, length);
        if (done < 0) _exit(99);
        at += done, length -= done;
    }
}

static void record(const char *call, const char *path, const char *other, long offset, const void *data, size_t length) {
    const char *file = getenv("DISK_RECORD");
    char head[2 * PATH_MAX + 80];
    if (!file) return;
    int to = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    put(to, head, snprintf(head, sizeof head, "%s\t%s\t%s\t%ld\t%zu\n", call, path, other, offset, data ? length : 0));
    if (data) put(to, data, length);
    syscall(SYS_close, to);
}

static void tell_count(void) {
    const char *file = getenv("DISK_COUNT");
    char text[24];
    if (!file) return;
    int to = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    put(to, text, snprintf(text, sizeof text, "%d", calls));
    syscall(SYS_close, to);
}

/* Count a call: 1 where it fails with the errno that is set, 2 where it is to be cut, 3 where it is only said to be
   done, 0 where it is carried out. */
static int struck(void) {
    const char *fault = getenv("DISK_FAULT");
    int number = 0, kind = 0;
    calls++;
    tell_count();
    if (!fault || sscanf(fault, "%d %d", &number, &kind) != 2 || number != calls) return 0;
    if (kind == -1) syscall(SYS_kill, getpid(), SIGKILL);
    errno = kind > 0 ? kind : 0;
    return kind > 0 ? 1 : kind == -2 ? 3 : 2;
}

static ssize_t writing(const char *call, int fd, const void *data, size_t length, off_t offset) {
    char path[PATH_MAX];
    int positioned = offset >= 0, ours = path_of(fd, path), hit = ours ? struck() : 0;
    if (hit == 1) return -1;
    if (hit == 3) return length;
    if (hit == 2 && length > 1) length /= 2;
    off_t at = positioned ? offset : lseek(fd, 0, SEEK_CUR);
    ssize_t done = positioned ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
    if (ours && done > 0) record(call, path, "", at, data, done);
    if (fd == 1 && !ours && done > 0 && getenv("DISK_FOLDER")) record("told", "", "", 0, data, done);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return writing("write", fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return writing("write", fd, data, length, at); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return writing("write", fd, data, length, at); }

static int syncing(long number, int fd) {
    char path[PATH_MAX];
    int ours = path_of(fd, path);
    if (ours && struck() == 1) return -1;
    int done = syscall(number, fd);
    if (ours && done == 0) record("sync", path, "", 0, 0, 0);
    return done;
}

int fsync(int fd) { return syncing(SYS_fsync, fd); }
int fdatasync(int fd) { return syncing(SYS_fdatasync, fd); }

static int cutting(int fd, off_t length) {
    char path[PATH_MAX];
    int ours = path_of(fd, path);
    if (ours && struck() == 1) return -1;
    int done = syscall(SYS_ftruncate, fd, length);
    if (ours && done == 0) record("truncate", path, "", length, 0, 0);
    return done;
}

int ftruncate(int fd, off_t length) { return cutting(fd, length); }
int ftruncate64(int fd, off64_t length) { return cutting(fd, length); }

static int opening(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    absolute(name, path);
    int ours = (flags & O_CREAT) && in_folder(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    if (ours && struck() == 1) return -1;
    int done = syscall(SYS_openat, folder, name, flags, mode);
    if (ours && done >= 0) record("create", path, "", 0, 0, 0);
    return done;
}

#define MODE(after) va_list given; va_start(given, after); mode_t mode = va_arg(given, mode_t); va_end(given)
int open(const char *name, int flags, ...) { MODE(flags); return opening(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags); return opening(AT_FDCWD, name, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(flags); return opening(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(flags); return opening(folder, name, flags, mode); }

static int naming(const char *call, long number, const char *from, const char *to) {
    char path[PATH_MAX], other[PATH_MAX] = "";
    absolute(from, path);
    if (to) absolute(to, other);
    int ours = in_folder(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
    if (ours && struck() == 1) return -1;
    int done = to ? number == SYS_linkat ? syscall(number, AT_FDCWD, from, AT_FDCWD, to, 0)
                                         : syscall(number, AT_FDCWD, from, AT_FDCWD, to)
                  : syscall(number, AT_FDCWD, from, 0);
    if (ours && done == 0) record(call, path, other, 0, 0, 0);
    return done;
}

int unlink(const char *name) { return naming("unlink", SYS_unlinkat, name, 0); }
int rename(const char *from, const char *to) { return naming("rename", SYS_renameat, from, to); }
int link(const char *from, const char *to) { return naming("link", SYS_linkat, from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
    (void)a, (void)b, (void)flags;
    return naming("link", SYS_linkat, from, to);
}
