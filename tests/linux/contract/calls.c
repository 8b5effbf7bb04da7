/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "contract.h"

static int result_of(long result)
{
    return result < 0 ? -errno : (int)result;
}

int open_again(struct subject *subject, int flags)
{
    int fd = open(subject->path, flags | O_CLOEXEC);
    if (fd < 0)
        fail("open: errno %d", errno);
    return keep(fd);
}

int address_of(const struct subject *subject, enum part part)
{
    return subject->addresses[part];
}

int open_at(struct subject *subject, int address)
{
    int fd = open_again(subject, O_RDWR);
    expect("I2C_SLAVE", set(fd, I2C_SLAVE, (unsigned long)address), 0);
    return fd;
}

int set(int fd, unsigned long request, unsigned long argument)
{
    return result_of(ioctl(fd, request, argument));
}

int smbus(int fd, char read_write, uint8_t command, int size, union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data arguments = {.read_write = (uint8_t)read_write,
                                             .command = command,
                                             .size = (uint32_t)size,
                                             .data = data};
    return result_of(ioctl(fd, I2C_SMBUS, &arguments));
}

int rdwr(int fd, struct i2c_msg *messages, uint32_t count)
{
    struct i2c_rdwr_ioctl_data arguments = {.msgs = messages, .nmsgs = count};
    return result_of(ioctl(fd, I2C_RDWR, &arguments));
}

int write_bytes(int fd, const void *bytes, size_t size)
{
    return result_of(write(fd, bytes, size));
}

int read_bytes(int fd, void *bytes, size_t size)
{
    return result_of(read(fd, bytes, size));
}

void put_register(int fd, uint8_t number, uint8_t value)
{
    union i2c_smbus_data data = {.byte = value};
    expect("byte data write", smbus(fd, I2C_SMBUS_WRITE, number, I2C_SMBUS_BYTE_DATA, &data), 0);
}

uint8_t get_register(int fd, uint8_t number)
{
    union i2c_smbus_data data = {.byte = 0};
    expect("byte data read", smbus(fd, I2C_SMBUS_READ, number, I2C_SMBUS_BYTE_DATA, &data), 0);
    return data.byte;
}

/* The first page is never mapped (mmap_min_addr). */
void *nowhere(void)
{
    return (void *)(uintptr_t)16;
}

double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
