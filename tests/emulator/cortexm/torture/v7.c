/* SPDX-License-Identifier: MIT */
/*
 * What ARMv7-M has beyond ARMv6-M, with the FPU.
 */
#include "torture.h"

enum { GROUP_SHIFT = 8 };
#define AIRCR_KEY 0x05FA0000u

enum { OWN_HANDLERS = 7 << 16, LSPACT = 1 };
#define LSPEN (1u << 30)
#define ASPEN (1u << 31)

static uint32_t bytes_to_skip;

static void skip(struct frame *frame)
{
    frame->pc += bytes_to_skip;
}

/* ---- masks ----------------------------------------------------------------------------------- */

static void pend_three(void)
{
    NVIC_ISPR = 0x70;
    settle();
}

static void priorities_of_three(void)
{
    set_priority(4, LAST);
    set_priority(5, THIRD);
    set_priority(6, SECOND);
}

static void base_priority(void)
{
    reset_scenario("BASEPRI");
    priorities_of_three();
    WRITE_SPECIAL(basepri, THIRD);
    pend_three();
    note("the two others wait", NVIC_ISPR);
    WRITE_SPECIAL(basepri, LAST);
    note("one waits", NVIC_ISPR);
    WRITE_SPECIAL(basepri_max, THIRD);
    note("raised", READ_SPECIAL(basepri));
    WRITE_SPECIAL(basepri_max, LAST);
    note("not lowered", READ_SPECIAL(basepri));
    WRITE_SPECIAL(basepri, 0);
    note("none waits", NVIC_ISPR);
    WRITE_SPECIAL(basepri, 0xFF);
    note("the bits that are there", READ_SPECIAL(basepri) & 0xE0);
    WRITE_SPECIAL(basepri, 0);
}

static void mask_faults(struct frame *frame)
{
    (void)frame;
    __asm volatile("cpsid f" ::: "memory");
    pend(6);
    note("FAULTMASK", READ_SPECIAL(faultmask));
    ICSR = ICSR_NMI;
    settle();
    note("NMI came, the other waits", NVIC_ISPR);
}

