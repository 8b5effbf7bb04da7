/* SPDX-License-Identifier: MIT */
/* Who is on a bus, as its server tells (PEERS of protocol.h). */
#ifndef CLI_PEERS_H
#define CLI_PEERS_H

#include <stddef.h>
#include <sys/types.h>

#include "link/link.h"

enum { PEERS_COMMAND_MAX = 4096 };

struct peer {
    unsigned role; /* enum protocol_role, or PROTOCOL_OPEN_FILE */
    pid_t pid;     /* 0: unknown */
    struct i2ctarget_address_set addresses;
    char name[PROTOCOL_NAME_BYTES + 1];
};

struct peers {
    const char *directory; /* of the sockets, as it was given */
    unsigned bus;
    uint32_t scl_hz;
    pid_t server;
    struct peer *list; /* targets first, by their lowest address */
    size_t count;
    struct i2ctarget_address_set shared; /* addresses of more than one target */
};

/*
 * Asks the server of the bus whose sockets are in this directory; NULL: in the usual one.  False:
 * there is none, or it does not answer; a message has been printed.
 */
bool peers_fetch(const char *word, struct peers *peers, const char *directory, unsigned bus);
void peers_free(struct peers *peers);

const char *peers_role(const struct peer *peer);

/*
 * The command line of a process: its arguments, each ending with NUL, and one more NUL.  Empty if it
 * is not known.  Only the first arguments if it is very long.
 */
void peers_command(pid_t pid, char command[PEERS_COMMAND_MAX]);

#endif
