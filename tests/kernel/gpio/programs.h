/* SPDX-License-Identifier: MIT */
/*
 * Programs that take turns in one thread, each with a stack of its own (makecontext(3)): a target
 * is written as a program that blocks, and a dozen of them are to share two simulated wires.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROGRAMS_MAX = 8 };

/* All of them, once: each runs until it first sleeps. */
void programs_begin(int (*const mains[])(void), unsigned count);
/* Run those whose time has come.  False: none. */
bool programs_run(uint64_t now_ns);
/* The earliest time that one of them waits for; UINT64_MAX: none. */
uint64_t programs_next_ns(void);

/* Of the calling program: its number; and wait until then, or until somebody wakes it. */
unsigned programs_current(void);
void programs_sleep(uint64_t until_ns);
void programs_wake(unsigned program);
/* One has returned from its main(), or wants to. */
bool programs_any_ended(void);

#endif
