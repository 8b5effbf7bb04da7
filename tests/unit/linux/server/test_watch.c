/* SPDX-License-Identifier: MIT */
/* What the server waits for: what is wished is reported, once it is taken it is not, and the timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/watch.h"

struct rig {
    struct watch watch;
    int ours[2], theirs[2]; /* a stream and a file */
    struct watched items[2];
};

static struct rig rig;

static struct pollfd wish_for(int which, int events)
{
    return (struct pollfd){.fd = rig.ours[which], .events = (short)events};
}

static int open_rig(void **state)
{
    (void)state;
    rig = (struct rig){.items = {{.asks = true}, {.is_file = true}}};
    if (!watch_open(&rig.watch) || !watch_reserve(&rig.watch, 2))
        return -1;
    for (int i = 0; i < 2; i++) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
            return -1;
        rig.ours[i] = fds[0];
        rig.theirs[i] = fds[1];
        if (!watch_wish(&rig.watch, &rig.items[i], wish_for(i, POLLIN)))
            return -1;
    }
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        close(rig.ours[i]);
        close(rig.theirs[i]);
    }
    watch_close(&rig.watch);
    return 0;
}

static void look(void)
{
    watch_wait(&rig.watch, 0, NULL);
}

static void say(int which)
{
    assert_int_equal(send(rig.theirs[which], "x", 1, MSG_NOSIGNAL), 1);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void what_is_wished_is_reported(void **state)
{
    (void)state;
    look();
    assert_int_equal(rig.items[0].ready | rig.items[1].ready, 0);
    for (int i = 0; i < 2; i++) {
        say(i);
        watch_wait(&rig.watch, WATCH_NEVER, NULL);
        assert_int_equal(watch_take(&rig.watch, &rig.items[i], wish_for(i, POLLIN)), POLLIN);
        assert_int_equal(watch_take(&rig.watch, &rig.items[i], wish_for(i, POLLIN)), 0);
    }
}

static void a_new_wish_is_added(void **state)
{
    (void)state;
    assert_true(watch_wish(&rig.watch, &rig.items[0], wish_for(0, POLLIN | POLLOUT)));
    look();
    assert_int_equal(watch_take(&rig.watch, &rig.items[0], wish_for(0, POLLIN | POLLOUT)), POLLOUT);
}

/* It is reported once more, and then not again until it is wished. */
static void what_is_not_wished_any_more(void **state)
{
    (void)state;
    say(0);
    assert_true(watch_wish(&rig.watch, &rig.items[0], wish_for(0, 0)));
    look();
    assert_int_equal(watch_take(&rig.watch, &rig.items[0], wish_for(0, 0)), 0);
    look();
    assert_int_equal(rig.items[0].ready, 0);
    assert_true(watch_wish(&rig.watch, &rig.items[0], wish_for(0, POLLIN)));
    look();
    assert_int_equal(watch_take(&rig.watch, &rig.items[0], wish_for(0, POLLIN)), POLLIN);
}

static void a_hang_up_is_always_reported(void **state)
{
    (void)state;
    assert_true(watch_wish(&rig.watch, &rig.items[0], wish_for(0, 0)));
    assert_int_equal(shutdown(rig.theirs[0], SHUT_RDWR), 0);
    look();
    assert_int_equal(watch_take(&rig.watch, &rig.items[0], wish_for(0, 0)), POLLHUP);
}

/* A busy file: not even its end is to be seen. */
static void what_nobody_waits_for(void **state)
{
    const struct pollfd nothing = {.fd = -1};
    (void)state;
    assert_int_equal(shutdown(rig.theirs[1], SHUT_RDWR), 0);
    look();
    assert_int_equal(watch_take(&rig.watch, &rig.items[1], nothing), 0);
    look();
    assert_int_equal(rig.items[1].ready, 0);
    assert_true(watch_wish(&rig.watch, &rig.items[1], wish_for(1, POLLIN)));
    look();
    assert_true(watch_take(&rig.watch, &rig.items[1], wish_for(1, POLLIN)) & POLLHUP);
}

/* The set of files is not among the streams, as if its news came right after the look at these. */
static void who_asks_makes_it_look_at_the_files(void **state)
{
    (void)state;
    assert_int_equal(epoll_ctl(rig.watch.streams_fd, EPOLL_CTL_DEL, rig.watch.files_fd, NULL), 0);
    say(1);
    look();
    assert_int_equal(rig.items[1].ready, 0);
    say(0);
    look();
    assert_int_equal(rig.items[0].ready & rig.items[1].ready, POLLIN);
}

static void it_waits_until_then(void **state)
{
    uint64_t began_ns = now_ns();
    (void)state;
    watch_wait(&rig.watch, began_ns + 20000000, NULL);
    assert_true(now_ns() >= began_ns + 20000000);
    watch_wait(&rig.watch, now_ns() + 20000000, NULL); /* the timer can be set again */
    assert_true(now_ns() >= began_ns + 40000000);
}

/*
 * The timer of an earlier wait may end a later one, but never makes it longer.  For a later moment
 * it is not set again.
 */
static void an_earlier_moment_counts(void **state)
{
    uint64_t began_ns = now_ns();
    (void)state;
    say(0);
    watch_wait(&rig.watch, began_ns + UINT64_C(60000000000), NULL);
    assert_int_equal(rig.watch.timer_ns, began_ns + UINT64_C(60000000000));
    watch_wait(&rig.watch, began_ns + UINT64_C(90000000000), NULL);
    watch_wait(&rig.watch, WATCH_NEVER, NULL);
    assert_int_equal(rig.watch.timer_ns, began_ns + UINT64_C(60000000000));
    assert_true(watch_wish(&rig.watch, &rig.items[0], wish_for(0, 0)));
    watch_take(&rig.watch, &rig.items[0], wish_for(0, 0));
    watch_wait(&rig.watch, began_ns + 1000000, NULL);
    assert_int_equal(rig.watch.timer_ns, WATCH_NEVER);
    assert_true(now_ns() < began_ns + UINT64_C(30000000000));
}

#define WATCH_TEST(function) cmocka_unit_test_setup_teardown(function, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(what_is_wished_is_reported),  WATCH_TEST(a_new_wish_is_added),
        WATCH_TEST(what_is_not_wished_any_more), WATCH_TEST(a_hang_up_is_always_reported),
        WATCH_TEST(what_nobody_waits_for),       WATCH_TEST(who_asks_makes_it_look_at_the_files),
        WATCH_TEST(it_waits_until_then),         WATCH_TEST(an_earlier_moment_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
