/* SPDX-License-Identifier: MIT */
/*
 * An emulated board on a virtual bus.
 *
 *     i2cget ──► bus server ──► events ──► bridge: a controller by hand ──► the board's own two wires
 *                    ▲                                                           │
 *                    └──────────── ACK, NACK, bytes: what it saw there ◄─────────┘
 *
 * On the virtual bus the bridge is a target that listens to every address (docs/PROTOCOL.md).  It
 * answers nothing before the board has answered: it repeats each event on the wires to the board,
 * and emulated time stops between the events.  If a transfer did not end with a STOP for this
 * target (after a NACK), a second connection, a monitor, reports the end.
 */
#ifndef BOARD_BRIDGE_H
#define BOARD_BRIDGE_H

#include "emulator/board/board.h"

/*
 * Serves the board on the bus `number` of this directory until the bus ends, or *stops is not 0.
 * 0; or -errno, *text says in words what failed.
 */
int bridge_serve(struct board *board, const char *directory, unsigned number,
                 const volatile int *stops, char *text, size_t size);

#endif
