/* SPDX-License-Identifier: MIT */
/*
 * The open files of /dev/i2c-N, found by their cookies.
 *
 * This holds what the kernel holds in struct file.  A connection on the FILE socket is an open
 * file: all who inherited or duplicated its descriptor share it, and it ends when the last of them
 * closes it.
 */
#ifndef I2CDEV_FILE_TABLE_H
#define I2CDEV_FILE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "i2cdev/i2cdev.h"

#define FILE_TABLE_BUCKETS 256

struct open_file {
    uint64_t cookie; /* SO_COOKIE of the client's end; 0: not in the table */
    struct i2cdev_file state;
    struct open_file *next;
};

struct file_table {
    struct open_file *buckets[FILE_TABLE_BUCKETS];
};

/* False: the cookie is 0, or in the table already. */
bool file_table_add(struct file_table *table, struct open_file *file);
void file_table_remove(struct file_table *table, struct open_file *file);
struct open_file *file_table_find(const struct file_table *table, uint64_t cookie);

#endif
