/* SPDX-License-Identifier: MIT */
/*
 * Time, and what the ESP32-C3's core has of its own: what instructions, traps and waiting cost, in
 * which cycle an interrupt comes, the performance counter, CSRs of the chip.  What traps do is judged
 * by QEMU (test_torture.py).
 *
 * Each test has a few instructions of its own, and a chip whose interrupt comes when the test says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "emulator/riscv/core.h"

enum { CODE = 0x40380000, DATA = 0x3FC80000, SIZE = 0x10000, REGISTERS = 0x60004000 };
enum { CYCLE_NS = 10, NUMBER = 9, VECTORS = CODE + 0x400, GPIO_OUT = 0x805, GPIO_IN = 0x804 };

/* Instructions. */
enum {
    NOP = 0x00000013,
    WFI = 0x10500073,
    MRET = 0x30200073,
    ENABLE = 0x30046073,       /* csrsi mstatus, 8 */
    DISABLE = 0x30047073,      /* csrci mstatus, 8 */
    COUNT_CLOCKS = 0x7E00D073, /* csrwi mpcer, 1 */
    START_COUNT = 0x7E10D073,  /* csrwi mpcmr, 1 */
    STOP_COUNT = 0x7E105073,   /* csrwi mpcmr, 0 */
    READ_COUNT = 0x7E202573,   /* csrr a0, mpccr */
    GPIO_SET = 0x8052E073,     /* csrsi gpio_out, 5 */
    GPIO_CLEAR = 0x8050F073,   /* csrci gpio_out, 1 */
    GPIO_READ = 0x80402573,    /* csrr a0, gpio_in */
    NO_CSR = 0x5C002573,
    SKIP = 0x0080006F,     /* j .+8 */
    STAY = 0x0000006F,     /* j . */
    DIVIDE = 0x02B54533,   /* div a0, a0, a1 */
    MULTIPLY = 0x02B50533, /* mul a0, a0, a1 */
    LOAD = 0x0005A503,     /* lw a0, 0(a1) */
    STORE = 0x00A5A023,    /* sw a0, 0(a1) */
    FENCE_I = 0x0000100F,
    TWO_SHORT = 0x00010001 /* c.nop, twice */
};

/* ---- a chip ---------------------------------------------------------------------------------- */

static struct chip {
    struct processor processor; /* first member */
    struct wires_participant alarm;
    bool is_requested;
    uint32_t gpio;
    uint32_t stored;
    uint64_t access_ns;
} chip;

static struct wires wires;
static struct riscv core;
static uint32_t code; /* where the present program is: the engine remembers the one before */
static uint64_t entered_cycle, left_cycle;

static void on_alarm(struct wires_participant *alarm, struct wires *of)
{
    (void)alarm;
    (void)of;
    chip.is_requested = true;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)bytes;
    chip.access_ns = processor->wires->now_ns;
    return address + 1;
}

/* Any store ends the request. */
static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)address;
    (void)bytes;
    chip.access_ns = processor->wires->now_ns;
    chip.is_requested = false;
    chip.stored = value;
}

static uint32_t extra_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    (void)address;
    return is_write ? 3 : 7;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static unsigned interrupt(struct processor *processor)
{
    (void)processor;
    return chip.is_requested ? NUMBER : 0;
}

static bool load_csr(struct processor *processor, unsigned number, uint32_t *value)
{
    chip.access_ns = processor->wires->now_ns;
    *value = number == GPIO_OUT ? chip.gpio : 0xA5;
    return number == GPIO_OUT || number == GPIO_IN;
}

static bool store_csr(struct processor *processor, unsigned number, uint32_t value)
{
    chip.access_ns = processor->wires->now_ns;
    chip.gpio = value;
    return number == GPIO_OUT;
}

static const struct processor_chip registers = {
    .load = load, .store = store, .catch_up = nothing, .refresh = nothing};
static const struct riscv_chip additions = {
    .interrupt = interrupt, .load_csr = load_csr, .store_csr = store_csr};

/* ---- the stage ------------------------------------------------------------------------------- */

static void on_enter(struct riscv *of, uint32_t cause)
{
    (void)cause;
    entered_cycle = of->base.cycles;
}

static void on_leave(struct riscv *of)
{
    left_cycle = of->base.cycles;
}

