/* SPDX-License-Identifier: MIT */
/* The place of a bus, when one server ends while another one starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/rendezvous.h"

enum { BUS = 7 };

static char directory[] = "/tmp/i2ctarget-unit-XXXXXX";
static char lock_path[64], stream_path[64];
static unsigned goings; /* number of servers that end while we start */
static unsigned busy;   /* how often the lock is somebody else's, who does not serve */

/* A server that has just ended: its lock is free, and its file does not exist any more. */
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

int __wrap_flock(int fd, int operation)
{
    if (goings > 0) {
        goings--;
        assert_int_equal(unlink(lock_path), 0);
    }
    if (busy > 0) {
        busy--;
        errno = EWOULDBLOCK;
        return -1;
    }
    return __real_flock(fd, operation);
}

static bool is_at(const char *path, int fd)
{
    struct stat there, ours;
    return stat(path, &there) == 0 && fstat(fd, &ours) == 0 && there.st_ino == ours.st_ino &&
           there.st_dev == ours.st_dev;
}

static void the_lock_is_that_of_the_file_that_is_there(void **state)
{
    (void)state;
    for (unsigned count = 0; count < 4; count++) {
        struct rendezvous place, second;
        goings = count;
        assert_true(rendezvous_open(&place, BUS));
        assert_int_equal(goings, 0);
        assert_true(is_at(lock_path, place.lock_fd));
        assert_false(rendezvous_open(&second, BUS)); /* the first one has the lock */
        assert_true(is_at(lock_path, place.lock_fd));
        rendezvous_close(&place);
        assert_int_equal(access(lock_path, F_OK), -1);
    }
}

/* How much it says on stderr. */
static off_t open_and_listen(struct rendezvous *place, bool succeeds)
{
    struct stat said;
    FILE *file = tmpfile();
    int stderr_fd = dup(STDERR_FILENO);
    assert_true(file && stderr_fd >= 0);
    dup2(fileno(file), STDERR_FILENO);
    bool is_open = rendezvous_open(place, BUS);
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    assert_int_equal(fstat(fileno(file), &said), 0);
    fclose(file);
    assert_int_equal(is_open, succeeds);
    return said.st_size;
}

/* The one who has it is about to end, or to begin.  Nobody need hear of that. */
static void a_lock_that_is_taken_for_a_moment_is_waited_for(void **state)
{
    (void)state;
    struct rendezvous place;
    for (unsigned times = 0; times <= 3; times++) {
        busy = times;
        assert_int_equal(open_and_listen(&place, true), 0);
        assert_int_equal(busy, 0);
        rendezvous_close(&place);
    }
    busy = 1000;
    assert_true(open_and_listen(&place, false) > 0);
    busy = 0;
    assert_int_equal(unlink(lock_path), 0);
}

static void who_lost_its_lock_still_serves(void **state)
{
    (void)state;
    struct rendezvous place, second;
    assert_true(rendezvous_open(&place, BUS));
    assert_int_equal(unlink(lock_path), 0);
    assert_true(open_and_listen(&second, false) > 0);
    assert_int_equal(access(lock_path, F_OK), -1);
    assert_int_equal(access(stream_path, F_OK), 0);
    rendezvous_close(&place);
    assert_true(rendezvous_open(&second, BUS)); /* what the first one has left is nobody's */
    rendezvous_close(&second);
}

static void a_place_that_was_taken_over_is_left_alone(void **state)
{
    (void)state;
    struct rendezvous place, second;
    assert_true(rendezvous_open(&place, BUS));
    assert_int_equal(unlink(lock_path), 0);
    assert_int_equal(unlink(stream_path), 0);
    assert_true(rendezvous_open(&second, BUS));
    rendezvous_close(&place);
    assert_true(is_at(lock_path, second.lock_fd));
    rendezvous_close(&second);
    assert_int_equal(access(lock_path, F_OK), -1);
}

static int open_directory(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(lock_path, sizeof lock_path, "%s/bus-%d.lock", directory, BUS);
    snprintf(stream_path, sizeof stream_path, "%s/bus-%d", directory, BUS);
    return setenv("I2CTARGET_DIR", directory, 1);
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory); /* the directory is empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lock_is_that_of_the_file_that_is_there),
        cmocka_unit_test(a_lock_that_is_taken_for_a_moment_is_waited_for),
        cmocka_unit_test(who_lost_its_lock_still_serves),
        cmocka_unit_test(a_place_that_was_taken_over_is_left_alone),
    };
    return cmocka_run_group_tests(tests, open_directory, remove_directory);
}
