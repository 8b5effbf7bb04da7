/* SPDX-License-Identifier: MIT */
/*
 * A line that others wait for: what a reader of a FIFO, of a descriptor and of a simulated GPIO line
 * gets, whenever it comes and however slow it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i2ctarget/interrupt.h"

enum { PATH_BYTES = 64, PIPE_BYTES = 65536, LATE_MS = 5000 };

static char directory[PATH_BYTES / 2], fifo[PATH_BYTES];
static struct i2ctarget_interrupt line;

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/interrupt-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(fifo, sizeof fifo, "%s/int", directory);
    return 0;
}

static int remove_fifo(void **state)
{
    (void)state;
    unlink(fifo);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static void open_line(const char *place, bool is_high)
{
    assert_int_equal(i2ctarget_interrupt_open(&line, place, is_high), 0);
}

static int open_reader(void)
{
    int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static bool is_due(void)
{
    struct pollfd wait = {.fd = i2ctarget_interrupt_descriptor(&line), .events = POLLIN};
    return poll(&wait, 1, 0) == 1;
}

/* As a program's loop does; what serve() itself causes comes to rest. */
static void serve(void)
{
    for (int i = 0; i < 4 && is_due(); i++)
        i2ctarget_interrupt_serve(&line);
    assert_false(is_due());
}

/* Nothing else is there to be read. */
static void reads(int fd, const char *text)
{
    char got[64] = "";
    ssize_t length = read(fd, got, sizeof got - 1);
    assert_string_equal(length > 0 ? got : "", text);
}

/* More changes than fit, and then this level. */
static void overfill(bool is_high)
{
    for (int i = 0; i < PIPE_BYTES; i++)
        i2ctarget_interrupt_set(&line, i % 2);
    i2ctarget_interrupt_set(&line, is_high);
}

/* Levels in turn, without a gap.  Returns the last one. */
static bool take_all(int fd)
{
    static char got[2 * PIPE_BYTES];
    ssize_t length = read(fd, got, sizeof got);
    assert_true(length > PIPE_BYTES / 2 && length < 2 * PIPE_BYTES);
    for (ssize_t i = 2; i < length; i += 2)
        assert_int_not_equal(got[i], got[i - 2]);
    return got[length - 2] == '1';
}

/* What lasts is told, unless it was told last. */
static void ends_with(int fd, bool is_high)
{
    overfill(is_high);
    assert_false(is_due());
    bool was_high = take_all(fd);
    assert_true(is_due());
    serve();
    reads(fd, was_high == is_high ? "" : is_high ? "1\n" : "0\n");
}

/* ---- a FIFO ---------------------------------------------------------------------------------- */

static void test_a_reader_gets_the_level_and_each_change(void **state)
{
    (void)state;
    open_line(fifo, true);
    int reader = open_reader();
    assert_true(is_due());
    serve();
    reads(reader, "1\n");
    i2ctarget_interrupt_set(&line, false);
    i2ctarget_interrupt_set(&line, false);
    i2ctarget_interrupt_set(&line, true);
    i2ctarget_interrupt_set(&line, false);
    reads(reader, "0\n1\n0\n");
    serve();
    reads(reader, "");
    i2ctarget_interrupt_close(&line);
    assert_int_equal(read(reader, directory, 1), 0); /* end of file */
    close(reader);
}

static void test_a_late_reader_gets_the_level_of_its_time(void **state)
{
    (void)state;
    open_line(fifo, true);
    i2ctarget_interrupt_set(&line, false);
    i2ctarget_interrupt_set(&line, true);
    i2ctarget_interrupt_set(&line, false);
    int reader = open_reader();
    reads(reader, "");
    serve();
    reads(reader, "0\n");
    close(reader);
    i2ctarget_interrupt_close(&line);
}

