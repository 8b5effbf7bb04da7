/* SPDX-License-Identifier: MIT */
/* What the server waits for on a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>

#include "server/client.h"

static bool is_busy;

static bool role_is_busy(const struct client *client)
{
    (void)client;
    return is_busy;
}

static const struct client_role controller = {.is_busy = role_is_busy};
static const struct client_role file = {.is_file = true, .is_busy = role_is_busy};
static const struct client_role monitor = {.is_file = false};

enum { READ = POLLIN | POLLRDHUP };

static void check_wish(const struct client_role *role, bool busy, size_t queued, bool is_watched,
                       short events)
{
    struct client client = {.role = role, .peer = {.fd = 7, .out = {.begin = 5, .end = 5}}};
    client.peer.out.end += queued;
    is_busy = busy;
    struct pollfd wish = client_wish(&client);
    assert_int_equal(wish.fd, is_watched ? 7 : -1);
    if (is_watched)
        assert_int_equal(wish.events, events);
}

/* As soon as one byte is queued, whether the client is busy or not. */
static void what_is_queued_goes_out(void **state)
{
    (void)state;
    for (size_t queued = 0; queued <= 2; queued++) {
        short out = queued ? POLLOUT : 0;
        check_wish(&monitor, false, queued, true, (short)(READ | out));
        check_wish(&controller, false, queued, true, (short)(READ | out));
        check_wish(&controller, true, queued, true, out);
        check_wish(&file, false, queued, true, (short)(READ | out));
    }
}

/* Nothing is read from one that is busy.  Of a file not even its end is looked at. */
static void a_busy_one_is_not_read(void **state)
{
    (void)state;
    check_wish(&controller, true, 0, true, 0);
    check_wish(&file, true, 0, false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_queued_goes_out),
        cmocka_unit_test(a_busy_one_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
