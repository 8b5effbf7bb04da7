/* SPDX-License-Identifier: MIT */
/*
 * Requests per second that a target of examples/registers.* serves.  Each register read through the
 * shim is two requests: a write, and a read after a repeated START.
 *
 *     i2ctarget exec --bus N -- bench_requests N COUNT
 */
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "measure.h"
#include "smbus.h"

enum { ADDRESS = 0x40, REGISTER = 5, WARM_UP = 200 };

static void read_register(int fd)
{
    union i2c_smbus_data data;
    smbus_read(fd, REGISTER, I2C_SMBUS_BYTE_DATA, &data);
}

int main(int argc, char **argv)
{
    char path[32];
    if (argc != 3) {
        fprintf(stderr, "usage: bench_requests BUS COUNT\n");
        return 2;
    }
    long count = strtol(argv[2], NULL, 10);
    snprintf(path, sizeof path, "/dev/i2c-%s", argv[1]);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, I2C_SLAVE, ADDRESS) < 0) {
        perror("bench_requests");
        return EXIT_FAILURE;
    }
    for (long i = 0; i < WARM_UP; i++)
        read_register(fd);
    uint64_t began_ns = measure_now_ns();
    for (long i = 0; i < count; i++)
        read_register(fd);
    printf("%.0f\n", 2e9 * (double)count / (double)(measure_now_ns() - began_ns));
    return EXIT_SUCCESS;
}
