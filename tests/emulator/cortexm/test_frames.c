/* SPDX-License-Identifier: MIT */
/*
 * Frames on the stack, step by step.  No instruction is executed: the test calls entry and return
 * as run.c does, and looks at registers and memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/frames.h"
#include "emulator/cortexm/run.h"

enum { CODE = 0x400, HANDLER = 0x500, SIZE = 0x10000, IRQ = EXCEPTION_IRQ0 };
#define DATA UINT32_C(0x20000000)
#define TOP (DATA + SIZE)
#define PROCESS_TOP (DATA + 0x1000)
#define FLAGS (UINT32_C(0x61000000))

static struct wires wires;
static struct processor chip;
static struct cortexm core;

/* ---- the stage ------------------------------------------------------------------------------- */

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)processor;
    (void)address;
    (void)bytes;
    return 0;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)processor;
    (void)address;
    (void)value;
    (void)bytes;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static void no_requests(const struct processor *processor, uint32_t *words)
{
    (void)processor;
    (void)words;
}

static const struct processor_chip no_chip = {.irq_count = 8,
                                              .priority_bits = 3,
                                              .load = load,
                                              .store = store,
                                              .catch_up = nothing,
                                              .refresh = nothing,
                                              .requests = no_requests};

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

static uint32_t reg(int of_unicorn)
{
    return cortexm_register(&core, of_unicorn);
}

/* Registers: r0 is 100, r1 101 ... r12 112, LR 114. */
static int set_up(void **state)
{
    (void)state;
    i2ctarget_wires_init(&wires);
    processor_init(&chip, &no_chip, &wires, 10);
    struct core_setup setup = {
        .hz = 100000000,
        .chip = &chip,
        .memories = {{.base = 0, .size = SIZE, .is_rom = true}, {.base = DATA, .size = SIZE}},
    };
    assert_true(cortexm_init(&core, CORTEXM_M4, &setup));
    put(0, TOP);
    put(4, CODE | 1);
    for (uint32_t number = 2; number < IRQ + 8; number++)
        put(4 * number, (HANDLER + 4 * number) | 1);
    cortexm_reset(&core, 0);
    for (unsigned irq = 0; irq < 8; irq++) {
        exceptions_enable(&core.exceptions, IRQ + irq, true);
        core.exceptions.priorities[IRQ + irq] = (uint8_t)(irq * 0x20);
    }
    for (unsigned i = 0; i <= 12; i++)
        cortexm_set_register(&core, UC_ARM_REG_R0 + (int)i, 100 + i);
    cortexm_set_register(&core, UC_ARM_REG_LR, 114);
    cortexm_set_register(&core, UC_ARM_REG_APSR_NZCVQ, FLAGS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    core_free(&core.base);
    return 0;
}

static void take(unsigned irq, uint32_t pc)
{
    exceptions_pend(&core.exceptions, IRQ + irq);
    assert_true(frames_take(&core, pc));
    assert_int_equal(cortexm_exception(&core), IRQ + irq);
    assert_int_equal(core.base.pc, HANDLER + 4 * (IRQ + irq));
}

static void leave(void)
{
    assert_true(frames_return(&core, reg(UC_ARM_REG_LR)));
}

static void begin_float(void)
{
    core.scs.cpacr = UINT32_C(0xF) << 20;
    cortexm_set_control(&core, reg(UC_ARM_REG_CONTROL) | CONTROL_FPCA);
    for (unsigned i = 0; i < 16; i++)
        cortexm_set_register(&core, UC_ARM_REG_S0 + (int)i, 0x1000 + i);
    cortexm_set_register(&core, UC_ARM_REG_FPSCR, UINT32_C(0x50000000));
}

/* ---- the core's frame ------------------------------------------------------------------------ */

static void layout(void **state)
{
    (void)state;
    take(2, 0x1234);
    uint32_t frame = reg(UC_ARM_REG_SP);
    assert_int_equal(frame, TOP - 32);
    static const uint32_t words[] = {100, 101, 102, 103, 112, 114, 0x1234, FLAGS};
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(get(frame + 4 * i), words[i]);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFF9);
    assert_true(exceptions_is_active(&core.exceptions, IRQ + 2));
    assert_false(exceptions_is_pending(&core.exceptions, IRQ + 2));
}

