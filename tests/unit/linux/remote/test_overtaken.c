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
static void say_event_of(uint32_t serial, const struct i2ctarget_event *event, uint32_t number,
                         bool is_held)
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
    put_u32(record + 4, serial);
    put_u32(record + 8, number);
    if (is_held) {
        i2ctarget_claim_offer(&claim, ++hold, looks);
        put_u32(events + 12, hold);
    }
    size_t size = (size_t)(record - frame) + bytes;
    assert_int_equal(send(server_fd, frame, size, 0), size);
}

static void say_event(const struct i2ctarget_event *event, uint32_t number, bool is_held)
{
    say_event_of(SERIAL, event, number, is_held);
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

static void listen_to(void)
{
    static const uint8_t addresses[] = {ADDRESS};
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
}

/* The target is addressed. */
static void call(bool is_read)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_ADDRESSED, .is_read = is_read};
    listen_to();
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

static void end_as(int result)
{
    struct i2ctarget_counters counters;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), result);
    i2ctarget_get_counters(&target, &counters);
    i2ctarget_deinit(&target);
    i2ctarget_claim_close(&claim);
    close(server_fd);
    assert_int_equal(counters.order_errors, 0);
}

static void end(void)
{
    end_as(0);
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
static void expect_commit_of(uint32_t serial, const uint8_t fields[4], uint32_t count)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + PROTOCOL_COMMIT_BYTES], *commit = frame + 8;
    assert_int_equal(recv(server_fd, frame, sizeof frame, MSG_DONTWAIT), sizeof frame);
    assert_int_equal(get_u16(frame + 4), PROTOCOL_COMMIT);
    assert_int_equal(get_u32(commit), serial);
    assert_memory_equal(commit + 4, fields, 4);
    assert_int_equal(get_u32(commit + 8), 0);
    assert_int_equal(get_u32(commit + 12), count);
}

static void expect_commit(const uint8_t fields[4], uint32_t count)
{
    expect_commit_of(SERIAL, fields, count);
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

/* ---- a forecast ------------------------------------------------------------------------------ */

enum {
    FORECAST_BYTES = 3 * PROTOCOL_RECORD_BYTES + COUNT,
    CALL_BYTES = PROTOCOL_EVENTS_BYTES + PROTOCOL_RECORD_BYTES
};

struct foretelling {
    uint8_t header[PROTOCOL_HEADER_BYTES];
    uint8_t events[CALL_BYTES], forecast[PROTOCOL_FORECAST_MAX + 4];
};

static uint8_t *put_record(uint8_t *at, enum i2ctarget_event_kind kind, uint32_t serial,
                           uint32_t number)
{
    memset(at, 0, PROTOCOL_RECORD_BYTES);
    at[0] = (uint8_t)kind;
    put_u32(at + 4, serial);
    put_u32(at + 8, number);
    return at + PROTOCOL_RECORD_BYTES;
}

/* A call for a write of COUNT bytes, and a read that follows. */
static struct foretelling foretelling(void)
{
    struct foretelling frame = {0};
    uint8_t *at = frame.forecast;
    put_record(frame.events + PROTOCOL_EVENTS_BYTES, I2CTARGET_ADDRESSED, SERIAL, ADDRESS);
    at = put_record(at, I2CTARGET_RECEIVED, SERIAL, COUNT);
    for (uint8_t i = 0; i < COUNT; i++)
        *at++ = (uint8_t)(0x11 * (i + 1));
    uint8_t *ended = at;
    at = put_record(at, I2CTARGET_ENDED, SERIAL, COUNT);
    ended[1] = I2CTARGET_RESTART;
    put_record(at, I2CTARGET_ADDRESSED, SERIAL + 1, ADDRESS);
    at[2] = at[3] = true;
    return frame;
}

static void say_foretelling(struct foretelling *frame, uint32_t forecast_bytes, size_t sent_bytes)
{
    put_header(frame->header, PROTOCOL_EVENTS, CALL_BYTES + sent_bytes);
    put_u32(frame->events + 12, ++hold);
    put_u32(frame->events + 16, forecast_bytes);
    i2ctarget_claim_offer(&claim, hold, true);
    size_t size = PROTOCOL_HEADER_BYTES + CALL_BYTES + sent_bytes;
    assert_int_equal(send(server_fd, frame, size, 0), size);
}

static void call_and_foretell(void)
{
    struct foretelling frame = foretelling();
    listen_to();
    say_foretelling(&frame, FORECAST_BYTES, FORECAST_BYTES);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_false(request.is_read);
    expect_silence();
}

/* The call waits, and is interrupted. */
static void expect_to_wait(bool is_read, size_t size, bool ack)
{
    uint8_t bytes[2 * COUNT] = {0};
    set_signals(1);
    int result = is_read ? i2ctarget_write(&request, bytes, size)
                         : i2ctarget_read(&request, bytes, size, ack);
    set_signals(0);
    assert_int_equal(result, -EINTR);
}

static void expect_second_call(void)
{
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_true(request.is_read && request.is_restart);
    expect_silence();
}

static void end_second_call(void)
{
    struct i2ctarget_event ended = {.kind = I2CTARGET_ENDED, .value = I2CTARGET_BUS_ERROR};
    say_event_of(SERIAL + 1, &ended, 0, false);
    end();
}

/* Both calls and the bytes cost one frame, which is about the second call. */
static void what_was_forecast_is_taken(void **state)
{
    uint8_t bytes[2 * COUNT], given[COUNT];
    (void)state;
    for (size_t more = 0; more <= 1; more++) { /* a longer read ends with the message */
        call_and_foretell();
        assert_int_equal(i2ctarget_read(&request, bytes, COUNT + more, true), COUNT);
        assert_memory_equal(bytes, "\x11\x22\x33", COUNT);
        assert_int_equal(request.end, I2CTARGET_RESTART);
        assert_int_equal(request.moved, COUNT);
        expect_silence();
        expect_second_call();
        assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_THROUGH);
        i2ctarget_claim_follow(&claim, ++hold);
        assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_ACK);
        expect_to_wait(true, COUNT, true);
        expect_commit_of(SERIAL + 1, waits, COUNT);
        assert_int_equal(recv(server_fd, given, COUNT, MSG_DONTWAIT), COUNT);
        expect_silence();
        end_second_call();
    }
}

