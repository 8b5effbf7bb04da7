/* SPDX-License-Identifier: MIT */
/* Programs of 32 bits on x86-64. */
#include <asm/unistd_32.h>
#include <linux/audit.h>
#include <string.h>

#include "seccomp/abi.h"

static const struct abi_call calls[] = {
    {__NR_read, ABI_READ},
    {__NR_write, ABI_WRITE},
    {__NR_open, ABI_OPEN},
    {__NR_creat, ABI_CREAT},
    {__NR_access, ABI_ACCESS},
    {__NR_ioctl, ABI_IOCTL},
    {__NR_readlink, ABI_READLINK},
    {__NR_readv, ABI_READV},
    {__NR_writev, ABI_WRITEV},
    {__NR_pread64, ABI_PREAD},
    {__NR_pwrite64, ABI_PWRITE},
    {__NR_sendfile, ABI_SENDFILE},
    {__NR_stat64, ABI_STAT},
    {__NR_lstat64, ABI_STAT},
    {__NR_fstat64, ABI_FSTAT},
    {__NR_getdents64, ABI_GETDENTS},
    {__NR_getxattr, ABI_XATTR},
    {__NR_lgetxattr, ABI_XATTR},
    {__NR_listxattr, ABI_XATTR},
    {__NR_llistxattr, ABI_XATTR},
    {__NR_sendfile64, ABI_SENDFILE},
    {__NR_epoll_ctl, ABI_EPOLL_CTL},
    {__NR_openat, ABI_OPENAT},
    {__NR_fstatat64, ABI_FSTATAT},
    {__NR_readlinkat, ABI_READLINKAT},
    {__NR_faccessat, ABI_FACCESSAT},
    {__NR_splice, ABI_SPLICE},
    {__NR_preadv, ABI_PREADV},
    {__NR_pwritev, ABI_PWRITEV},
    {__NR_preadv2, ABI_PREADV2},
    {__NR_pwritev2, ABI_PWRITEV2},
    {__NR_statx, ABI_STATX},
    {__NR_io_uring_setup, ABI_IO_URING_SETUP},
    {__NR_openat2, ABI_OPENAT2},
    {__NR_faccessat2, ABI_FACCESSAT},
};

/* struct stat64 of arch/x86/include/uapi/asm/stat.h, as a program of 32 bits has it. */
struct narrow_status {
    uint64_t dev;
    uint8_t pad0[4];
    uint32_t short_ino, mode, nlink, uid, gid;
    uint64_t rdev;
    uint8_t pad3[4];
    int64_t size;
    uint32_t blksize;
    uint64_t blocks;
    uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
    uint64_t ino;
} __attribute__((packed));

_Static_assert(sizeof(struct narrow_status) == 96, "as the kernel's");

static size_t pack_status(const struct stat *status, uint8_t bytes[ABI_STATUS_MAX])
{
    struct narrow_status narrow = {
        .dev = status->st_dev,
        .short_ino = (uint32_t)status->st_ino,
        .mode = status->st_mode,
        .nlink = (uint32_t)status->st_nlink,
        .uid = status->st_uid,
        .gid = status->st_gid,
        .rdev = status->st_rdev,
        .size = status->st_size,
        .blksize = (uint32_t)status->st_blksize,
        .blocks = (uint64_t)status->st_blocks,
        .atime = (uint32_t)status->st_atim.tv_sec,
        .atime_ns = (uint32_t)status->st_atim.tv_nsec,
        .mtime = (uint32_t)status->st_mtim.tv_sec,
        .mtime_ns = (uint32_t)status->st_mtim.tv_nsec,
        .ctime = (uint32_t)status->st_ctim.tv_sec,
        .ctime_ns = (uint32_t)status->st_ctim.tv_nsec,
        .ino = status->st_ino,
    };
    memcpy(bytes, &narrow, sizeof narrow);
    return sizeof narrow;
}

const struct abi abi_i386 = {AUDIT_ARCH_I386, true, calls, sizeof calls / sizeof *calls,
                             pack_status};
