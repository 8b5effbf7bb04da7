/* SPDX-License-Identifier: MIT */
/*
 * The shim's logic, without LD_PRELOAD, with a server that only records and repeats.  Its bus is
 * number 1.  Bus 2 has no server.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_server.h"
#include "front/file.h"
#include "front/request.h"
#include "shim/channel.h"
#include "shim/i2c_call.h"
#include "shim/open_file.h"
#include "front/place.h"
#include "shim/listing.h"
#include "shim/lock.h"
#include "shim/signals.h"
#include "shim/stream.h"
#include "support/steady.h"

static struct fake_server server;
static char directory[] = "/tmp/test_shim.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    fake_server_start(&server, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_server_stop(&server);
    return 0;
}

static void wait_for(atomic_int *value, int expected)
{
    for (int i = 0; i < 5000 && *value != expected; i++)
        usleep(1000);
    assert_int_equal(*value, expected);
}

/* An open file of bus 1. */
static int open_it(struct mark *mark)
{
    int fd = open_file_open(1, O_RDWR);
    assert_int_equal(fd < 0 ? fd : 0, 0);
    assert_true(open_file_find(fd, mark));
    return fd;
}

/* Sets the server's answer. */
static void will_say(int32_t result, const void *bytes, size_t size)
{
    server.result = result;
    memcpy(server.reply, bytes, size);
    server.reply_bytes = size;
}

/* Checks what the server received: the request's header, then these bytes. */
static void expect_heard(const struct mark *mark, uint32_t op, uint32_t value, const void *bytes,
                         size_t size)
{
    assert_int_equal(server.request_bytes, PROTOCOL_REQUEST_BYTES + size);
    assert_int_equal(get_u64(server.request), mark->cookie);
    assert_int_equal(get_u32(server.request + 8), op);
    assert_int_equal(get_u32(server.request + 12), value);
    if (size > 0)
        assert_memory_equal(server.request + PROTOCOL_REQUEST_BYTES, bytes, size);
}

/* Names. */

static void test_numbers(void **state)
{
    (void)state;
    assert_int_equal(place_number("i2c-0"), 0);
    assert_int_equal(place_number("i2c-1"), 1);
    assert_int_equal(place_number("i2c-65535"), 65535);
    assert_int_equal(place_number("i2c-65536"), -1);
    assert_int_equal(place_number("i2c-99999999999999999999"), -1);
    assert_int_equal(place_number("i2c-"), -1);
    assert_int_equal(place_number("i2c-01"), -1);
    assert_int_equal(place_number("i2c-1x"), -1);
    assert_int_equal(place_number("i2c-+1"), -1);
    assert_int_equal(place_number("i2d-1"), -1);
    assert_int_equal(place_number(""), -1);
}

static void test_nodes(void **state)
{
    int dev = open("/dev", O_RDONLY | O_DIRECTORY), tmp = open("/tmp", O_RDONLY | O_DIRECTORY);
    (void)state;
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c-1"), 1);
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c-2"), 2);
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c-3"), -1);
    assert_int_equal(place_node(AT_FDCWD, "//dev//i2c-1"), 1);
    assert_int_equal(place_node(AT_FDCWD, "/dev/../dev/./i2c-1"), 1);
    assert_int_equal(place_node(AT_FDCWD, "/tmp/i2c-1"), -1);
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c-1/"), -1);
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c-1/x"), -1);
    assert_int_equal(place_node(AT_FDCWD, "/dev/i2c/1"), -1);
    assert_int_equal(place_node(AT_FDCWD, "/no/such/i2c-1"), -1);
    assert_int_equal(place_node(AT_FDCWD, ""), -1);
    assert_int_equal(place_node(AT_FDCWD, NULL), -1);
    assert_int_equal(place_node(dev, "i2c-1"), 1);
    assert_int_equal(place_node(dev, "./i2c-1"), 1);
    assert_int_equal(place_node(tmp, "i2c-1"), -1);
    assert_int_equal(place_node(tmp, "/dev/i2c-1"), 1);
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir("/dev"), 0);
    assert_int_equal(place_node(AT_FDCWD, "i2c-1"), 1);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(place_node(AT_FDCWD, "i2c-1"), -1);
    close(dev);
    close(tmp);
}

static void expect_redirected(const char *path, const char *leaf)
{
    char expected[PATH_MAX];
    snprintf(expected, sizeof expected, "%s/sys/class/i2c-dev/%s", directory, leaf);
    char buffer[PATH_MAX];
    assert_string_equal(place_redirect(path, buffer), expected);
}

static void expect_untouched(const char *path)
{
    char buffer[PATH_MAX];
    assert_ptr_equal(place_redirect(path, buffer), path);
}

static void test_sysfs_names(void **state)
{
    (void)state;
    expect_redirected("/sys/class/i2c-dev/i2c-1", "i2c-1");
    expect_redirected("/sys/class/i2c-dev/i2c-2/name", "i2c-2/name");
    expect_redirected("/sys/bus/i2c/devices/i2c-1/name", "i2c-1/name");
    expect_redirected("/sys/class/i2c-dev/i2c-1/device/name", "i2c-1/name");
    expect_untouched("/sys/class/i2c-dev/i2c-3/name");
    expect_untouched("/sys/class/i2c-device");
    expect_untouched("/sys/class/i2c-dev/power");
    expect_untouched("/sys/class/i2c-dev/i2c-00000000000000000000000000000001");
    expect_untouched("/sys");
    expect_untouched("/dev/i2c-1");
    expect_untouched("");
    expect_untouched(NULL);
}

