/* SPDX-License-Identifier: MIT */
/*
 * A program that uses /dev/i2c-1 in every way the C library offers.  Runs under `i2ctarget exec`,
 * with smbus_device and silent on the bus.
 *
 * It is built twice: as it is, and with _FORTIFY_SOURCE and _FILE_OFFSET_BITS=64, which call the
 * shim by other names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    MEMORY = 0x20,
    COMMANDS = 0x21,
    SILENT = 0x22,
    RELUCTANT = 0x23,
    NOBODY = 0x24,
    ROUNDS = 1500
};

static const char node[] = "/dev/i2c-1";
static const char *own_path;

static int open_at(unsigned long address)
{
    int fd = open(node, O_RDWR);
    assert_int_equal(fd < 0 ? errno : 0, 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, address), 0);
    return fd;
}

/* 0, or -errno. */
static int smbus(int fd, uint8_t read_write, uint8_t command, uint32_t size,
                 union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data arguments = {read_write, command, size, data};
    return ioctl(fd, I2C_SMBUS, &arguments) == 0 ? 0 : -errno;
}

static int write_register(int fd, uint8_t number, uint8_t value)
{
    return smbus(fd, I2C_SMBUS_WRITE, number, I2C_SMBUS_BYTE_DATA,
                 &(union i2c_smbus_data){.byte = value});
}

static int read_register(int fd, uint8_t number)
{
    union i2c_smbus_data data;
    int result = smbus(fd, I2C_SMBUS_READ, number, I2C_SMBUS_BYTE_DATA, &data);
    return result < 0 ? result : data.byte;
}

