/* SPDX-License-Identifier: MIT */
/*
 * One lock for all lists of the shim.  The code under it is short and calls no outside code.  The
 * lock is held over fork(), so that a child never sees a half-changed list.
 */
#ifndef SHIM_LOCK_H
#define SHIM_LOCK_H

void lock_take(void);
void lock_give(void);

#endif
