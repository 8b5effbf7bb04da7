/* SPDX-License-Identifier: MIT */
/*
 * A program that makes its system calls itself, as Go's programs do: what `i2ctarget exec` serves by
 * supervision.  It is built three times: dynamic, with the section by which a program of Go's
 * compiler is recognised; static; and static with 32 bits.
 *
 *     raw get ADDRESS REGISTER    prints one register of a RAM (SMBus byte data)
 *     raw corners ADDRESS         checks what i2c-contract does not: names, numbers, other files
 *     raw many COUNT ADDRESS      opens and closes that many files while one stays open
 *     raw wait ADDRESS            says "open", reads a line, then says what both reads gave; its stdout is
 *                                 a socket, because send() is a call that no supervisor sees
 *     raw stall ADDRESS           says so, then reads from a target that holds SCL, for a minute
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define NODE "/dev/i2c-1"

#ifdef IS_FROM_GO
__attribute__((section(".gopclntab"), used)) static const char table_of_functions[] =
    "as Go has it";
#endif

static int failures;

/* A result: what the call returned, or -errno. */
#define CALL(...) outcome(syscall(__VA_ARGS__))
#define EXPECT(got, wanted) expect(__LINE__, #got, (long)(got), (long)(wanted))

static long outcome(long result)
{
    return result < 0 ? -errno : result;
}

static void expect(int line, const char *what, long got, long wanted)
{
    if (got == wanted)
        return;
    printf("line %d: %s is %ld, wanted %ld\n", line, what, got, wanted);
    failures++;
}

static int open_node(int flags)
{
    return (int)CALL(SYS_openat, AT_FDCWD, NODE, flags, 0);
}

static int open_at(unsigned long address)
{
    int fd = open_node(O_RDWR);
    if (fd < 0)
        return fd;
    long result = CALL(SYS_ioctl, fd, I2C_SLAVE, address);
    return result < 0 ? (int)result : fd;
}

/* The byte, or -errno. */
static long get(int fd, uint8_t number)
{
    union i2c_smbus_data data = {0};
    struct i2c_smbus_ioctl_data call = {I2C_SMBUS_READ, number, I2C_SMBUS_BYTE_DATA, &data};
    long result = CALL(SYS_ioctl, fd, I2C_SMBUS, &call);
    return result < 0 ? result : data.byte;
}

/* ---- names ----------------------------------------------------------------------------------- */

static void expect_opens(int directory, const char *path, long error)
{
    long fd = CALL(SYS_openat, directory, path, O_RDWR, 0);
    unsigned long bits;
    if (error != 0) {
        EXPECT(fd, error);
        return;
    }
    EXPECT(fd < 0 ? fd : 0, 0);
    EXPECT(CALL(SYS_ioctl, fd, I2C_FUNCS, &bits), 0);
    CALL(SYS_close, fd);
}

static void names(void)
{
    long dev = CALL(SYS_openat, AT_FDCWD, "/dev", O_RDONLY | O_DIRECTORY, 0);
    long tmp = CALL(SYS_openat, AT_FDCWD, "/tmp", O_RDONLY | O_DIRECTORY, 0);
    expect_opens(AT_FDCWD, "/dev/i2c-1", 0);
    expect_opens(AT_FDCWD, "/dev/../dev/i2c-1", 0);
    expect_opens((int)dev, "i2c-1", 0);
    expect_opens((int)tmp, "../dev/i2c-1", 0);
    expect_opens((int)tmp, "i2c-1", -ENOENT);
    expect_opens(AT_FDCWD, "/dev/i2c-99", -ENOENT);
    expect_opens(AT_FDCWD, "/dev/i2c-01", -ENOENT);
    expect_opens(AT_FDCWD, "", -ENOENT);
    EXPECT(CALL(SYS_openat, AT_FDCWD, (char *)16, O_RDONLY, 0), -EFAULT);
    EXPECT(chdir("/dev"), 0);
    expect_opens(AT_FDCWD, "i2c-1", 0);
    EXPECT(chdir("/"), 0);
    expect_opens(AT_FDCWD, "i2c-1", -ENOENT);
    CALL(SYS_close, dev);
    CALL(SYS_close, tmp);
}

/* The last byte of the name is the last byte of readable memory. */
static void name_at_the_end_of_memory(void)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *name = pages + 4096 - sizeof NODE;
    munmap(pages + 4096, 4096);
    memcpy(name, NODE, sizeof NODE);
    expect_opens(AT_FDCWD, name, 0);
    name[sizeof NODE - 1] = 'x'; /* no NUL */
    expect_opens(AT_FDCWD, name, -EFAULT);
}