/* Checks that it is an open file of the bus: writes and reads a byte. */
static void expect_works(int fd)
{
    static uint8_t value;
    uint8_t bytes[2] = {0x10, ++value}, got = 0;
    assert_int_equal(ioctl(fd, I2C_SLAVE_FORCE, MEMORY), 0);
    assert_int_equal(write(fd, bytes, 2), 2);
    assert_int_equal(write(fd, bytes, 1), 1);
    assert_int_equal(read(fd, &got, 1), 1);
    assert_int_equal(got, value);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Opening. */

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

static void expect_opened(int fd)
{
    assert_int_equal(fd < 0 ? errno : 0, 0);
    expect_works(fd);
    assert_int_equal(close(fd), 0);
}

static void test_every_open(void **state)
{
    int dev = open("/dev", O_RDONLY | O_DIRECTORY);
    (void)state;
    expect_opened(open(node, O_RDWR));
    expect_opened(open(node, O_RDWR | O_CREAT, 0600));
    expect_opened(open64(node, O_RDWR));
    expect_opened(openat(AT_FDCWD, node, O_RDWR));
    expect_opened(openat(dev, "i2c-1", O_RDWR));
    expect_opened(openat64(dev, "i2c-1", O_RDWR));
    expect_opened(__open_2(node, O_RDWR));
    expect_opened(__open64_2(node, O_RDWR));
    expect_opened(__openat_2(dev, "i2c-1", O_RDWR));
    expect_opened(__openat64_2(dev, "i2c-1", O_RDWR));
    close(dev);
}

static void test_access_modes(void **state)
{
    int fd = open(node, O_RDONLY);
    char byte = 0;
    (void)state;
    assert_int_equal(ioctl(fd, I2C_SLAVE, MEMORY), 0);
    assert_int_equal(write(fd, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(read(fd, &byte, 1), 1);
    close(fd);
    fd = creat(node, 0600);
    assert_int_equal(ioctl(fd, I2C_SLAVE, MEMORY), 0);
    assert_int_equal(read(fd, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(write(fd, &byte, 1), 1);
    close(fd);
}

static void expect_no_open(const char *path, int flags, int error)
{
    errno = 0;
    assert_int_equal(open(path, flags, 0600), -1);
    assert_int_equal(errno, error);
}

static void test_no_open(void **state)
{
    (void)state;
    expect_no_open("/dev/i2c-77", O_RDWR, ENOENT);
    expect_no_open("/dev/i2c/1", O_RDWR, ENOENT);
    expect_no_open("/dev/i2c-1/x", O_RDWR, ENOENT);
    expect_no_open(node, O_RDWR | O_CREAT | O_EXCL, EEXIST);
    expect_no_open(node, O_RDONLY | O_DIRECTORY, ENOTDIR);
}

static void test_errno_stays_on_success(void **state)
{
    (void)state;
    errno = 4711;
    int fd = open(node, O_RDWR);
    assert_int_equal(errno, 4711);
    ioctl(fd, I2C_SLAVE, MEMORY);
    assert_int_equal(errno, 4711);
    assert_int_equal(read_register(fd, 1) >= 0, 1);
    assert_int_equal(errno, 4711);
    close(fd);
}

/* State belongs to the open file. */

static void test_state_is_per_open_file(void **state)
{
    int one = open_at(MEMORY), two = open_at(NOBODY);
    uint8_t byte = 0;
    (void)state;
    assert_int_equal(write(one, &byte, 1), 1);
    assert_int_equal(write(two, &byte, 1), -1);
    assert_int_equal(errno, ENXIO);
    close(one);
    close(two);
    one = open(node, O_RDWR); /* a new file begins with address 0 */
    assert_int_equal(write(one, &byte, 1), -1);
    assert_int_equal(errno, ENXIO);
    close(one);
}

static void expect_shares_state(int fd, int copy)
{
    uint8_t byte = 0;
    assert_int_equal(copy < 0 ? errno : 0, 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, NOBODY), 0);
    assert_int_equal(write(copy, &byte, 1), -1);
    assert_int_equal(errno, ENXIO);
    assert_int_equal(ioctl(copy, I2C_SLAVE, MEMORY), 0);
    assert_int_equal(write(fd, &byte, 1), 1);
    close(copy);
    assert_int_equal(write(fd, &byte, 1), 1);
}

static void test_copies_share_state(void **state)
{
    int fd = open_at(MEMORY);
    (void)state;
    expect_shares_state(fd, dup(fd));
    expect_shares_state(fd, dup2(fd, 200));
    expect_shares_state(fd, dup3(fd, 201, O_CLOEXEC));
    expect_shares_state(fd, fcntl(fd, F_DUPFD, 300));
    expect_shares_state(fd, fcntl(fd, F_DUPFD_CLOEXEC, 300));
    close(fd);
}

static void test_descriptor_taken_over(void **state)
{
    int fd = open_at(MEMORY), null = open("/dev/null", O_RDWR), ends[2];
    char byte = 'x';
    (void)state;
    assert_int_equal(dup2(null, fd), fd);
    assert_int_equal(write(fd, "abc", 3), 3);
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
    close(null);
    /* The C library's own functions do this without the shim. */
    fd = open_at(MEMORY);
    assert_int_equal(close_range((unsigned)fd, (unsigned)fd, 0), 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(ends[0], fd);
    assert_int_equal(write(ends[1], "q", 1), 1);
    assert_int_equal(read(fd, &byte, 1), 1);
    assert_int_equal(byte, 'q');
    close(ends[0]);
    close(ends[1]);
}

/* ioctl() */

static void test_functionality(void **state)
{
    int fd = open(node, O_RDWR);
    unsigned long bits = ~0ul;
    (void)state;
    assert_int_equal(ioctl(fd, I2C_FUNCS, &bits), 0);
    assert_int_equal(bits, 0x0fff801d);
    assert_int_equal(ioctl(fd, I2C_FUNCS, NULL), -1);
    assert_int_equal(errno, EFAULT);
    close(fd);
}

static void expect_ioctl_error(int fd, unsigned long request, unsigned long argument, int error)
{
    errno = 0;
    assert_int_equal(ioctl(fd, request, argument), -1);
    assert_int_equal(errno, error);
}

static void test_wrong_ioctls(void **state)
{
    int fd = open_at(MEMORY), value = 1;
    (void)state;
    expect_ioctl_error(fd, I2C_SLAVE, 0x80, EINVAL);
    expect_ioctl_error(fd, I2C_SLAVE_FORCE, 0x400, EINVAL);
    expect_ioctl_error(fd, I2C_RETRIES, 1ul << 31, EINVAL);
    expect_ioctl_error(fd, I2C_TIMEOUT, INT_MAX / 10 + 1, EINVAL);
    expect_ioctl_error(fd, I2C_RDWR, 0, EFAULT);
    expect_ioctl_error(fd, I2C_SMBUS, 0, EFAULT);
    expect_ioctl_error(fd, 0x0709, 0, ENOTTY);
    expect_ioctl_error(fd, 0x5401 /* TCGETS */, 0, ENOTTY);
    expect_ioctl_error(fd, FIONREAD, (unsigned long)&value, ENOTTY);
    assert_int_equal(ioctl(fd, FIONBIO, &value), 0); /* the kernel answers these for every file */
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(ioctl(fd, FIOCLEX), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(isatty(fd), 0);
    expect_works(fd);
    close(fd);
}

static void test_errors_from_the_bus(void **state)
{
    int fd = open_at(NOBODY);
    uint8_t bytes[2] = {0, 0};
    (void)state;
    assert_int_equal(read_register(fd, 0), -ENXIO);
    assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL), -ENXIO);
    ioctl(fd, I2C_SLAVE, RELUCTANT);
    assert_int_equal(write(fd, bytes, 1), 1);
    assert_int_equal(write(fd, bytes, 2), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(write_register(fd, 0, 0), -EIO);
    ioctl(fd, I2C_SLAVE, COMMANDS);
    union i2c_smbus_data data;
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0xC2, I2C_SMBUS_BLOCK_DATA, &data), -EPROTO);
    ioctl(fd, I2C_PEC, 1);
    assert_int_equal(read_register(fd, 0xC3), -EBADMSG);
    ioctl(fd, I2C_PEC, 0);
    assert_in_range(read_register(fd, 0xC3), 0, 255);
    ioctl(fd, I2C_TENBIT, 1);
    assert_int_equal(read_register(fd, 0), -EAFNOSUPPORT);
    assert_int_equal(read(fd, bytes, 1), -1);
    assert_int_equal(errno, EAFNOSUPPORT);
    close(fd);
}

/* Every protocol in both directions, with and without PEC. */
static void test_smbus(void **state)
{
    int fd = open_at(COMMANDS), bad = read_register(fd, 0x3F);
    (void)state;
    union i2c_smbus_data data;
    for (unsigned long pec = 0; pec <= 1; pec++) {
        assert_int_equal(ioctl(fd, I2C_PEC, pec), 0);
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL), 0);
        assert_int_equal(write_register(fd, 5, (uint8_t)(0xA0 + pec)), 0);
        assert_int_equal(read_register(fd, 5), 0xA0 + pec);
        data.word = (uint16_t)(0x1234 + pec);
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0x45, I2C_SMBUS_WORD_DATA, &data), 0);
        data.word = 0;
        assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x45, I2C_SMBUS_WORD_DATA, &data), 0);
        assert_int_equal(data.word, 0x1234 + pec);
        data.word = 0x01FF;
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0xC0, I2C_SMBUS_PROC_CALL, &data), 0);
        assert_int_equal(data.word, 0x0200);
        memcpy(data.block, "\5hello.", 7);
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0x85, I2C_SMBUS_BLOCK_DATA, &data), 0);
        memset(data.block, 0xEE, sizeof data.block);
        assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x85, I2C_SMBUS_BLOCK_DATA, &data), 0);
        assert_memory_equal(data.block, "\5hello\0\0", 8);
        memcpy(data.block, "\3abcd", 5);
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0xC1, I2C_SMBUS_BLOCK_PROC_CALL, &data), 0);
        assert_memory_equal(data.block, "\3cbad", 5);
        assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0xC4, I2C_SMBUS_BLOCK_DATA, &data), 0);
        assert_int_equal(data.block[0], 0);
        assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0xD7, I2C_SMBUS_BYTE, NULL), 0);
        assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data), 0);
        assert_int_equal(data.byte, 0xD7);
    }
    assert_int_equal(read_register(fd, 0x3F), bad);
    assert_in_range(read_register(fd, 0x3E), 4, 255); /* byte, word, block, command */
    close(fd);
}

