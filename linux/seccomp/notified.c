/* SPDX-License-Identifier: MIT */
/*
 * process_vm_readv() and process_vm_writev() respect the protection of the caller's pages, so a bad
 * pointer is EFAULT here as it is in the kernel.  (A write to /proc/PID/mem would ignore it.)
 */
#include "seccomp/notified.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

/* ---- receiving ------------------------------------------------------------------------------- */

/* The kernel's structure; a later kernel may have a larger one than our headers. */
static struct seccomp_notif *notification(size_t *size)
{
    static struct seccomp_notif *buffer;
    static struct seccomp_notif_sizes sizes;
    if (!buffer && syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0) {
        if (sizes.seccomp_notif < sizeof *buffer)
            sizes.seccomp_notif = sizeof *buffer;
        buffer = malloc(sizes.seccomp_notif);
    }
    *size = sizes.seccomp_notif;
    return buffer;
}

static bool find_kind(struct notified *call, const struct seccomp_data *data)
{
    for (const struct abi *const *abi = abis; *abi; abi++) {
        if ((*abi)->architecture != data->arch)
            continue;
        call->abi = *abi;
        for (size_t i = 0; i < call->abi->count; i++) {
            call->kind = call->abi->calls[i].kind;
            if (call->abi->calls[i].number == (uint32_t)data->nr)
                return true;
        }
    }
    return false;
}

bool notified_receive(int listener, struct notified *call)
{
    size_t size;
    struct seccomp_notif *received = notification(&size);
    if (!received)
        return false;
    memset(received, 0, size);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, received) < 0)
        return false;
    call->listener = listener;
    call->id = received->id;
    call->thread = (pid_t)received->pid;
    for (int i = 0; i < 6; i++)
        call->arguments[i] = received->data.args[i];
    if (find_kind(call, &received->data))
        return true;
    notified_pass(call);
    return false;
}

bool notified_waits(const struct notified *call)
{
    return ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) == 0;
}

/* ---- answering ------------------------------------------------------------------------------- */

/* A failure means that the caller was killed meanwhile. */
static void respond(const struct notified *call, int64_t value, int error, uint32_t flags)
{
    struct seccomp_notif_resp response = {
        .id = call->id, .val = value, .error = error, .flags = flags};
    ioctl(call->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

void notified_answer(const struct notified *call, int64_t result)
{
    if (result < 0)
        respond(call, 0, (int)result, 0);
    else
        respond(call, result, 0, 0);
}

void notified_pass(const struct notified *call)
{
    respond(call, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

bool notified_give(const struct notified *call, int fd, int flags)
{
    struct seccomp_notif_addfd add = {.id = call->id,
                                      .flags = SECCOMP_ADDFD_FLAG_SEND,
                                      .srcfd = (uint32_t)fd,
                                      .newfd_flags = (uint32_t)(flags & O_CLOEXEC)};
    int result;
    do
        result = ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        notified_answer(call, -errno); /* EMFILE: it has as many as it may have */
    return result >= 0;
}

/* ---- arguments ------------------------------------------------------------------------------- */

int notified_int(const struct notified *call, unsigned number)
{
    return (int)(uint32_t)call->arguments[number];
}

int64_t notified_offset(const struct notified *call, unsigned number)
{
    if (!call->abi->is_32bit)
        return (int64_t)call->arguments[number];
    return (int64_t)(call->arguments[number + 1] << 32 | (uint32_t)call->arguments[number]);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* A caller that was killed meanwhile has no memory either, and nobody hears which of the two. */
static int outcome(ssize_t moved, size_t size)
{
    return moved == (ssize_t)size ? 0 : -EFAULT;
}

int notified_gather(const struct notified *call, const struct iovec *from, size_t count,
                    void *bytes, size_t size)
{
    const struct iovec here = {bytes, size};
    if (size == 0)
        return 0;
    int result = outcome(process_vm_readv(call->thread, &here, 1, from, count, 0), size);
    return notified_waits(call) ? result : -ESRCH; /* else they may be another program's bytes */
}

/*
 * A caller that is killed between the question and the write, and whose number goes to another
 * program at once: the kernel offers nothing better that respects read-only pages.
 */
int notified_scatter(const struct notified *call, const struct iovec *to, size_t count,
                     const void *bytes, size_t size)
{
    const struct iovec here = {(void *)(uintptr_t)bytes, size};
    if (size == 0)
        return 0;
    if (!notified_waits(call))
        return -ESRCH;
    return outcome(process_vm_writev(call->thread, &here, 1, to, count, 0), size);
}

int notified_read(const struct notified *call, uint64_t from, void *bytes, size_t size)
{
    const struct iovec there = {(void *)(uintptr_t)from, size};
    return notified_gather(call, &there, 1, bytes, size);
}

int notified_write(const struct notified *call, uint64_t to, const void *bytes, size_t size)
{
    const struct iovec there = {(void *)(uintptr_t)to, size};
    return notified_scatter(call, &there, 1, bytes, size);
}

/* The page behind the string may not exist, so each page is read by itself. */
bool notified_text(const struct notified *call, uint64_t from, char *text, size_t size)
{
    for (size_t length = 0; length < size;) {
        size_t piece = PAGE_BYTES - (size_t)(from + length) % PAGE_BYTES;
        if (piece > size - length)
            piece = size - length;
        if (notified_read(call, from + length, text + length, piece) < 0)
            return false;
        if (memchr(text + length, '\0', piece))
            return true;
        length += piece;
    }
    return false;
}
