/* SPDX-License-Identifier: MIT */
/*
 * The system calls that may concern the node of a bus, for each kind of program that this machine
 * runs.  Two kinds of programs have different numbers and different structures.
 *
 * abi_x86_64.c, abi_i386.c and so on each have one kind; CMakeLists.txt chooses those of the
 * machine.
 */
#ifndef SECCOMP_ABI_H
#define SECCOMP_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What a call does, and so which of its arguments matter. */
enum abi_kind {
    /* Calls that name a file. */
    ABI_OPEN,
    ABI_CREAT,
    ABI_OPENAT,
    ABI_OPENAT2,
    ABI_ACCESS,
    ABI_FACCESSAT,
    ABI_STAT, /* and lstat() */
    ABI_FSTATAT,
    ABI_STATX,
    ABI_READLINK,
    ABI_READLINKAT,
    ABI_XATTR, /* getxattr(), listxattr() and those that do not follow links */
    /* Calls of an open file. */
    ABI_FSTAT,
    ABI_READ,
    ABI_READV,
    ABI_PREAD,
    ABI_PREADV,
    ABI_PREADV2,
    ABI_WRITE,
    ABI_WRITEV,
    ABI_PWRITE,
    ABI_PWRITEV,
    ABI_PWRITEV2,
    ABI_IOCTL,
    ABI_EPOLL_CTL,
    ABI_SENDFILE,
    ABI_SPLICE,
    ABI_GETDENTS,
    /* Calls that do not exist under supervision. */
    ABI_IO_URING_SETUP,
    ABI_KINDS
};

struct abi_call {
    uint32_t number;
    enum abi_kind kind;
};

enum { ABI_STATUS_MAX = 256 };

struct abi {
    uint32_t architecture; /* AUDIT_ARCH_… */
    bool is_32bit;
    const struct abi_call *calls;
    size_t count;
    /* Makes the kernel's structure of stat() for such a program.  Returns its size. */
    size_t (*pack_status)(const struct stat *status, uint8_t bytes[ABI_STATUS_MAX]);
};

/* Those of this machine; NULL behind the last. */
extern const struct abi *const abis[];

extern const struct abi abi_x86_64, abi_i386;

#endif
