/* SPDX-License-Identifier: MIT */
#include "i2cdev/file_table.h"

#include <stddef.h>

/* The kernel counts cookies up, so their low bits are spread evenly. */
static struct open_file *const *bucket(const struct file_table *table, uint64_t cookie)
{
    return &table->buckets[cookie % FILE_TABLE_BUCKETS];
}

struct open_file *file_table_find(const struct file_table *table, uint64_t cookie)
{
    struct open_file *file = *bucket(table, cookie);
    while (file && file->cookie != cookie)
        file = file->next;
    return file;
}

bool file_table_add(struct file_table *table, struct open_file *file)
{
    if (file->cookie == 0 || file_table_find(table, file->cookie))
        return false;
    struct open_file **head = &table->buckets[file->cookie % FILE_TABLE_BUCKETS];
    file->next = *head;
    *head = file;
    return true;
}

void file_table_remove(struct file_table *table, struct open_file *file)
{
    struct open_file **at = &table->buckets[file->cookie % FILE_TABLE_BUCKETS];
    while (*at && *at != file)
        at = &(*at)->next;
    if (*at)
        *at = file->next;
}
