/* SPDX-License-Identifier: MIT */
/*
 * What ARMv6-M and ARMv7-M have.  Priorities use the two upper bits.
 */
#include "torture.h"

void supervisor(void);

/* Cycles until SysTick. */
enum { SOON = 1000000 };

static volatile unsigned count;

void reset_scenario(const char *what)
{
    title(what);
    for (unsigned i = 0; i < EXCEPTIONS; i++)
        actions[i] = 0;
    interrupts_anywhere = false;
    NVIC_ICPR = 0xFFFFFFFF;
    NVIC_ISER = 0xFFFF;
    for (unsigned irq = 0; irq < 32; irq++)
        set_priority(irq, LAST);
    SHPR2 = 0;
    SHPR3 = 0;
    count = 0;
}

/* ---- one at a time --------------------------------------------------------------------------- */

static void returns_a_value(struct frame *frame)
{
    const uint8_t *opcode = (const uint8_t *)frame->pc - 2;
    note("svc", opcode[0]);
    frame->r0 = 0xCAFE;
}

static void alone(void)
{
    reset_scenario("one at a time");
    actions[SVCALL] = returns_a_value;
    supervisor();
    ICSR = ICSR_PENDSV;
    settle();
    ICSR = ICSR_PENDST;
    settle();
    pend(0);
    pend(31);
    note("31 is pending, not enabled", NVIC_ISPR);
    NVIC_ISER = 1u << 31;
    settle();
    NVIC_ICER = 1u << 31;
    note("ICSR", ICSR & ~(1u << 22 | 1u << 11));
}

/* ---- nesting and tail-chaining --------------------------------------------------------------- */

static void pend_all(struct frame *frame)
{
    (void)frame;
    pend(1);
    note("the first has come", NVIC_ISPR);
    pend(3);
    pend(2);
    note("the others wait", NVIC_ISPR);
    note("active", ICSR & 0x1FF);
    note("pending", ICSR >> 12 & 0x1FF);
}

static void changes_the_frame(struct frame *frame)
{
    frame->r0 = 0xF0F0F0F0;
}

static void nesting(void)
{
    reset_scenario("nesting, tail-chaining");
    set_priority(0, THIRD);
    set_priority(1, FIRST);
    set_priority(2, LAST);
    set_priority(3, LAST);
    actions[IRQ0] = pend_all;
    actions[IRQ0 + 2] = changes_the_frame;
    pend(0);
}

static void equals(void)
{
    reset_scenario("equal priorities: the lower number first");
    MASK_ALL();
    NVIC_ISPR = 0xF0;
    ICSR = ICSR_PENDSV | ICSR_PENDST;
    settle();
    note("masked", NVIC_ISPR);
    UNMASK_ALL();
    note("all are done", NVIC_ISPR);
}

static void by_priority(void)
{
    reset_scenario("all at once, by priority");
    MASK_ALL();
    for (unsigned irq = 0; irq < 16; irq++)
        set_priority(irq, (irq * 5 % 4) * 0x40);
    SHPR3 = (uint32_t)SECOND << 16 | (uint32_t)THIRD << 24;
    NVIC_ISPR = 0xFFFF;
    ICSR = ICSR_PENDSV | ICSR_PENDST;
    settle();
    UNMASK_ALL();
}

/* In a handler: one that comes while it ends. */
static void pend_last(struct frame *frame)
{
    (void)frame;
    NVIC_ISPR = 1 << 5;
    ICSR = ICSR_PENDSV;
}

static void at_the_end(void)
{
    reset_scenario("pending while a handler ends");
    set_priority(4, SECOND);
    SHPR3 = (uint32_t)LAST << 16;
    actions[IRQ0 + 4] = pend_last;
    pend(4);
}

/* It pends itself. */
static void again(struct frame *frame)
{
    (void)frame;
    if (++count < 3)
        pend(6);
    note("again", NVIC_ISPR);
}

static void itself(void)
{
    reset_scenario("a handler that pends itself");
    actions[IRQ0 + 6] = again;
    pend(6);
}

/* Priorities that change: what is pending, and what runs. */
static void changes_priorities(struct frame *frame)
{
    (void)frame;
    pend(8);
    set_priority(8, FIRST);
    settle();
    note("after the change", NVIC_ISPR);
}

static void priorities_change(void)
{
    reset_scenario("a priority changes while it is pending");
    set_priority(7, SECOND);
    set_priority(8, LAST);
    actions[IRQ0 + 7] = changes_priorities;
    pend(7);
}

static void supervisor_call_in_handler(struct frame *frame)
{
    (void)frame;
    supervisor();
}

static void calls_in_handlers(void)
{
    reset_scenario("SVC in a handler of lower priority");
    actions[IRQ0 + 9] = supervisor_call_in_handler;
    actions[SVCALL] = returns_a_value;
    set_priority(9, THIRD);
    pend(9);
}

/* ---- masks ----------------------------------------------------------------------------------- */