static void test_i2c_blocks(void **state)
{
    int fd = open_at(MEMORY);
    (void)state;
    ioctl(fd, I2C_PEC, 1); /* PEC has no effect on these */
    union i2c_smbus_data data;
    data.block[0] = 32;
    for (unsigned i = 1; i <= 32; i++)
        data.block[i] = (uint8_t)(i * 3);
    assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0x40, I2C_SMBUS_I2C_BLOCK_BROKEN, &data), 0);
    memset(data.block, 0xEE, sizeof data.block);
    data.block[0] = 2;
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x41, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    assert_memory_equal(data.block, "\2\6\x9\xEE", 4);
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x40, I2C_SMBUS_I2C_BLOCK_BROKEN, &data), 0);
    assert_int_equal(data.block[0], 32);
    assert_int_equal(data.block[32], 96);
    data.block[0] = 33;
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x40, I2C_SMBUS_I2C_BLOCK_DATA, &data), -EINVAL);
    close(fd);
}

static int rdwr(int fd, struct i2c_msg *messages, uint32_t count)
{
    int result = ioctl(fd, I2C_RDWR, &(struct i2c_rdwr_ioctl_data){messages, count});
    return result < 0 ? -errno : result;
}

static void test_rdwr(void **state)
{
    int fd = open(node, O_RDWR);
    static uint8_t large[8193], pointer[1], got[8192];
    uint8_t block[256] = {2}; /* count and PEC */
    struct i2c_msg write_block[] = {{COMMANDS, 0, 7, (uint8_t *)"\x90\5world"}};
    struct i2c_msg read_block[] = {{COMMANDS, 0, 1, (uint8_t *)"\x90"},
                                   {COMMANDS, I2C_M_RD | I2C_M_RECV_LEN, sizeof block, block}};
    struct i2c_msg fill[] = {{MEMORY, 0, 257, large}};
    struct i2c_msg long_read[] = {{MEMORY, 0, 1, pointer}, {MEMORY, I2C_M_RD, 8192, got}};
    (void)state;
    assert_int_equal(rdwr(fd, write_block, 1), 1);
    assert_int_equal(rdwr(fd, read_block, 2), 2);
    assert_memory_equal(block, "\5world", 6);
    assert_int_not_equal(block[6], 0); /* the PEC */
    for (unsigned i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i * 7 + 1);
    large[0] = 0;
    assert_int_equal(rdwr(fd, fill, 1), 1);
    assert_int_equal(rdwr(fd, long_read, 2), 2);
    for (unsigned i = 0; i < sizeof got; i++)
        assert_int_equal(got[i], large[1 + i % 256]);
    fill[0].len = 8193;
    assert_int_equal(rdwr(fd, fill, 1), -EINVAL);
    assert_int_equal(rdwr(fd, fill, 0), -EINVAL);
    assert_int_equal(rdwr(fd, fill, 43), -EINVAL);
    fill[0].len = 1;
    fill[0].flags = I2C_M_TEN;
    assert_int_equal(rdwr(fd, fill, 1), -EAFNOSUPPORT);
    close(fd);
}