static void test_status(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(place_status(1, &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(status.st_rdev, 89 << 8 | 1);
    assert_int_equal(status.st_uid, geteuid());
    assert_int_equal(place_status(2, &status), -ENOENT);
}

static void test_access(void **state)
{
    (void)state;
    assert_int_equal(place_access(1, F_OK), 0);
    assert_int_equal(place_access(1, R_OK | W_OK), 0);
    assert_int_equal(place_access(1, X_OK), -EACCES);
    assert_int_equal(place_access(2, F_OK), -ENOENT);
    assert_int_equal(place_access(2, X_OK), -ENOENT);
}

/* Opening. */

static void test_open(void **state)
{
    int lowest = dup(0), fd;
    (void)state;
    close(lowest);
    struct mark mark;
    fd = open_it(&mark);
    assert_int_equal(fd, lowest);
    assert_int_equal(mark.bus, 1);
    assert_int_equal(mark.access, O_RDWR);
    assert_int_equal(mark.cookie, file_cookie(fd));
    assert_int_equal(mark.cookie, server.cookie);
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    /* Without the shim it is end of file, and does not wait for ever. */
    char byte;
    assert_int_equal(read(fd, &byte, 1), 0);
    assert_int_equal(poll(&(struct pollfd){fd, POLLIN | POLLOUT, 0}, 1, 0), 1);
    assert_int_equal(server.files, 1);
    close(fd);
    assert_false(open_file_find(fd, &mark));
    wait_for(&server.files, 0);
}

static void test_open_flags(void **state)
{
    int fd = open_file_open(1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    (void)state;
    struct mark mark;
    assert_true(open_file_find(fd, &mark));
    assert_int_equal(mark.access, O_RDONLY);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    close(fd);
    fd = open_file_open(1, O_WRONLY | O_CREAT | O_TRUNC);
    assert_true(open_file_find(fd, &mark));
    assert_int_equal(mark.access, O_WRONLY);
    close(fd);
    assert_int_equal(open_file_open(1, O_RDWR | O_CREAT | O_EXCL), -EEXIST);
    assert_int_equal(open_file_open(1, O_RDONLY | O_DIRECTORY), -ENOTDIR);
}

static void test_open_refused(void **state)
{
    int lowest = dup(0);
    (void)state;
    close(lowest);
    assert_int_equal(open_file_open(2, O_RDWR), -ENODEV);
    server.file_answer = -EPERM;
    assert_int_equal(open_file_open(1, O_RDWR), -EPERM);
    assert_int_equal(dup(0), lowest); /* nothing left open */
    close(lowest);
}

static void test_open_after_the_server(void **state)
{
    (void)state;
    fake_server_stop(&server);
    assert_int_equal(open_file_open(1, O_RDWR), -ENODEV);
    /* Its socket file was left behind. */
    fake_server_start(&server, 1);
    char path[LINK_PATH_MAX];
    i2ctarget_link_path(path, "i2c", 1);
    int listener = server.file_fd;
    server.file_fd = dup(0);
    shutdown(listener, SHUT_RDWR);
    close(listener);
    assert_int_equal(open_file_open(1, O_RDWR), -ENODEV);
}

/* Knowing. */

static void test_copies(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), to = dup(fd), other = open("/dev/null", O_RDONLY);
    (void)state;
    open_file_copied(fd, to);
    struct mark copy;
    assert_true(open_file_find(to, &copy));
    assert_int_equal(copy.cookie, mark.cookie);
    assert_int_equal(copy.bus, mark.bus);
    assert_int_equal(copy.access, mark.access);
    assert_int_equal(dup2(other, to), to);
    open_file_copied(other, to);
    assert_false(open_file_find(to, &copy));
    assert_true(open_file_find(fd, &copy));
    close(to);
    close(other);
    close(fd);
}

static void test_stale_marks(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), other = open("/dev/null", O_RDONLY);
    (void)state;
    errno = 4711;
    assert_int_equal(dup2(other, fd), fd); /* unseen */
    struct mark copy;
    assert_true(marks_get(fd, &copy));
    assert_false(open_file_find(fd, &copy));
    assert_int_equal(errno, 4711);
    assert_false(marks_get(fd, &copy));
    close(fd);
    close(other);
    fd = open_it(&mark);
    close(fd); /* the shim does not see this, and no other file takes its place */
    assert_false(open_file_find(fd, &copy));
}

static void test_a_child_of_vfork_takes_no_marks_away(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), status;
    pid_t child = vfork();
    (void)state;
    struct mark copy;
    if (child == 0) {
        close(fd);
        open_file_find(fd, &copy); /* it is closed in this process only */
        _exit(0);
    }
    waitpid(child, &status, 0);
    assert_true(open_file_find(fd, &copy));
    close(fd);
}

static void test_recognised(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), to = dup(fd), pair[2];
    (void)state;
    will_say(0, "\1\0\0\0\0\0\0\0", 8); /* the server knows the file */
    struct mark copy;
    assert_false(open_file_find(to, &copy));
    assert_true(open_file_recognise(to, &copy));
    expect_heard(&mark, PROTOCOL_OP_FUNCS, 0, "", 0);
    assert_int_equal(copy.cookie, mark.cookie);
    assert_int_equal(copy.bus, 1);
    assert_int_equal(copy.access, O_RDWR);
    assert_true(open_file_find(to, &copy));
    close(to);
    close(fd);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    assert_false(open_file_recognise(pair[0], &copy));
    assert_false(open_file_recognise(0, &copy));
    assert_false(open_file_recognise(-1, &copy));
    assert_false(open_file_recognise(1 << 30, &copy));
    close(pair[0]);
    close(pair[1]);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sockets of another program that have such a name. */
static void test_namesakes_are_not_recognised(void **state)
{
    char other[] = "/tmp/other.XXXXXX", path[64];
    (void)state;
    will_say(-EBADF, "", 0); /* the server does not know it */
    assert_non_null(mkdtemp(other));
    snprintf(path, sizeof path, "%s/i2c-1", other);
    int listener = listen_at(path);
    int fd = connect_to(path);
    errno = 4711;
    struct mark mark;
    assert_false(open_file_recognise(fd, &mark));
    assert_false(open_file_recognise(0, &mark));
    assert_false(open_file_recognise(-1, &mark));
    assert_int_equal(errno, 4711);
    assert_false(marks_get(fd, &mark));
    close(fd);
    close(listener);
    unlink(path);
    rmdir(other);
    /* A socket in our own directory that is not a file of a bus. */
    snprintf(path, sizeof path, "%s/i2c-x", directory);
    listener = listen_at(path);
    fd = connect_to(path);
    assert_false(open_file_recognise(fd, &mark));
    close(fd);
    close(listener);
    unlink(path);
}

/* The server may have bound its socket through any name of the directory. */
static void test_recognised_by_another_name(void **state)
{
    (void)state;
    char name[sizeof directory + 5];
    snprintf(name, sizeof name, "%s.link", directory);
    assert_int_equal(symlink(directory, name), 0);
    fake_server_stop(&server);
    setenv("I2CTARGET_DIR", name, 1);
    fake_server_start(&server, 1);
    setenv("I2CTARGET_DIR", directory, 1);
    uint64_t cookie;
    int fd = file_connect(directory, 1, &cookie);
    assert_int_equal(fd < 0 ? fd : 0, 0);
    will_say(0, "\1\0\0\0\0\0\0\0", 8);
    struct mark mark;
    assert_true(open_file_recognise(fd, &mark));
    assert_int_equal(mark.bus, 1);
    assert_int_equal(mark.cookie, cookie);
    close(fd);
    unlink(name);
}

