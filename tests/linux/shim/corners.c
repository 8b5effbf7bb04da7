/* SPDX-License-Identifier: MIT */
/*
 * Rarely used features of the shim.  Runs under `i2ctarget exec` with smbus_device on the bus.
 * Each test runs several times and must leave nothing behind.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/steady.h"

enum { MEMORY = 0x20, NOBODY = 0x24 };

static const char node[] = "/dev/i2c-1";

static int open_at(unsigned long address)
{
    int fd = open(node, O_RDWR);
    assert_int_equal(fd < 0 ? errno : 0, 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, address), 0);
    return fd;
}

/* An offset has no effect, but a negative one is always an error. */

ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);

static void expect_invalid(ssize_t result)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, EINVAL);
    errno = 0;
}

static void test_negative_offsets(void **state)
{
    int fd = open_at(MEMORY);
    char bytes[2] = {0x10, 1};
    struct iovec part = {bytes, 1};
    (void)state;
    for (off_t offset = -1; offset >= -2; offset--) {
        expect_invalid(pread(fd, bytes, 1, offset));
        expect_invalid(pread64(fd, bytes, 1, offset));
        expect_invalid(__pread_chk(fd, bytes, 1, offset, 2));
        expect_invalid(__pread64_chk(fd, bytes, 1, offset, 2));
        expect_invalid(pwrite(fd, bytes, 1, offset));
        expect_invalid(pwrite64(fd, bytes, 1, offset));
        expect_invalid(preadv(fd, &part, 1, offset));
        expect_invalid(preadv64(fd, &part, 1, offset));
        expect_invalid(pwritev(fd, &part, 1, offset));
        expect_invalid(pwritev64(fd, &part, 1, offset));
    }
    assert_int_equal(pread64(fd, bytes, 1, 0), 1);
    assert_int_equal(pwrite64(fd, bytes, 1, 0), 1);
    assert_int_equal(preadv64(fd, &part, 1, 0), 1);
    assert_int_equal(pwritev64(fd, &part, 1, 0), 1);
    close(fd);
}

