/* SPDX-License-Identifier: MIT */
/* The signals that end a program of ours: which they are, and that no other is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "link/stops.h"

static bool blocked(int signal)
{
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, signal) == 1;
}

static int start_anew(void **state)
{
    (void)state;
    sigset_t none;
    sigemptyset(&none);
    signal(SIGHUP, SIG_DFL);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What is below on the stack is no longer 0. */
static void __attribute__((noinline)) fill_the_stack(void)
{
    volatile uint8_t below[4096];
    for (size_t i = 0; i < sizeof below; i++)
        below[i] = 0xFF;
}

static void expect_blocked_alone(int first, int second, int third)
{
    for (int signal = 1; signal < SIGRTMIN; signal++)
        assert_int_equal(blocked(signal), signal == first || signal == second || signal == third);
}

static void test_open(void **state)
{
    (void)state;
    fill_the_stack();
    int fd = i2ctarget_stops_open();
    assert_in_range(fd, 0, 1023);
    expect_blocked_alone(SIGTERM, SIGINT, SIGHUP);
    raise(SIGTERM);
    struct signalfd_siginfo info;
    assert_int_equal(read(fd, &info, sizeof info), sizeof info);
    assert_int_equal(info.ssi_signo, SIGTERM);
    close(fd);
}

static void test_ignored(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN);
    fill_the_stack();
    close(i2ctarget_stops_open());
    expect_blocked_alone(SIGTERM, SIGINT, SIGINT);
}

static void test_added(void **state)
{
    (void)state;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    i2ctarget_stops_add(&set);
    for (int signal = 1; signal < SIGRTMIN; signal++)
        assert_int_equal(sigismember(&set, signal), signal == SIGTERM || signal == SIGINT ||
                                                        signal == SIGHUP || signal == SIGCHLD);
}

static int heard;

static void hear(int signal)
{
    heard = signal;
}

static void test_handle(void **state)
{
    (void)state;
    sigset_t waiting, none;
    sigemptyset(&none);
    fill_the_stack();
    i2ctarget_stops_handle(hear, &waiting);
    expect_blocked_alone(SIGTERM, SIGINT, SIGHUP);
    assert_memory_equal(&waiting, &none, sizeof(unsigned long));
    raise(SIGINT);
    assert_int_equal(heard, 0);
    assert_int_equal(sigsuspend(&waiting), -1);
    assert_int_equal(heard, SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_open, start_anew),
        cmocka_unit_test_setup(test_ignored, start_anew),
        cmocka_unit_test_setup(test_added, start_anew),
        cmocka_unit_test_setup(test_handle, start_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