static void opening(void)
{
    struct open_how how = {.flags = O_RDWR | O_CLOEXEC};
    int lowest = dup(0);
    close(lowest);
    EXPECT(open_node(O_RDWR), lowest);
    EXPECT(fcntl(lowest, F_GETFD), 0);
    close(lowest);
    EXPECT(CALL(SYS_openat2, AT_FDCWD, NODE, &how, sizeof how), lowest);
    EXPECT(fcntl(lowest, F_GETFD), FD_CLOEXEC);
    EXPECT(open_node(O_RDWR | O_CREAT), lowest + 1);
    EXPECT(open_node(O_RDWR | O_CREAT | O_EXCL), -EEXIST);
    EXPECT(open_node(O_RDONLY | O_DIRECTORY), -ENOTDIR);
    struct rlimit before, few = {(rlim_t)lowest + 2, 0};
    getrlimit(RLIMIT_NOFILE, &before);
    few.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    EXPECT(open_node(O_RDWR), -EMFILE);
    setrlimit(RLIMIT_NOFILE, &before);
    close(lowest);
    close(lowest + 1);
}

/* The calls that a C library for 32 bits does not make any more. */
static void expect_status_of_its_abi(int fd)
{
#ifdef SYS_fstat64
    struct stat64 named, opened;
    EXPECT(CALL(SYS_stat64, NODE, &named), 0);
    EXPECT(CALL(SYS_fstat64, fd, &opened), 0);
#else
    struct stat named, opened;
    EXPECT(CALL(SYS_stat, NODE, &named), 0);
    EXPECT(CALL(SYS_fstat, fd, &opened), 0);
#endif
    EXPECT(S_ISCHR(named.st_mode) && S_ISCHR(opened.st_mode), 1);
    EXPECT(named.st_rdev, makedev(89, 1));
    EXPECT(opened.st_rdev, makedev(89, 1));
    EXPECT(named.st_uid, geteuid());
    EXPECT(named.st_size, 0);
    EXPECT(named.st_mtim.tv_sec > 1000000000, 1);
}

static void status(void)
{
    int fd = open_node(O_RDWR);
    struct stat named, opened;
    struct statx extended;
    char text[16];
    EXPECT(stat(NODE, &named), 0);
    EXPECT(fstat(fd, &opened), 0);
    EXPECT(S_ISCHR(named.st_mode), 1);
    EXPECT(S_ISCHR(opened.st_mode), 1);
    EXPECT(named.st_rdev, makedev(89, 1));
    EXPECT(opened.st_rdev, makedev(89, 1));
    EXPECT(named.st_uid, geteuid());
    EXPECT(CALL(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &extended), 0);
    EXPECT(S_ISCHR(extended.stx_mode), 1);
    EXPECT(extended.stx_rdev_major, 89);
    EXPECT(lstat("/dev/i2c-99", &named) < 0 ? errno : 0, ENOENT);
    EXPECT(CALL(SYS_statx, AT_FDCWD, NODE, 0, STATX_BASIC_STATS, (void *)16), -EFAULT);
    EXPECT(CALL(SYS_faccessat, AT_FDCWD, NODE, R_OK | W_OK), 0);
    EXPECT(CALL(SYS_faccessat, AT_FDCWD, NODE, X_OK), -EACCES);
    EXPECT(CALL(SYS_readlinkat, AT_FDCWD, NODE, text, sizeof text), -EINVAL);
    EXPECT(CALL(SYS_getxattr, NODE, "user.x", text, sizeof text), -EOPNOTSUPP);
    expect_status_of_its_abi(fd);
    EXPECT(fstat(0, &opened), 0); /* another file's is its own */
    EXPECT(S_ISCHR(opened.st_mode) && major(opened.st_rdev) == 89, 0);
    close(fd);
}

static void bus_in_sysfs(void)
{
    char text[64] = "";
    long fd = CALL(SYS_openat, AT_FDCWD, "/sys/class/i2c-dev/i2c-1/name", O_RDONLY, 0);
    EXPECT(fd < 0 ? fd : 0, 0);
    EXPECT(read((int)fd, text, sizeof text) > 0, 1);
    EXPECT(strcmp(text, "i2ctarget bus 1\n"), 0);
    close((int)fd);
    struct stat status;
    EXPECT(stat("/sys/bus/i2c/devices/i2c-1/device/name", &status), 0);
    EXPECT(S_ISREG(status.st_mode), 1);
    EXPECT(CALL(SYS_faccessat, AT_FDCWD, "/sys/class/i2c-dev/i2c-1", R_OK), 0);
    EXPECT(CALL(SYS_readlinkat, AT_FDCWD, "/sys/class/i2c-dev/i2c-1", text, sizeof text), -EINVAL);
    EXPECT(CALL(SYS_faccessat, AT_FDCWD, "/sys/class/i2c-dev/i2c-1/nothing", R_OK), -ENOENT);
}