static void fault_mask(void)
{
    reset_scenario("FAULTMASK, and how it ends");
    priorities_of_three();
    actions[IRQ0 + 4] = mask_faults;
    pend(4);
    note("FAULTMASK", READ_SPECIAL(faultmask));
    __asm volatile("cpsid f" ::: "memory");
    pend(5);
    note("waits", NVIC_ISPR);
    __asm volatile("cpsie f" ::: "memory");
    note("does not wait", NVIC_ISPR);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void pend_higher(struct frame *frame)
{
    (void)frame;
    pend(6);
    pend(5);
    note("active", NVIC_IABR);
    note("pending", NVIC_ISPR);
}

static void groups(void)
{
    reset_scenario("groups of priorities");
    priorities_of_three();
    actions[IRQ0 + 4] = pend_higher;
    AIRCR = AIRCR_KEY | 7 << GROUP_SHIFT; /* all in one group */
    note("AIRCR", AIRCR);
    pend(4);
    AIRCR = AIRCR_KEY | 6 << GROUP_SHIFT; /* two groups */
    pend(4);
    WRITE_SPECIAL(basepri, LAST);
    pend_three();
    note("a whole group waits", NVIC_ISPR);
    WRITE_SPECIAL(basepri, 0);
    AIRCR = AIRCR_KEY;
    pend(4);
    AIRCR = 7 << GROUP_SHIFT;
    note("without the key", AIRCR);
}

/* ---- system exceptions ----------------------------------------------------------------------- */

static void note_state(struct frame *frame)
{
    (void)frame;
    note("SHCSR", SHCSR);
    note("ICSR", ICSR & ~(1u << 23));
}

static void states(void)
{
    reset_scenario("what is active and pending");
    actions[SVCALL] = actions[PENDSV] = actions[IRQ0] = note_state;
    SHPR3 = (uint32_t)SECOND << 16;
    set_priority(0, FIRST);
    __asm volatile("svc 9" ::: "memory");
    ICSR = ICSR_PENDSV;
    settle();
    pend(0);
    STIR = 3;
    settle();
}

static void calls_supervisor(struct frame *frame)
{
    (void)frame;
    __asm volatile("svc 10" ::: "memory");
    note("HFSR", HFSR);
    HFSR = 0xFFFFFFFF;
}

static void escalation(void)
{
    reset_scenario("SVC where it can not be served");
    actions[IRQ0 + 1] = calls_supervisor;
    SHPR2 = (uint32_t)THIRD << 24;
    set_priority(1, THIRD);
    pend(1);
    set_priority(1, SECOND);
    pend(1);
}

static uint32_t table[EXCEPTIONS] __attribute__((aligned(256)));
extern const uint32_t vectors[];

static void another_table(void)
{
    reset_scenario("another table of vectors");
    for (unsigned i = 0; i < EXCEPTIONS; i++)
        table[i] = vectors[i];
    VTOR = (uint32_t)table;
    settle();
    note("VTOR", VTOR);
    pend(2);
    VTOR = (uint32_t)vectors;
    settle();
}

/* ---- faults ---------------------------------------------------------------------------------- */

static void note_fault(struct frame *frame)
{
    note("CFSR", CFSR);
    note("HFSR", HFSR);
    CFSR = 0xFFFFFFFF;
    HFSR = 0xFFFFFFFF;
    skip(frame);
}

static void note_bus_fault(struct frame *frame)
{
    note("BFAR", BFAR);
    note_fault(frame);
}

static void try_faults(void)
{
    bytes_to_skip = 2;
    __asm volatile("udf 2" ::: "memory");
    __asm volatile("ldr r3, =0xA8000010\n\tldr r2, [r3]" ::: "r2", "r3", "memory");
    __asm volatile("ldr r3, =0xA8000020\n\tstr r3, [r3]" ::: "r3", "memory");
}

static void faults(void)
{
    reset_scenario("faults with handlers of their own");
    SHCSR = OWN_HANDLERS;
    note("SHCSR", SHCSR);
    actions[USAGE_FAULT] = note_fault;
    actions[BUS_FAULT] = note_bus_fault;
    try_faults();
    reset_scenario("faults without");
    SHCSR = 0;
    actions[HARD_FAULT] = note_fault;
    try_faults();
    reset_scenario("faults in a handler above theirs");
    SHCSR = OWN_HANDLERS;
    MASK_ALL();
    actions[HARD_FAULT] = note_fault;
    try_faults();
    UNMASK_ALL();
    SHCSR = 0;
}

/* A return to handler mode where there is no handler to return to. */
static void wrong_return(struct frame *frame)
{
    ((struct entry *)frame)[-1].lr = 0xFFFFFFF1;
}

static void right_return(struct frame *frame)
{
    note("CFSR", CFSR);
    CFSR = 0xFFFFFFFF;
    ((struct entry *)frame)[-1].lr = 0xFFFFFFF9;
}

static void integrity(void)
{
    reset_scenario("an impossible return");
    SHCSR = OWN_HANDLERS;
    actions[SVCALL] = wrong_return;
    actions[USAGE_FAULT] = right_return;
    __asm volatile("svc 12" ::: "memory");
    SHCSR = 0;
}

/* ---- privilege ------------------------------------------------------------------------------- */

static uint32_t process_stack[160] __attribute__((aligned(8)));

static void gives_privilege(struct frame *frame)
{
    (void)frame;
    note("CONTROL", READ_SPECIAL(control));
    WRITE_SPECIAL(control, READ_SPECIAL(control) & ~1u);
}

static void privileges(void)
{
    reset_scenario("a thread without privileges, on its own stack");
    actions[SVCALL] = gives_privilege;
    WRITE_SPECIAL(psp, (uint32_t)(process_stack + 140));
    __asm volatile("movs r0, #3\n\tmsr control, r0\n\tisb\n\t"
                   "cpsid i\n\tmrs r2, primask\n\tmrs r3, control\n\t" /* no effect */
                   "movs r0, #0\n\tmsr control, r0\n\tisb\n\t"         /* no effect */
                   "svc 11\n\t"
                   "mrs r1, control\n\tmovs r0, #0\n\tmsr control, r0\n\tisb" ::
                       : "r0", "r1", "r2", "r3", "memory");
    note("CONTROL", READ_SPECIAL(control));
}

/* ---- the FPU --------------------------------------------------------------------------------- */

static void set_floats(uint32_t value)
{
    __asm volatile(
        "vmov s0, %0\n\tvmov s1, %1\n\tvmov s15, %2\n\tvmov s16, %3\n\tvmsr fpscr, %4" ::"r"(value),
        "r"(value + 1), "r"(value + 15), "r"(value + 16), "r"(value << 28)
        : "memory");
}

static void note_floats(const char *what)
{
    uint32_t value[5];
    __asm volatile("vmov %0, s0\n\tvmov %1, s1\n\tvmov %2, s15\n\tvmov %3, s16\n\tvmrs %4, fpscr"
                   : "=r"(value[0]), "=r"(value[1]), "=r"(value[2]), "=r"(value[3]),
                     "=r"(value[4])::"memory");
    for (unsigned i = 0; i < 5; i++)
        note(what, value[i]);
}

/* S0 to S15 of a new context are unknown (ARMv7-M §B1.5.7). */
static uint32_t float_status(void)
{
    uint32_t value;
    __asm volatile("vmrs %0, fpscr" : "=r"(value)::"memory");
    return value;
}

static void note_context(const char *what, const struct frame *frame)
{
    note(what, FPCCR & (LSPACT | LSPEN | ASPEN));
    note("FPCAR", FPCCR & LSPACT ? FPCAR - (uint32_t)frame : 0);
    note("CONTROL", READ_SPECIAL(control));
}

static void no_floats(struct frame *frame)
{
    note_context("lazy", frame);
}

static bool has_floats(const struct frame *frame)
{
    return !(((const struct entry *)frame)[-1].lr & 16);
}

/* What the frame has room for is overwritten when the FPU is used, or has been already. */
static void mark_floats(struct frame *frame)
{
    for (unsigned i = 0; i < 16 && has_floats(frame); i++)
        frame->s[i] = 0xEEEE0000 + i;
}

static void note_saved_floats(const struct frame *frame)
{
    if (!has_floats(frame))
        return;
    note("S0", frame->s[0]);
    note("S15", frame->s[15]);
    note("FPSCR", frame->fpscr);
}

static void floats(struct frame *frame)
{
    note_context("before use", frame);
    if (FPCCR & LSPACT)
        mark_floats(frame);
    note("FPSCR of the new context", float_status());
    note_context("after use", frame);
    note_saved_floats(frame);
    set_floats(0xBAD0);
}

static void pend_floats(struct frame *frame)
{
    note_context("outer", frame);
    pend(2);
    note_context("outer, after the inner one", frame);
}

static void use_floats_and_pend(struct frame *frame)
{
    set_floats(0x7000);
    pend(2);
    note_floats("outer");
    note_context("outer", frame);
}

/* In thread mode with a context: each kind of handler. */
static void handlers_of_floats(void)
{
    set_floats(0x1005);
    pend(0);
    note_floats("thread");
    pend(1);
    note_floats("thread");
    pend(3);
    note_floats("thread");
    pend(4);
    note_floats("thread");
    MASK_ALL();
    NVIC_ISPR = 3 << 0;
    settle();
    UNMASK_ALL();
    note_floats("thread");
}

static void float_frames(const char *what)
{
    reset_scenario(what);
    set_priority(0, THIRD);
    set_priority(2, FIRST);
    actions[IRQ0] = no_floats;
    actions[IRQ0 + 1] = floats;
    actions[IRQ0 + 2] = floats;
    actions[IRQ0 + 3] = pend_floats;
    actions[IRQ0 + 4] = use_floats_and_pend;
}

static void drop_context(void)
{
    WRITE_SPECIAL(control, READ_SPECIAL(control) & ~4u);
}

static void floating(void)
{
    CPACR = 0xF << 20;
    settle();
    float_frames("no context yet");
    drop_context();
    note("CONTROL", READ_SPECIAL(control));
    pend(0);
    pend(1);
    note("CONTROL", READ_SPECIAL(control));
    float_frames("frames with the FPU's registers, made when they are needed");
    handlers_of_floats();
    float_frames("made at once");
    FPCCR = ASPEN;
    handlers_of_floats();
    FPCCR = ASPEN | LSPEN;
    float_frames("a default for FPSCR");
    FPDSCR = 1 << 25;
    pend(1);
    FPDSCR = 0;
    note_floats("thread");
    drop_context();
}

static void no_coprocessor(void)
{
    reset_scenario("the FPU is off");
    CPACR = 0;
    settle();
    SHCSR = OWN_HANDLERS;
    actions[USAGE_FAULT] = note_fault;
    bytes_to_skip = 4;
    __asm volatile("vadd.f32 s0, s1, s2" ::: "memory");
    SHCSR = 0;
    CPACR = 0xF << 20;
    settle();
}

/* ---- exclusive access ------------------------------------------------------------------------ */

static volatile uint32_t shared;

static uint32_t exclusive(bool is_interrupted)
{
    uint32_t value, failed;
    __asm volatile("ldrex %0, [%1]" : "=r"(value) : "r"(&shared) : "memory");
    if (is_interrupted)
        pend(0);
    __asm volatile("strex %0, %1, [%2]" : "=&r"(failed) : "r"(value + 1), "r"(&shared) : "memory");
    return failed;
}

static void exclusives(void)
{
    reset_scenario("an exception ends exclusive access");
    note("failed", exclusive(false));
    note("failed", exclusive(true));
    note("value", shared);
}

void more(void)
{
    base_priority();
    fault_mask();
    groups();
    states();
    escalation();
    another_table();
    faults();
    integrity();
    privileges();
    floating();
    no_coprocessor();
    exclusives();
}
