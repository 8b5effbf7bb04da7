/* SPDX-License-Identifier: MIT */
/* Start, and the one C function behind every vector. */
#include "torture.h"

void begin(void);
void handle(struct frame *frame, unsigned number);
extern const uint32_t user_return[];

enum { END_OF_USER_MODE = 93, CALL_FROM_USER = 8 };

action *actions[VECTORS];

/* What is legal otherwise in QEMU's core is left out. */
static uint32_t seen_mstatus(void)
{
    return READ(mstatus) & (MIE | MPIE | MPP | TW);
}

static void write_down(const struct frame *frame, unsigned number)
{
    put_text("handler");
    put_word(number);
    put_word(READ(mcause));
    put_word(READ(mepc));
    put_word(READ(mtval));
    put_word(seen_mstatus());
    put_text(" registers");
    put_word(frame->x[SP]);
    put_word(frame->x[A0]);
    put_word(frame->x[A1]);
    put_word(frame->x[T6]);
    put('\n');
}

static bool ends_user_mode(const struct frame *frame)
{
    return READ(mcause) == CALL_FROM_USER && frame->x[A7] == END_OF_USER_MODE;
}

void handle(struct frame *frame, unsigned number)
{
    write_down(frame, number);
    if (ends_user_mode(frame)) {
        WRITE(mepc, user_return);
        SET(mstatus, MPP);
    } else if (actions[number % 100]) {
        actions[number % 100](frame);
    }
    note("left", seen_mstatus());
}

/* An instruction of 32 bits ends with 11. */
void skip(struct frame *frame)
{
    (void)frame;
    uint32_t pc = READ(mepc);
    bool is_long = (*(const volatile uint16_t *)pc & 3) == 3;
    WRITE(mepc, pc + (is_long ? 4 : 2));
}

void begin(void)
{
    all_exceptions();
    all_interrupts();
    title("end");
    leave();
}
