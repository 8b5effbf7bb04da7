/* SPDX-License-Identifier: MIT */
/* Calls under way, with a server that answers, waits or hangs up, as the test chooses. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../shim/fake_server.h"
#include "front/calls.h"

enum { BUS = 3, KEPT = 8, CROWD = 20, PATIENCE_US = 200000, FOREVER_US = 3000000 };

static struct fake_server server;
static struct loop loop;
static struct calls calls;
static int descriptors; /* number of open descriptors before the test */

static struct answered {
    int count, error;
    int32_t result;
} answered;

static void on_answered(struct call *call, int error, const struct link_frame *reply)
{
    answered.count++;
    answered.error = error;
    answered.result = error < 0 ? 0 : reply_result(reply);
    if (call->owner)
        *(int64_t *)call->owner = i2ctarget_link_now_us();
}

static struct call *take(void)
{
    int error = 0;
    struct call *call = calls_take(&calls, &error);
    assert_non_null(call);
    call->owner = NULL;
    return call;
}

static void send_it(struct call *call)
{
    request_functionality(&call->request, 1);
    call_send(call, on_answered);
}

static struct call *ask(void)
{
    struct call *call = take();
    send_it(call);
    return call;
}

static void turn_until(int count)
{
    int64_t until_us = i2ctarget_link_now_us() + FOREVER_US;
    while (answered.count < count) {
        int64_t deadline_us = calls_deadline_us(&calls);

        assert_true(i2ctarget_link_now_us() < until_us);
        loop_turn(&loop, deadline_us < until_us ? deadline_us : until_us);
        calls_give_up(&calls);
    }
}

/* The server's thread notices it a moment later. */
static void expect_links(int wanted)
{
    server.mood = FAKE_ANSWERS; /* while it waits it does not read */
    for (int i = 0; i < 1000 && server.links != wanted; i++)
        usleep(1000);
    assert_int_equal(server.links, wanted);
}

static int count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static int set_up(void **state)
{
    (void)state;
    descriptors = count_descriptors();
    fake_server_start(&server, BUS);
    server.mood = FAKE_ANSWERS;
    answered = (struct answered){0};
    calls = (struct calls){.loop = &loop, .bus = BUS};
    assert_int_equal(i2ctarget_link_directory(calls.directory, false), 0);
    assert_int_equal(loop_init(&loop), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    server.mood = FAKE_ANSWERS;
    calls_end(&calls);
    close(loop.fd);
    fake_server_stop(&server);
    assert_int_equal(count_descriptors(), descriptors);
    return 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_answers(void **state)
{
    (void)state;
    server.result = -ENXIO;
    ask();
    turn_until(1);
    assert_int_equal(answered.error, 0);
    assert_int_equal(answered.result, -ENXIO);
    ask();
    turn_until(2);
    assert_int_equal(server.all_links, 1); /* used again */
    assert_int_equal(calls_deadline_us(&calls), INT64_MAX);
}

/* While one call waits, another one is sent on its own connection. */
static void test_two_at_once(void **state)
{
    struct call *first = take(), *second = take();
    (void)state;
    server.mood = FAKE_WAITS;
    send_it(first);
    send_it(second);
    assert_int_equal(server.all_links, 2);
    loop_turn(&loop, i2ctarget_link_now_us() + 2000);
    assert_int_equal(answered.count, 0);
    server.mood = FAKE_ANSWERS;
    turn_until(2);
    assert_int_equal(answered.error, 0);
}

/*
 * The call is given up some time after the signal.  Its connection is closed, so the server forgets
 * the call.
 */
static void test_interrupted(void **state)
{
    int64_t began_us, ended_us = 0;
    (void)state;
    server.mood = FAKE_WAITS;
    struct call *call = ask();
    call->owner = &ended_us;
    began_us = i2ctarget_link_now_us();
    call_interrupt(call);
    call_interrupt(call); /* another signal changes nothing */
    turn_until(1);
    assert_int_equal(answered.error, -EINTR);
    assert_in_range(ended_us - began_us, PATIENCE_US, PATIENCE_US + 2000000);
    expect_links(0);
}

/* Repeated signals do not make a call wait for ever. */
static void test_second_signal(void **state)
{
    (void)state;
    server.mood = FAKE_WAITS;
    struct call *call = ask();
    call_interrupt(call);
    int64_t give_up_us = call->give_up_us;
    usleep(1000);
    call_interrupt(call);
    assert_int_equal(call->give_up_us, give_up_us);
    turn_until(1);
}

/* A signal has no effect on a call that is answered soon, nor on the next call. */
static void test_interrupted_but_answered(void **state)
{
    struct call *call = take();
    (void)state;
    call_interrupt(call);
    send_it(call);
    turn_until(1);
    assert_int_equal(answered.error, 0);
    assert_ptr_equal(take(), call);
    assert_int_equal(call->give_up_us, INT64_MAX);
    call_give(call);
}

static void test_server_hangs_up(void **state)
{
    (void)state;
    server.mood = FAKE_HANGS_UP;
    ask();
    turn_until(1);
    assert_int_equal(answered.error, -ENODEV);
    server.mood = FAKE_ANSWERS;
    ask(); /* a new connection */
    turn_until(2);
    assert_int_equal(answered.error, 0);
    assert_int_equal(server.all_links, 2);
}

static void test_server_speaks_wrong(void **state)
{
    (void)state;
    server.mood = FAKE_SPEAKS_WRONG;
    ask();
    turn_until(1);
    assert_int_equal(answered.error, 0);
    assert_int_equal(answered.result, -EPROTO);
}

static void test_no_server(void **state)
{
    int error = 0;
    (void)state;
    calls.bus = BUS + 1;
    assert_null(calls_take(&calls, &error));
    assert_int_equal(error, -ENODEV);
}

/* The buffers of an ioctl may take a third of a megabyte. */
static void test_kept_calls_hold_no_buffers(void **state)
{
    struct call *call = take();
    (void)state;
    call->ioctl.store = malloc(1);
    call_give(call);
    assert_ptr_equal(take(), call);
    assert_null(call->ioctl.store);
    call_give(call);
}

static void test_a_few_are_kept(void **state)
{
    (void)state;
    struct call *crowd[CROWD];
    for (int i = 0; i < CROWD; i++)
        crowd[i] = take();
    assert_int_equal(server.all_links, CROWD);
    for (int i = 0; i < CROWD; i++)
        call_give(crowd[i]);
    expect_links(KEPT);
    for (int i = 0; i < KEPT; i++)
        crowd[i] = take();
    assert_int_equal(server.all_links, CROWD);
    for (int i = 0; i < KEPT; i++)
        call_give(crowd[i]);
}

static void test_end(void **state)
{
    struct call *first = take(), *second = take();
    (void)state;
    server.mood = FAKE_WAITS;
    send_it(first);
    send_it(second);
    calls_end(&calls);
    assert_int_equal(answered.count, 2);
    assert_int_equal(answered.error, -ENODEV);
    expect_links(0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second_signal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted_but_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_server_hangs_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_server_speaks_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kept_calls_hold_no_buffers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_few_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
    };
    char directory[] = "/tmp/test_calls.XXXXXX";
    if (!mkdtemp(directory) || setenv("I2CTARGET_DIR", directory, 1) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