/* _FORTIFY_SOURCE: a count larger than the buffer ends the program. */
static void expect_abort(int which, int fd)
{
    static char buffer[8];
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        close(2);
        if (which == 0)
            __read_chk(fd, buffer, 5, 4);
        else if (which == 1)
            __pread_chk(fd, buffer, 5, 0, 4);
        else
            __pread64_chk(fd, buffer, 5, 0, 4);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void test_buffers_too_small(void **state)
{
    int fd = open_at(MEMORY);
    (void)state;
    for (int which = 0; which < 3; which++)
        expect_abort(which, fd);
    char buffer[4];
    assert_int_equal(__read_chk(fd, buffer, 4, 4), 4);
    close(fd);
}

/* Streams. */

/*
 * The C library reuses the memory of a closed stream for the next one of its kind, made by
 * fopencookie(3).
 */
static void test_stream_that_was_closed(void **state)
{
    FILE *stream = fopen(node, "r+"), *other;
    int fd = fileno(stream);
    (void)state;
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    other = fopencookie(NULL, "r", (cookie_io_functions_t){NULL, NULL, NULL, NULL});
    assert_int_equal(fileno(other), -1);
    assert_int_equal(fileno_unlocked(other), -1);
    fclose(other);
    other = fopen("/dev/null", "r");
    assert_int_equal(fileno(other), fd); /* the lowest free descriptor */
    fclose(other);
}

static void test_stream_looks_like_a_devices(void **state)
{
    FILE *stream = fopen64(node, "r");
    (void)state;
    assert_non_null(stream);
    int fd = fileno(stream);
    assert_int_equal(ioctl(fd, I2C_SLAVE, MEMORY), 0);
    assert_int_not_equal(fgetc(stream), EOF);
    assert_int_equal(__fbufsize(stream), 4096);
    assert_int_equal(fputc('x', stream), EOF);
    assert_int_equal(fclose(stream), 0);
    errno = 0;
    assert_null(fdopen(fd, "r"));
    assert_int_equal(errno, EBADF);
}

static void test_fdopen_looks_at_the_mode(void **state)
{
    int reads = open(node, O_RDONLY), writes = open(node, O_WRONLY);
    (void)state;
    errno = 0;
    assert_null(fdopen(reads, "w"));
    assert_int_equal(errno, EINVAL);
    assert_null(fdopen(reads, "r+"));
    errno = 0;
    assert_null(fdopen(writes, "r"));
    assert_int_equal(errno, EINVAL);
    assert_null(fdopen(writes, "q"));
    assert_int_equal(fcntl(reads, F_GETFD), 0); /* it still belongs to the caller */
    assert_int_equal(fclose(fdopen(reads, "r")), 0);
    assert_int_equal(fclose(fdopen(writes, "a")), 0);
}

/* Directories. */

static void test_entries(void **state)
{
    static const char *const names[] = {"/dev", "/sys/class/i2c-dev"};
    (void)state;
    struct stat status;
    const struct dirent *entry;
    for (int i = 0; i < 2; i++) {
        DIR *directory = opendir(names[i]);

        do
            entry = readdir(directory);
        while (entry && strcmp(entry->d_name, "i2c-1") != 0);
        assert_non_null(entry);
        assert_int_equal(entry->d_type, i == 0 ? DT_CHR : DT_DIR);
        assert_int_equal(stat(node, &status), 0);
        if (i == 0)
            assert_int_equal(entry->d_ino, status.st_ino);
        closedir(directory);
    }
}

static void test_directories_leave_errno(void **state)
{
    static const char *const names[] = {"/", "/dev", "/sys/class/i2c-dev"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        DIR *directory = opendir(names[i]);

        assert_non_null(directory);
        errno = 4711;
        while (readdir(directory))
            assert_int_equal(errno, 4711);
        assert_int_equal(errno, 4711);
        closedir(directory);
        directory = fdopendir(open(names[0], O_RDONLY | O_DIRECTORY));
        assert_int_equal(errno, 4711);
        closedir(directory);
    }
}

static void test_relative_directory(void **state)
{
    int count = 0;
    (void)state;
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir("/dev"), 0);
    DIR *directory = opendir(".");
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        count += strcmp(entry->d_name, "i2c-1") == 0;
    assert_int_equal(count, 1);
    closedir(directory);
    assert_int_equal(chdir(before), 0);
}

/* Descriptors. */

static void test_ioctls_of_every_file(void **state)
{
    int fd = open(node, O_RDWR | O_CLOEXEC);
    (void)state;
    assert_int_equal(ioctl(fd, FIONCLEX), 0);
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    assert_int_equal(ioctl(fd, FIOCLEX), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
}

static void expect_mode(int fd, const char *name, mode_t mode)
{
    assert_int_equal(fd < 0 ? errno : 0, 0);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 0777, mode);
    close(fd);
    if (name)
        unlink(name);
}

/* The mode is passed on, where there is one. */
static void test_modes_of_new_files(void **state)
{
    static const char name[] = "corner.file";
    char directory[] = "/tmp/corners.XXXXXX", before[PATH_MAX];
    mode_t mask = umask(0);
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    expect_mode(open(name, O_RDWR | O_CREAT, 0641), name, 0641);
    expect_mode(open64(name, O_RDWR | O_CREAT, 0642), name, 0642);
    expect_mode(openat(AT_FDCWD, name, O_RDWR | O_CREAT, 0643), name, 0643);
    expect_mode(openat64(AT_FDCWD, name, O_RDWR | O_CREAT, 0644), name, 0644);
    expect_mode(creat(name, 0645), name, 0645);
    expect_mode(creat64(name, 0646), name, 0646);
    expect_mode(open(directory, O_RDWR | O_TMPFILE, 0647), NULL, 0647);
    assert_int_equal(chdir(before), 0);
    rmdir(directory);
    umask(mask);
}

