/* SPDX-License-Identifier: MIT */
/* The semantics table of docs/DESIGN.md: a signal ends a wait with EINTR, and no byte is lost. */
#include <signal.h>
#include <sys/time.h>

#include "contract/contract.h"

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
    (void)number;
    signals++;
}

/* There is a signal every 5 ms, so if one comes before the wait, another one follows. */
static void begin_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = SA_RESTART}; /* this flag must make no difference */
    struct itimerval interval = {{0, 5000}, {0, 5000}};
    signals = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &interval, NULL);
}

static void end_signals(void)
{
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    assert_true(signals > 0);
}

CONTRACT_TEST(table_signal_ends_a_request, RIG_SIGNALS)
{
    serve(rig);
    begin_signals();
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_next_request(&target, &request, 10000000), -I2CTARGET_EINTR);
    end_signals();
    expect_healthy(rig);
}

/*
 * The call can be repeated with the same arguments.  It then counts the bytes that were
 * acknowledged meanwhile.
 */
CONTRACT_TEST(table_signal_in_a_read_loses_nothing, RIG_SIGNALS)
{
    struct rig_message message = write_message(0x40, "abcde", 5);
    uint8_t buffer[8] = {0}, other[8];
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    rig->kind->ops->pause(rig, true);
    begin_signals();
    assert_int_equal(i2ctarget_read(&request, buffer, 8, true), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_read(&request, buffer, 8, true), -I2CTARGET_EINTR);
    end_signals();
    /* A different call would lose what may have arrived already. */
    assert_int_equal(i2ctarget_read(&request, buffer, 7, true), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_read(&request, buffer, 8, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_read(&request, other, 8, true), -I2CTARGET_EINVAL);
    rig->kind->ops->pause(rig, false);
    rig_sleep_us(rig, 20000);
    assert_int_equal(i2ctarget_read(&request, buffer, 8, true), 5);
    assert_memory_equal(buffer, "abcde", 5);
    expect_end(&request, I2CTARGET_STOP, 5);
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(table_signal_in_a_held_read_loses_nothing, RIG_SIGNALS)
{
    struct rig_message message = write_message(0x40, "abcde", 5);
    uint8_t buffer[8] = {0};
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    rig->kind->ops->pause(rig, true);
    begin_signals();
    assert_int_equal(i2ctarget_read(&request, buffer, 3, false), -I2CTARGET_EINTR);
    end_signals();
    rig->kind->ops->pause(rig, false);
    rig_sleep_us(rig, 20000);
    assert_int_equal(i2ctarget_read(&request, buffer, 3, false), 3);
    assert_memory_equal(buffer, "abc", 3);
    assert_int_equal(request.moved, 2);
    assert_int_equal(i2ctarget_ack(&request, false), 0); /* that very byte */
    assert_int_equal(rig_finish(rig), 0);
    assert_int_equal(message.moved, 3);
    assert_true(message.nacked);
}

CONTRACT_TEST(table_signal_in_a_write_loses_nothing, RIG_SIGNALS)
{
    static const uint8_t mine[] = "wxyz";
    uint8_t got[6];
    struct rig_message message = read_message(0x40, got, 6);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    rig->kind->ops->pause(rig, true);
    begin_signals();
    assert_int_equal(i2ctarget_write(&request, mine, 4), -I2CTARGET_EINTR);
    end_signals();
    assert_int_equal(i2ctarget_write(&request, mine, 3), -I2CTARGET_EINVAL);
    rig->kind->ops->pause(rig, false);
    rig_sleep_us(rig, 20000);
    assert_int_equal(i2ctarget_write(&request, mine, 4), 4);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(rig_finish(rig), 1);
    assert_memory_equal(got, "wxyz\xFF\xFF", 6);
}

/* An application that closes instead of repeating an interrupted call loses the rest. */
CONTRACT_TEST(table_signal_then_close, RIG_SIGNALS)
{
    struct rig_message message = write_message(0x40, "abcde", 5);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    rig->kind->ops->pause(rig, true);
    begin_signals();
    uint8_t buffer[2];
    assert_int_equal(i2ctarget_read(&request, buffer, 2, true), -I2CTARGET_EINTR);
    end_signals();
    assert_int_equal(i2ctarget_close(&request), 0);
    rig->kind->ops->pause(rig, false);
    assert_int_equal(rig_finish(rig), 0);
    assert_true(message.nacked);
    assert_true(message.moved <= 3);
    expect_healthy(rig);
}
