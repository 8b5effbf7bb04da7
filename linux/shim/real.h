/* SPDX-License-Identifier: MIT */
/*
 * The C library's own functions, which ours of the same names hide: REAL(open)(path, flags).
 *
 * All are looked up when this library is loaded, because dlsym() may not be called in a signal
 * handler.  Constructors of other libraries may call us before that; then the function is looked up
 * at once.
 */
#ifndef SHIM_REAL_H
#define SHIM_REAL_H

#include "shim/libc.h"

/* clang-format off */
#define REAL_FUNCTIONS(X) \
    X(open) X(open64) X(openat) X(openat64) X(creat) X(creat64) \
    X(__open_2) X(__open64_2) X(__openat_2) X(__openat64_2) \
    X(dup) X(dup2) X(dup3) X(fcntl) X(fcntl64) \
    X(ioctl) X(read) X(write) X(readv) X(writev) X(__read_chk) \
    X(pread) X(pread64) X(pwrite) X(pwrite64) X(__pread_chk) X(__pread64_chk) \
    X(preadv) X(preadv64) X(pwritev) X(pwritev64) \
    X(epoll_ctl) \
    X(stat) X(stat64) X(lstat) X(lstat64) X(fstat) X(fstat64) X(fstatat) X(fstatat64) X(statx) \
    X(__xstat) X(__xstat64) X(__lxstat) X(__lxstat64) X(__fxstat) X(__fxstat64) \
    X(__fxstatat) X(__fxstatat64) \
    X(access) X(euidaccess) X(eaccess) X(faccessat) \
    X(realpath) X(__realpath_chk) X(canonicalize_file_name) \
    X(readlink) X(readlinkat) X(__readlink_chk) X(__readlinkat_chk) \
    X(getxattr) X(lgetxattr) X(listxattr) X(llistxattr) \
    X(opendir) X(fdopendir) X(readdir) X(readdir64) X(rewinddir) X(closedir) \
    X(fopen) X(fopen64) X(fdopen) X(fileno) X(fileno_unlocked)
/* clang-format on */

enum real_index {
#define REAL_INDEX(name) REAL_##name,
    REAL_FUNCTIONS(REAL_INDEX)
#undef REAL_INDEX
        REAL_COUNT
};

void *real_find(enum real_index index);
void real_find_all(void);

#define REAL(name) ((__typeof__(&(name)))real_find(REAL_##name))

/* A function that programs shall find here before they find the C library's. */
#define WRAPPER __attribute__((visibility("default")))

#endif
