/* SPDX-License-Identifier: MIT */
/*
 * The USB device that the kernel takes for an I2C adapter, and a bus that it need not trust.
 *
 *     kernel ◄──USB/IP──► gate ◄──STEP, STEPPED, GIVE_UP──► bus server
 *
 * Whoever has the other end of the kernel's stream decides which device appears: a keyboard, for
 * example.  A bus server is some user's program, and the kernel's stream is root's.  So all of USB
 * ends here.  The server is a bus, and is asked for messages on its wires alone; of its answers
 * nothing passes but whether it worked and the bytes read.  An answer of another form ends it all.
 *
 * A request that the kernel takes back is over at once, for the kernel waits, and with it a program
 * that cannot even be killed; the server has its own time to answer.
 */
#ifndef ADAPTER_GATE_H
#define ADAPTER_GATE_H

#include <poll.h>
#include <stdbool.h>

#include "link/link.h"

enum gate_state {
    GATE_OPEN,
    GATE_KERNEL_GONE,
    GATE_SERVER_GONE,
    GATE_VIOLATED, /* one of them has sent something forbidden */
};

struct gate;

/*
 * `kernel_fd` is the gate's from here on.  `server`: opened as PROTOCOL_ADAPTER; the caller's, and
 * nobody else's to use.  NULL: no memory; kernel_fd is closed.
 */
struct gate *gate_new(unsigned bus, int kernel_fd, struct link *server);
/* Closes the kernel's end.  NULL: nothing happens. */
void gate_free(struct gate *gate);

/* What poll() is to wait for. */
void gate_wish(const struct gate *gate, struct pollfd polls[2]);
/* Passes on what has arrived.  Never blocks.  There is no way back to GATE_OPEN. */
enum gate_state gate_pump(struct gate *gate);
/*
 * Does the kernel still have its end?  This discards what the kernel has sent, so call it only when
 * nothing is to be passed on any more.
 */
bool gate_has_kernel(struct gate *gate);
/* GATE_VIOLATED: what was wrong; else NULL. */
const char *gate_why(const struct gate *gate);

#endif
