/* SPDX-License-Identifier: MIT */
/*
 * Open files: what belongs to each of them, and how a character device without a position behaves.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract.h"

enum { I2C_MAJOR = 89, MINORS = 1 << 20 };

static void access_modes(struct subject *subject)
{
    int reader = open_again(subject, O_RDONLY), writer = open_again(subject, O_WRONLY);
    char byte = 0;
    expect("write() on a file opened for reading", write_bytes(reader, &byte, 1), -EBADF);
    expect("read() on a file opened for writing", read_bytes(writer, &byte, 1), -EBADF);
    unsigned long bits;
    expect("I2C_FUNCS on a file opened for reading", set(reader, I2C_FUNCS, (unsigned long)&bits),
           0);
}

static bool kernel_has_i2c_dev(void)
{
    FILE *file = fopen("/proc/devices", "r");
    bool found = false;
    char line[64];
    while (file && !found && fgets(line, sizeof line, file))
        found = strcmp(line, " 89 i2c\n") == 0;
    if (file)
        fclose(file);
    return found;
}

/* Makes a node for a number that no adapter has.  Returns the errno of open(). */
static int open_last_minor(void)
{
    char path[] = "/tmp/i2c-contract.XXXXXX", node[sizeof path + 8];
    int error = 0;
    if (!mkdtemp(path))
        not_asked("mkdtemp: %s", strerror(errno));
    snprintf(node, sizeof node, "%s/node", path);
    if (mknod(node, S_IFCHR | 0600, makedev(I2C_MAJOR, MINORS - 1)) < 0)
        error = -errno;
    else if (open(node, O_RDWR) < 0)
        error = errno;
    unlink(node);
    rmdir(path);
    if (error < 0)
        not_asked("mknod: %s", strerror(-error));
    return error;
}

static void missing_minor(struct subject *subject)
{
    if (!kernel_has_i2c_dev())
        not_asked("this kernel has no i2c-dev");
    struct stat status;
    if (stat(subject->path, &status) < 0 || major(status.st_rdev) != I2C_MAJOR)
        not_asked("this node is not i2c-dev's");
    int error = open_last_minor();
    if (error == ENODEV)
        note("ENODEV");
    else
        expect("open()", -error, -ENXIO);
}

static void no_such_node(struct subject *subject)
{
    char path[4096];
    snprintf(path, sizeof path, "%.4000s99", subject->path);
    int error = open(path, O_RDWR) < 0 ? errno : 0;
    if (error != ENOENT && error != ENODEV)
        fail("open(\"%s\"): errno %d, wanted ENOENT or ENODEV", path, error);
}

/* Address 0 is the general call, which no target here has.  Only a quick write is sent there. */
static void address_begins_at_0(struct subject *subject)
{
    int first = smbus(subject->fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL);
    expect("I2C_SLAVE", set(subject->fd, I2C_SLAVE, 0), 0);
    expect("a quick write before and after I2C_SLAVE 0", first,
           smbus(subject->fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL));
}

static void state_is_per_file(struct subject *subject)
{
    int one = open_at(subject, address_of(subject, PART_MEMORY));
    int two = open_at(subject, address_of(subject, PART_NOBODY));
    put_register(one, 0x10, 0x5A);
    union i2c_smbus_data data;
    expect("the other file's call", smbus(two, I2C_SMBUS_READ, 0x10, I2C_SMBUS_BYTE_DATA, &data),
           -subject->address_nack);
    expect("the register", get_register(one, 0x10), 0x5A);
}

static void expect_shares_state(struct subject *subject, int fd, int copy)
{
    if (copy < 0)
        fail("no copy: %s", strerror(errno));
    keep(copy);
    expect("I2C_SLAVE", set(fd, I2C_SLAVE, (unsigned long)address_of(subject, PART_NOBODY)), 0);
    union i2c_smbus_data data;
    expect("the copy's call", smbus(copy, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data),
           -subject->address_nack);
    expect("I2C_SLAVE", set(copy, I2C_SLAVE, (unsigned long)address_of(subject, PART_MEMORY)), 0);
    expect("the call after it", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data), 0);
}

static void dup_shares_state(struct subject *subject)
{
    int fd = subject->fd;
    expect_shares_state(subject, fd, dup(fd));
    expect_shares_state(subject, fd, dup2(fd, 200));
    expect_shares_state(subject, fd, dup3(fd, 201, O_CLOEXEC));
    expect_shares_state(subject, fd, fcntl(fd, F_DUPFD_CLOEXEC, 210));
}

static void in_child(int (*work)(int fd, int argument), int fd, int argument)
{
    pid_t child = fork();
    if (child == 0)
        _exit(work(fd, argument));
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        fail("fork: %s", strerror(errno));
    expect("the child's status", status, 0);
}

static int set_address(int fd, int address)
{
    return set(fd, I2C_SLAVE, (unsigned long)address) != 0;
}

static void fork_shares_state(struct subject *subject)
{
    set(subject->fd, I2C_SLAVE, (unsigned long)address_of(subject, PART_NOBODY));
    in_child(set_address, subject->fd, address_of(subject, PART_MEMORY));
    put_register(subject->fd, 0x11, 0xC3);
    expect("the register", get_register(subject->fd, 0x11), 0xC3);
}

static void no_position(struct subject *subject)
{
    expect("lseek()", lseek(subject->fd, 0, SEEK_SET) < 0 ? -errno : 0, -ESPIPE);
    expect("lseek()", lseek(subject->fd, 0, SEEK_CUR) < 0 ? -errno : 0, -ESPIPE);
}

static void always_ready(struct subject *subject)
{
    struct pollfd one = {.fd = subject->fd, .events = POLLIN | POLLOUT | POLLPRI};
    expect("poll()", poll(&one, 1, 0), 1);
    expect("revents", one.revents, POLLIN | POLLOUT);
}

static void not_mapped(struct subject *subject)
{
    void *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, subject->fd, 0);

    expect("mmap()", at == MAP_FAILED ? -errno : 0, -ENODEV);
}

const struct check checks_files[] = {
    {"O1", "access_modes", 0, 0, access_modes, 0},
    {"O2", "missing_minor", 0, 0, missing_minor, 0},
    {"O2", "no_such_node", 0, 0, no_such_node, 0},
    {"O3", "address_begins_at_0", I2C_FUNC_SMBUS_QUICK, 0, address_begins_at_0, 0},
    {"O4", "state_is_per_file", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY | NOBODY, state_is_per_file, 0},
    {"O5", "dup_shares_state", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY | NOBODY, dup_shares_state, 0},
    {"O5", "fork_shares_state", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY | NOBODY, fork_shares_state, 0},
    {"O6", "no_position", 0, 0, no_position, 0},
    {"O7", "always_ready", 0, 0, always_ready, 0},
    {"O8", "not_mapped", 0, 0, not_mapped, 0},
    {0},
};
