/* SPDX-License-Identifier: MIT */
/*
 * Somebody who has nothing to do with I2C: every function that the shim wraps, on ordinary files.
 * Result, errno and effect are those of the C library.  It runs twice, with the shim and without;
 * so what it demands is right.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "shim/libc.h"

enum {
#ifdef __x86_64__
    STAT_VERSION = 1
#else
    STAT_VERSION = 0
#endif
};

static char directory[] = "/tmp/bystander.XXXXXX";
static char file[64], missing[64], symbolic[64];
static int directory_fd, fd; /* of the file, whose content is 0123456789 */

static int set_up(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(file, sizeof file, "%s/file", directory);
    snprintf(missing, sizeof missing, "%s/missing", directory);
    snprintf(symbolic, sizeof symbolic, "%s/link", directory);
    directory_fd = open(directory, O_RDONLY | O_DIRECTORY);
    fd = open(file, O_RDWR | O_CREAT, 0640);
    return symlink("file", symbolic) == 0 && write(fd, "0123456789", 10) == 10 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(fd);
    close(directory_fd);
    unlink(symbolic);
    unlink(file);
    return rmdir(directory);
}

/* The call failed, for this reason. */
static void expect_error(long result, int error)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, error);
    errno = 0;
}

static void expect_content(const char *expected)
{
    char text[64] = "";
    assert_int_equal(syscall(SYS_pread64, fd, text, sizeof text - 1, (off_t)0), strlen(expected));
    assert_string_equal(text, expected);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void reading(void **state)
{
    char bytes[8] = "", more[8] = "";
    const struct iovec parts[] = {{bytes, 2}, {more, 3}};
    (void)state;
    assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
    assert_int_equal(read(fd, bytes, 2), 2);
    assert_string_equal(bytes, "12");
    assert_int_equal(__read_chk(fd, bytes, 3, sizeof bytes), 3);
    assert_string_equal(bytes, "345");
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(readv(fd, parts, 2), 4);
    assert_string_equal(bytes, "67");
    assert_string_equal(more, "89");
    assert_int_equal(read(fd, bytes, 1), 0);
    assert_int_equal(__read_chk(fd, bytes, 1, sizeof bytes), 0);
    assert_int_equal(readv(fd, parts, 2), 0);
}

static void reading_somewhere(void **state)
{
    char bytes[8] = "", more[8] = "";
    const struct iovec parts[] = {{bytes, 1}, {more, 2}};
    (void)state;
    assert_int_equal(pread(fd, bytes, 2, 8), 2);
    assert_string_equal(bytes, "89");
    assert_int_equal(pread64(fd, bytes, 2, 7), 2);
    assert_string_equal(bytes, "78");
    assert_int_equal(__pread_chk(fd, bytes, 2, 5, sizeof bytes), 2);
    assert_string_equal(bytes, "56");
    assert_int_equal(__pread64_chk(fd, bytes, 2, 4, sizeof bytes), 2);
    assert_string_equal(bytes, "45");
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(preadv(fd, parts, 2, 3), 3);
    assert_string_equal(bytes, "3");
    assert_string_equal(more, "45");
    assert_int_equal(preadv64(fd, parts, 2, 6), 3);
    assert_string_equal(bytes, "6");
    assert_string_equal(more, "78");
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 10); /* none of them moves it */
}

static void writing(void **state)
{
    const struct iovec parts[] = {{(char[]){'x', 'y'}, 2}, {(char[]){'z'}, 1}};
    (void)state;
    assert_int_equal(write(fd, "ab", 2), 2);
    assert_int_equal(writev(fd, parts, 2), 3);
    expect_content("0123456789abxyz");
    assert_int_equal(pwrite(fd, "A", 1, 0), 1);
    assert_int_equal(pwrite64(fd, "BC", 2, 1), 2);
    assert_int_equal(pwritev(fd, parts, 2, 4), 3);
    expect_content("ABC3xyz789abxyz");
    assert_int_equal(pwritev64(fd, parts, 2, 7), 3);
    expect_content("ABC3xyzxyzabxyz");
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 15);
}