static void test_rdwr_42_messages(void **state)
{
    int fd = open(node, O_RDWR);
    (void)state;
    struct i2c_msg messages[42];
    uint8_t bytes[42][2];
    for (unsigned i = 0; i < 42; i += 2) {
        bytes[i][0] = (uint8_t)i;
        bytes[i][1] = (uint8_t)(0x80 + i);
        messages[i] = (struct i2c_msg){MEMORY, 0, 2, bytes[i]};
        bytes[i + 1][0] = (uint8_t)i;
        messages[i + 1] = (struct i2c_msg){MEMORY, 0, 1, bytes[i + 1]};
    }
    assert_int_equal(rdwr(fd, messages, 42), 42);
    uint8_t got[42];
    for (unsigned i = 0; i < 42; i += 2) {
        messages[i] = (struct i2c_msg){MEMORY, 0, 1, bytes[i]};
        messages[i + 1] = (struct i2c_msg){MEMORY, I2C_M_RD, 1, got + i};
    }
    assert_int_equal(rdwr(fd, messages, 42), 42);
    for (unsigned i = 0; i < 42; i += 2)
        assert_int_equal(got[i], 0x80 + i);
    close(fd);
}

static void test_timeout(void **state)
{
    int fd = open_at(SILENT);
    double begin = seconds(), took;
    (void)state;
    assert_int_equal(ioctl(fd, I2C_TIMEOUT, 110), 0); /* longer than the initial value */
    assert_int_equal(read_register(fd, 0), -ETIMEDOUT);
    took = seconds() - begin;
    assert_in_range((int)(took * 1000), 1100, 10000);
    assert_int_equal(ioctl(fd, I2C_TIMEOUT, 100), 0);
    expect_works(fd);
    close(fd);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

/* Signals do not interrupt a transfer.  They wait, and are delivered once. */
static void test_signals(void **state)
{
    struct sigaction action = {.sa_handler = count_signal};
    struct itimerval timer = {{0, 5000}, {0, 5000}}, off = {{0, 0}, {0, 0}};
    int fd = open_at(SILENT);
    (void)state;
    sigaction(SIGALRM, &action, NULL);
    signals = 0;
    ioctl(fd, I2C_TIMEOUT, 10);
    setitimer(ITIMER_REAL, &timer, NULL);
    assert_int_equal(read_register(fd, 0), -ETIMEDOUT);
    setitimer(ITIMER_REAL, &off, NULL);
    assert_int_not_equal(signals, 0);
    ioctl(fd, I2C_TIMEOUT, 100);
    close(fd);
}

/* read() and write() */

ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);

