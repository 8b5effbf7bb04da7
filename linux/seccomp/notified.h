/* SPDX-License-Identifier: MIT */
/*
 * A system call of a supervised program, whose caller waits for the supervisor's answer; and the
 * caller's memory.
 *
 * The caller, or another thread of it, may change its memory at any time.  So what was read once is
 * never read again, and a call that the supervisor has judged by its memory is never passed on to
 * the kernel afterwards, unless the kernel may do with it whatever it says then.  This is a front,
 * no sandbox: it keeps no program from anything.
 */
#ifndef SECCOMP_NOTIFIED_H
#define SECCOMP_NOTIFIED_H

#include <sys/types.h>
#include <sys/uio.h>

#include "seccomp/abi.h"

struct notified {
    int listener;
    uint64_t id;
    pid_t thread;
    const struct abi *abi;
    enum abi_kind kind;
    uint64_t arguments[6];
};

/* Receives the next call.  False: there is none, or its caller has been killed meanwhile. */
bool notified_receive(int listener, struct notified *call);

/* Does the caller still wait?  Its process id may belong to another program if it does not. */
bool notified_waits(const struct notified *call);

/* Each call gets one answer of these three. */

/* What the call returns: a result, or -errno. */
void notified_answer(const struct notified *call, int64_t result);
/* The kernel makes the call, as if there were no supervisor. */
void notified_pass(const struct notified *call);
/*
 * The caller gets its own copy of this descriptor, and the call returns its number.  `flags`:
 * O_CLOEXEC or 0.  False: the caller did not get it; the call has failed.
 */
bool notified_give(const struct notified *call, int fd, int flags);

/* An argument that is a descriptor or another int. */
int notified_int(const struct notified *call, unsigned number);
/* A file position; in programs of 32 bits it has two arguments. */
int64_t notified_offset(const struct notified *call, unsigned number);

/* Reads or writes exactly this much.  0, -EFAULT, or -ESRCH: the caller waits no more. */
int notified_read(const struct notified *call, uint64_t from, void *bytes, size_t size);
int notified_write(const struct notified *call, uint64_t to, const void *bytes, size_t size);
/* The same with pieces of the caller's memory, `size` bytes in all. */
int notified_gather(const struct notified *call, const struct iovec *from, size_t count,
                    void *bytes, size_t size);
int notified_scatter(const struct notified *call, const struct iovec *to, size_t count,
                     const void *bytes, size_t size);

/* Reads a string.  False: it is not readable, or longer than `size` - 1. */
bool notified_text(const struct notified *call, uint64_t from, char *text, size_t size);

#endif
