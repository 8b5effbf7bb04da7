/* SPDX-License-Identifier: MIT */
/*
 * Work that comes to the same results whether it is interrupted or not.
 *
 * The handlers, which nest, spoil every register that a handler may use.  What the work of an
 * architecture consists of is in work_v6.S and work_v7.S.
 */
#include "torture.h"

/* The registers of execute.c. */
#define ACKNOWLEDGE REGISTER(0x40000000) /* bits of interrupts that were served */
#define COUNTER REGISTER(0x40000004)     /* how often it was read by now */

enum { INTERRUPTS = 4, ROUNDS = 3000, WORDS = 16 };

void reset(void);
void handle(struct entry *entry, unsigned number);
/* Changes the words, and returns a sum.  Reads COUNTER once. */
uint32_t work(uint32_t *words, uint32_t round);
/* What a handler does to the FPU, if there is one. */
void spoil_floats(uint32_t value);
void begin_floats(void);

extern uint32_t bss_begin[], bss_end[];
static volatile uint32_t handled[INTERRUPTS];
static uint32_t words[WORDS] __attribute__((aligned(8)));

void handle(struct entry *entry, unsigned number)
{
    unsigned irq = number - IRQ0;
    handled[irq]++;
    spoil_floats(handled[irq]);
    ACKNOWLEDGE = 1u << irq;
    (void)REGISTER(0x40000000);
    *entry = (struct entry){0xDEAD, entry->lr, 1, 2, 3, 4};
}

void reset(void)
{
    for (uint32_t *word = bss_begin; word < bss_end; word++)
        *(volatile uint32_t *)word = 0;
    begin_floats();
    for (unsigned irq = 0; irq < INTERRUPTS; irq++)
        set_priority(irq, irq * 0x40);
    NVIC_ISER = (1 << INTERRUPTS) - 1;
    uint32_t sum = 0;
    for (uint32_t round = 0; round < ROUNDS; round++)
        sum = sum * 31 + work(words, round);
    MASK_ALL();
    note("sum", sum);
    for (unsigned i = 0; i < WORDS; i++)
        note("word", words[i]);
    note("counter", COUNTER);
    title("interrupts");
    note("handled", handled[0] + handled[1] + handled[2] + handled[3]);
    leave();
}
