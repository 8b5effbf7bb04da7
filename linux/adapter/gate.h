/* SPDX-License-Identifier: MIT */
/*
 * What stands between the kernel and a bus that it need not trust.
 *
 *     kernel ◄──USB/IP──► gate ◄──USB/IP──► adapter session, in the bus server
 *
 * Whoever has the other end of the kernel's stream decides which device appears: a keyboard, for
 * example.  A bus server is some user's program, and the kernel's stream is root's.  So the gate has
 * the stream, and is the USB device itself: what makes a device what it is (descriptors,
 * configuration, what it can do) it answers without asking.  Only messages for the wires, and the
 * question what became of the last one, go on to the server.
 *
 * Of the server's answers nothing passes but whether it worked and the bytes read, in a header that
 * the gate makes.  An answer that i2c-tiny-usb would not give ends it all.
 *
 * A request that the kernel takes back is over at once, for the kernel waits, and with it a program
 * that cannot even be killed; the server has its own time to answer.
 */
#ifndef ADAPTER_GATE_H
#define ADAPTER_GATE_H

#include <poll.h>
#include <stdbool.h>

enum gate_state {
    GATE_OPEN,
    GATE_KERNEL_GONE,
    GATE_SERVER_GONE,
    GATE_VIOLATED, /* one of them has said what it must not */
};

struct gate;

/* Both descriptors are the gate's from here on.  NULL: no memory; they are closed. */
struct gate *gate_new(unsigned bus, int kernel_fd, int server_fd);
/* Closes both ends.  NULL: nothing happens. */
void gate_free(struct gate *gate);

/* What poll() is to watch for. */
void gate_wish(const struct gate *gate, struct pollfd polls[2]);
/* Pass on what there is.  Never blocks.  From any other state than GATE_OPEN there is no way back. */
enum gate_state gate_pump(struct gate *gate);
/*
 * Has the kernel still its end?  What it has said is given up: only to be asked when nothing is to be
 * passed on any more.
 */
bool gate_has_kernel(struct gate *gate);
/* GATE_VIOLATED: what was wrong. */
const char *gate_why(const struct gate *gate);

#endif
