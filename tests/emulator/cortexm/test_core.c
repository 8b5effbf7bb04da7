/* SPDX-License-Identifier: MIT */
/*
 * Time: what instructions, handlers and waiting cost, and in which cycle an interrupt comes.  What
 * exceptions do is judged by QEMU (test_torture.py).
 *
 * Each test has a few instructions of its own, and a chip whose interrupts come when the test says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/core.h"

enum { CODE = 0x400, DATA = 0x20000000, SIZE = 0x10000, REGISTERS = 0x40000000 };
enum { IRQS = 40, CYCLE_NS = 10, PLANS_MAX = 8, LOG_MAX = 64 };

/* Instructions. */
enum {
    NOP = 0xBF00,
    WFI = 0xBF30,
    WFE = 0xBF20,
    SEV = 0xBF40,
    CPSID = 0xB672,
    CPSIE = 0xB662,
    BX_LR = 0x4770,
    BREAK = 0xBE01,
    BRANCH_SELF = 0xE7FE
};

/* ---- a chip, and what happened --------------------------------------------------------------- */

/* At `cycle` the request `irq` becomes `level`. */
struct plan {
    uint64_t cycle;
    unsigned irq;
    bool level;
};

static struct chip {
    struct processor processor; /* first member */
    struct wires_participant alarm;
    uint32_t requests[2];
    struct plan plans[PLANS_MAX];
    unsigned planned, done;
    uint32_t stored, stored_at;
    uint64_t loaded_ns;
} chip;

/* Entries (number) and returns (-number), each with its cycle. */
static struct {
    int what;
    uint64_t cycle;
} happened[LOG_MAX];
static unsigned happened_count;

static struct wires wires;
static struct cortexm core;

static void next_alarm(void)
{
    chip.alarm.wake_ns =
        chip.done < chip.planned ? chip.plans[chip.done].cycle * CYCLE_NS : WIRES_NEVER;
}

static void on_alarm(struct wires_participant *alarm, struct wires *of)
{
    (void)alarm;
    while (chip.done < chip.planned && chip.plans[chip.done].cycle * CYCLE_NS <= of->now_ns) {
        struct plan plan = chip.plans[chip.done++];
        uint32_t bit = UINT32_C(1) << plan.irq % 32;
        chip.requests[plan.irq / 32] &= ~bit;
        chip.requests[plan.irq / 32] |= plan.level ? bit : 0;
    }
    next_alarm();
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)bytes;
    chip.loaded_ns = processor->wires->now_ns;
    return address;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)bytes;
    (void)processor;
    chip.stored = value;
    chip.stored_at = address;
    chip.requests[0] = 0;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static void requests(const struct processor *processor, uint32_t *words)
{
    (void)processor;
    words[0] = chip.requests[0];
    words[1] = chip.requests[1];
}

#define CHIP(bits)                                                                \
    {                                                                             \
        .irq_count = IRQS, .priority_bits = (bits), .load = load, .store = store, \
        .catch_up = nothing, .refresh = nothing, .requests = requests             \
    }
static const struct processor_chip v6_chip = CHIP(2), v7_chip = CHIP(3);

static void note(int what)
{
    if (happened_count == LOG_MAX)
        fail_msg("too much happens");
    happened[happened_count].what = what;
    happened[happened_count++].cycle = core.base.cycles;
}

static void on_enter(struct cortexm *of, unsigned exception)
{
    (void)of;
    note((int)exception);
}

static void on_leave(struct cortexm *of, unsigned exception)
{
    (void)of;
    note(-(int)exception);
}

/* ---- the stage ------------------------------------------------------------------------------- */

static void put(uint32_t address, uint32_t value)
{
    assert_true(core_store_word(&core.base, address, value));
}

static uint32_t get(uint32_t address)
{
    uint32_t value = 0;
    assert_true(core_load_word(&core.base, address, &value));
    return value;
}

static void private_register(uint32_t address, uint32_t value)
{
    scs_store(&core, address - SCS_PRIVATE_BUS, value, 4);
}

static uint32_t private_value(uint32_t address)
{
    return scs_load(&core, address - SCS_PRIVATE_BUS, 4);
}