static void round_trip(void **state)
{
    (void)state;
    take(2, 0x1234);
    for (unsigned i = 0; i < 4; i++)
        cortexm_set_register(&core, UC_ARM_REG_R0 + (int)i, 0xDEAD);
    cortexm_set_register(&core, UC_ARM_REG_R12, 0xDEAD);
    cortexm_set_register(&core, UC_ARM_REG_APSR_NZCVQ, 0);
    leave();
    for (unsigned i = 0; i <= 12; i++)
        assert_int_equal(reg(UC_ARM_REG_R0 + (int)i), 100 + i);
    assert_int_equal(reg(UC_ARM_REG_LR), 114);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP);
    assert_int_equal(reg(UC_ARM_REG_XPSR), FLAGS);
    assert_int_equal(core.base.pc, 0x1234);
    assert_int_equal(exceptions_active_count(&core.exceptions), 0);
}

static void nested(void **state)
{
    (void)state;
    take(3, 0x1000);
    take(1, 0x2000);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFF1);
    assert_int_equal(get(reg(UC_ARM_REG_SP) + 28) & 0x1FF, IRQ + 3);
    leave();
    assert_int_equal(cortexm_exception(&core), IRQ + 3);
    assert_int_equal(core.base.pc, 0x2000);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFF9);
    leave();
    assert_int_equal(cortexm_exception(&core), EXCEPTION_NONE);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP);
}

/* Nothing is taken off the stack, and nothing put there. */
static void tail_chaining(void **state)
{
    (void)state;
    take(1, 0x1000);
    exceptions_pend(&core.exceptions, IRQ + 3);
    cortexm_set_register(&core, UC_ARM_REG_R0, 0xAAAA);
    put(reg(UC_ARM_REG_SP), 0xBBBB); /* the frame's r0 */
    leave();
    assert_int_equal(cortexm_exception(&core), IRQ + 3);
    assert_int_equal(reg(UC_ARM_REG_R0), 0xAAAA);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFF9);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP - 32);
    leave();
    assert_int_equal(reg(UC_ARM_REG_R0), 0xBBBB);
    assert_int_equal(core.tail_chained, 1);
}

static void alignment(void **state)
{
    (void)state;
    cortexm_set_register(&core, UC_ARM_REG_SP, TOP - 4);
    take(2, 0x1000);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP - 8 - 32);
    assert_int_equal(get(TOP - 8 - 4) & 0x200, 0x200);
    leave();
    assert_int_equal(reg(UC_ARM_REG_SP), TOP - 4);
    core.scs.ccr = 0; /* STKALIGN: not aligned */
    take(2, 0x1000);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP - 4 - 32);
}

static void process_stack(void **state)
{
    (void)state;
    cortexm_set_register(&core, UC_ARM_REG_PSP, PROCESS_TOP);
    cortexm_set_control(&core, CONTROL_SPSEL | 1);
    take(2, 0x1000);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFFD);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP); /* the main stack */
    assert_int_equal(reg(UC_ARM_REG_PSP), PROCESS_TOP - 32);
    assert_int_equal(reg(UC_ARM_REG_CONTROL), 1);
    assert_int_equal(get(PROCESS_TOP - 32), 100);
    leave();
    assert_int_equal(reg(UC_ARM_REG_SP), PROCESS_TOP);
    assert_int_equal(reg(UC_ARM_REG_CONTROL), CONTROL_SPSEL | 1);
}