/* The change is told as one, although nobody has served the line in between. */
static void test_a_reader_that_came_just_before_a_change(void **state)
{
    (void)state;
    open_line(fifo, true);
    int reader = open_reader();
    i2ctarget_interrupt_set(&line, false);
    reads(reader, "1\n0\n");
    close(reader);
    i2ctarget_interrupt_close(&line);
}

static void test_the_next_reader_gets_nothing_of_the_last_one(void **state)
{
    (void)state;
    open_line(fifo, true);
    int reader = open_reader();
    serve();
    for (int i = 0; i < 5; i++)
        i2ctarget_interrupt_set(&line, i % 2);
    close(reader);
    serve();
    reader = open_reader();
    serve();
    reads(reader, "0\n");
    close(reader);
    i2ctarget_interrupt_close(&line);
}

/* One that goes while the pipe is full, too. */
static void test_a_slow_reader_gets_the_last_level(void **state)
{
    (void)state;
    open_line(fifo, true);
    int reader = open_reader();
    serve();
    reads(reader, "1\n");
    ends_with(reader, false);
    ends_with(reader, true);
    overfill(true);
    close(reader);
    assert_true(is_due());
    serve();
    reader = open_reader();
    serve();
    reads(reader, "1\n");
    close(reader);
    i2ctarget_interrupt_close(&line);
}

static void *wait_in_open(void *context)
{
    int *fd = context;
    *fd = open(fifo, O_RDONLY | O_CLOEXEC);
    return NULL;
}

/* open() of a FIFO blocks until there is a writer. */
static void test_a_reader_that_was_there_first(void **state)
{
    (void)state;
    pthread_t thread;
    int reader = -1;
    char level[2];
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_open, &reader), 0);
    int probe;
    while ((probe = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0) /* until it waits */
        usleep(1000);
    close(probe);
    pthread_join(thread, NULL);
    open_line(fifo, false);
    assert_int_equal(read(reader, level, sizeof level), 2);
    assert_memory_equal(level, "0\n", 2);
    close(reader);
    i2ctarget_interrupt_close(&line);
}

static void test_the_fifo_is_removed_by_its_maker_only(void **state)
{
    (void)state;
    struct stat found;
    open_line(fifo, true);
    assert_int_equal(stat(fifo, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0600);
    i2ctarget_interrupt_close(&line);
    assert_int_equal(access(fifo, F_OK), -1);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    open_line(fifo, true);
    i2ctarget_interrupt_close(&line);
    assert_int_equal(access(fifo, F_OK), 0);
    unlink(fifo);
    open_line(fifo, true);
    unlink(fifo); /* and somebody makes another one */
    assert_int_equal(mkfifo(fifo, 0600), 0);
    i2ctarget_interrupt_close(&line);
    assert_int_equal(access(fifo, F_OK), 0);
}

/* ---- a descriptor ---------------------------------------------------------------------------- */

static void open_at(int fd, bool is_high)
{
    char place[PATH_BYTES];
    snprintf(place, sizeof place, "fd:%d", fd);
    open_line(place, is_high);
}

static void test_a_pipe(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    open_at(ends[1], false);
    i2ctarget_interrupt_set(&line, true);
    i2ctarget_interrupt_set(&line, true);
    reads(ends[0], "0\n1\n");
    close(ends[0]);
    i2ctarget_interrupt_set(&line, false); /* no SIGPIPE */
    i2ctarget_interrupt_close(&line);
    assert_int_equal(close(ends[1]), 0); /* it is the caller's */
}

/* It blocks in write() if it is full, so nothing is written then. */
static void test_a_full_pipe_that_blocks(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0); /* the end of the reader only */
    open_at(ends[1], true);
    reads(ends[0], "1\n");
    ends_with(ends[0], true);
    ends_with(ends[0], false);
    i2ctarget_interrupt_close(&line);
    close(ends[0]);
    close(ends[1]);
}

static void test_a_socket_whose_other_end_goes(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    open_at(ends[1], true);
    i2ctarget_interrupt_set(&line, false);
    reads(ends[0], "1\n0\n");
    close(ends[0]);
    i2ctarget_interrupt_set(&line, true);
    serve();
    i2ctarget_interrupt_close(&line);
    close(ends[1]);
}

