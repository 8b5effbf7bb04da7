/* SPDX-License-Identifier: MIT */
/* Who is on the bus: the answer to PEERS, and what is said when two targets have one address. */
#ifndef SERVER_ROLL_H
#define SERVER_ROLL_H

#include "server/client.h"

/* Sends the REPLY to PEERS: all clients but the one that asks. */
void roll_send(const struct service *service, struct client *asking);

/* The addresses at which a target listens now; none before LISTEN. */
struct i2ctarget_address_set roll_addresses(const struct client *client);

/*
 * Prints a line on stderr for each other target that has an address which the newcomer has had only
 * since `before`.  Both will answer there, as two chips would.
 */
void roll_warn(const struct service *service, const struct client *newcomer,
               const struct i2ctarget_address_set *before);

#endif
