/* SPDX-License-Identifier: MIT */
#include "torture.h"

enum { SOFTWARE_BIT = 1 << SOFTWARE, TIMER_BIT = 1 << TIMER };

void set_timer(uint32_t ticks)
{
    COMPARE_HIGH = 0xFFFFFFFF;
    COMPARE_LOW = ticks ? TIME_LOW + ticks : 0;
    COMPARE_HIGH = 0;
}

void stop_timer(void)
{
    COMPARE_HIGH = 0xFFFFFFFF;
}

static void note_pending(const char *what)
{
    note(what, READ(mip) & (SOFTWARE_BIT | TIMER_BIT));
}

/* ---- actions --------------------------------------------------------------------------------- */

static void end_software(struct frame *frame)
{
    (void)frame;
    note_pending("pending");
    SOFTWARE_PENDING = 0;
    note_pending("pending");
}

static void end_timer(struct frame *frame)
{
    (void)frame;
    note_pending("pending");
    stop_timer();
    note_pending("pending");
}

/* What else is pending is served in here. */
static void let_others_in(struct frame *frame)
{
    uint32_t pc = READ(mepc), mstatus = READ(mstatus);
    end_software(frame);
    SET(mstatus, MIE);
    __asm volatile("nop" ::: "memory");
    CLEAR(mstatus, MIE);
    WRITE(mepc, pc);
    WRITE(mstatus, mstatus);
}

static void call_and_end(struct frame *frame)
{
    uint32_t pc = READ(mepc), mstatus = READ(mstatus);
    supervisor();
    WRITE(mepc, pc);
    WRITE(mstatus, mstatus);
    end_software(frame);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

/* Taken at the instruction behind the one that allows it. */
static void one(void)
{
    title("software interrupt");
    SOFTWARE_PENDING = 1;
    note_pending("masked");
    SET(mstatus, MIE);
    note("after", READ(mstatus) & (MIE | MPIE | MPP));
    CLEAR(mstatus, MIE);
    title("software interrupt, by its enable bit");
    CLEAR(mie, SOFTWARE_BIT);
    SET(mstatus, MIE);
    SOFTWARE_PENDING = 1;
    note_pending("disabled");
    SET(mie, SOFTWARE_BIT);
    note("enabled", READ(mie));
    CLEAR(mstatus, MIE);
    title("timer interrupt");
    set_timer(0);
    SET(mstatus, MIE);
    CLEAR(mstatus, MIE);
    note_pending("after");
}

static void two(void)
{
    title("both, one after the other");
    set_timer(0);
    SOFTWARE_PENDING = 1;
    SET(mstatus, MIE);
    CLEAR(mstatus, MIE);
    title("both, the second in the first one's handler");
    actions[SOFTWARE] = let_others_in;
    set_timer(0);
    SOFTWARE_PENDING = 1;
    SET(mstatus, MIE);
    CLEAR(mstatus, MIE);
    title("a call in a handler");
    actions[SOFTWARE] = call_and_end;
    SOFTWARE_PENDING = 1;
    SET(mstatus, MIE);
    CLEAR(mstatus, MIE);
    actions[SOFTWARE] = end_software;
    title("a return allows it");
    SOFTWARE_PENDING = 1;
    SET(mstatus, MPP | MPIE);
    __asm volatile("la t0, 1f\n\tcsrw mepc, t0\n\tmret\n1:" ::: "t0", "memory");
    CLEAR(mstatus, MIE);
}

static void user(void)
{
    ATTEMPT("nop");
}

static void waiting(void)
{
    title("waiting for what is masked");
    SOFTWARE_PENDING = 1;
    ATTEMPT("wfi");
    note_pending("goes on");
    SOFTWARE_PENDING = 0;
    title("waiting for the timer, masked");
    set_timer(500);
    ATTEMPT("wfi");
    note_pending("goes on");
    stop_timer();
    title("waiting for the timer");
    set_timer(500);
    SET(mstatus, MIE);
    ATTEMPT("wfi");
    CLEAR(mstatus, MIE);
    title("user mode is interrupted, MIE or not");
    SOFTWARE_PENDING = 1;
    CLEAR(mstatus, MPIE);
    in_user_mode(user);
    note("after", READ(mstatus) & (MIE | MPIE | MPP));
}

void all_interrupts(void)
{
    actions[0] = skip;
    actions[SOFTWARE] = end_software;
    actions[TIMER] = end_timer;
    stop_timer();
    CLEAR(mstatus, MIE);
    WRITE(mie, SOFTWARE_BIT | TIMER_BIT);
    one();
    two();
    waiting();
}