static void masks(void)
{
    reset_scenario("PRIMASK");
    MASK_ALL();
    pend(0);
    note("PRIMASK", READ_SPECIAL(primask));
    note("pending", NVIC_ISPR);
    NVIC_ICPR = 1;
    settle();
    UNMASK_ALL();
    note("it was taken back", NVIC_ISPR);
    MASK_ALL();
    pend(1);
    WRITE_SPECIAL(primask, 0);
    note("done", READ_SPECIAL(primask));
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void tick(struct frame *frame)
{
    (void)frame;
    count++;
    SYST_CSR = 0;
}

/* Counts down from the reload value once. */
static void start_systick(uint32_t cycles)
{
    count = 0;
    SYST_RVR = cycles;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

static void waiting(void)
{
    reset_scenario("WFI, WFE, SEV");
    actions[SYSTICK] = tick;
    interrupts_anywhere = true;
    start_systick(SOON);
    while (!count)
        __asm volatile("wfi");
    note("ticks", count);
    start_systick(SOON);
    while (!count)
        __asm volatile("wfe");
    note("ticks", count);
    MASK_ALL();
    start_systick(SOON);
    while (!(ICSR & ICSR_PENDST))
        __asm volatile("wfi"); /* wakes, and is not served */
    SYST_CSR = 0;
    note("masked", count);
    UNMASK_ALL();
    note("ticks", count);
    __asm volatile("sev\n\twfe");
    note("an event of its own", count);
    NVIC_ICER = 1 << 3;
    SCR = 1 << 4;
    __asm volatile("sev\n\twfe");
    pend(3);
    __asm volatile("wfe"); /* SEVONPEND: no longer than this */
    SCR = 0;
    NVIC_ICPR = 1 << 3;
    note("pending was an event", count);
}

static void tick_often(struct frame *frame)
{
    (void)frame;
    if (++count == 3) {
        SCR = 0;
        SYST_CSR = 0;
    }
}

static void sleeping_on_exit(void)
{
    reset_scenario("sleeps between handlers");
    actions[SYSTICK] = tick_often;
    interrupts_anywhere = true;
    SCR = 2;
    settle();
    start_systick(SOON);
    while (count < 3)
        __asm volatile("wfi");
    note("ticks", count);
}

/* ---- stacks ---------------------------------------------------------------------------------- */

static uint32_t process_stack[128] __attribute__((aligned(8)));

static void note_stack(struct frame *frame)
{
    note("on the process stack", (uint32_t)frame - (uint32_t)process_stack);
    note("CONTROL", READ_SPECIAL(control));
}

static void process_stacks(void)
{
    reset_scenario("the process stack");
    actions[IRQ0] = note_stack;
    actions[SVCALL] = note_stack;
    WRITE_SPECIAL(psp, (uint32_t)(process_stack + 120));
    __asm volatile(
        "movs r0, #2\n\tmsr control, r0\n\tisb\n\tsvc 1\n\tmovs r0, #0\n\tmsr control, r0\n\tisb" ::
            : "r0", "memory");
    note("PSP", READ_SPECIAL(psp) - (uint32_t)process_stack);
    note("CONTROL", READ_SPECIAL(control));
    WRITE_SPECIAL(psp, (uint32_t)(process_stack + 119));
    __asm volatile(
        "movs r0, #2\n\tmsr control, r0\n\tisb\n\tsvc 2\n\tmovs r0, #0\n\tmsr control, r0\n\tisb" ::
            : "r0", "memory");
    note("PSP", READ_SPECIAL(psp) - (uint32_t)process_stack);
}

static void askew(void)
{
    reset_scenario("a stack that is a multiple of 4 only");
    actions[SVCALL] = 0;
    __asm volatile("sub sp, #4\n\tsvc 3\n\tadd sp, #4" ::: "memory");
    __asm volatile("svc 4" ::: "memory");
}

/* ---- faults ---------------------------------------------------------------------------------- */

/* Goes on behind the instruction, which has `count` bytes. */
static void skip(struct frame *frame)
{
    frame->pc += count;
}

static void undefined(void)
{
    reset_scenario("an undefined instruction is a HardFault");
    actions[HARD_FAULT] = skip;
    count = 2;
    __asm volatile("udf 0" ::: "memory");
}

static void nowhere(void)
{
    reset_scenario("an address where nothing is");
    actions[HARD_FAULT] = skip;
    count = 2;
    __asm volatile("ldr r3, =0xA8000000\n\tldr r2, [r3]" ::: "r2", "r3", "memory");
}

static void pend_nmi(struct frame *frame)
{
    skip(frame);
    ICSR = ICSR_NMI;
    settle();
    note("NMI was here", ICSR & 0x1FF);
}

static void above_all(void)
{
    reset_scenario("NMI in HardFault");
    actions[HARD_FAULT] = pend_nmi;
    count = 2;
    __asm volatile("udf 1" ::: "memory");
    MASK_ALL();
    ICSR = ICSR_NMI;
    settle();
    UNMASK_ALL();
}

void common(void)
{
    alone();
    nesting();
    equals();
    by_priority();
    at_the_end();
    itself();
    priorities_change();
    calls_in_handlers();
    masks();
    waiting();
    sleeping_on_exit();
    process_stacks();
    askew();
    undefined();
    nowhere();
    above_all();
}
