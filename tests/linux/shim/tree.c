/* SPDX-License-Identifier: MIT */
/*
 * Every wrapped function that takes a path, with one in /sys that names a bus.  What it does there
 * is what it does in the bus's own tree, which anybody can reach by its real name.  Only what the
 * path itself is called stays as it was.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

static const char folder[] = "/sys/class/i2c-dev/i2c-1",
                  missing[] = "/sys/class/i2c-dev/i2c-1/none";
static const char *const names[] = {"/sys/class/i2c-dev/i2c-1/name",
                                    "/sys/class/i2c-dev/i2c-1/device/name",
                                    "/sys/bus/i2c/devices/i2c-1/name"};
static char real_name[PATH_MAX];
static ino_t inode; /* of the file "name" */

static int set_up(void **state)
{
    struct stat status;
    (void)state;
    snprintf(real_name, sizeof real_name, "%s/sys/class/i2c-dev/i2c-1/name",
             getenv("I2CTARGET_DIR"));
    if (syscall(SYS_newfstatat, AT_FDCWD, real_name, &status, 0) != 0)
        return -1;
    inode = status.st_ino;
    return 0;
}

static void expect_error(long result, int error)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, error);
    errno = 0;
}

static void expect_opened(int fd)
{
    struct stat status;
    assert_int_equal(fd < 0 ? errno : 0, 0);
    assert_int_equal(syscall(SYS_fstat, fd, &status), 0);
    assert_int_equal(status.st_ino, inode);
    close(fd);
}

static void opening(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        expect_opened(open(names[i], O_RDONLY));
        expect_opened(open64(names[i], O_RDONLY));
        expect_opened(openat(AT_FDCWD, names[i], O_RDONLY));
        expect_opened(openat64(AT_FDCWD, names[i], O_RDONLY));
        expect_opened(__open_2(names[i], O_RDONLY));
        expect_opened(__open64_2(names[i], O_RDONLY));
        expect_opened(__openat_2(AT_FDCWD, names[i], O_RDONLY));
        expect_opened(__openat64_2(AT_FDCWD, names[i], O_RDONLY));
    }
    expect_error(open(missing, O_RDONLY), ENOENT);
    expect_error(openat64(AT_FDCWD, missing, O_RDONLY), ENOENT);
}

static void streams(void **state)
{
    FILE *(*const openers[])(const char *path, const char *mode) = {fopen, fopen64};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        char line[32] = "";
        FILE *stream = openers[i % 2](names[i / 2], "re");
        assert_non_null(stream);
        assert_non_null(fgets(line, sizeof line, stream));
        assert_string_equal(line, "i2ctarget bus 1\n");
        fclose(stream);
    }
    assert_null(fopen(missing, "r"));
    assert_int_equal(errno, ENOENT);
}

static void expect_status(int result, struct stat *status)
{
    assert_int_equal(result, 0);
    assert_int_equal(status->st_ino, inode);
    assert_true(S_ISREG(status->st_mode));
    memset(status, 0, sizeof *status);
}

static void status(void **state)
{
    struct stat narrow;
    struct stat64 *wide = (struct stat64 *)&narrow;
    struct statx extended;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i];
        expect_status(stat(name, &narrow), &narrow);
        expect_status(stat64(name, wide), &narrow);
        expect_status(lstat(name, &narrow), &narrow);
        expect_status(lstat64(name, wide), &narrow);
        expect_status(fstatat(AT_FDCWD, name, &narrow, 0), &narrow);
        expect_status(fstatat64(AT_FDCWD, name, wide, 0), &narrow);
        expect_status(__xstat(STAT_VERSION, name, &narrow), &narrow);
        expect_status(__xstat64(STAT_VERSION, name, wide), &narrow);
        expect_status(__lxstat(STAT_VERSION, name, &narrow), &narrow);
        expect_status(__lxstat64(STAT_VERSION, name, wide), &narrow);
        expect_status(__fxstatat(STAT_VERSION, AT_FDCWD, name, &narrow, 0), &narrow);
        expect_status(__fxstatat64(STAT_VERSION, AT_FDCWD, name, wide, 0), &narrow);
        assert_int_equal(statx(AT_FDCWD, name, 0, STATX_INO, &extended), 0);
        assert_int_equal(extended.stx_ino, inode);
    }
    expect_error(stat(missing, &narrow), ENOENT);
    expect_error(fstatat64(AT_FDCWD, missing, wide, 0), ENOENT);
}

