/* SPDX-License-Identifier: MIT */
/*
 * The bytes to send stay in the caller's own buffers, so sendmsg() finds a bad pointer.  The bytes
 * that come back are copied.  Of the pointers to write to, only those into the first page (NULL and
 * members of NULL) are recognised as bad.
 */
#include "shim/i2c_call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>

#include "front/request.h"
#include "shim/channel.h"
#include "shim/signals.h"

/* One request under way. */
struct call {
    struct channel *channel;
    struct request request;
    struct link_frame reply;
    sigset_t mask;
    int cancel_state;
};

/* 0: the reply is valid until end(). */
static int ask(struct call *call, const struct mark *mark)
{
    signals_hold(&call->mask);
    /* A thread can not be cancelled during a transfer of a kernel driver either. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &call->cancel_state);
    int error;
    call->channel = channel_take(mark->bus, &error);
    if (!call->channel)
        return error;
    return channel_ask(call->channel, call->request.parts, call->request.count, &call->reply,
                       &call->mask);
}

static int end(struct call *call, int result)
{
    if (call->channel)
        channel_give(call->channel);
    /* Keep this order: a signal handler may leave with siglongjmp() and not return here. */
    pthread_setcancelstate(call->cancel_state, NULL);
    signals_release(&call->mask);
    return result;
}

static int set(const struct mark *mark, unsigned request, unsigned long argument)
{
    struct call call;
    request_set(&call.request, mark->cookie, request, argument);
    int result = ask(&call, mark);
    return end(&call, result == 0 ? reply_result(&call.reply) : result);
}

static int functionality(const struct mark *mark, unsigned long *to)
{
    struct call call;
    request_functionality(&call.request, mark->cookie);
    int result = ask(&call, mark);
    uint64_t bits;
    if (result == 0)
        result = reply_functionality(&call.reply, &bits);
    if (result == 0 && request_is_bad(to))
        result = -EFAULT;
    if (result == 0)
        *to = (unsigned long)bits;
    return end(&call, result);
}

static int smbus(const struct mark *mark, const struct i2c_smbus_ioctl_data *arguments)
{
    if (request_is_bad(arguments))
        return -EFAULT;
    struct call call;
    int result = request_smbus(&call.request, mark->cookie, arguments);
    if (result < 0)
        return result;
    result = ask(&call, mark);
    return end(&call, result == 0 ? reply_smbus(&call.reply, arguments) : result);
}

static int rdwr(const struct mark *mark, const struct i2c_rdwr_ioctl_data *arguments)
{
    if (request_is_bad(arguments))
        return -EFAULT;
    struct call call;
    int result = request_rdwr(&call.request, mark->cookie, arguments);
    if (result < 0)
        return result;
    result = ask(&call, mark);
    return end(&call, result == 0 ? reply_rdwr(&call.reply, arguments) : result);
}

/* The doors. */

bool i2c_call_knows(unsigned request)
{
    return (request >= I2C_RETRIES && request <= I2C_PEC) || request == I2C_SMBUS;
}

/* For some requests the argument is a pointer: ioctl() is defined so. */
int i2c_call_ioctl(const struct mark *mark, unsigned request, unsigned long argument)
{
    switch (request) {
    case I2C_RETRIES:
    case I2C_TIMEOUT:
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
    case I2C_TENBIT:
    case I2C_PEC:
        return set(mark, request, argument);
    case I2C_FUNCS:
        return functionality(mark, (unsigned long *)argument);
    case I2C_RDWR:
        return rdwr(mark, (const struct i2c_rdwr_ioctl_data *)argument);
    case I2C_SMBUS:
        return smbus(mark, (const struct i2c_smbus_ioctl_data *)argument);
    default:
        return -ENOTTY;
    }
}

ssize_t i2c_call_read(const struct mark *mark, void *buffer, size_t count)
{
    if (mark->access == O_WRONLY)
        return -EBADF;
    struct call call;
    request_read(&call.request, mark->cookie, count);
    int result = ask(&call, mark);
    return end(&call, result == 0 ? reply_read(&call.reply, buffer, count) : result);
}

ssize_t i2c_call_write(const struct mark *mark, const void *buffer, size_t count)
{
    if (mark->access == O_RDONLY)
        return -EBADF;
    struct call call;
    request_write(&call.request, mark->cookie, buffer, count);
    int result = ask(&call, mark);
    return end(&call, result == 0 ? reply_result(&call.reply) : result);
}

/*
 * As import_iovec() and do_loop_readv_writev() of fs/read_write.c do it: an empty part reaches the
 * driver only if it is the first.
 */

static ssize_t check_parts(const struct iovec *parts, int count)
{
    ssize_t total = 0;
    if (count < 0 || count > IOV_MAX)
        return -EINVAL;
    if (count > 0 && request_is_bad(parts))
        return -EFAULT;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len > (size_t)(SSIZE_MAX - total))
            return -EINVAL;
        total += (ssize_t)parts[i].iov_len;
    }
    return total;
}

static ssize_t loop(const struct mark *mark, const struct iovec *parts, int count, bool reads)
{
    ssize_t total = check_parts(parts, count), done = 0;
    if (total <= 0)
        return total;
    for (int i = 0; i < count; i++) {
        ssize_t result;

        if (i > 0 && parts[i].iov_len == 0)
            continue;
        result = reads ? i2c_call_read(mark, parts[i].iov_base, parts[i].iov_len)
                       : i2c_call_write(mark, parts[i].iov_base, parts[i].iov_len);
        if (result < 0)
            return done > 0 ? done : result;
        done += result;
        if ((size_t)result != parts[i].iov_len)
            break;
    }
    return done;
}

ssize_t i2c_call_readv(const struct mark *mark, const struct iovec *parts, int count)
{
    return loop(mark, parts, count, true);
}

ssize_t i2c_call_writev(const struct mark *mark, const struct iovec *parts, int count)
{
    return loop(mark, parts, count, false);
}