static void test_marks(void **state)
{
    static const int fds[] = {0, 255, 256, 257, 1023, 65536, (1 << 20) - 1};
    const struct mark mark = {.cookie = 7, .bus = 65535, .access = O_WRONLY};
    (void)state;
    struct mark got;
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        assert_false(marks_get(fds[i], &got));
        assert_true(marks_set(fds[i], &mark));
        assert_true(marks_get(fds[i], &got));
        assert_int_equal(got.cookie, 7);
        assert_int_equal(got.bus, 65535);
        assert_int_equal(got.access, O_WRONLY);
        assert_false(marks_get(fds[i] + 1, &got));
        marks_clear(fds[i]);
        assert_false(marks_get(fds[i], &got));
    }
    assert_false(marks_set(-1, &mark));
    assert_false(marks_set(1 << 20, &mark));
    assert_false(marks_set(INT_MAX, &mark));
    marks_clear(-1);
    marks_clear(1 << 20);
}

static void test_adopts_what_it_inherited(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), high = fcntl(fd, F_DUPFD, 700);
    (void)state;
    will_say(0, "\1\0\0\0\0\0\0\0", 8);
    open_file_adopt_inherited();
    struct mark copy;
    assert_true(open_file_find(high, &copy));
    assert_int_equal(copy.cookie, mark.cookie);
    close(high);
    close(fd);
}

/* Directories. */

/* Some of these directories are missing on many machines. */
static void test_directories_leave_errno(void **state)
{
    DIR *root = opendir("/");
    (void)state;
    errno = 4711;
    listing_opened(root, NULL);
    assert_int_equal(errno, 4711);
    listing_closes(root);
    closedir(root);
}

/* ioctl(): state. */

static void test_set(void **state)
{
    static const unsigned numbers[] = {I2C_RETRIES,     I2C_TIMEOUT, I2C_SLAVE,
                                       I2C_SLAVE_FORCE, I2C_TENBIT,  I2C_PEC};
    struct mark mark;
    int fd = open_it(&mark);
    (void)state;
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        will_say(0, "", 0);
        put_u64(bytes, 0x123456789abcdef0);
        assert_int_equal(i2c_call_ioctl(&mark, numbers[i], 0x123456789abcdef0), 0);
        expect_heard(&mark, PROTOCOL_OP_SET, numbers[i], bytes, 8);
        will_say(-EINVAL, "", 0);
        assert_int_equal(i2c_call_ioctl(&mark, numbers[i], 1), -EINVAL);
    }
    close(fd);
}

static void test_functionality(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    unsigned long bits[2] = {1, 2};
    (void)state;
    will_say(0, "\x1d\x80\xff\x0f\0\0\0\0", 8);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_FUNCS, (unsigned long)bits), 0);
    expect_heard(&mark, PROTOCOL_OP_FUNCS, 0, "", 0);
    assert_int_equal(bits[0], 0x0fff801d);
    assert_int_equal(bits[1], 2);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_FUNCS, 0), -EFAULT);
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_FUNCS, (unsigned long)bits), -EPROTO);
    close(fd);
}

static void test_other_requests(void **state)
{
    static const unsigned numbers[] = {0,      0x5401, 0x541b, 0x0700,
                                       0x0709, 0x071f, 0x0721, UINT32_MAX};
    struct mark mark;
    int fd = open_it(&mark), before = server.requests;
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_int_equal(i2c_call_ioctl(&mark, numbers[i], 0), -ENOTTY);
        assert_false(i2c_call_knows(numbers[i]));
    }
    assert_int_equal(server.requests, before);
    for (unsigned number = I2C_RETRIES; number <= I2C_PEC; number++)
        assert_true(i2c_call_knows(number));
    assert_true(i2c_call_knows(I2C_SMBUS));
    close(fd);
}

/* I2C_SMBUS: how much of the union is sent and comes back. */

struct smbus_row {
    uint32_t size;
    uint8_t read_write;
    size_t in, out;
};

static const struct smbus_row smbus_rows[] = {
    {I2C_SMBUS_QUICK, I2C_SMBUS_WRITE, 0, 0},
    {I2C_SMBUS_QUICK, I2C_SMBUS_READ, 0, 0},
    {I2C_SMBUS_BYTE, I2C_SMBUS_WRITE, 0, 0},
    {I2C_SMBUS_BYTE, I2C_SMBUS_READ, 0, 1},
    {I2C_SMBUS_BYTE_DATA, I2C_SMBUS_WRITE, 1, 0},
    {I2C_SMBUS_BYTE_DATA, I2C_SMBUS_READ, 0, 1},
    {I2C_SMBUS_WORD_DATA, I2C_SMBUS_WRITE, 2, 0},
    {I2C_SMBUS_WORD_DATA, I2C_SMBUS_READ, 0, 2},
    {I2C_SMBUS_PROC_CALL, I2C_SMBUS_WRITE, 2, 2},
    {I2C_SMBUS_PROC_CALL, I2C_SMBUS_READ, 2, 2},
    {I2C_SMBUS_BLOCK_DATA, I2C_SMBUS_WRITE, 34, 0},
    {I2C_SMBUS_BLOCK_DATA, I2C_SMBUS_READ, 0, 34},
    {I2C_SMBUS_I2C_BLOCK_BROKEN, I2C_SMBUS_WRITE, 34, 0},
    {I2C_SMBUS_I2C_BLOCK_BROKEN, I2C_SMBUS_READ, 0, 34},
    {I2C_SMBUS_BLOCK_PROC_CALL, I2C_SMBUS_WRITE, 34, 34},
    {I2C_SMBUS_BLOCK_PROC_CALL, I2C_SMBUS_READ, 34, 34},
    {I2C_SMBUS_I2C_BLOCK_DATA, I2C_SMBUS_WRITE, 34, 0},
    {I2C_SMBUS_I2C_BLOCK_DATA, I2C_SMBUS_READ, 34, 34},
};

static int smbus(const struct mark *mark, const struct smbus_row *row, void *data)
{
    struct i2c_smbus_ioctl_data arguments = {row->read_write, 0xC3, row->size, data};
    return i2c_call_ioctl(mark, I2C_SMBUS, (unsigned long)&arguments);
}

/* `size` bytes in front of memory that can not be read or written. */
static uint8_t *at_the_edge(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    return pages + page - size;
}

