/* SPDX-License-Identifier: MIT */
/*
 * One lock for all lists of the shim.  What is done under it is short and calls nobody.  It is
 * held over fork(), so that a child never finds a list half changed.
 */
#ifndef SHIM_LOCK_H
#define SHIM_LOCK_H

void lock_take(void);
void lock_give(void);

#endif