static void test_read_and_write(void **state)
{
    int fd = open_at(MEMORY);
    static uint8_t bytes[9000], got[9000];
    struct iovec parts[] = {{(char[]){0x30, 0x11}, 2}, {(char[]){0x40, 0x22, 0x33}, 3}};
    volatile size_t count = sizeof got;
    (void)state;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i + 0x30);
    assert_int_equal(write(fd, bytes, sizeof bytes), 8192);
    assert_int_equal(read(fd, got, count), 8192);
    assert_int_equal(write(fd, bytes, 0), 0);
    assert_int_equal(writev(fd, parts, 2), 5); /* two messages */
    assert_int_equal(write(fd, "\x40", 1), 1);
    assert_int_equal(readv(fd, (struct iovec[]){{got, 1}, {got + 1, 2}}, 2), 3);
    assert_int_equal(got[0], 0x22);
    assert_int_equal(got[1], 0x33);
    assert_int_equal(write(fd, "\x30", 1), 1);
    assert_int_equal(pread(fd, got, 1, 1000), 1); /* the position is ignored */
    assert_int_equal(got[0], 0x11);
    assert_int_equal(__pread_chk(fd, got, 1, 0, sizeof got), 1);
    assert_int_equal(__pread64_chk(fd, got, 1, 0, sizeof got), 1);
    assert_int_equal(pwrite(fd, "\x30\x77", 2, 5), 2);
    assert_int_equal(pwritev(fd, (struct iovec[]){{(char[]){0x30}, 1}}, 1, 5), 1);
    assert_int_equal(preadv(fd, (struct iovec[]){{got, 1}}, 1, 5), 1);
    assert_int_equal(got[0], 0x77);
    assert_int_equal(pread(fd, got, 1, -1), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(lseek(fd, 0, SEEK_SET), -1);
    assert_int_equal(errno, ESPIPE);
    assert_true(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
    assert_int_equal(errno, ENODEV);
    close(fd);
}

/* Waiting. */

static void test_poll(void **state)
{
    int fd = open(node, O_RDWR), ends[2];
    struct pollfd fds[40] = {{0}};
    struct timespec timeout = {10, 0};
    volatile nfds_t count = 40; /* more than the shim keeps on its stack */
    (void)state;
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 40; i++)
        fds[i] = (struct pollfd){-1, POLLIN, 0};
    fds[0] = (struct pollfd){fd, POLLIN | POLLOUT, 0};
    fds[1] = (struct pollfd){ends[0], POLLIN, 0};
    assert_int_equal(poll(fds, 2, -1), 1);
    assert_int_equal(fds[0].revents, POLLIN | POLLOUT);
    assert_int_equal(fds[1].revents, 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(ppoll(fds, count, &timeout, NULL), 2);
    assert_int_equal(fds[1].revents, POLLIN);
    fds[0].events = POLLPRI;
    fds[1].fd = -1;
    assert_int_equal(poll(fds, count, 20), 0);
    assert_int_equal(fds[0].revents, 0);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static void test_select(void **state)
{
    int fd = open(node, O_RDWR), ends[2];
    fd_set reads, writes, exceptions;
    struct timeval timeout = {10, 0};
    struct timespec precise = {10, 0};

    (void)state;
    assert_int_equal(pipe(ends), 0);
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_ZERO(&exceptions);
    FD_SET(fd, &reads);
    FD_SET(fd, &writes);
    FD_SET(fd, &exceptions);
    FD_SET(ends[0], &reads);
    assert_int_equal(select(ends[1] + 1, &reads, &writes, &exceptions, &timeout), 2);
    assert_true(FD_ISSET(fd, &reads) && FD_ISSET(fd, &writes) && !FD_ISSET(fd, &exceptions));
    assert_false(FD_ISSET(ends[0], &reads));
    assert_int_equal(pselect(fd + 1, &reads, NULL, NULL, &precise, NULL), 1);
    assert_true(FD_ISSET(fd, &reads));
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static void test_epoll(void **state)
{
    int fd = open(node, O_RDWR), epoll = epoll_create1(0);
    (void)state;
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN}),
                     -1);
    assert_int_equal(errno, EPERM);
    close(epoll);
    close(fd);
}

/* What the file is. */

int __xstat(int version, const char *path, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
int __fxstat(int version, int fd, struct stat *status);
int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags);
/* The same on machines where struct stat64 is struct stat. */
int __xstat64(int version, const char *path, struct stat *status);
int __lxstat64(int version, const char *path, struct stat *status);
int __fxstat64(int version, int fd, struct stat *status);
int __fxstatat64(int version, int directory, const char *path, struct stat *status, int flags);

#if defined(__x86_64__)
enum { STAT_VERSION = 1 };
#else
enum { STAT_VERSION = 0 };
#endif

static ino_t expect_node(int result, const struct stat *status)
{
    assert_int_equal(result, 0);
    assert_true(S_ISCHR(status->st_mode));
    assert_int_equal(major(status->st_rdev), 89);
    assert_int_equal(minor(status->st_rdev), 1);
    assert_int_equal(status->st_uid, geteuid());
    return status->st_ino;
}

static void test_stat(void **state)
{
    int fd = open(node, O_RDWR), dev = open("/dev", O_RDONLY);
    struct stat status;
    ino_t inode = expect_node(stat(node, &status), &status);
    (void)state;
    assert_int_equal(expect_node(lstat(node, &status), &status), inode);
    assert_int_equal(expect_node(fstat(fd, &status), &status), inode);
    assert_int_equal(expect_node(fstatat(dev, "i2c-1", &status, 0), &status), inode);
    assert_int_equal(expect_node(fstatat(fd, "", &status, AT_EMPTY_PATH), &status), inode);
    assert_int_equal(expect_node(__xstat(STAT_VERSION, node, &status), &status), inode);
    assert_int_equal(expect_node(__lxstat(STAT_VERSION, node, &status), &status), inode);
    assert_int_equal(expect_node(__fxstat(STAT_VERSION, fd, &status), &status), inode);
    assert_int_equal(expect_node(__fxstatat(STAT_VERSION, dev, "i2c-1", &status, 0), &status),
                     inode);
    assert_int_equal(expect_node(__xstat64(STAT_VERSION, node, &status), &status), inode);
    assert_int_equal(expect_node(__lxstat64(STAT_VERSION, node, &status), &status), inode);
    assert_int_equal(expect_node(__fxstat64(STAT_VERSION, fd, &status), &status), inode);
    assert_int_equal(expect_node(__fxstatat64(STAT_VERSION, dev, "i2c-1", &status, 0), &status),
                     inode);
    assert_int_equal(stat("/dev/i2c-77", &status), -1);
    assert_int_equal(errno, ENOENT);
    close(dev);
    close(fd);
}