static void test_smbus(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    (void)state;
    for (size_t i = 0; i < sizeof smbus_rows / sizeof *smbus_rows; i++) {
        const struct smbus_row *row = &smbus_rows[i];
        size_t used = row->in > row->out ? row->in : row->out;
        uint8_t *data = at_the_edge(used), expected[38] = {row->read_write, 0xC3, 1, 0}, reply[35];

        for (size_t k = 0; k < 35; k++) {
            reply[k] = (uint8_t)(0x80 + k);
            if (k < used)
                data[k] = (uint8_t)(0x40 + k);
            if (k < row->in)
                expected[4 + k] = (uint8_t)(0x40 + k);
        }
        will_say(0, reply, row->out);
        assert_int_equal(smbus(&mark, row, data), 0);
        expect_heard(&mark, PROTOCOL_OP_SMBUS, row->size, expected, sizeof expected);
        for (size_t k = 0; k < used; k++)
            assert_int_equal(data[k], (k < row->out ? 0x80 : 0x40) + k);
        /* A reply longer than the caller's room is not written. */
        will_say(0, reply, used + 1);
        if (used > 0)
            assert_int_equal(smbus(&mark, row, data), -EPROTO);
        will_say(-ENXIO, "", 0);
        assert_int_equal(smbus(&mark, row, data), -ENXIO);
    }
    close(fd);
}

static void test_smbus_without_data(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    uint8_t expected[38] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof smbus_rows / sizeof *smbus_rows; i++) {
        const struct smbus_row *row = &smbus_rows[i];

        expected[0] = row->read_write;
        expected[1] = 0xC3;
        will_say(-EINVAL, "", 0); /* the server decides */
        assert_int_equal(smbus(&mark, row, NULL), -EINVAL);
        expect_heard(&mark, PROTOCOL_OP_SMBUS, row->size, expected, sizeof expected);
        will_say(0, "123456789012345678901234567890abcd", row->out);
        assert_int_equal(smbus(&mark, row, (void *)8), row->in || row->out ? -EFAULT : 0);
    }
    assert_int_equal(i2c_call_ioctl(&mark, I2C_SMBUS, 0), -EFAULT);
    close(fd);
}

/* For sizes and directions that do not exist, nothing of the caller's memory is read. */
static void test_smbus_unknown(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    uint8_t *nothing = at_the_edge(0);
    static const struct smbus_row rows[] = {
        {9, 0, 0, 0}, {UINT32_MAX, 0, 0, 0}, {2, 2, 0, 0}, {2, 255, 0, 0}};
    (void)state;
    will_say(-EINVAL, "", 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(smbus(&mark, &rows[i], nothing), -EINVAL);
    close(fd);
}

/* I2C_RDWR. */

static int rdwr(const struct mark *mark, struct i2c_msg *messages, uint32_t count)
{
    struct i2c_rdwr_ioctl_data arguments = {messages, count};
    return i2c_call_ioctl(mark, I2C_RDWR, (unsigned long)&arguments);
}

static void test_rdwr(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    uint8_t write[] = "abc", read[8] = "........", block[40] = {1, 9, 9};
    struct i2c_msg messages[] = {
        {0x40, 0, 3, write},         {0x41, I2C_M_RD | I2C_M_STOP, 2, read},
        {0x3ff, I2C_M_TEN, 0, NULL}, {0x42, I2C_M_RD | I2C_M_RECV_LEN, 33, block},
        {0x43, I2C_M_RD, 0, NULL},
    };
    (void)state;
    will_say(5, "\2\0\3\0\0\0yz\2uv", 11);
    assert_int_equal(rdwr(&mark, messages, 5), 5);
    expect_heard(&mark, PROTOCOL_OP_RDWR, 5,
                 "\x40\0\0\0\3\0\0\0"
                 "\x41\0\1\x80\2\0\0\0"
                 "\xff\3\x10\0\0\0\0\0"
                 "\x42\0\1\4\x21\0\0\0"
                 "\x43\0\1\0\0\0\0\0"
                 "abc\1",
                 44);
    assert_memory_equal(read, "yz......", 8);
    assert_memory_equal(block, "\2uv\0", 4);
    will_say(-EIO, "", 0);
    block[0] = 1;
    assert_int_equal(rdwr(&mark, messages, 5), -EIO);
    close(fd);
}

static void test_rdwr_largest(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    static uint8_t bytes[42][8192];
    (void)state;
    struct i2c_msg messages[42];
    for (unsigned i = 0; i < 42; i++) {
        memset(bytes[i], (int)i, 8192);
        messages[i] = (struct i2c_msg){0x40, 0, 8192, bytes[i]};
    }
    will_say(42, "", 0);
    assert_int_equal(rdwr(&mark, messages, 42), 42);
    assert_int_equal(server.request_bytes, 16 + 42 * 8 + 42 * 8192);
    assert_memory_equal(server.request + 16 + 42 * 8, bytes, sizeof bytes);
    for (unsigned i = 0; i < 42; i++)
        messages[i].flags = I2C_M_RD;
    server.reply_bytes = 42 * 2 + 42 * 8192;
    for (unsigned i = 0; i < 42; i++) {
        put_u16(server.reply + 2 * i, 8192);
        memset(server.reply + 42 * 2 + 8192 * i, (int)(100 + i), 8192);
    }
    assert_int_equal(rdwr(&mark, messages, 42), 42);
    for (unsigned i = 0; i < 42; i++) {
        assert_int_equal(bytes[i][0], 100 + i);
        assert_int_equal(bytes[i][8191], 100 + i);
    }
    close(fd);
}

static void test_rdwr_arguments(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), before = server.requests;
    uint8_t bytes[300] = {1};
    struct i2c_msg one = {0x40, 0, 1, bytes}, long_one = {0x40, I2C_M_RD, 8193, bytes},
                   null = {0x40, 0, 1, NULL};
    struct i2c_msg bad_length = {0x40, I2C_M_RD | I2C_M_RECV_LEN, 32, bytes};
    struct i2c_msg written = {0x40, I2C_M_RECV_LEN, 40, bytes},
                   nothing = {0x40, I2C_M_RD | I2C_M_RECV_LEN, 0, NULL};
    (void)state;
    assert_int_equal(i2c_call_ioctl(&mark, I2C_RDWR, 0), -EFAULT);
    assert_int_equal(rdwr(&mark, NULL, 1), -EINVAL);
    assert_int_equal(rdwr(&mark, (struct i2c_msg *)16, 1), -EFAULT);
    assert_int_equal(rdwr(&mark, &one, 0), -EINVAL);
    assert_int_equal(rdwr(&mark, &one, 43), -EINVAL);
    assert_int_equal(rdwr(&mark, &long_one, 1), -EINVAL);
    assert_int_equal(rdwr(&mark, &null, 1), -EFAULT);
    assert_int_equal(rdwr(&mark, &bad_length, 1), -EINVAL);
    assert_int_equal(rdwr(&mark, &written, 1), -EINVAL);
    assert_int_equal(rdwr(&mark, &nothing, 1), -EINVAL);
    /* The first wrong message decides. */
    assert_int_equal(rdwr(&mark, (struct i2c_msg[]){null, bad_length}, 2), -EFAULT);
    assert_int_equal(rdwr(&mark, (struct i2c_msg[]){bad_length, null}, 2), -EINVAL);
    assert_int_equal(rdwr(&mark, (struct i2c_msg[]){long_one, null}, 2), -EINVAL);
    assert_int_equal(server.requests, before);
    close(fd);
}

