/* SPDX-License-Identifier: MIT */
/* Programs for x86-64. */
#include <asm/unistd_64.h>
#include <linux/audit.h>
#include <string.h>

#include "seccomp/abi.h"

static const struct abi_call calls[] = {
    {__NR_read, ABI_READ},           {__NR_write, ABI_WRITE},
    {__NR_open, ABI_OPEN},           {__NR_stat, ABI_STAT},
    {__NR_fstat, ABI_FSTAT},         {__NR_lstat, ABI_STAT},
    {__NR_ioctl, ABI_IOCTL},         {__NR_pread64, ABI_PREAD},
    {__NR_pwrite64, ABI_PWRITE},     {__NR_readv, ABI_READV},
    {__NR_writev, ABI_WRITEV},       {__NR_access, ABI_ACCESS},
    {__NR_sendfile, ABI_SENDFILE},   {__NR_creat, ABI_CREAT},
    {__NR_readlink, ABI_READLINK},   {__NR_getxattr, ABI_XATTR},
    {__NR_lgetxattr, ABI_XATTR},     {__NR_listxattr, ABI_XATTR},
    {__NR_llistxattr, ABI_XATTR},    {__NR_getdents64, ABI_GETDENTS},
    {__NR_epoll_ctl, ABI_EPOLL_CTL}, {__NR_openat, ABI_OPENAT},
    {__NR_newfstatat, ABI_FSTATAT},  {__NR_readlinkat, ABI_READLINKAT},
    {__NR_faccessat, ABI_FACCESSAT}, {__NR_splice, ABI_SPLICE},
    {__NR_preadv, ABI_PREADV},       {__NR_pwritev, ABI_PWRITEV},
    {__NR_preadv2, ABI_PREADV2},     {__NR_pwritev2, ABI_PWRITEV2},
    {__NR_statx, ABI_STATX},         {__NR_io_uring_setup, ABI_IO_URING_SETUP},
    {__NR_openat2, ABI_OPENAT2},     {__NR_faccessat2, ABI_FACCESSAT},
};

/* The C library's structure is the kernel's. */
static size_t pack_status(const struct stat *status, uint8_t bytes[ABI_STATUS_MAX])
{
    _Static_assert(sizeof *status <= ABI_STATUS_MAX, "room for the structure");
    memcpy(bytes, status, sizeof *status);
    return sizeof *status;
}

const struct abi abi_x86_64 = {AUDIT_ARCH_X86_64, false, calls, sizeof calls / sizeof *calls,
                               pack_status};

const struct abi *const abis[] = {&abi_x86_64, &abi_i386, NULL};