static void test_statx(void **state)
{
    int fd = open(node, O_RDWR);
    (void)state;
    struct statx status;
    assert_int_equal(statx(AT_FDCWD, node, 0, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISCHR(status.stx_mode));
    assert_int_equal(status.stx_rdev_major, 89);
    assert_int_equal(status.stx_rdev_minor, 1);
    memset(&status, 0, sizeof status);
    assert_int_equal(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISCHR(status.stx_mode));
    close(fd);
}

static void test_access(void **state)
{
    (void)state;
    assert_int_equal(access(node, F_OK), 0);
    assert_int_equal(access(node, R_OK | W_OK), 0);
    assert_int_equal(access(node, X_OK), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(euidaccess(node, R_OK), 0);
    assert_int_equal(eaccess(node, R_OK), 0);
    assert_int_equal(faccessat(AT_FDCWD, node, R_OK, 0), 0);
    assert_int_equal(access("/dev/i2c-77", F_OK), -1);
    assert_int_equal(errno, ENOENT);
    char resolved[PATH_MAX];
    assert_string_equal(realpath("/dev/../dev/i2c-1", resolved), node);
    char *allocated = realpath(node, NULL);
    assert_string_equal(allocated, node);
    free(allocated);
    allocated = canonicalize_file_name(node);
    assert_string_equal(allocated, node);
    free(allocated);
}

ssize_t __readlink_chk(const char *path, char *buffer, size_t count, size_t size);
ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t count, size_t size);

static void expect_no_link(ssize_t result)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, EINVAL);
    errno = 0;
}

static void test_readlink(void **state)
{
    (void)state;
    char target[64];
    expect_no_link(readlink(node, target, sizeof target));
    expect_no_link(readlinkat(AT_FDCWD, node, target, sizeof target));
    expect_no_link(__readlink_chk(node, target, sizeof target, sizeof target));
    expect_no_link(__readlinkat_chk(AT_FDCWD, node, target, sizeof target, sizeof target));
    expect_no_link(readlink("/sys/class/i2c-dev/i2c-1", target, sizeof target));
    assert_int_equal(readlink("/dev/i2c-77", target, sizeof target), -1);
    assert_int_equal(errno, ENOENT);
}

static void expect_unsupported(ssize_t result)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, EOPNOTSUPP);
    errno = 0;
}

/* `ls -l` reads these. */
static void test_extended_attributes(void **state)
{
    (void)state;
    char value[64];
    expect_unsupported(getxattr(node, "user.x", value, sizeof value));
    expect_unsupported(lgetxattr(node, "user.x", value, sizeof value));
    expect_unsupported(listxattr(node, value, sizeof value));
    expect_unsupported(llistxattr(node, value, sizeof value));
    assert_int_equal(getxattr("/dev/i2c-77", "user.x", value, sizeof value), -1);
    assert_int_equal(errno, ENOENT);
}

/* How often a name appears in the directory. */
static int listed(DIR *directory, const char *name)
{
    int count = 0;
    assert_non_null(directory);
    errno = 0;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        count += strcmp(entry->d_name, name) == 0;
    assert_int_equal(errno, 0);
    return count;
}

static void test_listings(void **state)
{
    static const char *const names[] = {"/dev", "/dev/", "/sys/class/i2c-dev",
                                        "/sys/bus/i2c/devices"};
    (void)state;
    DIR *directory;
    for (size_t i = 0; i < 4; i++) {
        directory = opendir(names[i]);
        assert_int_equal(listed(directory, "i2c-1"), 1);
        rewinddir(directory);
        assert_int_equal(listed(directory, "i2c-1"), 1);
        rewinddir(directory);
        assert_int_equal(listed(directory, "i2c-2"), 0);
        closedir(directory);
    }
    directory = fdopendir(open("/dev", O_RDONLY | O_DIRECTORY));
    assert_int_equal(listed(directory, "i2c-1"), 1);
    closedir(directory);
    directory = opendir("/dev");
    assert_int_equal(listed(directory, "null"), 1);
    closedir(directory);
    /* The next directory most likely gets the same address. */
    closedir(opendir("/dev"));
    directory = opendir("/");
    assert_int_equal(listed(directory, "i2c-1"), 0);
    closedir(directory);
}

static void test_sysfs(void **state)
{
    char text[64] = "";
    FILE *file = fopen("/sys/class/i2c-dev/i2c-1/name", "r");
    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "i2ctarget bus 1\n");
    fclose(file);
    int fd = open("/sys/bus/i2c/devices/i2c-1/name", O_RDONLY);
    assert_int_equal(read(fd, text, 15), 15);
    close(fd);
    fd = open("/sys/class/i2c-dev/i2c-1/dev", O_RDONLY);
    assert_int_equal(read(fd, text, 5), 5);
    assert_memory_equal(text, "89:1\n", 5);
    close(fd);
    assert_int_equal(access("/sys/class/i2c-dev/i2c-1/device/name", R_OK), 0);
}

/* Streams. */

