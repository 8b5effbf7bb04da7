/* SPDX-License-Identifier: MIT */
/* The reads of which the benchmarks measure how long they take. */
#ifndef BENCH_SMBUS_H
#define BENCH_SMBUS_H

#include <linux/i2c.h>
#include <stdint.h>

/* A register, or a block of it (I2C_SMBUS_BYTE_DATA and the like).  An error ends the program. */
void smbus_read(int fd, uint8_t command, uint32_t size, union i2c_smbus_data *data);

#endif