/* ---- a simulated GPIO line ------------------------------------------------------------------- */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
static char asked[256];
static int attribute = -1;

int __wrap_open(const char *path, int flags, ...)
{
    if (strncmp(path, "/sys/", 5) != 0)
        return __real_open(path, flags, 0);
    snprintf(asked, sizeof asked, "%s", path);
    errno = ENOENT;
    return attribute < 0 ? -1 : dup(attribute);
}

/* sysfs takes what one write brings, so the file is to begin with the last one. */
static void pulls(const char *text)
{
    char got[32] = "";
    assert_true(pread(attribute, got, sizeof got - 1, 0) > 0);
    assert_int_equal(strncmp(got, text, strlen(text)), 0);
}

static void test_a_gpio_line(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_interrupt_open(&line, "gpio-sim:gpiochip3/12", true), -ENOENT);
    assert_string_equal(asked, "/sys/bus/gpio/devices/gpiochip3/sim_gpio12/pull");
    attribute = __real_open(directory, O_TMPFILE | O_RDWR, 0600);
    assert_true(attribute >= 0);
    open_line("gpio-sim:gpiochip3/12", true);
    pulls("pull-up");
    i2ctarget_interrupt_set(&line, false);
    pulls("pull-down");
    i2ctarget_interrupt_set(&line, true);
    pulls("pull-up");
    assert_false(is_due());
    i2ctarget_interrupt_close(&line);
    close(attribute);
    attribute = -1;
}

/* ---- what is no place ------------------------------------------------------------------------ */

static void test_places_that_there_are_not(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "fd:",
        "fd:x",
        "fd:-1",
        "fd:1x",
        "fd:99999999999",
        "gpio-sim:",
        "gpio-sim:gpiochip1",
        "gpio-sim:gpiochip1/",
        "gpio-sim:gpiochip/1",
        "gpio-sim:1/2",
        "gpio-sim:gpiochip1/2/3",
        "gpio-sim:gpiochip1/../2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(i2ctarget_interrupt_open(&line, wrong[i], true), -EINVAL);
    assert_int_equal(i2ctarget_interrupt_open(&line, "fd:999", true), -EBADF);
    assert_int_equal(i2ctarget_interrupt_open(&line, directory, true), -EEXIST);
    assert_int_equal(i2ctarget_interrupt_open(&line, "/tmp/no/where", true), -ENOENT);
    int reader = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char place[PATH_BYTES];
    snprintf(place, sizeof place, "fd:%d", reader);
    assert_int_equal(i2ctarget_interrupt_open(&line, place, true), -EBADF);
    close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_reader_gets_the_level_and_each_change, remove_fifo),
        cmocka_unit_test_teardown(test_a_late_reader_gets_the_level_of_its_time, remove_fifo),
        cmocka_unit_test_teardown(test_a_reader_that_came_just_before_a_change, remove_fifo),
        cmocka_unit_test_teardown(test_the_next_reader_gets_nothing_of_the_last_one, remove_fifo),
        cmocka_unit_test_teardown(test_a_slow_reader_gets_the_last_level, remove_fifo),
        cmocka_unit_test_teardown(test_a_reader_that_was_there_first, remove_fifo),
        cmocka_unit_test_teardown(test_the_fifo_is_removed_by_its_maker_only, remove_fifo),
        cmocka_unit_test_teardown(test_a_pipe, remove_fifo),
        cmocka_unit_test_teardown(test_a_full_pipe_that_blocks, remove_fifo),
        cmocka_unit_test_teardown(test_a_socket_whose_other_end_goes, remove_fifo),
        cmocka_unit_test_teardown(test_a_gpio_line, remove_fifo),
        cmocka_unit_test_teardown(test_places_that_there_are_not, remove_fifo),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
