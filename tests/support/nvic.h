/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controller of a Cortex-M, as far as ports use it: enable, pending, priorities,
 * nesting.  ARMv6-M and ARMv7-M Architecture Reference Manuals §B3.4.
 */
#ifndef SUPPORT_NVIC_H
#define SUPPORT_NVIC_H

#include <stdbool.h>
#include <stdint.h>

enum { NVIC_IRQS_MAX = 160, NVIC_WORDS_MAX = NVIC_IRQS_MAX / 32, NVIC_NONE = NVIC_IRQS_MAX };

struct nvic {
    unsigned irq_count, priority_bits;
    uint32_t enabled[NVIC_WORDS_MAX], pending[NVIC_WORDS_MAX], active[NVIC_WORDS_MAX];
    uint32_t requests[NVIC_WORDS_MAX];  /* as last seen */
    uint8_t priorities[NVIC_IRQS_MAX];  /* 0 is the highest */
    uint64_t pending_ns[NVIC_IRQS_MAX]; /* since when */
    uint64_t ready_ns;                  /* the time since which nothing blocks interrupts */
    unsigned running;   /* the priority at which the processor runs; NVIC_THREAD: no handler runs */
    bool masked;        /* PRIMASK */
    uint32_t vtor, scr; /* stored without effect, except SEVONPEND */
};

enum { NVIC_THREAD = 256 };

void nvic_init(struct nvic *nvic, unsigned irq_count, unsigned priority_bits);

/*
 * A requested interrupt becomes pending, unless its handler runs already.  True: one became
 * pending, and SCR.SEVONPEND makes that an event.
 */
bool nvic_latch(struct nvic *nvic, const uint32_t *requests, uint64_t now_ns);
/* The pending interrupt that may be served next, or NVIC_NONE. */
unsigned nvic_candidate(const struct nvic *nvic);
/* Enters the handler.  Leaving it goes back to the priority that enter returned. */
unsigned nvic_enter(struct nvic *nvic, unsigned irq);
void nvic_leave(struct nvic *nvic, unsigned irq, unsigned interrupted, uint64_t now_ns);
bool nvic_is_active(const struct nvic *nvic); /* does any handler run? */

/*
 * Registers of the private peripheral bus, from 0xE0000000 on, in words.  False: this register is
 * not modelled.
 */
bool nvic_load(const struct nvic *nvic, uint32_t offset, uint32_t *value);
bool nvic_store(struct nvic *nvic, uint32_t offset, uint32_t value, uint64_t now_ns);
/* The priority of one interrupt, a byte (ARMv7-M only: §B3.4.9).  False: it is none. */
bool nvic_load_priority(const struct nvic *nvic, uint32_t offset, uint32_t *value);
bool nvic_store_priority(struct nvic *nvic, uint32_t offset, uint32_t value);

#endif
