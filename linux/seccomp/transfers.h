/* SPDX-License-Identifier: MIT */
/* read(), write(), ioctl() and similar calls of an open file. */
#ifndef SECCOMP_TRANSFERS_H
#define SECCOMP_TRANSFERS_H

#include "seccomp/supervisor.h"

/* Answers the call, now or later.  Other files are left to the kernel. */
void transfers_serve(struct supervisor *supervisor, const struct notified *call);

/* Withdraws the transfers whose callers have been killed. */
void transfers_give_up(struct supervisor *supervisor);

#endif
