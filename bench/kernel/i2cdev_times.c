/* SPDX-License-Identifier: MIT */
/*
 * i2cdev_times FRONT DEVICE ADDRESS: how long three calls of i2c-dev take, in nanoseconds.
 *
 * The target must be a memory with a pointer (tests/linux/targets/smbus_device.c), or i2c-stub,
 * which has no I2C_RDWR.  There is one row for each call: the front, the call, the median.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../measure.h"

enum { CALLS = 200, LONG_CALLS = 8, LONG_BYTES = 8192, TIMEOUT_UNITS = 1000 };

static int fd;
static uint16_t address;

static int smbus(uint8_t read_write, uint32_t size, union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data call = {
        .read_write = read_write, .command = 0x10, .size = size, .data = data};
    return ioctl(fd, I2C_SMBUS, &call);
}

static int read_byte(void)
{
    union i2c_smbus_data data;
    return smbus(I2C_SMBUS_READ, I2C_SMBUS_BYTE_DATA, &data);
}

static int write_32(void)
{
    union i2c_smbus_data data = {.block = {32, 1, 2, 3}};
    return smbus(I2C_SMBUS_WRITE, I2C_SMBUS_I2C_BLOCK_DATA, &data);
}

static int read_8192(void)
{
    static uint8_t pointer, bytes[LONG_BYTES];
    struct i2c_msg messages[] = {
        {.addr = address, .len = 1, .buf = &pointer},
        {.addr = address, .flags = I2C_M_RD, .len = LONG_BYTES, .buf = bytes}};
    struct i2c_rdwr_ioctl_data call = {.msgs = messages, .nmsgs = 2};
    return ioctl(fd, I2C_RDWR, &call) == 2 ? 0 : -1;
}

static bool row(const char *front, const char *what, int (*call)(void), unsigned calls)
{
    double took_ns[CALLS];

    for (unsigned i = 0; i < calls; i++) {
        uint64_t began_ns = measure_now_ns();
        if (call() < 0) {
            fprintf(stderr, "%s %s: %s\n", front, what, strerror(errno));
            return false;
        }
        took_ns[i] = (double)(measure_now_ns() - began_ns);
    }
    printf("%s %s %.0f\n", front, what, measure_median(took_ns, calls));
    return true;
}

int main(int argc, char **argv)
{
    unsigned long functions;

    if (argc != 4) {
        fprintf(stderr, "usage: i2cdev_times FRONT DEVICE ADDRESS\n");
        return 2;
    }
    address = (uint16_t)strtoul(argv[3], NULL, 0);
    fd = open(argv[2], O_RDWR);
    if (fd < 0 || ioctl(fd, I2C_SLAVE, address) < 0 || ioctl(fd, I2C_FUNCS, &functions) < 0 ||
        ioctl(fd, I2C_TIMEOUT, TIMEOUT_UNITS) < 0) {
        perror(argv[2]);
        return 1;
    }
    bool is_good =
        row(argv[1], "read_byte", read_byte, CALLS) && row(argv[1], "write_32", write_32, CALLS) &&
        (!(functions & I2C_FUNC_I2C) || row(argv[1], "read_8192", read_8192, LONG_CALLS));
    return is_good ? 0 : 1;
}
