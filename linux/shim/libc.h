/* SPDX-License-Identifier: MIT */
/*
 * Entry points of glibc that programs reach without naming them: what _FORTIFY_SOURCE makes of
 * open() or read(), and how stat() was called before glibc 2.33.  No header declares them.
 */
#ifndef SHIM_LIBC_H
#define SHIM_LIBC_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The wrappers of both families share their code, so the types must be equal. */
_Static_assert(
    sizeof(struct stat) == sizeof(struct stat64) &&
        sizeof(struct dirent) == sizeof(struct dirent64) && sizeof(off_t) == sizeof(off64_t),
    "only for machines on which the 64-bit interface of the C library is the ordinary one");

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size);
_Noreturn void __chk_fail(void);

int __xstat(int version, const char *path, struct stat *status);
int __xstat64(int version, const char *path, struct stat64 *status);
int __lxstat(int version, const char *path, struct stat *status);
int __lxstat64(int version, const char *path, struct stat64 *status);
int __fxstat(int version, int fd, struct stat *status);
int __fxstat64(int version, int fd, struct stat64 *status);
int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags);
int __fxstatat64(int version, int directory, const char *path, struct stat64 *status, int flags);

char *__realpath_chk(const char *path, char *resolved, size_t size);
ssize_t __readlink_chk(const char *path, char *buffer, size_t count, size_t size);
ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t count, size_t size);

#endif
