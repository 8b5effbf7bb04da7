/* SPDX-License-Identifier: MIT */
/*
 * There is one thread.  It reads a request, makes a call of it, and reads other requests until the
 * server answers.  libfuse only parses and writes the messages; its threads and its signal handling
 * are not used.
 */
#include "cuse/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "front/file.h"

/* An open file. */
struct file {
    int fd;
    uint64_t cookie;
};

static struct device *device_of(fuse_req_t req)
{
    return fuse_req_userdata(req);
}

static struct file *file_of(const struct fuse_file_info *info)
{
    return (struct file *)(uintptr_t)info->fh;
}

/* ---- open() and close() ---------------------------------------------------------------------- */

static void close_file(struct file *file)
{
    close(file->fd);
    free(file);
}

static void on_open(fuse_req_t req, struct fuse_file_info *info)
{
    struct device *device = device_of(req);
    struct file *file = calloc(1, sizeof *file);
    int error = ENOMEM;
    if (file) {
        file->fd = file_connect(device->calls.directory, device->calls.bus, &file->cookie);
        error = file->fd < 0 ? -file->fd : 0;
    }
    if (error) {
        free(file);
        fuse_reply_err(req, error);
        return;
    }
    info->fh = (uintptr_t)file;
    if (fuse_reply_open(req, info) == -ENOENT) /* the opener is gone */
        close_file(file);
}

static void on_release(fuse_req_t req, struct fuse_file_info *info)
{
    close_file(file_of(info));
    fuse_reply_err(req, 0);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void on_interrupt(fuse_req_t req, void *data)
{
    (void)req;
    call_interrupt(data);
}

/* NULL: the kernel already has its answer. */
static struct call *take_call(fuse_req_t req)
{
    int error;
    struct call *call = calls_take(&device_of(req)->calls, &error);
    if (!call) {
        fuse_reply_err(req, -error);
        return NULL;
    }
    call->owner = req;
    fuse_req_interrupt_func(req, on_interrupt, call);
    return call;
}

static void on_read_answered(struct call *call, int error, const struct link_frame *reply)
{
    const uint8_t *bytes = NULL;
    int result = error < 0 ? error : reply_read_in_place(reply, &bytes, REQUEST_LENGTH_MAX);
    if (result < 0)
        fuse_reply_err(call->owner, -result);
    else
        fuse_reply_buf(call->owner, (const char *)bytes, (size_t)result);
}

/* The offset is ignored, as i2c-dev ignores it. */
static void on_read(fuse_req_t req, size_t size, off_t offset, struct fuse_file_info *info)
{
    struct call *call = take_call(req);
    (void)offset;
    if (!call)
        return;
    request_read(&call->request, file_of(info)->cookie, size);
    call_send(call, on_read_answered);
}

static void on_write_answered(struct call *call, int error, const struct link_frame *reply)
{
    int result = error < 0 ? error : reply_result(reply);
    if (result < 0)
        fuse_reply_err(call->owner, -result);
    else
        fuse_reply_write(call->owner, (size_t)result);
}

static void on_write(fuse_req_t req, const char *bytes, size_t size, off_t offset,
                     struct fuse_file_info *info)
{
    struct call *call = take_call(req);
    (void)offset;
    if (!call)
        return;
    request_write(&call->request, file_of(info)->cookie, bytes, size);
    call_send(call, on_write_answered);
}

static void on_ioctl_answered(struct call *call, int error, const struct link_frame *reply)
{
    int result = error < 0 ? error : ioctl_call_end(&call->ioctl, reply);
    if (result < 0)
        fuse_reply_err(call->owner, -result);
    else
        fuse_reply_ioctl(call->owner, result, call->ioctl.answer, call->ioctl.answer_bytes);
}

static void on_ioctl(fuse_req_t req, int number, void *argument, struct fuse_file_info *info,
                     unsigned flags, const void *in, size_t in_bytes, size_t out_bytes)
{
    struct ioctl_given given = {.number = (unsigned)number,
                                .argument = (uintptr_t)argument,
                                .is_32bit = (flags & FUSE_IOCTL_COMPAT) != 0,
                                .in = in,
                                .in_bytes = in_bytes,
                                .out_bytes = out_bytes};
    struct call *call = take_call(req);
    if (!call)
        return;
    switch (ioctl_call_begin(&call->ioctl, &call->request, file_of(info)->cookie, &given)) {
    case IOCTL_SEND:
        call_send(call, on_ioctl_answered);
        return;
    case IOCTL_BRING:
        fuse_reply_ioctl_retry(req, call->ioctl.in, call->ioctl.in_count, call->ioctl.out,
                               call->ioctl.out_count);
        break;
    case IOCTL_REFUSE:
        fuse_reply_err(req, -call->ioctl.error);
        break;
    }
    call_give(call);
}

/* ---- the session ----------------------------------------------------------------------------- */

static void on_init_done(void *data)
{
    struct device *device = data;
    device->is_there = true;
}

static const struct cuse_lowlevel_ops operations = {
    .init_done = on_init_done,
    .open = on_open,
    .release = on_release,
    .read = on_read,
    .write = on_write,
    .ioctl = on_ioctl,
};

/* EAGAIN: the caller gave the request up in the meantime, so it does not exist any more. */
static void on_ready(struct watch *watch)
{
    struct device *device = (struct device *)watch;
    bool was_there = device->is_there;
    int result = fuse_session_receive_buf(device->session, &device->buffer);
    if (result > 0)
        fuse_session_process_buf(device->session, &device->buffer);
    if (!was_there && device->is_there)
        device->appeared(device);
    if (result != -EAGAIN && result != -EINTR && result <= 0)
        device->calls.loop->is_over = true; /* the kernel has removed the device */
}

static int set_up(struct device *device)
{
    char name[32], program[] = "i2ctarget-cuse", foreground[] = "-f";
    const char *info[] = {name};
    char *arguments[] = {program, foreground, NULL};
    struct cuse_info cuse = {
        .dev_info_argc = 1, .dev_info_argv = info, .flags = CUSE_UNRESTRICTED_IOCTL};
    snprintf(name, sizeof name, "DEVNAME=i2c-%u", device->number);
    int is_threaded;
    device->session = cuse_lowlevel_setup(2, arguments, &cuse, &operations, &is_threaded, device);
    return device->session ? 0 : -EIO;
}

int device_open(struct device *device)
{
    int fd, result = set_up(device);
    if (result < 0)
        return result;
    fd = fuse_session_fd(device->session);
    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    device->watch.ready = on_ready;
    return loop_watch(device->calls.loop, fd, &device->watch);
}

void device_close(struct device *device)
{
    calls_end(&device->calls);
}