static int set_up(void **state)
{
    (void)state;
    chip = (struct chip){.alarm = {.step = on_alarm, .wake_ns = WIRES_NEVER}};
    i2ctarget_wires_init(&wires);
    processor_init(&chip.processor, &registers, &wires, CYCLE_NS);
    i2ctarget_wires_join(&wires, &chip.alarm);
    struct core_setup setup = {
        .hz = 1000000000 / CYCLE_NS,
        .chip = &chip.processor,
        .memories = {{.base = DATA, .size = SIZE}, {.base = CODE, .size = SIZE, .alias_of = DATA}},
        .windows = {{.base = REGISTERS, .size = 4096}},
    };
    assert_true(riscv_init(&core, &additions, &setup));
    core.on_enter = on_enter;
    core.on_leave = on_leave;
    code = CODE;
    riscv_reset(&core, code);
    core.traps.mtvec = VECTORS | 1;
    entered_cycle = left_cycle = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    core_free(&core.base);
    return 0;
}

static void put(uint32_t address, const uint32_t *opcodes, size_t bytes)
{
    memcpy(core_bytes(&core.base, address, (uint32_t)bytes), opcodes, bytes);
}

/* Instructions, and a WFI that nothing ends. */
#define PROGRAM(...)                                   \
    do {                                               \
        const uint32_t opcodes[] = {__VA_ARGS__, WFI}; \
        code += 0x20;                                  \
        put(code, opcodes, sizeof opcodes);            \
        core.base.pc = code;                           \
    } while (0)

/* Handlers of exceptions, and of the interrupt. */
#define VECTOR(number, ...)                                   \
    do {                                                      \
        const uint32_t opcodes[] = {__VA_ARGS__};             \
        put(VECTORS + 4 * (number), opcodes, sizeof opcodes); \
    } while (0)

/* Up to that WFI.  Returns the cycles of what was before it. */
static uint64_t run(void)
{
    enum { OF_WFI = 1 };
    uint64_t before = core.base.cycles;
    assert_int_equal(riscv_run(&core), RISCV_ASLEEP);
    return core.base.cycles - before - OF_WFI;
}

static void interrupt_in(unsigned cycle)
{
    chip.alarm.wake_ns = (uint64_t)cycle * CYCLE_NS;
}

static uint32_t a0(void)
{
    return riscv_register(&core, 10);
}

static void set_a0_a1(uint32_t a0_value, uint32_t a1_value)
{
    riscv_set_register(&core, 10, a0_value);
    riscv_set_register(&core, 11, a1_value);
}

/* ---- cycles ---------------------------------------------------------------------------------- */

static void instructions(void **state)
{
    (void)state;
    PROGRAM(NOP, NOP, NOP);
    assert_int_equal(run(), 3);
    PROGRAM(TWO_SHORT, NOP);
    assert_int_equal(run(), 3);
    PROGRAM(SKIP, NOP, NOP); /* the first NOP is skipped */
    assert_int_equal(run(), 1 + CYCLES_REFILL + 1);
    set_a0_a1(100, 7);
    PROGRAM(DIVIDE);
    assert_int_equal(run(), 33);
    assert_int_equal(a0(), 14);
    PROGRAM(MULTIPLY);
    assert_int_equal(run(), 1);
    assert_int_equal(a0(), 98);
    set_a0_a1(0x1234, DATA + 0x1000);
    PROGRAM(STORE, LOAD);
    assert_int_equal(run(), 1 + 2);
    assert_int_equal(a0(), 0x1234);
}

/* By the program itself, through the address at which it is executed. */
static void changed_code(void **state)
{
    (void)state;
    PROGRAM(NOP, NOP);
    uint32_t changed = code;
    run();
    set_a0_a1(DIVIDE, changed);
    PROGRAM(STORE, FENCE_I);
    run();
    core.base.pc = changed;
    assert_int_equal(run(), 33 + 1);
}

/* ---- the chip -------------------------------------------------------------------------------- */

static void accesses(void **state)
{
    (void)state;
    chip.processor.extra_cycles = extra_cycles;
    set_a0_a1(0x77, REGISTERS);
    PROGRAM(NOP, STORE, LOAD);
    assert_int_equal(run(), 1 + (1 + 3) + (2 + 7));
    assert_int_equal(chip.stored, 0x77);
    assert_int_equal(a0(), REGISTERS + 1);
    assert_int_equal(chip.access_ns, (1 + 1 + 3 + 7 + 1) * CYCLE_NS);
}

static void csrs_of_the_chip(void **state)
{
    (void)state;
    PROGRAM(GPIO_SET, GPIO_CLEAR, GPIO_READ);
    assert_int_equal(run(), 3);
    assert_int_equal(chip.gpio, 4);
    assert_int_equal(a0(), 0xA5);
    assert_int_equal(chip.access_ns, 3 * CYCLE_NS); /* a cycle after it has begun */
}

static void no_such_csr(void **state)
{
    (void)state;
    VECTOR(0, WFI);
    PROGRAM(NOP, NO_CSR);
    run();
    assert_int_equal(core.fault.cause, CAUSE_ILLEGAL);
    assert_int_equal(core.fault.pc, code + 4);
    assert_int_equal(core.fault.value, NO_CSR);
    assert_int_equal(core.base.fault_count, 1);
    assert_int_equal(core.base.pc, VECTORS);
}