/* The server looks between: it has come after when the second call is accepted. */
static void the_server_comes_after(void **state)
{
    uint8_t bytes[COUNT];
    (void)state;
    call_and_foretell();
    assert_int_equal(i2ctarget_read(&request, bytes, COUNT, true), COUNT);
    assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_THROUGH);
    i2ctarget_claim_follow(&claim, ++hold);
    expect_second_call();
    assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_ACK);
    end_second_call();
}

static void the_second_call_is_taken_back(void **state)
{
    uint8_t bytes[COUNT];
    struct i2ctarget_counters counters;
    struct i2ctarget_event ended = {.kind = I2CTARGET_ENDED, .value = I2CTARGET_BUS_ERROR};
    (void)state;
    call_and_foretell();
    assert_int_equal(i2ctarget_read(&request, bytes, COUNT, true), COUNT);
    assert_int_equal(i2ctarget_claim_withdraw(&claim, hold), CLAIM_THROUGH);
    i2ctarget_claim_follow(&claim, ++hold);
    assert_int_equal(i2ctarget_claim_withdraw(&claim, hold), CLAIM_NONE);
    say_event_of(SERIAL + 1, &ended, 0, false);
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 0);
    i2ctarget_get_counters(&target, &counters);
    assert_int_equal(counters.cancelled, 1);
    expect_silence();
    end();
}

/* Who does not acknowledge everything says so, and learns what happens from the server. */
static void not_all_of_it(void **state)
{
    (void)state;
    for (int takes_all = 0; takes_all <= 1; takes_all++) {
        call_and_foretell();
        expect_to_wait(false, takes_all ? COUNT : COUNT - 1, !takes_all);
        expect_commit(waits, COUNT - 1);
        assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_ACK);
        say_ended(I2CTARGET_BUS_ERROR, 0);
        end();
    }
}

static void the_server_has_looked(void **state)
{
    (void)state;
    call_and_foretell();
    assert_int_equal(i2ctarget_claim_look(&claim, hold), CLAIM_ACK);
    expect_to_wait(false, COUNT, true);
    expect_commit(waits, COUNT);
    say_ended(I2CTARGET_BUS_ERROR, 0);
    end();
}

static void closed_instead(void **state)
{
    (void)state;
    call_and_foretell();
    assert_int_equal(i2ctarget_close(&request), 0);
    expect_commit(closes, 0);
    say_ended(I2CTARGET_STOP, 0);
    end();
}

/* One that is too long is left aside; one that is none ends the connection. */
static void forecasts_that_are_none(void **state)
{
    struct foretelling frame = foretelling();
    uint8_t bytes[COUNT];
    (void)state;
    listen_to();
    say_foretelling(&frame, PROTOCOL_FORECAST_MAX + 1, PROTOCOL_FORECAST_MAX + 1);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    expect_to_wait(false, COUNT, true);
    expect_commit(waits, COUNT);
    say_ended(I2CTARGET_BUS_ERROR, 0);
    end();
    listen_to();
    say_foretelling(&frame, FORECAST_BYTES + 1, FORECAST_BYTES - PROTOCOL_RECORD_BYTES - 1);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -EIO);
    end_as(-EIO);
    frame = foretelling();
    frame.forecast[COUNT + PROTOCOL_RECORD_BYTES] = 9;
    listen_to();
    say_foretelling(&frame, FORECAST_BYTES, FORECAST_BYTES);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_read(&request, bytes, COUNT, true), COUNT);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -EIO);
    end_as(-EIO);
}

/* Its bytes are looked at before anything else is, so they have to be there. */
static void forecasts_without_bytes(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, I2CTARGET_ENDED}, {8, 0}, {8, FORECAST_BYTES - PROTOCOL_RECORD_BYTES + 1}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct foretelling frame = foretelling();
        frame.forecast[wrong[i].at] = wrong[i].value;
        listen_to();
        say_foretelling(&frame, FORECAST_BYTES, FORECAST_BYTES);
        assert_int_equal(i2ctarget_next_request(&target, &request, 0), -EIO);
        end_as(-EIO);
    }
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
        cmocka_unit_test(what_was_forecast_is_taken),
        cmocka_unit_test(the_server_comes_after),
        cmocka_unit_test(the_second_call_is_taken_back),
        cmocka_unit_test(not_all_of_it),
        cmocka_unit_test(the_server_has_looked),
        cmocka_unit_test(closed_instead),
        cmocka_unit_test(forecasts_that_are_none),
        cmocka_unit_test(forecasts_without_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