static int count_named(DIR *directory, const char *name, int *others)
{
    const struct dirent *entry;
    int count = 0;
    *others = 0;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, name) != 0)
            ++*others;
        else if (entry->d_type == DT_CHR)
            count++;
    }
    return count;
}

static void listing(void)
{
    DIR *dev = opendir("/dev"), *root = opendir("/");
    int others, again;
    EXPECT(count_named(dev, "i2c-1", &others), 1);
    EXPECT(others > 5, 1);
    rewinddir(dev);
    EXPECT(count_named(dev, "i2c-1", &again), 1);
    EXPECT(again, others);
    EXPECT(count_named(root, "i2c-1", &others), 0);
    EXPECT(CALL(SYS_getdents64, dirfd(root), (void *)16, 4096), 0); /* at its end */
    EXPECT(lseek(dirfd(dev), 0, SEEK_SET), 0);
    EXPECT(CALL(SYS_getdents64, dirfd(dev), (void *)16, 4096), -EFAULT);
    EXPECT(lseek(dirfd(dev), 0, SEEK_CUR), 0);
    closedir(dev);
    closedir(root);
}

/* ---- transfers ------------------------------------------------------------------------------- */

static void messages(unsigned long address)
{
    int fd = open_at(address);
    uint8_t one[] = {0x30, 0x51}, two[] = {0x31, 0x52}, empty[1], got[2] = {0};
    struct iovec out[] = {{one, 2}, {empty, 0}, {two, 2}}, in[] = {{got, 1}, {got + 1, 1}};
    EXPECT(outcome(writev(fd, out, 3)), 4);
    EXPECT(get(fd, 0x30), 0x51);
    EXPECT(get(fd, 0x31), 0x52);
    EXPECT(outcome(write(fd, one, 1)), 1);
    EXPECT(outcome(preadv2(fd, in, 2, -1, 0)), 2);
    EXPECT(got[0], 0x51);
    EXPECT(outcome(readv(fd, in, 0)), 0);
    EXPECT(CALL(SYS_readv, fd, in, 1025), -EINVAL);
    EXPECT(CALL(SYS_readv, fd, (void *)16, 1), -EFAULT);
    EXPECT(outcome(pread(fd, got, 1, 77)), 1);
    EXPECT(outcome(pread(fd, got, 1, -2)), -EINVAL);
    EXPECT(outcome(pwrite(fd, one, 1, -2)), -EINVAL);
    close(fd);
    fd = open_node(O_RDONLY);
    EXPECT(outcome(writev(fd, out, 1)), -EBADF);
    close(fd);
    fd = (int)CALL(SYS_creat, NODE, 0600); /* for writing only */
    EXPECT(CALL(SYS_ioctl, fd, I2C_SLAVE, address), 0);
    EXPECT(outcome(write(fd, one, 2)), 2);
    EXPECT(outcome(read(fd, got, 1)), -EBADF);
    close(fd);
}

/* Memory that may only be read is a source of bytes, but no place for them. */
static void protected_memory(unsigned long address)
{
    int fd = open_at(address);
    uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 0x32;
    page[1] = 0x53;
    mprotect(page, 4096, PROT_READ);
    EXPECT(outcome(write(fd, page, 2)), 2);
    EXPECT(get(fd, 0x32), 0x53);
    EXPECT(outcome(read(fd, page, 2)), -EFAULT);
    EXPECT(page[0], 0x32);
    EXPECT(CALL(SYS_ioctl, fd, I2C_FUNCS, page), -EFAULT);
    close(fd);
}

/* What a device does not do, although a socket would. */
static void refusals(void)
{
    int fd = open_node(O_RDWR), ends[2], epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    char parameters[256] = {0};
    EXPECT(pipe(ends), 0);
    EXPECT(outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)), -EPERM);
    EXPECT(outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event)), 0);
    EXPECT(CALL(SYS_sendfile, ends[1], fd, NULL, 1), -EINVAL);
    EXPECT(CALL(SYS_splice, fd, NULL, ends[1], NULL, 1, 0), -EINVAL);
    EXPECT(CALL(SYS_splice, ends[0], NULL, fd, NULL, 1, 0), -EINVAL);
    EXPECT(CALL(SYS_ioctl, fd, 0x0700, 0), -ENOTTY);
    EXPECT(CALL(SYS_ioctl, ends[0], I2C_SLAVE, 0x20), -ENOTTY);
    EXPECT(CALL(SYS_ioctl, ends[0], SYS_io_uring_setup, 0), -ENOTTY); /* only the number */
    EXPECT(CALL(SYS_io_uring_setup, 1, parameters), -ENOSYS);
    close(epoll);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