static void test_streams(void **state)
{
    FILE *stream = fopen(node, "r+");
    (void)state;
    assert_non_null(stream);
    int fd = fileno(stream);
    assert_in_range(fd, 3, INT_MAX);
    assert_int_equal(fileno_unlocked(stream), fd);
    assert_int_equal(ioctl(fd, I2C_SLAVE, MEMORY), 0);
    setvbuf(stream, NULL, _IONBF, 0);
    assert_int_equal(fwrite("\x60pqr", 1, 4, stream), 4);
    assert_int_equal(fwrite("\x61", 1, 1, stream), 1);
    assert_int_equal(fgetc(stream), 'q');
    assert_int_equal(ferror(stream), 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, NOBODY), 0);
    assert_int_equal(fputc('x', stream), EOF);
    assert_int_equal(errno, ENXIO);
    fclose(stream);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    stream = fdopen(open_at(MEMORY), "w");
    assert_int_equal(fputs("\x62x", stream), 1);
    assert_int_equal(fclose(stream), 0);
    stream = fdopen(open_at(MEMORY), "r");
    assert_int_not_equal(fgetc(stream), EOF);
    assert_int_equal(fclose(stream), 0);
    fd = open_at(MEMORY);
    assert_int_equal(read_register(fd, 0x62), 'x');
    close(fd);
    assert_null(fopen(node, "?"));
    assert_int_equal(errno, EINVAL);
}

/* Processes. */

static void reap(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Two processes use one open file, and each gets its own answers. */
static int hammer(int fd, uint8_t from)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t number = (uint8_t)(from + i % 16), value = (uint8_t)(i * 13 + from);

        if (write_register(fd, number, value) != 0 || read_register(fd, number) != value)
            return 1;
    }
    return 0;
}

static void test_fork_hammers_one_file(void **state)
{
    int fd = open_at(MEMORY);
    (void)state;
    /* The parent has a connection that the child must not use. */
    assert_in_range(read_register(fd, 0), 0, 255);
    pid_t child = fork();
    if (child == 0)
        _exit(hammer(fd, 0x80));
    assert_int_equal(hammer(fd, 0xA0), 0);
    reap(child);
    close(fd);
}

static void *hammer_in_thread(void *argument)
{
    static atomic_int next;
    int number = next++;

    return (void *)(intptr_t)hammer((int)(intptr_t)argument, (uint8_t)(0x80 + 0x10 * number));
}

static void test_threads_hammer_one_file(void **state)
{
    int fd = open_at(MEMORY);
    pthread_t threads[4];
    void *result;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer_in_thread, (void *)(intptr_t)fd),
                         0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    close(fd);
}

/*
 * stdio writes to descriptors without the wrappers.  A later request must still be executed later.
 */
static void *print_in_thread(void *argument)
{
    int fd = (int)(intptr_t)argument, wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        wrong += dprintf(fd, "\x50%s%c", "ab", 'A' + i % 26) != 4;
        wrong += read_register(fd, 0x52) != 'A' + i % 26;
    }
    return (void *)(intptr_t)wrong;
}

/* Several of them, while the first one is still on the bus. */
static void test_dprintfs_come_first(void **state)
{
    int fd = open_at(MEMORY);
    (void)state;
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 5; k++)
            assert_int_equal(dprintf(fd, "\x53%c", 'a' + k), 2);
        assert_int_equal(dprintf(fd, "\x53%c", 'A' + i % 26), 2);
        assert_int_equal(read_register(fd, 0x53), 'A' + i % 26);
    }
    close(fd);
}

static void test_dprintf_is_in_order(void **state)
{
    int fd = open_at(MEMORY);
    pthread_t printing, hammering;
    void *wrong, *result;

    (void)state;
    assert_int_equal(pthread_create(&hammering, NULL, hammer_in_thread, (void *)(intptr_t)fd), 0);
    assert_int_equal(pthread_create(&printing, NULL, print_in_thread, (void *)(intptr_t)fd), 0);
    pthread_join(printing, &wrong);
    pthread_join(hammering, &result);
    assert_null(wrong);
    assert_null(result);
    close(fd);
}

static void test_state_crosses_fork(void **state)
{
    int fd = open_at(NOBODY);
    pid_t child = fork();
    (void)state;
    if (child == 0)
        _exit(ioctl(fd, I2C_SLAVE, MEMORY));
    reap(child);
    assert_int_equal(write(fd, "", 1), 1);
    close(fd);
}

/* The child is this program with "--child FD". */
static char **child_arguments(int fd)
{
    static char number[16];
    static char *arguments[4];
    snprintf(number, sizeof number, "%d", fd);
    arguments[0] = (char *)(uintptr_t)own_path;
    arguments[1] = (char *)(uintptr_t) "--child";
    arguments[2] = number;
    return arguments;
}

static int run_as_child(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode))
        return 1;
    return read_register(fd, 0x70) == 0x5A ? 0 : 2;
}

