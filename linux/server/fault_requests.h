/* SPDX-License-Identifier: MIT */
/* What controllers' connections ask for about faults.  It makes no transfer. */
#ifndef SERVER_FAULT_REQUESTS_H
#define SERVER_FAULT_REQUESTS_H

#include "bus/bus.h"
#include "server/peer.h"

/* False: the payload of this REQUEST is about something else; nothing was done. */
bool fault_requests_serve(struct bus *bus, struct peer *peer, const uint8_t *payload,
                          size_t length);

#endif
