/* SPDX-License-Identifier: MIT */
/*
 * The processor of a modelled chip, on simulated wires: a Cortex-M with its NVIC.
 *
 *     port ── mmio.h, cpu.h ──► processor ── load, store ──► the chip's registers
 *      ▲                          │  ▲
 *      └── interrupt handlers ◄── NVIC └── requests ◄── the chip
 *
 * The port's C code runs natively; only its register accesses and its waits take time.  While they
 * do, the wires go on, and with them everything that hangs on them.  An interrupt is delivered at
 * the end of an access, or while the processor waits, by calling the handler.  The latency of
 * interrupts and the cost of an access are settings.
 *
 * The chip embeds a struct processor and gives it the table of what it does (struct
 * processor_chip).
 */
#ifndef SUPPORT_PROCESSOR_H
#define SUPPORT_PROCESSOR_H

#include "line/wires.h"
#include "support/nvic.h"

struct processor;

struct processor_chip {
    /* The registers, in no time. */
    uint32_t (*load)(struct processor *processor, uint32_t address);
    void (*store)(struct processor *processor, uint32_t address, uint32_t value);
    /* Time has passed: what runs by itself comes up to wires->now_ns. */
    void (*catch_up)(struct processor *processor);
    /* Registers were touched: pads, wires, requests and the next wake follow. */
    void (*refresh)(struct processor *processor);
    /* Which interrupts are requested: a bit for each number, NVIC_WORDS_MAX words, all 0 before. */
    void (*requests)(const struct processor *processor, uint32_t *requests);
    /* An enabled interrupt has no handler. */
    void (*no_handler)(struct processor *processor, unsigned irq);
};

struct processor {
    /* Settings; those of processor_init() in brackets. */
    uint32_t cycle_ns;       /* of clk_sys, whose edges count from processor_init() on */
    uint32_t access_cycles;  /* [2] what each register access takes */
    uint32_t latency_cycles; /* [16] from pending to the handler's first instruction */
    uint32_t exit_cycles;    /* [12] from the handler's return to the thread's next instruction */
    /* Cycles that this access takes on top, NULL: none.  May look at everything, change nothing. */
    uint32_t (*extra_cycles)(struct processor *processor, uint32_t address, bool is_write);
    /* Nothing will ever end the wait.  Must not return.  NULL: abort(). */
    void (*deadlock)(struct processor *processor);
    void *owner; /* the test's */

    /* Findings. */
    uint64_t accesses, interrupts;
    uint32_t handler_accesses;   /* since the handler that runs was entered */
    uint64_t longest_handler_ns; /* from entry to return, nested ones included */

    /* The machine. */
    const struct processor_chip *chip;
    struct wires *wires;
    uint64_t born_ns;
    struct nvic nvic;
    bool event; /* the event register of WFE */
    struct {
        void (*handle)(void *owner);
        void *owner;
    } handlers[NVIC_IRQS_MAX];
    struct processor *next;
};

/* irq_count: how many interrupts the chip has, NVIC_IRQS_MAX at the most. */
void processor_init(struct processor *processor, const struct processor_chip *chip,
                    struct wires *wires, uint32_t cycle_ns, unsigned irq_count);
void processor_leave(struct processor *processor);

/* The handler of an interrupt number, as the vector table would name it.  NULL: none. */
void processor_on_irq(struct processor *processor, unsigned irq, void (*handle)(void *owner),
                      void *owner);
/* For the chip, from its refresh(): its requests may have changed. */
void processor_latch_requests(struct processor *processor);

/* mmio.h and cpu.h are this one's from now on.  Returns the one before, or NULL. */
struct processor *processor_select(struct processor *processor);

/*
 * The processors wait: time passes up to until_ns, interrupts of every chip on these wires are
 * served.  processor_idle_step() returns after the first thing that happened; false: nothing did,
 * and now_ns is until_ns (left alone if that is WIRES_NEVER).
 */
void processor_idle(struct wires *wires, uint64_t until_ns);
bool processor_idle_step(struct wires *wires, uint64_t until_ns);

/* The register access of mmio.h on a processor of one's own choice. */
uint32_t processor_read32(struct processor *processor, uint32_t address);
void processor_write32(struct processor *processor, uint32_t address, uint32_t value);

/* Clock edges of clk_sys: how many there were by then, and when one comes. */
uint64_t processor_cycle_at(const struct processor *processor, uint64_t ns);
uint64_t processor_ns_of(const struct processor *processor, uint64_t cycle);

#endif