static void bytes_of_no_file(void **state)
{
    char byte = 0;
    const struct iovec part = {&byte, 1};
    (void)state;
    expect_error(read(-1, &byte, 1), EBADF);
    expect_error(__read_chk(-1, &byte, 1, 1), EBADF);
    expect_error(write(-1, &byte, 1), EBADF);
    expect_error(readv(-1, &part, 1), EBADF);
    expect_error(writev(-1, &part, 1), EBADF);
    expect_error(pread(-1, &byte, 1, 0), EBADF);
    expect_error(pread64(-1, &byte, 1, 0), EBADF);
    expect_error(__pread_chk(-1, &byte, 1, 0, 1), EBADF);
    expect_error(__pread64_chk(-1, &byte, 1, 0, 1), EBADF);
    expect_error(pwrite(-1, &byte, 1, 0), EBADF);
    expect_error(pwrite64(-1, &byte, 1, 0), EBADF);
    expect_error(preadv(-1, &part, 1, 0), EBADF);
    expect_error(preadv64(-1, &part, 1, 0), EBADF);
    expect_error(pwritev(-1, &part, 1, 0), EBADF);
    expect_error(pwritev64(-1, &part, 1, 0), EBADF);
    expect_error(pread(fd, &byte, 1, -1), EINVAL);
}

static void a_count_that_is_too_large_ends_it(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        pid_t child = fork();
        if (child == 0) {
            char buffer[8];
            setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
            close(STDERR_FILENO);
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
        assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGABRT);
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

static void expect_opened(int opened, int flags)
{
    struct stat by_fd, by_name;
    assert_int_equal(opened < 0 ? errno : 0, 0);
    assert_int_equal(fcntl(opened, F_GETFL) & O_ACCMODE, flags & O_ACCMODE);
    assert_int_equal(fcntl(opened, F_GETFD), flags & O_CLOEXEC ? FD_CLOEXEC : 0);
    assert_int_equal(syscall(SYS_fstat, opened, &by_fd), 0);
    assert_int_equal(syscall(SYS_newfstatat, AT_FDCWD, file, &by_name, 0), 0);
    assert_int_equal(by_fd.st_ino, by_name.st_ino);
    assert_int_equal(close(opened), 0);
}

static void opening(void **state)
{
    static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR | O_CLOEXEC};
    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        expect_opened(open(file, flags[i]), flags[i]);
        expect_opened(open64(file, flags[i]), flags[i]);
        expect_opened(openat(directory_fd, "file", flags[i]), flags[i]);
        expect_opened(openat64(directory_fd, "file", flags[i]), flags[i]);
        expect_opened(openat(-1, file, flags[i]), flags[i]);
        expect_opened(__open_2(file, flags[i]), flags[i]);
        expect_opened(__open64_2(file, flags[i]), flags[i]);
        expect_opened(__openat_2(directory_fd, "file", flags[i]), flags[i]);
        expect_opened(__openat64_2(directory_fd, "file", flags[i]), flags[i]);
    }
}