/* Replies that do not fit the request. */
static void test_rdwr_wrong_replies(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    uint8_t bytes[4] = "....";
    struct i2c_msg messages[] = {{0x40, I2C_M_RD, 2, bytes}, {0x40, I2C_M_RD, 2, bytes + 2}};
    (void)state;
    will_say(2, "\2\0\2", 3);
    assert_int_equal(rdwr(&mark, messages, 2), -EPROTO);
    will_say(2, "\2\0\3\0abcde", 9);
    assert_int_equal(rdwr(&mark, messages, 2), -EPROTO);
    will_say(2, "\2\0\2\0abc", 7);
    assert_int_equal(rdwr(&mark, messages, 2), -EPROTO);
    will_say(1, "\2\0\0\0xy", 6);
    assert_int_equal(rdwr(&mark, messages, 2), 1);
    assert_memory_equal(bytes, "xyb.", 2);
    close(fd);
}

/* read() and write(). */

static void test_read(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    char bytes[8] = "........";
    (void)state;
    will_say(3, "abc", 3);
    assert_int_equal(i2c_call_read(&mark, bytes, 3), 3);
    expect_heard(&mark, PROTOCOL_OP_READ, 3, "", 0);
    assert_memory_equal(bytes, "abc.....", 8);
    assert_int_equal(i2c_call_read(&mark, NULL, 3), -EFAULT);
    assert_int_equal(i2c_call_read(&mark, bytes, 2), -EPROTO);
    will_say(4, "abc", 3);
    assert_int_equal(i2c_call_read(&mark, bytes, 8), -EPROTO);
    will_say(0, "", 0);
    assert_int_equal(i2c_call_read(&mark, NULL, 0), 0);
    expect_heard(&mark, PROTOCOL_OP_READ, 0, "", 0);
    will_say(-ENXIO, "", 0);
    assert_int_equal(i2c_call_read(&mark, bytes, SIZE_MAX / 2), -ENXIO);
    expect_heard(&mark, PROTOCOL_OP_READ, 8192, "", 0);
    mark.access = O_WRONLY;
    assert_int_equal(i2c_call_read(&mark, bytes, 1), -EBADF);
    close(fd);
}

static void test_write(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    static char bytes[9000] = "xyz";
    (void)state;
    will_say(3, "", 0);
    assert_int_equal(i2c_call_write(&mark, bytes, 3), 3);
    expect_heard(&mark, PROTOCOL_OP_WRITE, 3, "xyz", 3);
    will_say(0, "", 0);
    assert_int_equal(i2c_call_write(&mark, NULL, 0), 0);
    expect_heard(&mark, PROTOCOL_OP_WRITE, 0, "", 0);
    will_say(8192, "", 0);
    assert_int_equal(i2c_call_write(&mark, bytes, sizeof bytes), 8192);
    expect_heard(&mark, PROTOCOL_OP_WRITE, 8192, bytes, 8192);
    mark.access = O_RDONLY;
    assert_int_equal(i2c_call_write(&mark, bytes, 1), -EBADF);
    close(fd);
}

/* The kernel finds it when the frame is sent, after half of it. */
static void test_unreadable_bytes(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    uint8_t *edge = at_the_edge(4000);
    struct i2c_msg messages[] = {{0x40, 0, 4000, edge}, {0x40, 0, 4001, edge}};
    (void)state;
    assert_int_equal(i2c_call_write(&mark, NULL, 1), -EFAULT);
    assert_int_equal(i2c_call_write(&mark, edge, 4001), -EFAULT);
    assert_int_equal(rdwr(&mark, messages, 2), -EFAULT);
    will_say(4000, "", 0);
    assert_int_equal(i2c_call_write(&mark, edge, 4000), 4000);
    close(fd);
}

static void test_vectors(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), before;
    char a[] = "ab", b[] = "cde", c[4];
    struct iovec parts[] = {{a, 2}, {NULL, 0}, {b, 3}}, empty_first[] = {{NULL, 0}, {a, 2}};
    struct iovec too_long[] = {{a, SSIZE_MAX}, {b, 1}}, reads[] = {{c, 2}, {c + 2, 2}};
    (void)state;
    before = server.requests;
    will_say(2, "", 0);
    assert_int_equal(i2c_call_writev(&mark, parts, 1), 2);
    expect_heard(&mark, PROTOCOL_OP_WRITE, 2, "ab", 2);
    assert_int_equal(server.requests, before + 1);
    assert_int_equal(i2c_call_writev(&mark, parts, 3), 4); /* the second part was short */
    expect_heard(&mark, PROTOCOL_OP_WRITE, 3, "cde", 3);
    assert_int_equal(server.requests, before + 3);
    will_say(0, "", 0);
    assert_int_equal(i2c_call_writev(&mark, empty_first, 2), 0);
    assert_int_equal(server.requests, before + 5); /* an address alone, then a short one */
    assert_int_equal(i2c_call_writev(&mark, parts, 0), 0);
    assert_int_equal(i2c_call_writev(&mark, empty_first, 1), 0);
    assert_int_equal(i2c_call_writev(&mark, parts, -1), -EINVAL);
    assert_int_equal(i2c_call_writev(&mark, parts, 1025), -EINVAL);
    assert_int_equal(i2c_call_writev(&mark, NULL, 1), -EFAULT);
    assert_int_equal(i2c_call_writev(&mark, too_long, 2), -EINVAL);
    assert_int_equal(server.requests, before + 5);
    will_say(2, "xy", 2);
    assert_int_equal(i2c_call_readv(&mark, reads, 2), 4);
    assert_memory_equal(c, "xyxy", 4);
    will_say(-EIO, "", 0);
    assert_int_equal(i2c_call_readv(&mark, reads, 2), -EIO);
    close(fd);
}

