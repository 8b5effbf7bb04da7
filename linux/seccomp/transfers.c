/* SPDX-License-Identifier: MIT */
/*
 * One transfer is one call of the program.  A read() or write() is one message.  Each part of a
 * readv() or writev() is a message of its own, as the kernel does it for a driver without vectored
 * I/O; the next part is sent when the one before it has been answered.
 */
#include "seccomp/transfers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "front/request.h"
#include "seccomp/paths.h"

enum { ROUNDS_MAX = 8 };

struct transfer {
    struct notified call;
    struct supervisor *supervisor;
    struct open_file file;
    struct iovec *parts;      /* addresses in the caller's memory */
    size_t count, next, size; /* `size`: of the part under way */
    int64_t done;             /* bytes */
    struct iovec one;         /* the only part of a read() or write() */
    uint8_t bytes[REQUEST_LENGTH_MAX];
};

/* ---- read() and write() ---------------------------------------------------------------------- */

static bool reads(enum abi_kind kind)
{
    return kind == ABI_READ || kind == ABI_READV || kind == ABI_PREAD || kind == ABI_PREADV ||
           kind == ABI_PREADV2;
}

static void finish(struct transfer *transfer, int64_t result)
{
    notified_answer(&transfer->call, result);
    if (transfer->parts != &transfer->one)
        free(transfer->parts);
    free(transfer);
}

static void send_part(struct transfer *transfer);

/* An empty part is sent only if it is the first. */
static void send_next(struct transfer *transfer)
{
    do
        transfer->next++;
    while (transfer->next < transfer->count && transfer->parts[transfer->next].iov_len == 0);
    if (transfer->next == transfer->count)
        finish(transfer, transfer->done);
    else
        send_part(transfer);
}

static void end_part(struct transfer *transfer, int result)
{
    if (result < 0)
        finish(transfer, transfer->done > 0 ? transfer->done : result);
    else if ((size_t)result != transfer->parts[transfer->next].iov_len)
        finish(transfer, transfer->done + result);
    else {
        transfer->done += result;
        send_next(transfer);
    }
}

static int take_bytes(const struct transfer *transfer, const struct link_frame *reply)
{
    const uint8_t *bytes;
    int result = reply_read_in_place(reply, &bytes, transfer->size);
    if (result <= 0)
        return result;
    uint64_t to = (uintptr_t)transfer->parts[transfer->next].iov_base;
    int error = notified_write(&transfer->call, to, bytes, (size_t)result);
    return error < 0 ? error : result;
}

static void on_part(struct call *call, int error, const struct link_frame *reply)
{
    struct transfer *transfer = call->owner;
    if (error == 0)
        error = reads(transfer->call.kind) ? take_bytes(transfer, reply) : reply_result(reply);
    end_part(transfer, error);
}

static void send_part(struct transfer *transfer)
{
    const struct iovec *part = &transfer->parts[transfer->next];
    bool is_read = reads(transfer->call.kind);
    int error = 0;
    transfer->size = part->iov_len < REQUEST_LENGTH_MAX ? part->iov_len : REQUEST_LENGTH_MAX;
    if (!is_read)
        error = notified_gather(&transfer->call, part, 1, transfer->bytes, transfer->size);
    struct call *call = NULL;
    if (error == 0 || transfer->size == 0)
        call = calls_take(supervisor_calls(transfer->supervisor, transfer->file.bus), &error);
    if (!call) {
        end_part(transfer, error);
        return;
    }
    call->owner = transfer;
    if (is_read)
        request_read(&call->request, transfer->file.cookie, transfer->size);
    else
        request_write(&call->request, transfer->file.cookie, transfer->bytes, transfer->size);
    call_send(call, on_part);
}

/* ---- the parts of readv() and writev() ------------------------------------------------------- */

static bool has_parts(enum abi_kind kind)
{
    return kind == ABI_READV || kind == ABI_PREADV || kind == ABI_PREADV2 || kind == ABI_WRITEV ||
           kind == ABI_PWRITEV || kind == ABI_PWRITEV2;
}

