/* SPDX-License-Identifier: MIT */
/*
 * The controller has its own link: each transfer is one REQUEST, and a thread waits for the REPLY.
 * A monitor reports what is not in the REPLY: how many bytes moved, and which got NACK.  With the
 * help of a bystander a sleep lasts until the server has done all that it can do.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "i2ctarget/bus.h"
#include "link/link.h"
#include "support/rig_remote.h"

enum { BUS = 1, PATIENCE_US = 10000000, REQUEST_MAX = 128 * 1024 };

struct remote_rig {
    char directory[64];
    pid_t server; /* 0: lost */
    struct link controller, monitor, bystander;
    pthread_t thread;
    atomic_bool is_busy;
    bool may_give_up, is_paused;
    struct rig_message *messages;
    size_t count;
    uint8_t request[REQUEST_MAX];
    size_t request_bytes;
    /* Its payload belongs to the link and is valid until the link is used again. */
    struct link_frame reply;
    int result;    /* of the REPLY, or of the link */
    uint32_t seen; /* messages that the monitor has reported */
};

static struct remote_rig *own(struct rig *rig)
{
    return rig->own;
}

/* ---- the server ------------------------------------------------------------------------------ */

static void become_server(uint32_t scl_hz, int ready)
{
    char speed[16];
    snprintf(speed, sizeof speed, "%u", scl_hz);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ready, STDOUT_FILENO);
    /* On a busy machine a message of 511 pieces can take longer than the default of one second. */
    execl(I2CTARGET_CLI, "i2ctarget", "bus", "1", "--speed", speed, "--timeout", "8000",
          (char *)NULL);
    _exit(127);
}

