/* SPDX-License-Identifier: MIT */
/* Calls that name a file: open(), stat(), access() and similar ones. */
#ifndef SECCOMP_PATHS_H
#define SECCOMP_PATHS_H

#include "seccomp/supervisor.h"

bool paths_has(enum abi_kind kind);

/* Answers the call.  Files that have nothing to do with a bus are left to the kernel. */
void paths_serve(struct supervisor *supervisor, const struct notified *call);

/* fstat() of an open file of the bus; `to`: the caller's structure. */
void paths_fstat(const struct notified *call, unsigned bus, uint64_t to);

#endif
