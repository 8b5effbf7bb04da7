/* SPDX-License-Identifier: MIT */
/* I2C_RDWR, for i2cdev.c alone. */
#ifndef I2CDEV_I2CDEV_RDWR_H
#define I2CDEV_I2CDEV_RDWR_H

#include "i2cdev/i2cdev.h"

enum i2cdev_next i2cdev_begin_rdwr(struct i2cdev_request *request,
                                   const struct i2cdev_adapter *adapter, uint32_t count,
                                   const uint8_t *table, size_t rest);
enum i2cdev_next i2cdev_end_rdwr(struct i2cdev_request *request, size_t done);

#endif