/* ---- the performance counter ----------------------------------------------------------------- */

static void counter(void **state)
{
    (void)state;
    PROGRAM(COUNT_CLOCKS, NOP, START_COUNT, NOP, NOP, READ_COUNT);
    run();
    assert_int_equal(a0(), 3); /* from one CSR to the other */
    PROGRAM(STOP_COUNT, NOP, NOP, READ_COUNT, NOP, READ_COUNT);
    run();
    assert_int_equal(a0(), 3 + 1 + 1); /* with the READ's and the WFI's */
}

static void counts_nothing(void **state)
{
    (void)state;
    PROGRAM(START_COUNT, NOP, NOP, READ_COUNT); /* and not told what */
    run();
    assert_int_equal(a0(), 0);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void latency(void **state)
{
    (void)state;
    set_a0_a1(0, REGISTERS);
    VECTOR(NUMBER, STORE, MRET);
    PROGRAM(ENABLE, NOP, NOP, NOP, NOP);
    interrupt_in(3);
    assert_int_equal(run(), 1 + 4 + CYCLES_ENTRY + 1 + 1 + CYCLES_RETURN);
    assert_int_equal(entered_cycle, 3 + CYCLES_ENTRY);
    assert_int_equal(core.traps.mcause, CAUSE_INTERRUPT | NUMBER);
    assert_int_equal(core.traps.mepc, code + 4 * 3);
    assert_int_equal(core.taken, 1);
    assert_int_equal(core.base.longest_interrupt, CYCLES_ENTRY + 1 + CYCLES_RETURN);
}

static void masked(void **state)
{
    (void)state;
    set_a0_a1(0, REGISTERS);
    VECTOR(NUMBER, STORE, MRET);
    PROGRAM(DISABLE, NOP, NOP, NOP, ENABLE, NOP);
    interrupt_in(1);
    run();
    assert_int_equal(core.traps.mepc, code + 4 * 5);
    assert_int_equal(entered_cycle, 5 + CYCLES_ENTRY);
}

static void waiting(void **state)
{
    (void)state;
    set_a0_a1(0, REGISTERS);
    VECTOR(NUMBER, STORE, MRET);
    PROGRAM(ENABLE, WFI, NOP);
    interrupt_in(500);
    run();
    assert_int_equal(core.traps.mepc, code + 4 * 2);
    assert_in_range(entered_cycle, 500 + CYCLES_ENTRY, 501 + CYCLES_ENTRY);
    assert_true(core.base.is_asleep); /* again */
    assert_int_equal(core.base.instructions, 5 + 1);
}

static void waiting_masked(void **state)
{
    (void)state;
    set_a0_a1(0, REGISTERS);
    PROGRAM(DISABLE, WFI, STORE);
    interrupt_in(500);
    run();
    assert_int_equal(core.taken, 0);
    assert_in_range(core.base.cycles, 500, 505);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static bool until_asleep(struct core *of)
{
    return !of->is_asleep;
}

static void paused(void **state)
{
    (void)state;
    set_a0_a1(0, REGISTERS);
    VECTOR(NUMBER, STORE, MRET);
    PROGRAM(ENABLE, WFI, NOP);
    interrupt_in(500);
    bool (*always)(struct core *) = core.base.goes_on;
    core.base.goes_on = until_asleep;
    assert_int_equal(riscv_run(&core), RISCV_PAUSED);
    assert_int_equal(core.base.pc, code + 4); /* it still waits */
    core.base.goes_on = always;
    run();
    assert_int_equal(core.taken, 1);
}

static void no_vectors(void **state)
{
    (void)state;
    core.traps.mtvec = 0x10000001;
    PROGRAM(NO_CSR);
    assert_int_equal(riscv_run(&core), RISCV_NO_VECTORS);
    assert_string_equal(core_run(&core.base), "an exception, and its vector is not in memory,");
}

static void jump_to_nowhere(void **state)
{
    (void)state;
    VECTOR(0, WFI);
    core.base.pc = 0x10000000;
    run();
    assert_int_equal(core.traps.mcause, CAUSE_FETCH);
    assert_int_equal(core.traps.mepc, 0x10000000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(instructions), TEST(changed_code),    TEST(accesses),       TEST(csrs_of_the_chip),
        TEST(no_such_csr),  TEST(counter),         TEST(counts_nothing), TEST(latency),
        TEST(masked),       TEST(waiting),         TEST(waiting_masked), TEST(paused),
        TEST(no_vectors),   TEST(jump_to_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
