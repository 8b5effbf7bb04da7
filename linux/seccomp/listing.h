/* SPDX-License-Identifier: MIT */
/* The listing of /dev: programs look there for nodes ("/dev/i2c-*"). */
#ifndef SECCOMP_LISTING_H
#define SECCOMP_LISTING_H

#include "seccomp/notified.h"

/* Answers getdents64().  Other directories are left to the kernel. */
void listing_serve(const struct notified *call);

#endif