/* A descriptor that is no longer the bus's. */
static void numbers_are_used_again(unsigned long address)
{
    int fd = open_at(address), ends[2];
    char byte = 'a';
    EXPECT(pipe(ends), 0);
    EXPECT(dup2(ends[1], 99), 99);
    EXPECT(dup2(fd, 98), 98);
    close(fd);
    EXPECT(get(98, 0x30), 0x51);
    EXPECT(dup2(99, 98), 98);
    EXPECT(outcome(write(98, &byte, 1)), 1);
    byte = 0;
    EXPECT(outcome(read(ends[0], &byte, 1)), 1);
    EXPECT(byte, 'a');
    close(98);
    close(99);
    EXPECT(outcome(read(98, &byte, 1)), -EBADF);
    close(ends[0]);
    close(ends[1]);
}

static void *read_pipe(void *fd)
{
    char byte = 0;
    return read(*(int *)fd, &byte, 1) == 1 && byte == 'z' ? fd : NULL;
}

/* A thread that waits in a call of its own keeps no other thread waiting. */
static void threads(unsigned long address)
{
    int ends[2];
    pthread_t thread;
    void *result = NULL;
    EXPECT(pipe(ends), 0);
    EXPECT(pthread_create(&thread, NULL, read_pipe, &ends[0]), 0);
    int fd = open_at(address);
    EXPECT(get(fd, 0x31), 0x52);
    EXPECT(outcome(write(ends[1], "z", 1)), 1);
    pthread_join(thread, &result);
    EXPECT(result == &ends[0], 1);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static int corners(unsigned long address)
{
    names();
    name_at_the_end_of_memory();
    opening();
    status();
    bus_in_sysfs();
    listing();
    messages(address);
    protected_memory(address);
    refusals();
    numbers_are_used_again(address);
    threads(address);
    printf("%s\n", failures ? "failed" : "ok");
    return failures > 0;
}

/* ---- one by one ------------------------------------------------------------------------------ */

static int many(unsigned long count, unsigned long address)
{
    int stays = open_at(address);
    long before = get(stays, 0x30);
    for (unsigned long i = 0; i < count; i++) {
        int fd = open_node(O_RDWR);

        if (fd < 0)
            return 1;
        close(fd);
    }
    EXPECT(get(stays, 0x30), before);
    int last = open_at(address);
    EXPECT(get(last, 0x30), before);
    puts(failures || before < 0 ? "failed" : "ok");
    return failures > 0;
}

static int print_register(unsigned long address, unsigned long number)
{
    int fd = open_at(address);
    long value = fd < 0 ? fd : get(fd, (uint8_t)number);
    if (value < 0)
        printf("%s\n", strerrorname_np((int)-value));
    else
        printf("0x%02lx\n", (unsigned long)value);
    return value < 0;
}

static void say(const char *what, const char *more)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s%s\n", what, more);
    send(STDOUT_FILENO, text, (size_t)length, 0);
}

static const char *name_of(long result)
{
    return result < 0 ? strerrorname_np((int)-result) : "well";
}

static int wait_for_line(unsigned long address)
{
    int fd = open_at(address);
    char line[8];
    say(fd < 0 ? "failed" : "open", "");
    say("line: ", name_of(CALL(SYS_read, 0, line, sizeof line)));
    say("bus: ", name_of(get(fd, 0x30)));
    return 0;
}

static int stall(unsigned long address)
{
    int fd = open_at(address);
    EXPECT(CALL(SYS_ioctl, fd, I2C_TIMEOUT, 6000), 0);
    puts("stalls");
    fflush(stdout);
    return get(fd, 0) != -ETIMEDOUT;
}

static unsigned long number(char **argv, int i)
{
    return argv[i] ? strtoul(argv[i], NULL, 0) : 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (strcmp(what, "get") == 0)
        return print_register(number(argv, 2), number(argv, 3));
    if (strcmp(what, "corners") == 0)
        return corners(number(argv, 2));
    if (strcmp(what, "many") == 0)
        return many(number(argv, 2), number(argv, 3));
    if (strcmp(what, "wait") == 0)
        return wait_for_line(number(argv, 2));
    if (strcmp(what, "stall") == 0)
        return stall(number(argv, 2));
    return 2;
}