static void widen(struct iovec *parts, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        const uint32_t *narrow = (const uint32_t *)(const void *)parts + 2 * (i - 1);
        uint32_t base = narrow[0], length = narrow[1];

        parts[i - 1] = (struct iovec){(void *)(uintptr_t)base, length};
    }
}

/* As import_iovec() of lib/iov_iter.c does it.  The sum of all lengths, or -errno. */
static int64_t fetch_parts(struct transfer *transfer)
{
    const struct notified *call = &transfer->call;
    size_t count = transfer->count;
    size_t size = count * (call->abi->is_32bit ? 2 * sizeof(uint32_t) : sizeof(struct iovec));
    transfer->parts = calloc(count + 1, sizeof *transfer->parts);
    if (!transfer->parts)
        return -ENOMEM;
    int error = notified_read(call, call->arguments[1], transfer->parts, size);
    if (error < 0)
        return error;
    if (call->abi->is_32bit)
        widen(transfer->parts, count);
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (transfer->parts[i].iov_len > (size_t)(SSIZE_MAX - total))
            return -EINVAL;
        total += (int64_t)transfer->parts[i].iov_len;
    }
    return total;
}

/* The first part is to be sent: 1; there is none: 0; -errno. */
static int64_t prepare_parts(struct transfer *transfer)
{
    const uint64_t *arguments = transfer->call.arguments;
    transfer->parts = &transfer->one;
    transfer->count = 1;
    transfer->one = (struct iovec){(void *)(uintptr_t)arguments[1], arguments[2]};
    if (!has_parts(transfer->call.kind))
        return 1;
    if (arguments[2] > IOV_MAX)
        return -EINVAL;
    transfer->count = arguments[2];
    return fetch_parts(transfer);
}

/* The offset is ignored, as i2c-dev ignores it, but it must not be negative. */
static int check_offset(const struct notified *call)
{
    switch (call->kind) {
    case ABI_PREAD:
    case ABI_PWRITE:
    case ABI_PREADV:
    case ABI_PWRITEV:
        return notified_offset(call, 3) < 0 ? -EINVAL : 0;
    case ABI_PREADV2:
    case ABI_PWRITEV2:
        return notified_offset(call, 3) < -1 ? -EINVAL : 0;
    default:
        return 0;
    }
}

static int check_access(const struct transfer *transfer)
{
    int forbidden = reads(transfer->call.kind) ? O_WRONLY : O_RDONLY;
    return transfer->file.access == forbidden ? -EBADF : check_offset(&transfer->call);
}

static void begin_parts(struct transfer *transfer)
{
    int64_t result = check_access(transfer);
    if (result == 0)
        result = prepare_parts(transfer);
    if (result > 0)
        send_part(transfer);
    else
        finish(transfer, result);
}

/* ---- ioctl() --------------------------------------------------------------------------------- */

static int scatter_answer(const struct notified *caller, const struct ioctl_call *ioctl)
{
    return notified_scatter(caller, ioctl->out, ioctl->out_count, ioctl->answer,
                            ioctl->answer_bytes);
}

static void on_ioctl(struct call *call, int error, const struct link_frame *reply)
{
    struct transfer *transfer = call->owner;
    int result = error < 0 ? error : ioctl_call_end(&call->ioctl, reply);
    if (result >= 0 && call->ioctl.answer_bytes > 0) {
        error = scatter_answer(&transfer->call, &call->ioctl);
        result = error < 0 ? error : result;
    }
    finish(transfer, result);
}

/* What the ioctl has asked for is read, and stands in *given for the next round.  0 or -errno. */
static int bring(const struct notified *caller, const struct ioctl_call *ioctl,
                 struct ioctl_given *given, uint8_t **brought)
{
    size_t size = ioctl_call_sum(ioctl->in, ioctl->in_count);
    uint8_t *grown = realloc(*brought, size + 1);
    if (!grown)
        return -ENOMEM;
    *brought = grown;
    given->in = grown;
    given->in_bytes = size;
    given->out_bytes = ioctl_call_sum(ioctl->out, ioctl->out_count);
    return notified_gather(caller, ioctl->in, ioctl->in_count, grown, size);
}

