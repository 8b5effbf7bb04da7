/* SPDX-License-Identifier: MIT */
/*
 * poll() and select() of an i2c-dev file: its driver has no poll operation, so it always is ready
 * to be read and written.
 */
#ifndef SHIM_READINESS_H
#define SHIM_READINESS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/select.h>

/* Is one of ours among them? */
bool readiness_concerns(const struct pollfd *fds, nfds_t count);
/*
 * Copy to `rest` with ours taken out, and set what ours are ready for in `fds`.  Returns how many
 * of ours are ready.
 */
int readiness_take(struct pollfd *fds, struct pollfd *rest, nfds_t count);
/* Bring back what became of the rest. */
void readiness_merge(struct pollfd *fds, const struct pollfd *rest, nfds_t count);

/*
 * Take those of ours below `limit` out of the set (NULL: none) and put them into `ready`.  Returns
 * how many.
 */
int readiness_take_set(fd_set *set, fd_set *ready, int limit);
/* Put them back. */
void readiness_merge_set(fd_set *set, const fd_set *ready, int limit);

#endif