static void permissions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(access(names[i], R_OK), 0);
        assert_int_equal(euidaccess(names[i], R_OK), 0);
        assert_int_equal(eaccess(names[i], R_OK), 0);
        assert_int_equal(faccessat(AT_FDCWD, names[i], R_OK, 0), 0);
        expect_error(access(names[i], X_OK), EACCES);
        expect_error(euidaccess(names[i], X_OK), EACCES);
        expect_error(eaccess(names[i], X_OK), EACCES);
        expect_error(faccessat(AT_FDCWD, names[i], X_OK, 0), EACCES);
    }
    expect_error(access(missing, F_OK), ENOENT);
    expect_error(euidaccess(missing, F_OK), ENOENT);
    expect_error(eaccess(missing, F_OK), ENOENT);
    expect_error(faccessat(AT_FDCWD, missing, F_OK, 0), ENOENT);
}

/* Whoever asks where a path leads is not sent to another one. */
static void paths_keep_their_names(void **state)
{
    char buffer[PATH_MAX], *made;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i];
        assert_ptr_equal(realpath(name, buffer), buffer);
        assert_string_equal(buffer, name);
        memset(buffer, 0, sizeof buffer);
        assert_ptr_equal(__realpath_chk(name, buffer, sizeof buffer), buffer);
        assert_string_equal(buffer, name);
        made = realpath(name, NULL);
        assert_string_equal(made, name);
        free(made);
        made = canonicalize_file_name(name);
        assert_string_equal(made, name);
        free(made);
        expect_error(readlink(name, buffer, sizeof buffer), EINVAL);
        expect_error(readlinkat(AT_FDCWD, name, buffer, sizeof buffer), EINVAL);
        expect_error(__readlink_chk(name, buffer, 4, sizeof buffer), EINVAL);
        expect_error(__readlinkat_chk(AT_FDCWD, name, buffer, 4, sizeof buffer), EINVAL);
    }
    assert_null(realpath(missing, buffer));
    assert_int_equal(errno, ENOENT);
    assert_null(canonicalize_file_name(missing));
    assert_int_equal(errno, ENOENT);
    expect_error(readlink(missing, buffer, sizeof buffer), ENOENT);
    expect_error(readlinkat(AT_FDCWD, missing, buffer, sizeof buffer), ENOENT);
}

static void attributes(void **state)
{
    static const char attribute[] = "user.tree";
    (void)state;
    bool has_any = setxattr(real_name, attribute, "value", 5, 0) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char got[64] = "", expected[64] = "";
        long list = syscall(SYS_listxattr, real_name, expected, sizeof expected);
        assert_int_equal(listxattr(names[i], got, sizeof got), list);
        assert_memory_equal(got, expected, sizeof got);
        assert_int_equal(llistxattr(names[i], got, sizeof got), list);
        assert_int_equal(getxattr(names[i], attribute, got, sizeof got), has_any ? 5 : -1);
        assert_int_equal(lgetxattr(names[i], attribute, got, sizeof got), has_any ? 5 : -1);
    }
    expect_error(listxattr(missing, NULL, 0), ENOENT);
    expect_error(lgetxattr(missing, attribute, NULL, 0), ENOENT);
}

static void lists(void **state)
{
    unsigned names_found = 0;
    DIR *opened = opendir(folder);
    (void)state;
    assert_non_null(opened);
    for (const struct dirent *entry; (entry = readdir(opened));)
        names_found += strcmp(entry->d_name, "name") == 0 || strcmp(entry->d_name, "dev") == 0;
    assert_int_equal(closedir(opened), 0);
    assert_int_equal(names_found, 2);
    assert_null(opendir(missing));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(opening, set_up),
        cmocka_unit_test_setup(streams, set_up),
        cmocka_unit_test_setup(status, set_up),
        cmocka_unit_test_setup(permissions, set_up),
        cmocka_unit_test_setup(paths_keep_their_names, set_up),
        cmocka_unit_test_setup(attributes, set_up),
        cmocka_unit_test_setup(lists, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
