/* SPDX-License-Identifier: MIT */
/*
 * The buses on which this process has a target: one can be opened once.  From any thread.
 */
#ifndef REMOTE_ROSTER_H
#define REMOTE_ROSTER_H

#include <stdbool.h>

struct roster_entry {
    unsigned bus;
    struct roster_entry *next;
};

/* False: it is there already, and stays as it is. */
bool i2ctarget_roster_enter(struct roster_entry *entry, unsigned bus);
void i2ctarget_roster_strike(struct roster_entry *entry);

#endif
