/* SPDX-License-Identifier: MIT */
/* COUNT SMBus byte-data reads of /dev/i2c-1, address 0x40:  reads COUNT */
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
    long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    union i2c_smbus_data data;
    struct i2c_smbus_ioctl_data arguments = {
        .read_write = I2C_SMBUS_READ, .command = 5, .size = I2C_SMBUS_BYTE_DATA, .data = &data};
    int fd = open("/dev/i2c-1", O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, I2C_SLAVE, 0x40L) < 0) {
        perror("reads: /dev/i2c-1");
        return EXIT_FAILURE;
    }
    for (long i = 0; i < count; i++) {
        if (ioctl(fd, I2C_SMBUS, &arguments) < 0) {
            perror("reads: I2C_SMBUS");
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