/* All handlers return at once, and interrupt n has priority n * 32, one level lower than n - 1. */
static void set_stage(enum cortexm_kind kind)
{
    bool is_v6 = kind == CORTEXM_M0 || kind == CORTEXM_M0PLUS;
    chip = (struct chip){.alarm = {.step = on_alarm, .wake_ns = WIRES_NEVER}};
    happened_count = 0;
    i2ctarget_wires_init(&wires);
    processor_init(&chip.processor, is_v6 ? &v6_chip : &v7_chip, &wires, CYCLE_NS);
    i2ctarget_wires_join(&wires, &chip.alarm);
    struct core_setup setup = {
        .hz = 1000000000 / CYCLE_NS,
        .chip = &chip.processor,
        .memories = {{.base = 0, .size = SIZE, .is_rom = true}, {.base = DATA, .size = SIZE}},
        .windows = {{.base = REGISTERS, .size = 4096}}};
    assert_true(cortexm_init(&core, kind, &setup));
    core.on_enter = on_enter;
    core.on_leave = on_leave;
    enum { HANDLER = CODE - 4 };
    put(0, DATA + SIZE);
    put(4, CODE | 1);
    for (uint32_t number = 2; number < EXCEPTION_IRQ0 + IRQS; number++)
        put(4 * number, HANDLER | 1);
    put(HANDLER, BX_LR | (uint32_t)BX_LR << 16);
    cortexm_reset(&core, 0);
    private_register(0xE000E100, UINT32_MAX);
    private_register(0xE000E104, UINT32_MAX);
    for (uint32_t irq = 0; irq < 8; irq++)
        core.exceptions.priorities[EXCEPTION_IRQ0 + irq] =
            (uint8_t)(irq * (is_v6 ? 64 : 32)) & core.exceptions.priority_mask;
}

/* Instructions behind the reset, and a breakpoint behind them. */
#define PROGRAM(...) \
    program((const uint16_t[]){__VA_ARGS__, BREAK}, sizeof((const uint16_t[]){__VA_ARGS__, BREAK}))

static void program(const uint16_t *opcodes, size_t bytes)
{
    memcpy(core_bytes(&core.base, CODE, (uint32_t)bytes), opcodes, bytes);
}

static void plan(uint64_t cycle, unsigned irq, bool level)
{
    chip.plans[chip.planned++] = (struct plan){cycle, irq, level};
    next_alarm();
}

static void run_to_break(void)
{
    assert_int_equal(cortexm_run(&core), CORTEXM_BREAKPOINT);
}

static void assert_happened(unsigned index, int what, uint64_t cycle)
{
    assert_true(index < happened_count);
    assert_int_equal(happened[index].what, what);
    assert_int_equal(happened[index].cycle, cycle);
}

static int tear_down(void **state)
{
    (void)state;
    core_free(&core.base);
    return 0;
}

/* ---- costs of instructions ------------------------------------------------------------------- */

struct cost {
    uint32_t opcode;         /* the second halfword above */
    unsigned m0, m0plus, m4; /* 0: it has no such instruction */
};

