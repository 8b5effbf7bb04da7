/* SPDX-License-Identifier: MIT */
/*
 * Which exception a Cortex-M takes next: enable, pending, active, priorities and masks of the
 * system's exceptions and of the interrupts.  ARMv6-M Architecture Reference Manual §B1.5, ARMv7-M
 * §B1.5 and §B3.4.
 *
 * Pure: no instructions, no stack, no time.  frames.h enters and leaves handlers, scs.h has the
 * registers.
 */
#ifndef CORTEXM_EXCEPTIONS_H
#define CORTEXM_EXCEPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    EXCEPTION_NONE = 0,
    EXCEPTION_RESET = 1,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARD_FAULT = 3,
    EXCEPTION_MEM_MANAGE = 4,
    EXCEPTION_BUS_FAULT = 5,
    EXCEPTION_USAGE_FAULT = 6,
    EXCEPTION_SVCALL = 11,
    EXCEPTION_DEBUG_MONITOR = 12,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
    EXCEPTION_IRQ0 = 16
};

/* Words of 32 exceptions: 16 of the system's, and up to 160 interrupts. */
enum { EXCEPTION_WORDS = 6, EXCEPTIONS_MAX = 32 * EXCEPTION_WORDS, EXCEPTION_IRQS_MAX = 160 };

/* Execution priorities: below 0 are those that nothing configures, PRIORITY_THREAD is no handler. */
enum { PRIORITY_HARD_FAULT = -1, PRIORITY_NMI = -2, PRIORITY_THREAD = 256 };

struct exceptions {
    unsigned irq_count;
    uint8_t priority_mask; /* the bits of a priority that exist */
    bool is_v6;            /* no faults of their own, no BASEPRI, no FAULTMASK, no groups */
    uint32_t enabled[EXCEPTION_WORDS], pending[EXCEPTION_WORDS], active[EXCEPTION_WORDS];
    uint32_t requests[EXCEPTION_WORDS - 1]; /* of the chip's interrupts, as last seen */
    uint8_t priorities[EXCEPTIONS_MAX];
    uint8_t group; /* AIRCR.PRIGROUP */
    bool primask, faultmask;
    uint8_t basepri;
    bool event;        /* the event register of WFE */
    bool send_on_pend; /* SCR.SEVONPEND */
};

void exceptions_init(struct exceptions *exceptions, unsigned irq_count, unsigned priority_bits,
                     bool is_v6);

/* Exception numbers throughout; the system's that can not be disabled are always enabled. */
bool exceptions_is_pending(const struct exceptions *exceptions, unsigned number);
bool exceptions_is_active(const struct exceptions *exceptions, unsigned number);
bool exceptions_is_enabled(const struct exceptions *exceptions, unsigned number);
/* One that becomes pending is an event if SCR.SEVONPEND says so. */
void exceptions_pend(struct exceptions *exceptions, unsigned number);
void exceptions_clear(struct exceptions *exceptions, unsigned number);
void exceptions_enable(struct exceptions *exceptions, unsigned number, bool is_enabled);
/* How many are active. */
unsigned exceptions_active_count(const struct exceptions *exceptions);

/*
 * The levels of the chip's interrupt requests: a bit for each, EXCEPTION_WORDS - 1 words.  One that
 * rises becomes pending, and one that is high while its handler does not run.
 */
void exceptions_latch(struct exceptions *exceptions, const uint32_t *requests);

/* The priority of what runs, masks included: an exception must have a lower number to be taken. */
int exceptions_running(const struct exceptions *exceptions);
/* The priority of an exception as a whole, and the part that decides about preemption. */
int exceptions_priority(const struct exceptions *exceptions, unsigned number);
int exceptions_group_priority(const struct exceptions *exceptions, unsigned number);
/* The enabled, pending exception that comes first, whatever runs; EXCEPTION_NONE: there is none. */
unsigned exceptions_first(const struct exceptions *exceptions);
/* The one that is to be taken now, or EXCEPTION_NONE. */
unsigned exceptions_next(const struct exceptions *exceptions);
/* Would something be taken if PRIMASK were 0?  That ends WFI. */
bool exceptions_wake(const struct exceptions *exceptions);

/* Pending becomes active; active ends. */
void exceptions_enter(struct exceptions *exceptions, unsigned number);
void exceptions_leave(struct exceptions *exceptions, unsigned number);
/*
 * What a synchronous exception (a fault, SVC) becomes here: itself, or HardFault if it is disabled
 * or does not preempt; EXCEPTION_NONE: not even that, the processor locks up.
 */
unsigned exceptions_escalate(const struct exceptions *exceptions, unsigned number);

#endif
