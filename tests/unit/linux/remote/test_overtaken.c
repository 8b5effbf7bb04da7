/* SPDX-License-Identifier: MIT */
/*
 * A request is closed after the server has used answers that were sent ahead, and before the core
 * has seen their events.  That is no disorder: order_errors stays 0.
 *
 * Such a close comes after a read() or write() that a signal has interrupted.
 *
 * And a call that is accepted is not told to a server that is still going to look.  The server is the
 * other end of a socket pair; the linker replaces i2ctarget_link_open() by
 * __wrap_i2ctarget_link_open().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "i2ctarget/bus.h"
#include "link/claim.h"
#include "link/link.h"

enum { ADDRESS = 0x40, SERIAL = 7, COUNT = 3 };

static struct i2ctarget target;
static struct i2ctarget_request request;
static struct claim claim;
static int target_fd, server_fd;
static uint32_t hold;
static bool looks; /* at a call's answer, by itself */

int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name);

int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name)
{
    (void)role, (void)name;
    *link = (struct link){.fd = target_fd, .bus = bus};
    return 0;
}

/* ---- the server ------------------------------------------------------------------------------ */

static void say_listening(int claim_fd)
{
    uint8_t header[PROTOCOL_HEADER_BYTES] = {0};
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof claim_fd)];
    } control = {.header = {CMSG_LEN(sizeof claim_fd), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec part = {header, sizeof header};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    put_u16(header + 4, PROTOCOL_LISTENING);
    memcpy(CMSG_DATA(&control.header), &claim_fd, sizeof claim_fd);
    assert_int_equal(sendmsg(server_fd, &message, 0), sizeof header);
}

/* EVENTS with one record and its bytes. */
static void say_event(const struct i2ctarget_event *event, uint32_t number, bool is_held)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + PROTOCOL_EVENTS_BYTES + PROTOCOL_RECORD_BYTES + COUNT] = {
        0};
    uint8_t *events = frame + PROTOCOL_HEADER_BYTES, *record = events + PROTOCOL_EVENTS_BYTES;
    size_t bytes = PROTOCOL_RECORD_BYTES + (event->kind == I2CTARGET_RECEIVED ? number : 0);
    put_u32(frame, (uint32_t)(PROTOCOL_EVENTS_BYTES + bytes));
    put_u16(frame + 4, PROTOCOL_EVENTS);
    record[0] = (uint8_t)event->kind;
    record[1] = event->value;
    record[2] = event->is_read;
    put_u32(record + 4, SERIAL);
    put_u32(record + 8, number);
    if (is_held) {
        i2ctarget_claim_offer(&claim, ++hold, looks);
        put_u32(events + 12, hold);
    }
    size_t size = (size_t)(record - frame) + bytes;
    assert_int_equal(send(server_fd, frame, size, 0), size);
}

static void say_ended(enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_ENDED, .value = (uint8_t)cause};
    say_event(&event, moved, false);
}

/* ---- the application ------------------------------------------------------------------------- */

static void on_signal(int number)
{
    (void)number;
}

/* Until the call has returned, however late it begins. */
static void set_signals(int interval_ms)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct itimerval every = {{0, interval_ms * 1000}, {0, interval_ms * 1000}};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/* The target is addressed. */
static void call(bool is_read)
{
    static const uint8_t addresses[] = {ADDRESS};
    struct i2ctarget_event event = {.kind = I2CTARGET_ADDRESSED, .is_read = is_read};
    int fds[2], claim_fd;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    target_fd = fds[0];
    server_fd = fds[1];
    assert_int_equal(i2ctarget_claim_create(&claim, &claim_fd), 0);
    say_listening(claim_fd);
    close(claim_fd);
    assert_int_equal(
        i2ctarget_init(&target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1), addresses, 1, false),
        0);
    uint8_t listen[PROTOCOL_HEADER_BYTES + PROTOCOL_LISTEN_BYTES];
    assert_int_equal(recv(server_fd, listen, sizeof listen, 0), sizeof listen);
    say_event(&event, ADDRESS, true);
}

/* A message is open, and a call for COUNT bytes was interrupted. */
static void begin(bool is_read)
{
    uint8_t bytes[COUNT] = {0};
    call(is_read);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    set_signals(1);
    int result = is_read ? i2ctarget_write(&request, bytes, COUNT)
                         : i2ctarget_read(&request, bytes, COUNT, true);
    set_signals(0);
    assert_int_equal(result, -EINTR);
}

static void end(void)
{
    struct i2ctarget_counters counters;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 0);
    i2ctarget_get_counters(&target, &counters);
    i2ctarget_deinit(&target);
    i2ctarget_claim_close(&claim);
    close(server_fd);
    assert_int_equal(counters.order_errors, 0);
}

