/* SPDX-License-Identifier: MIT */
/*
 * A request of Python: the library's, and the bytes that are on their way between the two.
 *
 * The library keeps a pointer to the bytes of a read or write that waits.  If an exception ends that
 * wait (Ctrl-C), the same call must be repeated later, with the same bytes.  So the bytes live here,
 * and do not move meanwhile.
 */
#ifndef COMMON_MESSAGE_H
#define COMMON_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i2ctarget/i2ctarget.h"

struct transit {
    uint8_t *bytes; /* `small`, or on the heap */
    size_t room;
    size_t count;         /* read, but not yet returned to Python */
    size_t interrupted_n; /* length of the call that was interrupted; 0: none was */
    bool interrupted_ack;
    uint8_t small[64];
};

struct message {
    struct i2ctarget_request request;
    struct transit transit;
};

/* A message that has not come yet. */
void i2ctarget_message_init(struct message *message);

/* What is on the heap, for the binding to free; NULL: nothing. */
void *i2ctarget_message_heap(const struct message *message);

/* Close it, as the end of a with block does. */
void i2ctarget_message_close(struct message *message);

/* Its target has ended. */
void i2ctarget_message_end(struct message *message);

/*
 * read(n, ack): first finishes a call that an exception has interrupted, then does what is wanted
 * now.  Returns 0 or more, or a negative code of the library.  The bytes that have come are in
 * transit, also after a fault: the next call reports it.
 */
int i2ctarget_message_read(struct message *message, ptrdiff_t n, bool ack);

/* How many of the bytes in transit the read(n) may return, and that they were returned. */
size_t i2ctarget_message_ready(const struct message *message, ptrdiff_t n);
void i2ctarget_message_taken(struct message *message, size_t count);

/*
 * write(buffer): the library gets a copy, because the program may change the original before the
 * library is done.  Returns how many bytes were clocked, or a negative code.
 */
int i2ctarget_message_write(struct message *message, const void *buffer, size_t n);

/* ---- each binding defines these -------------------------------------------------------------- */

/* read(-1) asks for this many bytes at first; the library acknowledges them without asking again. */
extern const size_t i2ctarget_binding_chunk_bytes;

/*
 * One read or write of the library, repeated after signals.  -EINTR: an exception has ended it.
 */
int i2ctarget_binding_move(struct message *message, bool is_read, uint8_t *bytes, size_t n,
                           bool ack);

/* Like realloc(); `old` may be NULL.  NULL: no memory. */
void *i2ctarget_binding_resize(void *old, size_t old_bytes, size_t bytes);

#endif