/* A short part is the last one.  Parts before an error count. */
static void test_short_parts(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), before = server.requests;
    char a[] = "....", b[] = "....";
    struct iovec parts[] = {{a, 3}, {b, 3}};
    (void)state;
    will_say(2, "xy", 2);
    assert_int_equal(i2c_call_readv(&mark, parts, 2), 2);
    assert_int_equal(server.requests, before + 1);
    assert_string_equal(a, "xy..");
    assert_string_equal(b, "....");
    will_say(1, "", 0);
    assert_int_equal(i2c_call_writev(&mark, parts, 2), 1);
    assert_int_equal(server.requests, before + 2);
    will_say(3, "abc", 3);
    parts[1] = (struct iovec){NULL, 3}; /* it is read, but can not be copied */
    assert_int_equal(i2c_call_readv(&mark, parts, 2), 3);
    assert_int_equal(server.requests, before + 4);
    assert_string_equal(a, "abc.");
    parts[0] = parts[1];
    assert_int_equal(i2c_call_readv(&mark, parts, 2), -EFAULT);
    assert_int_equal(server.requests, before + 5);
    close(fd);
}

/* Channels. */

static struct mark signal_mark;

static void test_one_link_a_thread(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), other = open_it(&mark), before = server.all_links;
    (void)state;
    will_say(0, "", 0);
    for (int i = 0; i < 10; i++)
        assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    assert_in_range(server.all_links, before, before + 1);
    close(other);
    close(fd);
}

static void *ask_in_thread(void *argument)
{
    return (void *)(intptr_t)i2c_call_ioctl(argument, I2C_PEC, 1);
}

/* A channel that one thread has given back is taken by the next one. */
static void test_threads_share_links(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), before;
    pthread_t thread;
    void *result;

    (void)state;
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    before = server.all_links;
    for (int i = 0; i < 5; i++) {
        pthread_create(&thread, NULL, ask_in_thread, &mark);
        pthread_join(thread, &result);
        assert_int_equal((intptr_t)result, 0);
    }
    assert_int_equal(server.all_links, before);
    close(fd);
}

enum { AT_ONCE = 40 }; /* more than a page of the pool holds */

static void test_as_many_links_as_calls_at_once(void **state)
{
    uint8_t head[PROTOCOL_REQUEST_BYTES + 1] = {0};
    struct iovec part = {head, sizeof head};
    (void)state;
    sigset_t before;
    sigemptyset(&before);
    server.mood = FAKE_ECHOES;
    int error;
    struct link_frame reply;
    struct channel *taken[AT_ONCE];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            taken[i] = channel_take(1, &error);
            assert_non_null(taken[i]);
            for (int k = 0; k < i; k++)
                assert_ptr_not_equal(taken[i], taken[k]);
        }
        for (int i = 0; i < AT_ONCE; i++) {
            head[PROTOCOL_REQUEST_BYTES] = (uint8_t)i;
            assert_int_equal(channel_ask(taken[i], &part, 1, &reply, &before), 0);
            assert_int_equal(reply_result(&reply), i);
        }
        for (int i = 0; i < AT_ONCE; i++)
            channel_give(taken[i]);
    }
    assert_int_equal(server.all_links, AT_ONCE);
}

/* A channel of one bus is not used for another. */
static void test_each_bus_has_its_links(void **state)
{
    int error = 0;
    (void)state;
    assert_null(channel_take(2, &error));
    assert_int_equal(error, -ENODEV);
    struct channel *one = channel_take(1, &error);
    assert_non_null(one);
    channel_give(one);
    assert_null(channel_take(2, &error));
    struct channel *two = channel_take(1, &error);
    assert_ptr_equal(one, two);
    channel_give(two);
}

static void test_broken_conversations(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    (void)state;
    will_say(0, "", 0);
    for (int mood = FAKE_HANGS_UP; mood <= FAKE_SPEAKS_WRONG; mood++) {
        server.mood = mood;
        assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), -ENODEV);
        server.mood = FAKE_ANSWERS;
        assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    }
    close(fd);
}

static void test_server_gone_and_back(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    (void)state;
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    fake_server_stop(&server);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), -ENODEV);
    assert_int_equal(i2c_call_read(&mark, &(char){0}, 1), -ENODEV);
    fake_server_start(&server, 1);
    will_say(-EBADF, "", 0); /* it does not know the file */
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), -ENODEV);
    close(fd);
}

/* The channel's descriptor: the one above 700 that is a socket. */
static int link_fd(void)
{
    for (int fd = 768; fd < 800; fd++) {
        if (file_cookie(fd) != 0)
            return fd;
    }
    return -1;
}

static void test_link_is_out_of_the_way(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), lowest;
    (void)state;
    lowest = dup(0);
    close(lowest);
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    assert_int_equal(dup(0), lowest);
    close(lowest);
    assert_true(link_fd() >= 0);
    assert_int_equal(fcntl(link_fd(), F_GETFD), FD_CLOEXEC);
    close(fd);
}

/* The program closes all descriptors from 3 on, and other files get the numbers. */
static void test_link_closed_by_the_program(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), taken, pair[2];
    (void)state;
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    taken = link_fd();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(dup2(pair[0], taken), taken);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    char byte;
    assert_int_equal(recv(pair[1], &byte, 1, MSG_DONTWAIT), -1); /* nothing was sent there */
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(fcntl(taken, F_GETFD), 0); /* nor was it closed */
    close(taken);
    close(pair[0]);
    close(pair[1]);
    close(fd);
}