static void costs(void **state)
{
    static const struct cost table[] = {
        {0x2001, 1, 1, 1},      /* movs r0, #1 */
        {0x4348, 1, 1, 1},      /* muls r0, r1 */
        {0x4801, 2, 2, 2},      /* ldr r0, [pc, #4] */
        {0x5888, 2, 2, 2},      /* ldr r0, [r1, r2] */
        {0x6808, 2, 2, 2},      /* ldr r0, [r1] */
        {0x6008, 2, 2, 1},      /* str r0, [r1] */
        {0x5088, 2, 2, 2},      /* str r0, [r1, r2] */
        {0x7808, 2, 2, 2},      /* ldrb r0, [r1] */
        {0x9001, 2, 2, 1},      /* str r0, [sp, #4] */
        {0xB40F, 5, 5, 5},      /* push {r0-r3} */
        {0xB50F, 6, 6, 6},      /* push {r0-r3, lr} */
        {0xBC0F, 5, 5, 5},      /* pop {r0-r3} */
        {0xBD0F, 7, 7, 6},      /* pop {r0-r3, pc}, and the refill */
        {0xC806, 3, 3, 3},      /* ldmia r0!, {r1, r2} */
        {0xC006, 3, 3, 3},      /* stmia r0!, {r1, r2} */
        {0xE7FE, 1, 1, 1},      /* b, and the refill */
        {0x4770, 1, 1, 1},      /* bx lr, and the refill */
        {0xF800F000, 2, 2, 1},  /* bl, and the refill */
        {0x8F5FF3BF, 4, 3, 2},  /* dmb */
        {0x8010F3EF, 4, 3, 2},  /* mrs r0, primask */
        {0x8810F380, 4, 3, 1},  /* msr primask, r0 */
        {0x0003E891, 0, 0, 3},  /* ldmia.w r1, {r0, r1} */
        {0x0200E9D1, 0, 0, 3},  /* ldrd r0, r2, [r1] */
        {0x0F00E851, 0, 0, 2},  /* ldrex r0, [r1] */
        {0xF001E8D0, 0, 0, 2},  /* tbb [r0, r1], and the refill */
        {0x0000F8D1, 0, 0, 2},  /* ldr.w r0, [r1] */
        {0x0000F8C1, 0, 0, 1},  /* str.w r0, [r1] */
        {0x0002F841, 0, 0, 2},  /* str.w r0, [r1, r2] */
        {0xF0F1FBB0, 0, 0, 6},  /* udiv r0, r0, r1 */
        {0x2301FBA0, 0, 0, 1},  /* umull r2, r3, r0, r1 */
        {0x0A81EE30, 0, 0, 1},  /* vadd.f32 s0, s1, s2 */
        {0x0A81EE80, 0, 0, 14}, /* vdiv.f32 s0, s1, s2 */
        {0x0AE0EEB1, 0, 0, 14}, /* vsqrt.f32 s0, s1 */
        {0x0A81EE00, 0, 0, 3},  /* vmla.f32 s0, s1, s2 */
        {0x0A00ED91, 0, 0, 2},  /* vldr s0, [r1] */
        {0x8B04ED2D, 0, 0, 5},  /* vpush {d8, d9} */
        {0x0A10EE00, 0, 0, 1},  /* vmov s0, r0 */
        {0x0B10EC51, 0, 0, 2},  /* vmov r0, r1, d0 */
    };
    (void)state;
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct cost cost = table[i];
        assert_int_equal(cycles_decode(CORTEXM_M4, cost.opcode).cycles, cost.m4);
        assert_int_equal(cycles_decode(CORTEXM_M33, cost.opcode).cycles, cost.m4);
        if (cost.m0) {
            assert_int_equal(cycles_decode(CORTEXM_M0, cost.opcode).cycles, cost.m0);
            assert_int_equal(cycles_decode(CORTEXM_M0PLUS, cost.opcode).cycles, cost.m0plus);
        }
    }
}

static void branches(void **state)
{
    (void)state;
    static const struct {
        enum cortexm_kind kind;
        unsigned taken;
    } kinds[] = {{CORTEXM_M0, 3}, {CORTEXM_M0PLUS, 2}, {CORTEXM_M4, 3}};
    for (unsigned i = 0; i < 3; i++) {
        set_stage(kinds[i].kind);
        PROGRAM(0xE000, NOP, 0x2000, 0xD100); /* b +2; movs r0, #0; bne +2: not taken */
        run_to_break();
        assert_int_equal(core.base.cycles, kinds[i].taken + 1 + 1 + 1);
        core_free(&core.base);
    }
    set_stage(CORTEXM_M4);
}

/* Code that is changed is decoded anew. */
static void changed_code(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    put(DATA, NOP | (uint32_t)BREAK << 16);
    cortexm_jump(&core, DATA + SIZE, DATA | 1);
    run_to_break();
    uint64_t before = core.base.cycles;
    uint16_t push = 0xB40F;
    uc_mem_write(core.engine, DATA, &push, sizeof push);
    cortexm_jump(&core, DATA + SIZE, DATA | 1);
    run_to_break();
    assert_int_equal(core.base.cycles - before, 5 + 1);
}

