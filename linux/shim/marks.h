/* SPDX-License-Identifier: MIT */
/*
 * Which descriptors of this process are open files of a bus, as far as the shim has seen.
 *
 * The shim does not see what the C library does internally: a mark says what a descriptor was when
 * the mark was set.  The cookie shows whether that is still true (open_file.h).  Looking up a
 * descriptor without a mark costs two loads.
 */
#ifndef SHIM_MARKS_H
#define SHIM_MARKS_H

#include <stdbool.h>
#include <stdint.h>

struct mark {
    uint64_t cookie; /* SO_COOKIE of the socket; never 0 */
    uint16_t bus;
    uint8_t access; /* O_RDONLY, O_WRONLY, O_RDWR */
};

/* False: no memory, or the descriptor is above the limit. */
bool marks_set(int fd, const struct mark *mark);
bool marks_get(int fd, struct mark *mark);
void marks_clear(int fd);

#endif