/* The server has acknowledged two bytes, and holds the third when it hears of the close. */
static void written_bytes_behind_a_close(void **state)
{
    (void)state;
    begin(false);
    say_event(&(struct i2ctarget_event){.kind = I2CTARGET_RECEIVED}, COUNT, true);
    assert_int_equal(i2ctarget_close(&request), 0);
    say_ended(I2CTARGET_STOP, COUNT - 1);
    end();
}

static void read_bytes_behind_a_close(void **state)
{
    (void)state;
    begin(true);
    say_event(&(struct i2ctarget_event){.kind = I2CTARGET_REQUESTED}, COUNT, true);
    assert_int_equal(i2ctarget_close(&request), 0);
    say_ended(I2CTARGET_CONTROLLER_NACK, COUNT);
    end();
}

static void a_fault_behind_a_close(void **state)
{
    (void)state;
    for (int is_read = 0; is_read <= 1; is_read++) {
        begin(is_read);
        assert_int_equal(i2ctarget_close(&request), 0);
        say_event(
            &(struct i2ctarget_event){.kind = is_read ? I2CTARGET_REQUESTED : I2CTARGET_RECEIVED},
            COUNT, false);
        say_ended(I2CTARGET_BUS_ERROR, COUNT - 1);
        end();
    }
}

/* ---- a call that is accepted ----------------------------------------------------------------- */

/* The next COMMIT, from the answer to ADDRESSED up to `count`. */
static void expect_commit(const uint8_t fields[4], uint32_t count)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + PROTOCOL_COMMIT_BYTES], *commit = frame + 8;
    assert_int_equal(recv(server_fd, frame, sizeof frame, MSG_DONTWAIT), sizeof frame);
    assert_int_equal(get_u16(frame + 4), PROTOCOL_COMMIT);
    assert_int_equal(get_u32(commit), SERIAL);
    assert_memory_equal(commit + 4, fields, 4);
    assert_int_equal(get_u32(commit + 8), 0);
    assert_int_equal(get_u32(commit + 12), count);
}

static void expect_silence(void)
{
    uint8_t byte;
    assert_int_equal(recv(server_fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

static const uint8_t accepts[] = {PROTOCOL_ADDRESS_ACK, PROTOCOL_THEN_HOLD, PROTOCOL_REASON_NONE,
                                  0},
                     waits[] = {PROTOCOL_ADDRESS_ACK, PROTOCOL_THEN_HOLD, PROTOCOL_REASON_NONE, 1},
                     closes[] = {PROTOCOL_ADDRESS_ACK, PROTOCOL_THEN_REFUSE, PROTOCOL_REASON_CLOSED,
                                 0};

static void accept_call(bool is_read, bool is_looked_for)
{
    looks = is_looked_for;
    call(is_read);
    looks = false;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
}

static void it_is_told_with_the_read(void **state)
{
    uint8_t byte;
    (void)state;
    accept_call(false, true);
    expect_silence();
    say_event(&(struct i2ctarget_event){.kind = I2CTARGET_RECEIVED}, 1, true);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    expect_commit(waits, 0);
    assert_int_equal(i2ctarget_ack(&request, true), 0); /* for this one nobody looks */
    expect_commit(accepts, 1);
    say_ended(I2CTARGET_STOP, 1);
    end();
}

static void it_is_told_with_the_close(void **state)
{
    (void)state;
    for (int is_read = 0; is_read <= 1; is_read++) {
        accept_call(is_read, true);
        expect_silence();
        assert_int_equal(i2ctarget_close(&request), 0);
        expect_commit(closes, 0);
        expect_silence();
        say_ended(is_read ? I2CTARGET_CONTROLLER_NACK : I2CTARGET_STOP, 0);
        end();
    }
}

static void it_is_told_at_once_when_nobody_looks(void **state)
{
    (void)state;
    accept_call(false, false);
    expect_commit(accepts, 0);
    say_ended(I2CTARGET_STOP, 0);
    end();
}

static void it_is_told_at_once_after_the_look(void **state)
{
    (void)state;
    looks = true;
    call(false);
    looks = false;
    assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_NONE);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    expect_commit(accepts, 0);
    say_ended(I2CTARGET_STOP, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_bytes_behind_a_close),
        cmocka_unit_test(read_bytes_behind_a_close),
        cmocka_unit_test(a_fault_behind_a_close),
        cmocka_unit_test(it_is_told_with_the_read),
        cmocka_unit_test(it_is_told_with_the_close),
        cmocka_unit_test(it_is_told_at_once_when_nobody_looks),
        cmocka_unit_test(it_is_told_at_once_after_the_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