/* An IT block goes on behind the handler; the handler begins without one. */
static void if_then(void **state)
{
    (void)state;
    uint32_t it = UINT32_C(1) << 11 | UINT32_C(1) << 26; /* two instructions are left */
    cortexm_set_register(&core, UC_ARM_REG_XPSR, FLAGS | it);
    take(2, CODE);
    assert_int_equal(reg(UC_ARM_REG_XPSR) & 0x0600FC00, 0);
    leave();
    assert_int_equal(reg(UC_ARM_REG_XPSR), FLAGS | it);
    assert_int_equal(core.block_begin, CODE);
    assert_true(core.block_end > CODE);
}

static void table_of_vectors(void **state)
{
    (void)state;
    core.scs.vtor = DATA;
    put(DATA + 4 * (IRQ + 2), 0x7001);
    exceptions_pend(&core.exceptions, IRQ + 2);
    assert_true(frames_take(&core, CODE));
    assert_int_equal(core.base.pc, 0x7000);
    put(DATA + 4 * (IRQ + 1), 0x7000); /* bit 0 is 0: no Thumb code */
    put(DATA + 4 * EXCEPTION_HARD_FAULT, 0x7101);
    exceptions_pend(&core.exceptions, IRQ + 1);
    assert_true(frames_take(&core, CODE));
    assert_int_equal(cortexm_exception(&core), EXCEPTION_HARD_FAULT);
    assert_int_equal(core.scs.cfsr, CFSR_INVSTATE);
}

/* ---- the FPU's part -------------------------------------------------------------------------- */

static void lazy(void **state)
{
    (void)state;
    begin_float();
    take(2, 0x1000);
    uint32_t frame = reg(UC_ARM_REG_SP);
    assert_int_equal(frame, TOP - 104);
    assert_int_equal(reg(UC_ARM_REG_LR), 0xFFFFFFE9);
    assert_int_equal(reg(UC_ARM_REG_CONTROL), 0);
    assert_true(core.scs.fpccr & FPCCR_LSPACT);
    assert_int_equal(core.scs.fpcar, frame + 32);
    assert_int_equal(get(frame + 32), 0); /* not yet */
    frames_save_float(&core);
    assert_false(core.scs.fpccr & FPCCR_LSPACT);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(get(frame + 32 + 4 * i), 0x1000 + i);
    assert_int_equal(get(frame + 32 + 64), 0x50000000);
    assert_int_equal(reg(UC_ARM_REG_FPSCR), 0);
    cortexm_set_register(&core, UC_ARM_REG_S15, 0xBAD);
    leave();
    assert_int_equal(reg(UC_ARM_REG_S15), 0x100F);
    assert_int_equal(reg(UC_ARM_REG_FPSCR), 0x50000000);
    assert_int_equal(reg(UC_ARM_REG_CONTROL), CONTROL_FPCA);
    assert_int_equal(reg(UC_ARM_REG_SP), TOP);
}

/* A handler that does not use the FPU: the registers never go to the stack. */
static void never_saved(void **state)
{
    (void)state;
    begin_float();
    take(2, 0x1000);
    put(reg(UC_ARM_REG_SP) + 32, 0xBAD);
    leave();
    assert_int_equal(reg(UC_ARM_REG_S0), 0x1000);
    assert_false(core.scs.fpccr & FPCCR_LSPACT);
    assert_int_equal(reg(UC_ARM_REG_CONTROL), CONTROL_FPCA);
}

static void at_once(void **state)
{
    (void)state;
    core.scs.fpccr = FPCCR_ASPEN;
    begin_float();
    take(2, 0x1000);
    assert_false(core.scs.fpccr & FPCCR_LSPACT);
    assert_int_equal(get(reg(UC_ARM_REG_SP) + 32), 0x1000);
    put(reg(UC_ARM_REG_SP) + 32, 0x2222);
    leave();
    assert_int_equal(reg(UC_ARM_REG_S0), 0x2222);
}

static void default_status(void **state)
{
    (void)state;
    core.scs.fpdscr = UINT32_C(1) << 25;
    begin_float();
    take(2, 0x1000);
    frames_save_float(&core);
    assert_int_equal(reg(UC_ARM_REG_FPSCR), 1 << 25);
}

