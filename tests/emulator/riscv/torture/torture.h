/* SPDX-License-Identifier: MIT */
/*
 * What an image that tortures traps consists of.  A scenario sets an action for vectors, lets
 * something happen, and every handler writes down what it found.
 */
#ifndef TORTURE_TORTURE_H
#define TORTURE_TORTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* What a handler finds, and may change: x1 is at 1. */
struct frame {
    uint32_t x[32];
};
enum { RA = 1, SP = 2, T0 = 5, A0 = 10, A1 = 11, A7 = 17, T6 = 31 };

enum { VECTORS = 32, SOFTWARE = 3, TIMER = 7 };

typedef void action(struct frame *frame);
/* For each vector; NULL: nothing is done. */
extern action *actions[VECTORS];

/* ---- CSRs ------------------------------------------------------------------------------------ */

#define READ(csr)                                                  \
    ({                                                             \
        uint32_t value_;                                           \
        __asm volatile("csrr %0, " #csr : "=r"(value_)::"memory"); \
        value_;                                                    \
    })
#define WRITE(csr, value) __asm volatile("csrw " #csr ", %0" ::"r"(value) : "memory")
#define SET(csr, value) __asm volatile("csrs " #csr ", %0" ::"r"(value) : "memory")
#define CLEAR(csr, value) __asm volatile("csrc " #csr ", %0" ::"r"(value) : "memory")
enum { MIE = 8, MPIE = 0x80, MPP = 3 << 11, TW = 1 << 21 };

/* Exceptions of this kind go on behind their instruction. */
void skip(struct frame *frame);
/* Executes it, and the handler skips it. */
#define ATTEMPT(text) __asm volatile(text ::: "memory", "t0")

/* ---- the machine's timer and software interrupt ---------------------------------------------- */

#define SOFTWARE_PENDING (*(volatile uint32_t *)0x02000000)
#define COMPARE_LOW (*(volatile uint32_t *)0x02004000)
#define COMPARE_HIGH (*(volatile uint32_t *)0x02004004)
#define TIME_LOW (*(volatile uint32_t *)0x0200BFF8)

/* In so many ticks of 100 ns; 0 is now. */
void set_timer(uint32_t ticks);
void stop_timer(void);

void all_exceptions(void);
void all_interrupts(void);

void supervisor(void);
void in_user_mode(void (*function)(void));

#endif
