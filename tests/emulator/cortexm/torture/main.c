/* SPDX-License-Identifier: MIT */
/*
 * Start, and the one C function behind every vector.
 */
#include "text.h"
#include "torture.h"

extern uint32_t bss_begin[], bss_end[];
void reset(void);
void handle(struct entry *entry, unsigned number);

action *actions[EXCEPTIONS];
volatile bool interrupts_anywhere;

/* ---- handlers -------------------------------------------------------------------------------- */

static struct frame *frame_of(struct entry *entry)
{
    bool is_process = entry->lr & 4;
    uint32_t address = is_process ? READ_SPECIAL(psp) : (uint32_t)(entry + 1);
    return (struct frame *)address;
}

static bool is_synchronous(unsigned number)
{
    return number == SVCALL || (number >= HARD_FAULT && number <= USAGE_FAULT);
}

static void write_registers(const struct entry *entry, const struct frame *frame, unsigned number)
{
    put_text(" registers");
    put_word(entry->r0);
    put_word(entry->r1);
    put_word(entry->r2);
    put_word(entry->r3);
    put_word(entry->r12);
    put_text(" frame");
    put_word(frame->r0);
    put_word(frame->r12);
    put_word(frame->xpsr);
    if (is_synchronous(number))
        put_word(frame->pc);
}

static void write_down(const struct entry *entry, const struct frame *frame, unsigned number)
{
    put_text("handler");
    put_word(number);
    put_word(entry->lr);
    if (!interrupts_anywhere)
        write_registers(entry, frame, number);
    put_text((uint32_t)frame % 8 ? " askew" : "");
    put('\n');
}

/* A handler that is entered without anything being restored before finds these registers. */
static void leave_marks(struct entry *entry, unsigned number)
{
    entry->r0 = 0xA0000000 | number;
    entry->r1 = 0xA1000000 | number;
    entry->r2 = 0xA2000000 | number;
    entry->r3 = 0xA3000000 | number;
    entry->r12 = 0xAC000000 | number;
}

void handle(struct entry *entry, unsigned number)
{
    struct frame *frame = frame_of(entry);
    write_down(entry, frame, number);
    if (actions[number])
        actions[number](frame);
    note("left", number);
    leave_marks(entry, number);
}

/* ---- start ----------------------------------------------------------------------------------- */

void reset(void)
{
    for (uint32_t *word = bss_begin; word < bss_end; word++)
        *(volatile uint32_t *)word = 0;
    common();
    more();
    title("end");
    leave();
}
