/* SPDX-License-Identifier: MIT */
/* The remote port when it can not be opened: nothing of the attempt is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i2ctarget/bus.h"
#include "link/link.h"

static int server_fd, open_error;
static uint16_t answer;

/* The server is the other end of a socket pair.  It has sent its LISTENING, or something else. */
int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name);

int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES] = {0};
    int fds[2];
    (void)role, (void)name;
    *link = (struct link){.fd = -1, .bus = bus};
    if (open_error)
        return open_error;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    link->fd = fds[0];
    server_fd = fds[1];
    put_u16(frame + 4, answer);
    assert_int_equal(send(server_fd, frame, sizeof frame, 0), sizeof frame);
    return 0;
}

static unsigned count_descriptors(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Twice each: the bus must not count as open after a failure. */
static void expect_failure(int error)
{
    static const uint8_t addresses[] = {0x40};
    for (int i = 0; i < 2; i++) {
        struct i2ctarget target;
        unsigned before = count_descriptors();
        server_fd = -1;
        assert_int_equal(i2ctarget_init(&target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1),
                                        addresses, 1, false),
                         error);
        if (server_fd >= 0)
            close(server_fd);
        assert_int_equal(count_descriptors(), before);
        assert_null(target.port);
        assert_int_equal(i2ctarget_next_request(&target, &(struct i2ctarget_request){0}, -1),
                         -EBADF);
    }
}

static void no_server(void **state)
{
    (void)state;
    open_error = -ENOENT;
    expect_failure(-ENOENT);
    open_error = 0;
}

static void another_answer_than_listening(void **state)
{
    (void)state;
    answer = PROTOCOL_EVENTS;
    expect_failure(-EPROTO);
}

static void listening_without_the_memory_of_claims(void **state)
{
    (void)state;
    answer = PROTOCOL_LISTENING;
    expect_failure(-EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_server),
        cmocka_unit_test(another_answer_than_listening),
        cmocka_unit_test(listening_without_the_memory_of_claims),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
