/* SPDX-License-Identifier: MIT */
/*
 * The buses on which this process has a target.  Each can be opened once.  All functions may be
 * called from any thread.
 */
#ifndef REMOTE_ROSTER_H
#define REMOTE_ROSTER_H

#include <stdbool.h>

struct roster_entry {
    unsigned bus;
    struct roster_entry *next;
};

/* False: the bus is in the list already; the entry is not added. */
bool i2ctarget_roster_enter(struct roster_entry *entry, unsigned bus);
void i2ctarget_roster_strike(struct roster_entry *entry);

#endif
