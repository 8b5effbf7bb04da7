/* SPDX-License-Identifier: MIT */
/* open() of a device, as the fronts do it.  Signals do not end it, and the server decides. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "front/file.h"
#include "link/link.h"

enum { BUS = 3, SIGNALS = 20, BETWEEN_US = 2000 };

static char directory[] = "/tmp/test_front_file.XXXXXX";

/* A server of one file.  It may send signals to the opening process, and answers with `answer`. */
static struct {
    int listener;
    pthread_t thread, opener;
    int signals;
    const void *answer;
    size_t answer_bytes;
    uint8_t hello[64];
    ssize_t hello_bytes;
} server;

static atomic_int heard;

static void on_signal(int number)
{
    (void)number;
    heard++;
}

static void *serve(void *unused)
{
    int fd = accept(server.listener, NULL, NULL);
    server.hello_bytes = recv(fd, server.hello, sizeof server.hello, 0);
    for (int i = 0; i < server.signals; i++) {
        pthread_kill(server.opener, SIGUSR1);
        usleep(BETWEEN_US);
    }
    if (server.answer)
        (void)!send(fd, server.answer, server.answer_bytes, MSG_NOSIGNAL);
    close(fd);
    return unused;
}

static int open_it(const void *answer, size_t size, uint64_t *cookie)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/i2c-%d", directory, BUS);
    server.listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server.listener, 1), 0);
    server.opener = pthread_self();
    server.answer = answer;
    server.answer_bytes = size;
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
    int result = file_connect(directory, BUS, cookie);
    pthread_join(server.thread, NULL);
    close(server.listener);
    unlink(address.sun_path);
    return result;
}

static int answered(int32_t number)
{
    uint8_t answer[4];
    put_u32(answer, (uint32_t)number);
    uint64_t cookie;
    return open_it(answer, sizeof answer, &cookie);
}

static int next_descriptor(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_says_who_it_is(void **state)
{
    uint64_t cookie = 0;
    int fd = open_it("\0\0\0", 4, &cookie);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(server.hello_bytes, PROTOCOL_FILE_HELLO_BYTES);
    assert_int_equal(get_u32(server.hello), PROTOCOL_MAGIC);
    assert_int_equal(get_u16(server.hello + 4), PROTOCOL_VERSION);
    assert_int_equal(get_u64(server.hello + 8), cookie);
    assert_int_equal(cookie, file_cookie(fd));
    assert_int_not_equal(cookie, 0);
    close(fd);
    assert_int_equal(file_cookie(fd), 0);
}

/* After the open, receiving waits without a limit. */
static void test_waits_without_end_afterwards(void **state)
{
    struct timeval timeout = {1, 1};
    socklen_t size = sizeof timeout;
    uint64_t cookie;
    int fd = open_it("\0\0\0", 4, &cookie);
    (void)state;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &size), 0);
    assert_int_equal(timeout.tv_sec, 0);
    assert_int_equal(timeout.tv_usec, 0);
    close(fd);
}

static void test_signals_do_not_end_it(void **state)
{
    struct sigaction action = {.sa_handler = on_signal}, before;
    (void)state;
    sigaction(SIGUSR1, &action, &before);
    server.signals = SIGNALS;
    uint64_t cookie;
    int fd = open_it("\0\0\0", 4, &cookie);
    server.signals = 0;
    sigaction(SIGUSR1, &before, NULL);
    assert_true(heard > 0);
    assert_true(fd >= 0);
    close(fd);
}

static void test_server_decides(void **state)
{
    int fd = next_descriptor();
    (void)state;
    assert_int_equal(answered(-EMFILE), -EMFILE);
    assert_int_equal(answered(-EACCES), -EACCES);
    assert_int_equal(answered(1), -ENODEV);
    uint64_t cookie;
    assert_int_equal(open_it("abc", 3, &cookie), -ENODEV);
    assert_int_equal(open_it(NULL, 0, &cookie), -ENODEV);
    assert_int_equal(next_descriptor(), fd);
}

static void test_nobody_there(void **state)
{
    (void)state;
    uint64_t cookie;
    assert_int_equal(file_connect(directory, BUS + 1, &cookie), -ENODEV);
    char path[LINK_PATH_MAX];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(file_connect(path, BUS, &cookie), -ENODEV);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_who_it_is),
        cmocka_unit_test(test_waits_without_end_afterwards),
        cmocka_unit_test(test_signals_do_not_end_it),
        cmocka_unit_test(test_server_decides),
        cmocka_unit_test(test_nobody_there),
    };
    if (!mkdtemp(directory))
        return 1;
    int failed = cmocka_run_group_tests_name("front_file", tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