static void test_creat64(void **state)
{
    int fd = creat64(node, 0600);
    char byte = 0;
    (void)state;
    assert_int_equal(ioctl(fd, I2C_SLAVE, MEMORY), 0);
    assert_int_equal(read(fd, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(write(fd, &byte, 1), 1);
    close(fd);
}

/* With a low limit of descriptors the shim can not move its own ones out of the way. */
static void test_low_limit_of_descriptors(void **state)
{
    int fd = open_at(MEMORY), status;
    pid_t child = fork();
    (void)state;
    if (child == 0) {
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 64});
        _exit(write(fd, "\x10", 1) == 1 && write(fd, "\x11", 1) == 1 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(fd);
}

/* In a child the lock, the signal mask and the lists work as before. */
static void test_child_is_complete(void **state)
{
    FILE *stream = fopen(node, "r+");
    pid_t child = fork();
    (void)state;
    if (child == 0) {
        sigset_t mask;
        FILE *own = fopen(node, "r+");
        int bad = !own || fileno(stream) < 3 || fclose(own) != 0;

        sigprocmask(SIG_SETMASK, NULL, &mask);
        _exit(bad || sigismember(&mask, SIGTERM) || sigismember(&mask, SIGUSR1));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    fclose(stream);
}

/* What it is. */

static void test_statx_says_what_stat_says(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(stat(node, &status), 0);
    struct statx got;
    memset(&got, 0xEE, sizeof got);
    assert_int_equal(statx(AT_FDCWD, node, 0, STATX_BASIC_STATS, &got), 0);
    assert_int_equal(got.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
    assert_int_equal(got.stx_ino, status.st_ino);
    assert_int_equal(got.stx_mode, status.st_mode);
    assert_int_equal(got.stx_uid, status.st_uid);
    assert_int_equal(got.stx_gid, status.st_gid);
    assert_int_equal(got.stx_nlink, status.st_nlink);
    assert_int_equal(got.stx_size, 0);
    assert_int_equal(got.stx_blocks, 0);
    assert_int_equal(got.stx_blksize, status.st_blksize);
    assert_int_equal(got.stx_mtime.tv_sec, status.st_mtim.tv_sec);
    assert_int_equal(got.stx_atime.tv_sec, status.st_atim.tv_sec);
    assert_int_equal(got.stx_ctime.tv_sec, status.st_ctim.tv_sec);
    assert_int_equal(makedev(got.stx_dev_major, got.stx_dev_minor), status.st_dev);
    assert_int_equal(fstatat(AT_FDCWD, "", &status, 0), -1);
    assert_int_equal(errno, ENOENT);
}

static void test_nodes_have_one_size(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(lstat(node, &status), 0);
    assert_int_equal(status.st_size, 0);
    assert_int_equal(status.st_blocks, 0);
    assert_int_equal(status.st_nlink, 1);
    assert_int_equal(status.st_mode & 0111, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STEADY_TEST(test_negative_offsets),
        STEADY_TEST(test_buffers_too_small),
        STEADY_TEST(test_stream_that_was_closed),
        STEADY_TEST(test_stream_looks_like_a_devices),
        STEADY_TEST(test_fdopen_looks_at_the_mode),
        STEADY_TEST(test_entries),
        STEADY_TEST(test_directories_leave_errno),
        STEADY_TEST(test_relative_directory),
        STEADY_TEST(test_ioctls_of_every_file),
        STEADY_TEST(test_modes_of_new_files),
        STEADY_TEST(test_creat64),
        STEADY_TEST(test_low_limit_of_descriptors),
        STEADY_TEST(test_child_is_complete),
        STEADY_TEST(test_statx_says_what_stat_says),
        STEADY_TEST(test_nodes_have_one_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
