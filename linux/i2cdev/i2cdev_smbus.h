/* SPDX-License-Identifier: MIT */
/* I2C_SMBUS, for i2cdev.c alone. */
#ifndef I2CDEV_I2CDEV_SMBUS_H
#define I2CDEV_I2CDEV_SMBUS_H

#include "i2cdev/i2cdev.h"

enum i2cdev_next i2cdev_begin_smbus(struct i2cdev_request *request,
                                    const struct i2cdev_adapter *adapter,
                                    const struct i2cdev_file *file, uint32_t size,
                                    const uint8_t *arguments);
enum i2cdev_next i2cdev_end_smbus(struct i2cdev_request *request, size_t done);

#endif
