/* SPDX-License-Identifier: MIT */
/*
 * The seccomp filter of a supervised program: it stops at the calls of abi.h, and lets all others
 * run.
 *
 * The filter sees numbers, not what pointers point to, nor what a descriptor is.  So it stops at
 * every open() and every read(), whatever the file is, but only at those ioctls that i2c-dev knows.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

/*
 * Puts the calling process, and all that it starts, under supervision, for ever.  Returns the
 * listener, from which a supervisor receives the calls (CLOEXEC), or -errno:
 *   -EOPNOTSUPP  the calls of this kind of machine are not known
 *   -EINVAL      the kernel is older than 5.19
 *   -EBUSY       the process is supervised already
 *   -ENOSYS, -EPERM and others: the kernel, or the container, does not permit it
 *
 * A process without CAP_SYS_ADMIN gives up set-uid rights for itself and for all that it starts
 * (no_new_privs): the kernel demands that.
 */
int filter_install(void);

#endif