/* The first instruction of the FPU begins a context: CONTROL.FPCA, and nothing else there. */
static void float_context(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, 0xEE00, 0x0A10, NOP); /* vmov s0, r0 */
    put(CODE + 0x40, BREAK);
    put(4 * EXCEPTION_HARD_FAULT, (CODE + 0x40) | 1);
    run_to_break();
    assert_int_equal(core.scs.cfsr, CFSR_NOCP); /* CPACR */
    cortexm_reset(&core, 0);
    private_register(0xE000ED88, UINT32_C(0xF) << 20);
    cortexm_set_register(&core, UC_ARM_REG_R0, 77);
    run_to_break();
    assert_int_equal(cortexm_register(&core, UC_ARM_REG_CONTROL), 4);
    assert_int_equal(cortexm_register(&core, UC_ARM_REG_S0), 77);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void latency(void **state)
{
    (void)state;
    static const struct {
        enum cortexm_kind kind;
        unsigned entry, exit;
    } kinds[] = {{CORTEXM_M0, 16, 12}, {CORTEXM_M0PLUS, 15, 12}, {CORTEXM_M4, 12, 10}};
    for (unsigned i = 0; i < 3; i++) {
        set_stage(kinds[i].kind);
        PROGRAM(NOP, NOP, NOP, NOP, NOP, NOP);
        plan(3, 2, true);
        plan(4, 2, false);
        run_to_break();
        assert_happened(0, EXCEPTION_IRQ0 + 2, 3 + kinds[i].entry);
        assert_happened(1, -(EXCEPTION_IRQ0 + 2), 3 + kinds[i].entry + 1);
        assert_int_equal(core.base.cycles, 6 + kinds[i].entry + 1 + kinds[i].exit + 1);
        core_free(&core.base);
    }
    set_stage(CORTEXM_M4);
}

/* While the frame is made for one, another one comes that is more urgent. */
static void late_arrival(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP, NOP);
    plan(1, 3, true);
    plan(2, 3, false);
    plan(9, 1, true);
    plan(10, 1, false);
    run_to_break();
    assert_happened(0, EXCEPTION_IRQ0 + 1, 1 + 12);
    assert_happened(1, -(EXCEPTION_IRQ0 + 1), 1 + 12 + 1);
    assert_happened(2, EXCEPTION_IRQ0 + 3, 1 + 12 + 1 + 6);
    assert_int_equal(core.late, 1);
    assert_int_equal(core.tail_chained, 1);
    assert_int_equal(happened_count, 4);
}

/* One that is less urgent waits for the end, and does not take the place. */
static void later_and_less_urgent(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP, NOP);
    plan(1, 1, true);
    plan(2, 1, false);
    plan(9, 3, true);
    plan(10, 3, false);
    run_to_break();
    assert_happened(0, EXCEPTION_IRQ0 + 1, 1 + 12);
    assert_happened(2, EXCEPTION_IRQ0 + 3, 1 + 12 + 1 + 6);
    assert_int_equal(core.late, 0);
}

/* A request that is still there after the handler is served again. */
static void level(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP);
    plan(1, 2, true);
    plan(18, 2, false);
    run_to_break();
    assert_happened(0, EXCEPTION_IRQ0 + 2, 13);
    assert_happened(2, EXCEPTION_IRQ0 + 2, 13 + 1 + 6);
    assert_int_equal(happened_count, 4);
}

/* A request that comes and goes stays pending; one that rises in its own handler is one more. */
static void pulses(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(CPSID, NOP, NOP, NOP, NOP, CPSIE, NOP);
    plan(2, 33, true);
    plan(3, 33, false);
    plan(19, 33, true);
    plan(20, 33, false);
    put(CODE + 0x40, NOP | (uint32_t)NOP << 16);
    put(CODE + 0x44, BX_LR);
    put(4 * (EXCEPTION_IRQ0 + 33), (CODE + 0x40) | 1);
    run_to_break();
    assert_happened(0, EXCEPTION_IRQ0 + 33, 6 + 12);
    assert_happened(2, EXCEPTION_IRQ0 + 33, 18 + 3 + 6);
    assert_int_equal(happened_count, 4);
}

static void disabled(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP, NOP);
    private_register(0xE000E184, 2); /* ICER */
    plan(1, 33, true);
    run_to_break();
    assert_int_equal(happened_count, 0);
    assert_int_equal(private_value(0xE000E204), 2);
    private_register(0xE000E284, 2); /* ICPR: pending again while the request is there */
    cortexm_jump(&core, DATA + SIZE, CODE | 1);
    run_to_break();
    assert_int_equal(private_value(0xE000E204), 2);
}

