/* SPDX-License-Identifier: MIT */
/*
 * The processor of a modelled chip, on simulated wires: a Cortex-M with its NVIC.  A chip with
 * another core uses the NVIC for what its own interrupt controller lets through.
 *
 *     port ── mmio.h, cpu.h ──► processor ── load, store ──► the chip's registers
 *      ▲                          │  ▲
 *      └── interrupt handlers ◄── NVIC └── requests ◄── the chip
 *
 * The port's C code runs natively.  Only its register accesses and its waits take time.  During
 * them the wires advance, with everything connected to them.  An interrupt is delivered at the end
 * of an access, or while the processor waits: its handler is called.  The latency of interrupts and
 * the cost of an access are settings.
 *
 * The chip embeds a struct processor and gives it a table of functions (struct processor_chip).
 */
#ifndef SUPPORT_PROCESSOR_H
#define SUPPORT_PROCESSOR_H

#include "line/wires.h"
#include "support/nvic.h"

struct processor;

struct processor_chip {
    unsigned irq_count;     /* interrupts that the chip has, at most NVIC_IRQS_MAX */
    unsigned priority_bits; /* of their priorities, 1..8 */
    /*
     * Access to a register, `bytes` wide (1, 2 or 4); takes no time.  The bits of `value` above
     * that are 0; those of the result are ignored.
     */
    uint32_t (*load)(struct processor *processor, uint32_t address, unsigned bytes);
    void (*store)(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes);
    /* Time has passed: bring what runs by itself up to wires->now_ns. */
    void (*catch_up)(struct processor *processor);
    /* Registers were accessed: update pads, wires, requests and the next wake. */
    void (*refresh)(struct processor *processor);
    /*
     * The requested interrupts: a bit for each number, NVIC_WORDS_MAX words, which are all 0
     * before.
     */
    void (*requests)(const struct processor *processor, uint32_t *requests);
    /* An enabled interrupt has no handler. */
    void (*no_handler)(struct processor *processor, unsigned irq);
};

struct processor {
    /* Settings; the values of processor_init() are in brackets. */
    uint32_t cycle_ns;       /* of clk_sys; its first edge is at processor_init() */
    uint32_t access_cycles;  /* [2] the cost of each register access */
    uint32_t latency_cycles; /* [16] from pending to the handler's first instruction */
    unsigned core;           /* [0] which of the chip's cores it is */
    uint32_t exit_cycles;    /* [12] from the handler's return to the thread's next instruction */
    /* Additional cycles of this access; NULL: none.  Asked once for each; changes no register. */
    uint32_t (*extra_cycles)(struct processor *processor, uint32_t address, bool is_write);
    /* Nothing will ever end the wait.  Must not return.  NULL: abort(). */
    void (*deadlock)(struct processor *processor);
    void *owner; /* the test's */

    /* Findings. */
    uint64_t accesses, interrupts;
    uint32_t handler_accesses;   /* accesses of the running handler so far */
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

void processor_init(struct processor *processor, const struct processor_chip *chip,
                    struct wires *wires, uint32_t cycle_ns);
void processor_leave(struct processor *processor);

/* Sets the handler of an interrupt number, as the vector table would.  NULL: none. */
void processor_on_irq(struct processor *processor, unsigned irq, void (*handle)(void *owner),
                      void *owner);
/* The chip calls it from its refresh(): its requests may have changed. */
void processor_latch_requests(struct processor *processor);

/* From now on mmio.h and cpu.h use this processor.  Returns the previous one, or NULL. */
struct processor *processor_select(struct processor *processor);
/* The one that mmio.h and cpu.h use; NULL: none. */
struct processor *processor_selected(void);

/*
 * The processors wait.  Time passes up to until_ns, and interrupts of every chip on these wires are
 * served.  processor_idle_step() returns after the first thing that happened.  False: nothing
 * happened, and now_ns is until_ns (unchanged if that is WIRES_NEVER).
 */
void processor_idle(struct wires *wires, uint64_t until_ns);
bool processor_idle_step(struct wires *wires, uint64_t until_ns);

/* The register access of mmio.h, on a given processor; bytes: 1, 2 or 4. */
uint32_t processor_read(struct processor *processor, uint32_t address, unsigned bytes);
void processor_write(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes);

/*
 * An instruction that reaches the chip beside its registers.  It takes so many cycles and acts
 * between the two calls; in all else it is an access.
 */
void processor_begin(struct processor *processor, uint32_t cycles);
void processor_end(struct processor *processor);

/* Clock edges of clk_sys: their number at a time, and the time of one. */
uint64_t processor_cycle_at(const struct processor *processor, uint64_t ns);
uint64_t processor_ns_of(const struct processor *processor, uint64_t cycle);

#endif