static void test_state_crosses_exec(void **state)
{
    int fd = open_at(MEMORY), closed = open(node, O_RDWR | O_CLOEXEC);
    extern char **environ;
    char **arguments = child_arguments(fd);
    pid_t child;

    (void)state;
    assert_int_equal(write_register(fd, 0x70, 0x5A), 0);
    child = fork();
    if (child == 0)
        _exit(execv(own_path, arguments));
    reap(child);
    child = vfork();
    if (child == 0) {
        close(closed);
        dup2(2, closed);
        _exit(execv(own_path, arguments));
    }
    reap(child);
    expect_works(closed); /* a file that a child of vfork() closes is still open here */
    assert_int_equal(posix_spawn(&child, own_path, NULL, NULL, arguments, environ), 0);
    reap(child);
    close(closed);
    close(fd);
}

static void test_sent_over_a_socket(void **state)
{
    int fd = open_at(MEMORY), pair[2], got;
    char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    assert_int_equal(sendmsg(pair[0], &message, 0), 1);
    assert_int_equal(recvmsg(pair[1], &message, 0), 1);
    memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
    close(fd);
    expect_works(got);
    close(got);
    close(pair[0]);
    close(pair[1]);
}

/* All other files work as usual. */

static void test_ordinary_files(void **state)
{
    char name[] = "/tmp/probe.i2c-1.XXXXXX", text[8] = "", link_name[64], target[64];
    int fd = mkstemp(name), copy;
    (void)state;
    assert_int_equal(fd < 0 ? errno : 0, 0);
    assert_int_equal(write(fd, "hello", 5), 5);
    assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
    assert_int_equal(read(fd, text, 8), 4);
    assert_string_equal(text, "ello");
    assert_int_equal(pread(fd, text, 2, 0), 2);
    assert_memory_equal(text, "he", 2);
    struct stat by_name;
    assert_int_equal(stat(name, &by_name), 0);
    struct stat by_fd;
    assert_int_equal(fstat(fd, &by_fd), 0);
    assert_true(S_ISREG(by_fd.st_mode) && by_fd.st_ino == by_name.st_ino && by_fd.st_size == 5);
    copy = dup(fd);
    assert_int_equal(lseek(copy, 0, SEEK_CUR), 5);
    close(copy);
    assert_int_equal(ioctl(fd, I2C_SLAVE, 0x20), -1);
    assert_int_equal(errno, ENOTTY);
    snprintf(link_name, sizeof link_name, "%s.link", name);
    assert_int_equal(symlink(name, link_name), 0);
    assert_int_equal(readlink(link_name, target, sizeof target), strlen(name));
    unlink(link_name);
    unlink(name);
    close(fd);
}

static void test_file_of_the_same_name_elsewhere(void **state)
{
    char directory[] = "/tmp/probe.XXXXXX", name[32], text[8] = "";
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(name, sizeof name, "%s/i2c-1", directory);
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    assert_int_equal(fd < 0 ? errno : 0, 0);
    assert_int_equal(write(fd, "mine", 4), 4);
    assert_int_equal(pread(fd, text, 8, 0), 4);
    assert_string_equal(text, "mine");
    assert_int_equal(ioctl(fd, I2C_FUNCS, text), -1);
    close(fd);
    unlink(name);
    rmdir(directory);
}

static void test_ordinary_waiting(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pollfd one = (struct pollfd){ends[0], POLLIN, 0};
    double begin = seconds();
    assert_int_equal(poll(&one, 1, 30), 0);
    assert_in_range((int)((seconds() - begin) * 1000), 30, INT_MAX);
    close(ends[0]);
    close(ends[1]);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_open),
        cmocka_unit_test(test_access_modes),
        cmocka_unit_test(test_no_open),
        cmocka_unit_test(test_errno_stays_on_success),
        cmocka_unit_test(test_state_is_per_open_file),
        cmocka_unit_test(test_copies_share_state),
        cmocka_unit_test(test_descriptor_taken_over),
        cmocka_unit_test(test_functionality),
        cmocka_unit_test(test_wrong_ioctls),
        cmocka_unit_test(test_errors_from_the_bus),
        cmocka_unit_test(test_smbus),
        cmocka_unit_test(test_i2c_blocks),
        cmocka_unit_test(test_rdwr),
        cmocka_unit_test(test_rdwr_42_messages),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_poll),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_epoll),
        cmocka_unit_test(test_stat),
        cmocka_unit_test(test_statx),
        cmocka_unit_test(test_access),
        cmocka_unit_test(test_readlink),
        cmocka_unit_test(test_extended_attributes),
        cmocka_unit_test(test_listings),
        cmocka_unit_test(test_sysfs),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_fork_hammers_one_file),
        cmocka_unit_test(test_threads_hammer_one_file),
        cmocka_unit_test(test_dprintfs_come_first),
        cmocka_unit_test(test_dprintf_is_in_order),
        cmocka_unit_test(test_state_crosses_fork),
        cmocka_unit_test(test_state_crosses_exec),
        cmocka_unit_test(test_sent_over_a_socket),
        cmocka_unit_test(test_ordinary_files),
        cmocka_unit_test(test_file_of_the_same_name_elsewhere),
        cmocka_unit_test(test_ordinary_waiting),
    };
    own_path = argv[0];
    if (argc == 3 && strcmp(argv[1], "--child") == 0)
        return run_as_child(atoi(argv[2]));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