/* Inside of an IT block the engine does not stop: it is taken behind the block. */
static void conditional(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(0xBF0C, 0x2001, 0x2002, NOP, NOP); /* ite eq; moveq; movne */
    plan(1, 2, true);
    plan(4, 2, false);
    run_to_break();
    assert_happened(0, EXCEPTION_IRQ0 + 2, 3 + 12);
    assert_int_equal(cortexm_register(&core, UC_ARM_REG_R0), 1);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void wait_for_interrupt(void **state)
{
    (void)state;
    set_stage(CORTEXM_M0PLUS);
    PROGRAM(NOP, WFI, NOP);
    plan(1000, 3, true);
    plan(1001, 3, false);
    run_to_break();
    assert_int_equal(core.base.instructions, 3 + 1 + 1); /* the handler's, and the breakpoint */
    assert_true(happened[0].cycle >= 1000 + 15 && happened[0].cycle <= 1002 + 15);
    assert_false(core.base.is_asleep);
}

/* With PRIMASK it wakes, and goes on. */
static void wait_masked(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(CPSID, WFI, NOP, CPSIE, NOP);
    plan(500, 3, true);
    plan(501, 3, false);
    run_to_break();
    assert_int_equal(happened_count, 2);
    assert_true(happened[0].cycle >= 500 + 2 + 12);
}

static void wait_for_event(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(SEV, WFE, WFE, NOP); /* the first returns at once, the second waits */
    plan(700, 3, true);
    plan(701, 3, false);
    run_to_break();
    assert_true(happened[0].cycle >= 700 + 12 && happened[0].cycle <= 702 + 12);
    /* The interrupt was an event itself: the next WFE returns at once. */
    put(DATA, WFE | (uint32_t)NOP << 16);
    put(DATA + 4, BREAK);
    cortexm_jump(&core, DATA + SIZE, DATA | 1);
    uint64_t before = core.base.cycles;
    run_to_break();
    assert_in_range(core.base.cycles - before, 2, 4);
}

static void nothing_wakes(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, WFI, NOP);
    assert_int_equal(cortexm_run(&core), CORTEXM_ASLEEP);
    assert_true(core.base.is_asleep);
    assert_int_equal(core.base.pc, CODE + 2);
    plan(50, 3, true);
    plan(51, 3, false);
    run_to_break(); /* it goes on where it was */
    assert_int_equal(happened_count, 2);
}

static bool until_asleep(struct core *of)
{
    return !of->is_asleep;
}

static void paused(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, WFI, NOP);
    plan(900, 3, true);
    core.base.goes_on = until_asleep;
    assert_int_equal(cortexm_run(&core), CORTEXM_PAUSED);
    assert_true(core.base.is_asleep);
    assert_in_range(core.base.cycles, 1, 2);
    core.base.goes_on = NULL;
}

/* ---- SysTick, cycle counter ------------------------------------------------------------------ */

static void systick(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(BRANCH_SELF);
    private_register(0xE000E014, 99);
    private_register(0xE000E018, 0);
    private_register(0xE000E010, 7);
    plan(950, 2, true); /* ends the run */
    put(4 * (EXCEPTION_IRQ0 + 2), 0xFFFFFFFE);
    put(4 * EXCEPTION_HARD_FAULT, 0xFFFFFFFE);
    cortexm_run(&core);
    unsigned ticks = 0;
    for (unsigned i = 0; i < happened_count; i++) {
        if (happened[i].what != EXCEPTION_SYSTICK)
            continue;
        /* It comes with every 100th cycle, when the instruction under way is done. */
        assert_in_range(happened[i].cycle - 12 - 100 * (++ticks), 0, 3);
    }
    assert_int_equal(ticks, 9);
}

static void counter(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP, NOP, NOP);
    private_register(0xE0001000, 1);
    run_to_break();
    assert_int_equal(private_value(0xE0001004), 0); /* DEMCR.TRCENA is 0 */
    private_register(0xE000EDFC, UINT32_C(1) << 24);
    cortexm_jump(&core, DATA + SIZE, CODE | 1);
    run_to_break();
    assert_int_equal(private_value(0xE0001004), 5);
    private_register(0xE0001004, 1000);
    cortexm_jump(&core, DATA + SIZE, CODE | 1);
    run_to_break();
    assert_int_equal(private_value(0xE0001004), 1005);
}