/* ---- what goes wrong ------------------------------------------------------------------------- */

static void no_stack(void **state)
{
    (void)state;
    cortexm_set_register(&core, UC_ARM_REG_SP, 0x60000000);
    exceptions_pend(&core.exceptions, IRQ + 2);
    assert_true(frames_take(&core, CODE));
    assert_int_equal(cortexm_exception(&core), EXCEPTION_HARD_FAULT);
    assert_int_equal(core.scs.cfsr, CFSR_STKERR);
    assert_int_equal(core.scs.hfsr, HFSR_FORCED);
    assert_true(exceptions_is_pending(&core.exceptions, IRQ + 2));
}

static void wrong_values(void **state)
{
    (void)state;
    static const uint32_t values[] = {0xFFFFFFF5, 0xFFFFFFFF, 0xFFFFFFF1, 0xFFFFFFE0};
    exceptions_enable(&core.exceptions, EXCEPTION_USAGE_FAULT, true);
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        core.scs.cfsr = 0;
        take(2, CODE);
        assert_true(frames_return(&core, values[i]));
        assert_int_equal(cortexm_exception(&core), EXCEPTION_USAGE_FAULT);
        assert_int_equal(core.scs.cfsr, CFSR_INVPC);
        assert_int_equal(reg(UC_ARM_REG_LR), values[i]);
        cortexm_set_register(&core, UC_ARM_REG_LR, 0xFFFFFFF9);
        leave();
        assert_int_equal(reg(UC_ARM_REG_SP), TOP);
        assert_int_equal(cortexm_exception(&core), EXCEPTION_NONE);
    }
}

/* To thread mode, while another handler is still interrupted. */
static void too_far(void **state)
{
    (void)state;
    exceptions_enable(&core.exceptions, EXCEPTION_USAGE_FAULT, true);
    take(3, CODE);
    take(2, CODE);
    put(reg(UC_ARM_REG_SP) + 28, FLAGS); /* the frame says thread mode, too */
    assert_true(frames_return(&core, 0xFFFFFFF9));
    assert_int_equal(cortexm_exception(&core), EXCEPTION_USAGE_FAULT);
    assert_int_equal(core.scs.cfsr, CFSR_INVPC);
}

static void supervisor_call(void **state)
{
    (void)state;
    assert_true(frames_fault(&core, EXCEPTION_SVCALL, 0, 0x1000));
    assert_int_equal(cortexm_exception(&core), EXCEPTION_SVCALL);
    assert_int_equal(core.base.fault_count, 0);
    assert_true(frames_fault(&core, EXCEPTION_SVCALL, 0, 0x1002)); /* not in its own handler */
    assert_int_equal(cortexm_exception(&core), EXCEPTION_HARD_FAULT);
    assert_int_equal(core.scs.hfsr, HFSR_FORCED);
    assert_int_equal(core.scs.cfsr, 0);
    assert_false(frames_fault(&core, EXCEPTION_BUS_FAULT, CFSR_PRECISERR, 0x1004));
}

/* FAULTMASK ends in the engine, too. */
static void fault_mask(void **state)
{
    (void)state;
    take(2, CODE);
    cortexm_set_register(&core, UC_ARM_REG_FAULTMASK, 1);
    core.exceptions.faultmask = true;
    leave();
    assert_int_equal(reg(UC_ARM_REG_FAULTMASK), 0);
    assert_false(core.exceptions.faultmask);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(layout),     TEST(round_trip),    TEST(nested),  TEST(tail_chaining),
        TEST(alignment),  TEST(process_stack), TEST(if_then), TEST(table_of_vectors),
        TEST(lazy),       TEST(never_saved),   TEST(at_once), TEST(default_status),
        TEST(no_stack),   TEST(wrong_values),  TEST(too_far), TEST(supervisor_call),
        TEST(fault_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