static void start_server(struct remote_rig *self, uint32_t scl_hz)
{
    char line[64] = "";
    strcpy(self->directory, "/tmp/i2ctarget-rig-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    assert_int_equal(setenv("I2CTARGET_DIR", self->directory, 1), 0);
    int ready[2];
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    self->server = fork();
    assert_true(self->server >= 0);
    if (self->server == 0)
        become_server(scl_hz, ready[1]);
    close(ready[1]);
    assert_true(read(ready[0], line, sizeof line - 1) > 0); /* it prints a line when it serves */
    assert_non_null(strstr(line, "bus 1 ready"));
    close(ready[0]);
}

/* The server must end on request, with status 0. */
static void end_server(struct remote_rig *self)
{
    int status = 0;
    if (self->server) {
        assert_int_equal(kill(self->server, SIGTERM), 0);
        assert_int_equal(waitpid(self->server, &status, 0), self->server);
    }
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", self->directory);
    assert_int_equal(system(command), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void rig_remote_open(struct rig *rig)
{
    struct remote_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    rig->own = self;
    start_server(self, rig->kind->scl_hz);
    assert_int_equal(i2ctarget_link_open(&self->controller, BUS, PROTOCOL_CONTROLLER, "rig"), 0);
    assert_int_equal(i2ctarget_link_open(&self->monitor, BUS, PROTOCOL_MONITOR, "rig"), 0);
    assert_int_equal(i2ctarget_link_open(&self->bystander, BUS, PROTOCOL_CONTROLLER, "rig"), 0);
    assert_int_equal(self->controller.scl_hz, rig->kind->scl_hz);
}

static void rig_remote_close(struct rig *rig)
{
    struct remote_rig *self = own(rig);
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL); /* a failed test of signals may have left both running */
    if (self->server)
        kill(self->server, SIGCONT);
    if (rig->transferring) /* the test failed; the server's time-out ends the transfer */
        pthread_join(self->thread, NULL);
    i2ctarget_link_close(&self->controller);
    i2ctarget_link_close(&self->monitor);
    i2ctarget_link_close(&self->bystander);
    rig->own = NULL;
    end_server(self);
    free(self);
}

static struct i2ctarget_pin scl_pin(struct rig *rig, unsigned chip)
{
    (void)rig, (void)chip;
    return i2ctarget_bus_pin(BUS, 0);
}

static struct i2ctarget_pin sda_pin(struct rig *rig, unsigned chip)
{
    (void)rig, (void)chip;
    return i2ctarget_bus_pin(BUS, 1);
}

static void joined(struct rig *rig, struct i2ctarget *target)
{
    (void)rig, (void)target;
}

/* ---- a transfer ------------------------------------------------------------------------------ */

static void put_request(struct remote_rig *self)
{
    uint8_t *at = self->request;
    put_u64(at, 0);
    put_u32(at + 8, PROTOCOL_OP_RDWR);
    put_u32(at + 12, (uint32_t)self->count);
    at += PROTOCOL_REQUEST_BYTES;
    for (size_t i = 0; i < self->count; i++, at += PROTOCOL_RDWR_MESSAGE_BYTES) {
        put_u16(at, self->messages[i].address);
        put_u16(at + 2, self->messages[i].is_read ? 1 : 0);
        put_u16(at + 4, (uint16_t)self->messages[i].length);
        put_u16(at + 6, 0);
    }
    for (size_t i = 0; i < self->count; i++) {
        if (self->messages[i].is_read || self->messages[i].length == 0)
            continue;
        memcpy(at, self->messages[i].buffer, self->messages[i].length);
        at += self->messages[i].length;
    }
    self->request_bytes = (size_t)(at - self->request);
}

static int take_reply(struct remote_rig *self, const struct link_frame *frame)
{
    const uint8_t *at = frame->payload + PROTOCOL_REPLY_BYTES;
    int result = (int)get_u32(frame->payload);
    if (frame->type != PROTOCOL_REPLY || frame->length < PROTOCOL_REPLY_BYTES)
        return -EPROTO;
    if (result < 0)
        return result;
    for (size_t i = 0; i < self->count; i++)
        at += self->messages[i].is_read ? 2 : 0; /* the lengths are those of the request */
    for (size_t i = 0; i < self->count; i++) {
        if (!self->messages[i].is_read || self->messages[i].length == 0)
            continue;
        memcpy(self->messages[i].buffer, at, self->messages[i].length);
        at += self->messages[i].length;
    }
    return result;
}

/*
 * Does not touch the test's own data: the test may have failed, and its messages may not exist any
 * more.
 */
static void *control(void *argument)
{
    struct remote_rig *self = argument;
    if (self->result == 0)
        self->result = i2ctarget_link_receive(&self->controller, &self->reply,
                                              i2ctarget_link_now_us() + PATIENCE_US);
    atomic_store(&self->is_busy, false);
    return NULL;
}

/* Only the application's thread gets signals. */
static void start(struct rig *rig, struct rig_message *messages, size_t count)
{
    struct remote_rig *self = own(rig);
    self->messages = messages;
    self->count = count;
    put_request(self);
    self->result = i2ctarget_link_send(&self->controller, PROTOCOL_REQUEST, self->request,
                                       self->request_bytes, NULL, 0);
    atomic_store(&self->is_busy, true);
    sigset_t all;
    sigfillset(&all);
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, &all, &before);
    assert_int_equal(pthread_create(&self->thread, NULL, control, self), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool busy(struct rig *rig)
{
    return atomic_load(&own(rig)->is_busy);
}

static bool is_acked(const uint8_t *message, uint32_t moved, uint32_t byte)
{
    return message[PROTOCOL_MESSAGE_BYTES + moved + byte / 8] >> byte % 8 & 1;
}

/* Reads what the monitor saw.  Returns how many messages it lists. */
static uint32_t watch(struct remote_rig *self)
{
    struct link_frame frame;
    assert_int_equal(
        i2ctarget_link_receive(&self->monitor, &frame, i2ctarget_link_now_us() + PATIENCE_US), 1);
    assert_int_equal(frame.type, PROTOCOL_TRANSFER);
    assert_int_equal(get_u32(frame.payload + 44), 0); /* none was missed */
    uint32_t count = get_u32(frame.payload + 36);
    assert_true(count <= self->count);
    const uint8_t *at = frame.payload + PROTOCOL_TRANSFER_BYTES;
    for (uint32_t i = 0; i < count; i++) {
        struct rig_message *message = &self->messages[i];
        assert_int_equal(at[0], message->address);
        message->addressed = at[1] & PROTOCOL_MESSAGE_ADDRESS_ACK;
        message->moved = get_u32(at + 4);
        message->nacked = !message->is_read && message->moved > 0 &&
                          !is_acked(at, message->moved, message->moved - 1);
        at += protocol_message_bytes(message->moved);
    }
    return count;
}

static void ping(struct link *link)
{
    uint8_t request[PROTOCOL_REQUEST_BYTES] = {0};
    put_u32(request + 8, PROTOCOL_OP_FUNCS);
    assert_int_equal(i2ctarget_link_send(link, PROTOCOL_REQUEST, request, sizeof request, NULL, 0),
                     0);
    struct link_frame frame;
    assert_int_equal(i2ctarget_link_receive(link, &frame, i2ctarget_link_now_us() + PATIENCE_US),
                     1);
}

/*
 * The server tells the controller first, and the target when it next looks at the sockets.  After
 * two more round trips everything has been sent.
 */
static void let_news_go_out(struct remote_rig *self)
{
    ping(&self->controller);
    ping(&self->controller);
}

static int finish(struct rig *rig)
{
    struct remote_rig *self = own(rig);
    pthread_join(self->thread, NULL);
    if (self->result == 1)
        self->result = take_reply(self, &self->reply);
    for (size_t i = 0; i < self->count; i++) {
        self->messages[i].addressed = self->messages[i].nacked = false;
        self->messages[i].moved = 0;
    }
    if (!self->server)
        return 0;
    self->seen = watch(self);
    let_news_go_out(self);
    if (self->result >= 0)
        return self->result;
    rig->has_given_up = self->result == -ETIMEDOUT;
    assert_true(self->result == -ENXIO || self->result == -EIO ||
                (rig->has_given_up && self->may_give_up));
    return (int)self->seen - 1; /* the last one shown is the one that failed */
}

/* ---- trouble --------------------------------------------------------------------------------- */

static void pause_server(struct rig *rig, bool still)
{
    own(rig)->is_paused = still;
    assert_int_equal(kill(own(rig)->server, still ? SIGSTOP : SIGCONT), 0);
    int status;
    if (still)
        assert_int_equal(waitpid(own(rig)->server, &status, WUNTRACED), own(rig)->server);
}

/* In units of 10 ms, as the ioctl I2C_TIMEOUT has them. */
static void give_up_after_ms(struct rig *rig, uint32_t ms)
{
    struct remote_rig *self = own(rig);
    uint8_t request[PROTOCOL_REQUEST_BYTES + 8] = {0};
    put_u32(request + 8, PROTOCOL_OP_SET);
    put_u32(request + 12, 0x0702); /* I2C_TIMEOUT */
    put_u64(request + PROTOCOL_REQUEST_BYTES, ms / 10);
    assert_int_equal(
        i2ctarget_link_send(&self->controller, PROTOCOL_REQUEST, request, sizeof request, NULL, 0),
        0);
    struct link_frame frame;
    assert_int_equal(
        i2ctarget_link_receive(&self->controller, &frame, i2ctarget_link_now_us() + PATIENCE_US),
        1);
    assert_int_equal(get_u32(frame.payload), 0);
    self->may_give_up = true;
}

static void lose(struct rig *rig)
{
    struct remote_rig *self = own(rig);
    assert_int_equal(kill(self->server, SIGKILL), 0);
    assert_int_equal(waitpid(self->server, NULL, 0), self->server);
    self->server = 0;
}

/* The server looks at all sockets, and then runs the bus: after two round trips it has done both. */
static void sleep_us(struct rig *rig, uint32_t us)
{
    struct remote_rig *self = own(rig);
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000l};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < 2 && self->server && !self->is_paused; i++)
        ping(&self->bystander);
}

static uint64_t now_ns(struct rig *rig)
{
    (void)rig;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const char *check(struct rig *rig)
{
    if (own(rig)->server && waitpid(own(rig)->server, NULL, WNOHANG) != 0)
        return "the server is dead";
    return rig->transferring ? "a transfer was not finished" : NULL;
}

const struct rig_ops rig_remote_ops = {
    .open = rig_remote_open,
    .close = rig_remote_close,
    .scl = scl_pin,
    .sda = sda_pin,
    .joined = joined,
    .leaving = joined,
    .start = start,
    .busy = busy,
    .finish = finish,
    .sleep_us = sleep_us,
    .now_ns = now_ns,
    .check = check,
    .pause = pause_server,
    .give_up_after_ms = give_up_after_ms,
    .lose = lose,
};