/* ---- the chip -------------------------------------------------------------------------------- */

static uint32_t slow_bus(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    return address == REGISTERS && !is_write ? 7 : 0;
}

/* ldr r1, [pc, #8]; ldr r0, [r1]; the constant behind it. */
static void accesses(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(0x4901, 0x6808, 0x6048, BREAK, 0x0000, 0x4000); /* and str r0, [r1, #4] */
    run_to_break();
    assert_int_equal(cortexm_register(&core, UC_ARM_REG_R0), REGISTERS);
    assert_int_equal(chip.loaded_ns, (2 + 1) * CYCLE_NS);
    assert_int_equal(chip.stored, REGISTERS);
    assert_int_equal(chip.stored_at, REGISTERS + 4);
    uint64_t quick = core.base.cycles;
    chip.processor.extra_cycles = slow_bus;
    cortexm_jump(&core, DATA + SIZE, CODE | 1);
    run_to_break();
    assert_int_equal(core.base.cycles - quick, quick + 7);
    assert_int_equal(chip.loaded_ns, (quick + 2 + 7 + 1) * CYCLE_NS);
}

/* An access that ends a request ends it before the next instruction. */
static void served(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(0x4902, NOP, NOP, NOP, NOP, BREAK, 0x0000, 0x4000);
    static const uint16_t handler[] = {0x6008, BX_LR}; /* str r0, [r1] */
    memcpy(core_bytes(&core.base, CODE + 0x40, sizeof handler), handler, sizeof handler);
    put(4 * (EXCEPTION_IRQ0 + 2), (CODE + 0x40) | 1);
    plan(3, 2, true);
    run_to_break();
    assert_int_equal(happened_count, 2);
}

static void clock_changes(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(NOP, NOP, NOP, NOP);
    run_to_break();
    uint64_t before_ns = core_now_ns(&core.base), before = core.base.cycles;
    core_set_clock(&core.base, 120000000);
    core.base.cycles = before + 120000000 * UINT64_C(3) + 60;
    assert_int_equal(core_now_ns(&core.base) - before_ns, UINT64_C(3000000500));
    core.base.cycles = before;
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void lock_up(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(0xDE00);
    enum { HANDLER = CODE + 0x40 };
    put(HANDLER, 0xDE01);
    put(4 * EXCEPTION_HARD_FAULT, HANDLER | 1);
    assert_int_equal(cortexm_run(&core), CORTEXM_LOCKED_UP);
    assert_int_equal(core.base.pc, HANDLER);
    assert_int_equal(core.base.fault_count, 2);
}

static void reset_request(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    /* ldr r0, [pc, #4]; ldr r1, [pc, #8]; str r1, [r0] */
    PROGRAM(0x4801, 0x4902, 0x6001, BREAK, 0xED0C, 0xE000, 0x0004, 0x05FA);
    assert_int_equal(cortexm_run(&core), CORTEXM_RESET);
    cortexm_reset(&core, 0);
    assert_int_equal(core.base.pc, CODE);
}

/* Code in flash can not be overwritten. */
static void read_only(void **state)
{
    (void)state;
    set_stage(CORTEXM_M4);
    PROGRAM(0x2100, 0x6008); /* movs r1, #0; str r0, [r1] */
    put(CODE + 0x40, BREAK);
    put(4 * EXCEPTION_HARD_FAULT, (CODE + 0x40) | 1);
    run_to_break();
    assert_int_equal(get(0), DATA + SIZE);
    assert_happened(0, EXCEPTION_HARD_FAULT, happened[0].cycle);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs),
        TEST(branches),
        TEST(changed_code),
        TEST(float_context),
        TEST(latency),
        TEST(late_arrival),
        TEST(later_and_less_urgent),
        TEST(level),
        TEST(pulses),
        TEST(disabled),
        TEST(conditional),
        TEST(wait_for_interrupt),
        TEST(wait_masked),
        TEST(wait_for_event),
        TEST(nothing_wakes),
        TEST(paused),
        TEST(systick),
        TEST(counter),
        TEST(accesses),
        TEST(served),
        TEST(clock_changes),
        TEST(lock_up),
        TEST(reset_request),
        TEST(read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