/* 0: the request is ready; -errno.  A program that changes its memory all the time is EFAULT. */
static int prepare_ioctl(struct call *call, const struct transfer *transfer, uint8_t **brought)
{
    const struct notified *caller = &transfer->call;
    struct ioctl_given given = {.number = (unsigned)notified_int(caller, 1),
                                .argument = caller->arguments[2],
                                .is_32bit = caller->abi->is_32bit};
    for (int round = 0; round < ROUNDS_MAX; round++) {
        enum ioctl_next next =
            ioctl_call_begin(&call->ioctl, &call->request, transfer->file.cookie, &given);

        if (next == IOCTL_SEND)
            return 0;
        if (next == IOCTL_REFUSE)
            return call->ioctl.error;
        int error = bring(caller, &call->ioctl, &given, brought);
        if (error < 0)
            return error;
    }
    return -EFAULT;
}

/* The bytes that were brought are a part of the request, so they stay until it was sent. */
static void begin_ioctl(struct transfer *transfer)
{
    int error;
    struct calls *calls = supervisor_calls(transfer->supervisor, transfer->file.bus);
    struct call *call = calls_take(calls, &error);
    if (!call) {
        finish(transfer, error);
        return;
    }
    uint8_t *brought = NULL;
    call->owner = transfer;
    error = prepare_ioctl(call, transfer, &brought);
    if (error == 0) {
        call_send(call, on_ioctl);
    } else {
        call_give(call);
        finish(transfer, error);
    }
    free(brought);
}

/* ---- other calls of an open file ------------------------------------------------------------- */

/*
 * The descriptor that the call is about.  A device without splice operations is neither source nor
 * sink of sendfile() and splice().
 */
static bool find_file(const struct supervisor *supervisor, const struct notified *call,
                      struct open_file *file)
{
    const struct files *files = &supervisor->files;
    unsigned other = call->kind == ABI_SENDFILE ? 1 : 2;
    if ((call->kind == ABI_SENDFILE || call->kind == ABI_SPLICE || call->kind == ABI_EPOLL_CTL) &&
        files_find(files, call->thread, notified_int(call, other), file))
        return true;
    return files_find(files, call->thread, notified_int(call, 0), file);
}

static void begin(struct supervisor *supervisor, const struct notified *call,
                  const struct open_file *file)
{
    struct transfer *transfer = malloc(sizeof *transfer);
    if (!transfer) {
        notified_answer(call, -ENOMEM);
        return;
    }
    transfer->call = *call;
    transfer->supervisor = supervisor;
    transfer->file = *file;
    transfer->parts = &transfer->one;
    transfer->next = 0;
    transfer->done = 0;
    if (call->kind == ABI_IOCTL)
        begin_ioctl(transfer);
    else
        begin_parts(transfer);
}

void transfers_serve(struct supervisor *supervisor, const struct notified *call)
{
    struct open_file file;
    if (!find_file(supervisor, call, &file)) {
        notified_pass(call);
        return;
    }
    switch (call->kind) {
    case ABI_FSTAT:
        paths_fstat(call, file.bus, call->arguments[1]);
        return;
    case ABI_EPOLL_CTL: /* files without a poll operation can not be watched: fs/eventpoll.c */
        notified_answer(call, -EPERM);
        return;
    case ABI_SENDFILE:
    case ABI_SPLICE:
        notified_answer(call, -EINVAL);
        return;
    default:
        begin(supervisor, call, &file);
        return;
    }
}

void transfers_give_up(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        struct calls *calls = &supervisor->calls[i];
        for (struct call *call = calls->busy; call; call = call->next) {
            const struct transfer *transfer = call->owner;

            if (!notified_waits(&transfer->call))
                call_interrupt(call);
        }
        calls_give_up(calls);
    }
}
