/* SPDX-License-Identifier: MIT */
/*
 * The memory of a device, kept in a file.
 *
 * The file may be shorter than the memory.  Then it keeps its length until a controller writes
 * beyond it, and the rest of the memory is erased (0xFF).  A file that can not be written to, or
 * that has no write permission for anybody, is served as it is: is_read_only.
 *
 *     memory_file_open()    finds out how long the file is, and so which memory it needs
 *     memory_file_begin()   when the memory is chosen; a file that is not there is created now
 *     memory_file_keep()    after each change of the memory
 *     memory_file_close()
 */
#ifndef CLI_DEVICES_MEMORY_FILE_H
#define CLI_DEVICES_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memory_file {
    uint8_t *memory;     /* the caller's */
    size_t memory_bytes; /* of the largest memory that there could be */
    bool is_only_read;   /* nothing will ever be written */
    /* What follows is for the caller to read. */
    const char *path; /* NULL: there is no file */
    size_t length;    /* of the file, in bytes; may be more than memory_bytes */
    bool is_read_only;
    /* Private. */
    int fd;
    bool is_lost; /* a change did not reach the file */
};

/*
 * Open the file if it is there, lock it against other devices, and read it into the memory, the rest
 * of which becomes 0xFF.  With path NULL the memory is only erased.  False: a message has been
 * printed.
 */
bool memory_file_open(struct memory_file *file, const char *path);

/* A new or empty file becomes an erased memory of this size.  False: a message has been printed. */
bool memory_file_begin(struct memory_file *file, size_t size_bytes);

/* memory[offset .. offset + count) has changed.  A failure is told now, and by memory_file_close(). */
void memory_file_keep(struct memory_file *file, size_t offset, size_t count);

/* False: a change was lost. */
bool memory_file_close(struct memory_file *file);

#endif
