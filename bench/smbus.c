/* SPDX-License-Identifier: MIT */
#include "smbus.h"

#include <linux/i2c-dev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

void smbus_read(int fd, uint8_t command, uint32_t size, union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data arguments = {
        .read_write = I2C_SMBUS_READ, .command = command, .size = size, .data = data};
    if (ioctl(fd, I2C_SMBUS, &arguments) < 0) {
        perror("bench: I2C_SMBUS");
        exit(EXIT_FAILURE);
    }
}