static void opening_what_is_not_there(void **state)
{
    (void)state;
    expect_error(open(missing, O_RDONLY), ENOENT);
    expect_error(open64(missing, O_RDONLY), ENOENT);
    expect_error(openat(directory_fd, "missing", O_RDONLY), ENOENT);
    expect_error(openat64(directory_fd, "missing", O_RDONLY), ENOENT);
    expect_error(__open_2(missing, O_RDONLY), ENOENT);
    expect_error(__open64_2(missing, O_RDONLY), ENOENT);
    expect_error(__openat_2(directory_fd, "missing", O_RDONLY), ENOENT);
    expect_error(__openat64_2(directory_fd, "missing", O_RDONLY), ENOENT);
    expect_error(open(file, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    expect_error(openat(-1, "file", O_RDONLY), EBADF);
    expect_error(creat("/no/such/place", 0600), ENOENT);
    expect_error(creat64("/no/such/place", 0600), ENOENT);
}

static void expect_made(int made, mode_t mode)
{
    struct stat status;
    assert_int_equal(made < 0 ? errno : 0, 0);
    assert_int_equal(syscall(SYS_fstat, made, &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
    close(made);
    assert_int_equal(unlink(missing), 0);
}

static void making(void **state)
{
    mode_t before = umask(0);
    (void)state;
    expect_made(open(missing, O_WRONLY | O_CREAT, 0641), 0641);
    expect_made(open64(missing, O_WRONLY | O_CREAT, 0642), 0642);
    expect_made(openat(directory_fd, "missing", O_WRONLY | O_CREAT, 0643), 0643);
    expect_made(openat64(directory_fd, "missing", O_WRONLY | O_CREAT, 0644), 0644);
    expect_made(creat(missing, 0645), 0645);
    expect_made(creat64(missing, 0646), 0646);
    umask(before);
    assert_int_equal(close(creat(file, 0600)), 0);
    expect_content("");
}

static void streams(void **state)
{
    char text[16] = "";
    FILE *(*const openers[])(const char *path, const char *mode) = {fopen, fopen64};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        FILE *stream = openers[i](file, "r");
        assert_non_null(stream);
        assert_int_equal(fread(text, 1, 4, stream), 4);
        assert_string_equal(text, "0123");
        assert_int_equal(fseek(stream, 8, SEEK_SET), 0);
        assert_int_equal(fgetc(stream), '8');
        assert_in_range(fileno(stream), 3, INT_MAX);
        assert_int_equal(fileno(stream), fileno_unlocked(stream));
        assert_int_equal(fclose(stream), 0);
        assert_null(openers[i](missing, "r"));
        assert_int_equal(errno, ENOENT);
        assert_null(openers[i](file, "q"));
        assert_int_equal(errno, EINVAL);
    }
    FILE *stream = fdopen(dup(fd), "r+");
    assert_non_null(stream);
    rewind(stream);
    assert_int_equal(fputs("ab", stream), 1);
    assert_int_equal(fclose(stream), 0);
    expect_content("ab23456789");
    assert_null(fdopen(-1, "r"));
    assert_int_equal(errno, EBADF);
    FILE *memory = fmemopen(text, sizeof text, "r"); /* has no descriptor */
    expect_error(fileno(memory), EBADF);
    expect_error(fileno_unlocked(memory), EBADF);
    fclose(memory);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static void expect_same_file(int copy, int flags)
{
    assert_int_equal(copy < 0 ? errno : 0, 0);
    assert_int_equal(fcntl(copy, F_GETFD), flags);
    assert_int_equal(lseek(fd, 3, SEEK_SET), 3);
    assert_int_equal(lseek(copy, 0, SEEK_CUR), 3); /* they share it */
    assert_int_equal(lseek(fd, 0, SEEK_END), 10);
    assert_int_equal(close(copy), 0);
}

static void copies(void **state)
{
    int copy = dup(fd);
    (void)state;
    assert_int_not_equal(copy, fd);
    expect_same_file(copy, 0);
    assert_int_equal(dup2(fd, 300), 300);
    expect_same_file(300, 0);
    assert_int_equal(dup3(fd, 300, O_CLOEXEC), 300);
    expect_same_file(300, FD_CLOEXEC);
    assert_int_equal(fcntl(fd, F_DUPFD, 300), 300);
    expect_same_file(300, 0);
    assert_int_equal(fcntl64(fd, F_DUPFD_CLOEXEC, 301), 301);
    expect_same_file(301, FD_CLOEXEC);
    expect_error(dup(-1), EBADF);
    expect_error(dup2(-1, 300), EBADF);
    expect_error(dup3(fd, fd, 0), EINVAL);
    expect_error(fcntl(-1, F_DUPFD, 0), EBADF);
    expect_error(fcntl64(-1, F_GETFL), EBADF);
}

static void controls(void **state)
{
    int waiting = 0, ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    assert_int_equal(ioctl(ends[0], FIONREAD, &waiting), 0);
    assert_int_equal(waiting, 3);
    expect_error(ioctl(fd, TIOCGWINSZ, &waiting), ENOTTY);
    expect_error(ioctl(-1, FIONREAD, &waiting), EBADF);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl64(ends[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(fcntl64(ends[0], F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    close(ends[0]);
    close(ends[1]);
}

static void watching(void **state)
{
    int epoll = epoll_create1(0), ends[2];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 77}, got = {0};
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), 0);
    expect_error(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), EEXIST);
    expect_error(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), EPERM);
    assert_int_equal(write(ends[1], "a", 1), 1);
    assert_int_equal(epoll_wait(epoll, &got, 1, 0), 1);
    assert_int_equal(got.data.u64, 77);
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL), 0);
    assert_int_equal(epoll_wait(epoll, &got, 1, 0), 0);
    close(ends[0]);
    close(ends[1]);
    close(epoll);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void expect_status(int result, struct stat *status, mode_t type)
{
    struct stat expected;
    assert_int_equal(result, 0);
    assert_int_equal(syscall(SYS_newfstatat, AT_FDCWD, S_ISLNK(type) ? symbolic : file, &expected,
                             AT_SYMLINK_NOFOLLOW),
                     0);
    assert_int_equal(status->st_ino, expected.st_ino);
    assert_int_equal(status->st_mode, expected.st_mode);
    assert_int_equal(status->st_size, expected.st_size);
    memset(status, 0, sizeof *status);
}

static void status_of_a_file(void **state)
{
    struct stat status;
    struct stat64 *wide = (struct stat64 *)&status;
    int at = directory_fd, no_follow = AT_SYMLINK_NOFOLLOW;
    (void)state;
    expect_status(stat(symbolic, &status), &status, S_IFREG);
    expect_status(stat64(symbolic, wide), &status, S_IFREG);
    expect_status(lstat(symbolic, &status), &status, S_IFLNK);
    expect_status(lstat64(symbolic, wide), &status, S_IFLNK);
    expect_status(fstat(fd, &status), &status, S_IFREG);
    expect_status(fstat64(fd, wide), &status, S_IFREG);
    expect_status(fstatat(at, "link", &status, 0), &status, S_IFREG);
    expect_status(fstatat(at, "link", &status, no_follow), &status, S_IFLNK);
    expect_status(fstatat64(at, "link", wide, 0), &status, S_IFREG);
    expect_status(fstatat64(at, "link", wide, no_follow), &status, S_IFLNK);
    expect_status(__xstat(STAT_VERSION, symbolic, &status), &status, S_IFREG);
    expect_status(__xstat64(STAT_VERSION, symbolic, wide), &status, S_IFREG);
    expect_status(__lxstat(STAT_VERSION, symbolic, &status), &status, S_IFLNK);
    expect_status(__lxstat64(STAT_VERSION, symbolic, wide), &status, S_IFLNK);
    expect_status(__fxstat(STAT_VERSION, fd, &status), &status, S_IFREG);
    expect_status(__fxstat64(STAT_VERSION, fd, wide), &status, S_IFREG);
    expect_status(__fxstatat(STAT_VERSION, at, "link", &status, 0), &status, S_IFREG);
    expect_status(__fxstatat(STAT_VERSION, at, "link", &status, no_follow), &status, S_IFLNK);
    expect_status(__fxstatat64(STAT_VERSION, at, "link", wide, 0), &status, S_IFREG);
    expect_status(__fxstatat64(STAT_VERSION, at, "link", wide, no_follow), &status, S_IFLNK);
}

static void status_of_nothing(void **state)
{
    struct stat status;
    struct stat64 *wide = (struct stat64 *)&status;
    struct statx extended;
    (void)state;
    expect_error(stat(missing, &status), ENOENT);
    expect_error(stat64(missing, wide), ENOENT);
    expect_error(lstat(missing, &status), ENOENT);
    expect_error(lstat64(missing, wide), ENOENT);
    expect_error(fstat(-1, &status), EBADF);
    expect_error(fstat64(-1, wide), EBADF);
    expect_error(fstatat(directory_fd, "missing", &status, 0), ENOENT);
    expect_error(fstatat64(directory_fd, "missing", wide, 0), ENOENT);
    expect_error(__xstat(STAT_VERSION, missing, &status), ENOENT);
    expect_error(__xstat64(STAT_VERSION, missing, wide), ENOENT);
    expect_error(__lxstat(STAT_VERSION, missing, &status), ENOENT);
    expect_error(__lxstat64(STAT_VERSION, missing, wide), ENOENT);
    expect_error(__fxstat(STAT_VERSION, -1, &status), EBADF);
    expect_error(__fxstat64(STAT_VERSION, -1, wide), EBADF);
    expect_error(__fxstatat(STAT_VERSION, directory_fd, "missing", &status, 0), ENOENT);
    expect_error(__fxstatat64(STAT_VERSION, directory_fd, "missing", wide, 0), ENOENT);
    expect_error(statx(directory_fd, "missing", 0, STATX_SIZE, &extended), ENOENT);
}

static void extended_status(void **state)
{
    struct statx status = {0};
    (void)state;
    assert_int_equal(statx(directory_fd, "link", 0, STATX_BASIC_STATS, &status), 0);
    assert_int_equal(status.stx_size, 10);
    assert_true(S_ISREG(status.stx_mode));
    assert_int_equal(statx(directory_fd, "link", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status),
                     0);
    assert_int_equal(status.stx_size, strlen("file"));
    assert_true(S_ISLNK(status.stx_mode));
    assert_int_equal(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &status), 0);
    assert_int_equal(status.stx_size, 10);
}

static void permissions(void **state)
{
    (void)state;
    assert_int_equal(access(file, R_OK | W_OK), 0);
    assert_int_equal(euidaccess(file, R_OK), 0);
    assert_int_equal(eaccess(file, R_OK), 0);
    assert_int_equal(faccessat(directory_fd, "file", R_OK, 0), 0);
    assert_int_equal(faccessat(directory_fd, "file", R_OK, AT_EACCESS), 0);
    expect_error(access(file, X_OK), EACCES);
    expect_error(euidaccess(file, X_OK), EACCES);
    expect_error(eaccess(file, X_OK), EACCES);
    expect_error(faccessat(directory_fd, "file", X_OK, 0), EACCES);
    expect_error(access(missing, F_OK), ENOENT);
    expect_error(euidaccess(missing, F_OK), ENOENT);
    expect_error(eaccess(missing, F_OK), ENOENT);
    expect_error(faccessat(directory_fd, "missing", F_OK, 0), ENOENT);
}

static void expect_resolved(char *path, bool is_mine)
{
    assert_non_null(path);
    assert_string_equal(path, file);
    if (is_mine)
        free(path);
}

static void where_links_lead(void **state)
{
    char buffer[PATH_MAX];
    (void)state;
    expect_resolved(realpath(symbolic, NULL), true);
    expect_resolved(realpath(symbolic, buffer), false);
    expect_resolved(__realpath_chk(symbolic, buffer, sizeof buffer), false);
    expect_resolved(canonicalize_file_name(symbolic), true);
    assert_null(realpath(missing, NULL));
    assert_int_equal(errno, ENOENT);
    assert_null(__realpath_chk(missing, buffer, sizeof buffer));
    assert_int_equal(errno, ENOENT);
    assert_null(canonicalize_file_name(missing));
    assert_int_equal(errno, ENOENT);
    for (int which = 0; which < 4; which++) {
        memset(buffer, 0, sizeof buffer);
        assert_int_equal(which == 0   ? readlink(symbolic, buffer, 3)
                         : which == 1 ? readlinkat(directory_fd, "link", buffer, 3)
                         : which == 2
                             ? __readlink_chk(symbolic, buffer, 3, sizeof buffer)
                             : __readlinkat_chk(directory_fd, "link", buffer, 3, sizeof buffer),
                         3);
        assert_string_equal(buffer, "fil");
    }
    expect_error(readlink(file, buffer, sizeof buffer), EINVAL);
    expect_error(readlinkat(directory_fd, "missing", buffer, sizeof buffer), ENOENT);
    expect_error(__readlink_chk(missing, buffer, 3, sizeof buffer), ENOENT);
    expect_error(__readlinkat_chk(directory_fd, "file", buffer, 3, sizeof buffer), EINVAL);
}

/* Whatever the file system has: the same as by a plain system call. */
static void attributes(void **state)
{
    static const char name[] = "user.bystander";
    char got[256], expected[256];
    (void)state;
    bool has_any = setxattr(file, name, "value", 5, 0) == 0;
    for (int round = 0; round < 3; round++) {
        const char *path = round == 0 ? file : round == 1 ? symbolic : missing;
        for (int which = 0; which < 4; which++) {
            errno = 0;
            long result = which == 0   ? getxattr(path, name, got, sizeof got)
                          : which == 1 ? lgetxattr(path, name, got, sizeof got)
                          : which == 2 ? listxattr(path, got, sizeof got)
                                       : llistxattr(path, got, sizeof got);
            int error = errno;
            errno = 0;
            long plain = which < 2 ? syscall(which == 0 ? SYS_getxattr : SYS_lgetxattr, path, name,
                                             expected, sizeof expected)
                                   : syscall(which == 2 ? SYS_listxattr : SYS_llistxattr, path,
                                             expected, sizeof expected);
            assert_int_equal(result, plain);
            assert_int_equal(error, errno);
            if (plain > 0)
                assert_memory_equal(got, expected, (size_t)plain);
            if (round == 0 && which < 2 && has_any)
                assert_int_equal(plain, 5);
        }
    }
}

/* ---- directories ----------------------------------------------------------------------------- */

static unsigned count_entries(DIR *opened, bool wide)
{
    unsigned count = 0;
    errno = 0;
    for (;;) {
        const char *name;
        if (wide) {
            const struct dirent64 *entry = readdir64(opened);
            name = entry ? entry->d_name : NULL;
        } else {
            const struct dirent *entry = readdir(opened);
            name = entry ? entry->d_name : NULL;
        }
        if (!name)
            break;
        count++;
        assert_true(name[0] == '.' || strcmp(name, "file") == 0 || strcmp(name, "link") == 0);
    }
    assert_int_equal(errno, 0);
    return count;
}

static void lists(void **state)
{
    DIR *opened = opendir(directory);
    (void)state;
    assert_non_null(opened);
    for (int round = 0; round < 4; round++) {
        assert_int_equal(count_entries(opened, round % 2), 4);
        rewinddir(opened);
    }
    assert_int_equal(closedir(opened), 0);
    opened = fdopendir(dup(directory_fd));
    assert_non_null(opened);
    rewinddir(opened);
    assert_int_equal(count_entries(opened, false), 4);
    assert_int_equal(closedir(opened), 0);
    assert_null(opendir(missing));
    assert_int_equal(errno, ENOENT);
    assert_null(fdopendir(-1));
    assert_int_equal(errno, EBADF);
}

#define FILE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(reading),
        FILE_TEST(reading_somewhere),
        FILE_TEST(writing),
        FILE_TEST(bytes_of_no_file),
        FILE_TEST(a_count_that_is_too_large_ends_it),
        FILE_TEST(opening),
        FILE_TEST(opening_what_is_not_there),
        FILE_TEST(making),
        FILE_TEST(streams),
        FILE_TEST(copies),
        FILE_TEST(controls),
        FILE_TEST(watching),
        FILE_TEST(status_of_a_file),
        FILE_TEST(status_of_nothing),
        FILE_TEST(extended_status),
        FILE_TEST(permissions),
        FILE_TEST(where_links_lead),
        FILE_TEST(attributes),
        FILE_TEST(lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