static void test_child_has_its_own_link(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), status, before;
    (void)state;
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    before = server.links;
    pid_t child = fork();
    if (child == 0) {
        channel_forked();
        open_file_forked();
        if (link_fd() >= 0)
            _exit(2); /* the parent's one is still open here */
        _exit(i2c_call_ioctl(&mark, I2C_PEC, 1) == 0 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    wait_for(&server.links, before);
    close(fd);
}

/*
 * Another thread is in the middle of a call while this one forks.  In the child its channel is
 * free.
 */
static void test_child_finds_all_links_free(void **state)
{
    int fd = open_it(&signal_mark), status, error;
    struct channel *taken = channel_take(1, &error);
    (void)state;
    assert_non_null(taken);
    pid_t child = fork();
    struct mark copy;
    if (child == 0) {
        channel_forked();
        open_file_forked();
        if (link_fd() >= 0)
            _exit(2);
        if (channel_take(1, &error) != taken)
            _exit(3);
        close(fd);
        if (open_file_find(fd, &copy) || marks_get(fd, &copy))
            _exit(4); /* it is the child's own, so a dead connection is forgotten */
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    channel_give(taken);
    close(fd);
}

/* Bytes of address space. */
static rlim_t own_size(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    if (!statm || fscanf(statm, "%lu", &pages) != 1)
        abort();
    fclose(statm);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* Runs in a child that gets no more memory. */
static void test_calls_that_fail_keep_no_memory(void **state)
{
    int status, error = 0;
    pid_t child = fork();
    (void)state;
    if (child == 0) {
        rlim_t most = own_size() + (64 << 10);

        setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
        for (int i = 0; i < 2000; i++) {
            if (channel_take(2, &error) || error != -ENODEV)
                _exit(1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Without fork handlers, the child itself finds out that it is a child. */
static void test_child_without_handlers(void **state)
{
    struct mark mark;
    int fd = open_it(&mark), status, before = server.all_links;
    (void)state;
    will_say(0, "", 0);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(i2c_call_ioctl(&mark, I2C_PEC, 1) == 0 ? 0 : 1);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(server.all_links, before + 2);
    assert_int_equal(i2c_call_ioctl(&mark, I2C_PEC, 1), 0);
    assert_int_equal(server.all_links, before + 2);
    close(fd);
}

/* Signals. */

static volatile sig_atomic_t signal_result, signals, mood_at_signal;

static void count_signal(int number)
{
    (void)number;
    signals++;
    mood_at_signal = server.mood;
}

static void ask_in_handler(int number)
{
    count_signal(number);
    signal_result = i2c_call_ioctl(&signal_mark, I2C_PEC, 2);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    signals = signal_result = 0;
    assert_int_equal(sigaction(number, &action, NULL), 0);
}

struct disturber {
    pthread_t victim, thread;
    int requests; /* number of requests before the victim's */
};

/* Sends a signal to the thread that waits for a reply, then sends the reply. */
static void *signal_and_reply(void *argument)
{
    const struct disturber *disturber = argument;
    while (server.requests == disturber->requests)
        usleep(500);
    pthread_kill(disturber->victim, SIGUSR1);
    usleep(20000);
    server.mood = FAKE_ECHOES;
    return NULL;
}

static void disturb(struct disturber *disturber)
{
    server.mood = FAKE_WAITS;
    *disturber = (struct disturber){.victim = pthread_self(), .requests = server.requests};
    assert_int_equal(pthread_create(&disturber->thread, NULL, signal_and_reply, disturber), 0);
}

/* As with a kernel driver, the handler runs when the call has ended, and may make calls, too. */
static void test_signals_wait_for_the_reply(void **state)
{
    int fd = open_it(&signal_mark);
    (void)state;
    handle(SIGUSR1, ask_in_handler);
    server.mood = FAKE_ECHOES;
    assert_int_equal(i2c_call_ioctl(&signal_mark, I2C_PEC, 3), 3);
    struct disturber disturber;
    disturb(&disturber);
    assert_int_equal(i2c_call_ioctl(&signal_mark, I2C_PEC, 1), 1);
    pthread_join(disturber.thread, NULL);
    assert_int_equal(signals, 1);
    assert_int_equal(mood_at_signal, FAKE_ECHOES);
    assert_int_equal(signal_result, 2);
    assert_int_equal(i2c_call_ioctl(&signal_mark, I2C_PEC, 4), 4);
    close(fd);
}

static sigjmp_buf way_out;

static void jump_out(int number)
{
    count_signal(number);
    siglongjmp(way_out, 1);
}

/* A handler need not return: it may leave write() by siglongjmp(). */
static void test_handlers_may_jump_out(void **state)
{
    int fd = open_it(&signal_mark), cancel_state;
    (void)state;
    handle(SIGUSR1, jump_out);
    struct disturber disturber;
    for (volatile int i = 0; i < 3; i++) {
        disturb(&disturber);
        if (sigsetjmp(way_out, 1) == 0)
            i2c_call_ioctl(&signal_mark, I2C_PEC, 1);
        pthread_join(disturber.thread, NULL);
    }
    assert_int_equal(signals, 3);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cancel_state);
    assert_int_equal(cancel_state, PTHREAD_CANCEL_ENABLE);
    assert_int_equal(i2c_call_ioctl(&signal_mark, I2C_PEC, 4), 4);
    assert_int_equal(server.all_links, 1); /* none was lost */
    close(fd);
}

/* The program's signal mask is restored, also after a call that failed. */
static void test_mask_is_given_back(void **state)
{
    int fd = open_it(&signal_mark);
    (void)state;
    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &mine, NULL);
    will_say(0, "", 0);
    sigset_t got;
    for (int mood = FAKE_ANSWERS; mood <= FAKE_HANGS_UP; mood++) {
        server.mood = mood;
        i2c_call_ioctl(&signal_mark, I2C_PEC, 1);
        pthread_sigmask(SIG_SETMASK, NULL, &got);
        for (int number = 1; number < NSIG; number++)
            assert_int_equal(sigismember(&got, number), number == SIGUSR2);
    }
    signal_mark.bus = 2; /* nobody serves it */
    assert_int_equal(i2c_call_ioctl(&signal_mark, I2C_PEC, 1), -ENODEV);
    pthread_sigmask(SIG_SETMASK, NULL, &got);
    assert_int_equal(sigismember(&got, SIGUSR1), 0);
    sigemptyset(&mine);
    pthread_sigmask(SIG_SETMASK, &mine, NULL);
    close(fd);
}

static void leave(int number)
{
    (void)number;
    _exit(8);
}

static int end_a_child_that_waits(int number, bool is_masked)
{
    int fd = open_it(&signal_mark), status, before = server.requests;
    server.mood = FAKE_WAITS;
    handle(SIGUSR1, leave);
    pid_t child = fork();
    if (child == 0) {
        sigset_t mine;

        sigemptyset(&mine);
        if (is_masked)
            sigaddset(&mine, number);
        pthread_sigmask(SIG_SETMASK, &mine, NULL);
        i2c_call_ioctl(&signal_mark, I2C_PEC, 1);
        _exit(7);
    }
    wait_for(&server.requests, before + 1);
    kill(child, number);
    if (is_masked || number == SIGUSR1) {
        usleep(300000); /* longer than the time after which such a signal is let in */
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
        server.mood = FAKE_ANSWERS;
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    server.mood = FAKE_ANSWERS;
    close(fd);
    return status;
}

/*
 * A signal that ends the process need not wait for the reply.  A signal with a handler, or one that
 * the program has blocked, does.
 */
static void test_signals_that_end_the_process(void **state)
{
    int status = end_a_child_that_waits(SIGTERM, false);
    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(end_a_child_that_waits(SIGTERM, true), 7 << 8);
    assert_int_equal(end_a_child_that_waits(SIGUSR1, false), 8 << 8);
}

/* fork() takes the lock, and a handler may call fork(). */
static void test_no_signals_inside_the_lock(void **state)
{
    (void)state;
    handle(SIGUSR1, count_signal);
    lock_take();
    raise(SIGUSR1);
    assert_int_equal(signals, 0);
    lock_give();
    assert_int_equal(signals, 1);
    raise(SIGUSR1);
    assert_int_equal(signals, 2);
}

/* If a fault were blocked, it would end the process and not call its handler. */
static void test_faults_are_not_held(void **state)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    (void)state;
    sigset_t before;
    signals_hold(&before);
    sigset_t held;
    pthread_sigmask(SIG_SETMASK, NULL, &held);
    signals_release(&before);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        assert_int_equal(sigismember(&held, faults[i]), 0);
    assert_int_equal(sigismember(&held, SIGALRM), 1);
}

static void *ask_and_end(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
    signal_result = i2c_call_ioctl(argument, I2C_PEC, 1);
    pthread_testcancel();
    return NULL;
}

static void test_cancelling_waits_for_the_reply(void **state)
{
    int fd = open_it(&signal_mark), before = server.requests;
    pthread_t thread;
    void *result;

    (void)state;
    will_say(3, "", 0);
    server.mood = FAKE_WAITS;
    signal_result = 0;
    pthread_create(&thread, NULL, ask_and_end, &signal_mark);
    wait_for(&server.requests, before + 1);
    pthread_cancel(thread);
    usleep(10000);
    assert_int_equal(signal_result, 0);
    server.mood = FAKE_ANSWERS;
    pthread_join(thread, &result);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    assert_int_equal(signal_result, 3);
    close(fd);
}

/* Streams. */

static void test_stream_modes(void **state)
{
    (void)state;
    assert_int_equal(stream_flags("r"), O_RDONLY);
    assert_int_equal(stream_flags("r+"), O_RDWR);
    assert_int_equal(stream_flags("rb+"), O_RDWR);
    assert_int_equal(stream_flags("we"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
    assert_int_equal(stream_flags("a+"), O_RDWR | O_CREAT | O_APPEND);
    assert_int_equal(stream_flags("wx"), O_WRONLY | O_CREAT | O_TRUNC | O_EXCL);
    assert_int_equal(stream_flags("r,ccs=e+x"), O_RDWR);
    assert_int_equal(stream_flags("q"), -1);
    assert_int_equal(stream_flags(""), -1);
}

static void test_stream_descriptor(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    FILE *stream = stream_open(fd, "r+");
    (void)state;
    assert_non_null(stream);
    assert_int_equal(stream_fd(stream), fd);
    assert_int_equal(stream_fd(stdin), -1);
    /*
     * Without the wrappers it writes to the descriptor itself.  The server takes such a packet for
     * a write().
     */
    assert_int_equal(fputs("hello", stream), 1);
    assert_int_equal(fflush(stream), 0);
    wait_for(&server.packets, 1);
    assert_string_equal(server.packet, "hello");
    assert_int_equal(fseek(stream, 0, SEEK_SET), -1);
    assert_int_equal(errno, ESPIPE);
    assert_int_equal(fclose(stream), 0);
    wait_for(&server.files, 0);
}

/*
 * If a stream can not be made, nothing of it is kept, and the descriptor still belongs to the
 * caller.
 */
static void test_stream_that_can_not_be(void **state)
{
    struct mark mark;
    int fd = open_it(&mark);
    (void)state;
    errno = 0;
    assert_null(stream_open(fd, "q"));
    assert_int_equal(errno, EINVAL);
    assert_true(open_file_find(fd, &mark));
    close(fd);
}

#define TEST(name) STEADY_TEST_SETUP_TEARDOWN(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_numbers),
        TEST(test_nodes),
        TEST(test_sysfs_names),
        TEST(test_status),
        TEST(test_access),
        TEST(test_open),
        TEST(test_open_flags),
        TEST(test_open_refused),
        TEST(test_open_after_the_server),
        TEST(test_copies),
        TEST(test_stale_marks),
        TEST(test_a_child_of_vfork_takes_no_marks_away),
        TEST(test_recognised),
        TEST(test_namesakes_are_not_recognised),
        TEST(test_recognised_by_another_name),
        TEST(test_marks),
        TEST(test_adopts_what_it_inherited),
        TEST(test_directories_leave_errno),
        TEST(test_set),
        TEST(test_functionality),
        TEST(test_other_requests),
        TEST(test_smbus),
        TEST(test_smbus_without_data),
        TEST(test_smbus_unknown),
        TEST(test_rdwr),
        TEST(test_rdwr_largest),
        TEST(test_rdwr_arguments),
        TEST(test_rdwr_wrong_replies),
        TEST(test_read),
        TEST(test_write),
        TEST(test_unreadable_bytes),
        TEST(test_vectors),
        TEST(test_short_parts),
        TEST(test_one_link_a_thread),
        TEST(test_threads_share_links),
        TEST(test_as_many_links_as_calls_at_once),
        TEST(test_each_bus_has_its_links),
        TEST(test_broken_conversations),
        TEST(test_server_gone_and_back),
        TEST(test_link_is_out_of_the_way),
        TEST(test_link_closed_by_the_program),
        TEST(test_child_has_its_own_link),
        TEST(test_child_finds_all_links_free),
        TEST(test_calls_that_fail_keep_no_memory),
        TEST(test_child_without_handlers),
        TEST(test_signals_wait_for_the_reply),
        TEST(test_handlers_may_jump_out),
        TEST(test_mask_is_given_back),
        TEST(test_signals_that_end_the_process),
        TEST(test_no_signals_inside_the_lock),
        TEST(test_faults_are_not_held),
        TEST(test_cancelling_waits_for_the_reply),
        TEST(test_stream_modes),
        TEST(test_stream_descriptor),
        TEST(test_stream_that_can_not_be),
    };
    assert_non_null(mkdtemp(directory));
    setenv("I2CTARGET_DIR", directory, 1);
    setenv(PLACE_VARIABLE, "1,2", 1);
    open_file_adopt_inherited();
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return result;
}
