/* SPDX-License-Identifier: MIT */
/*
 * Which exception is taken next, rule by rule.  (Whether the rules are those of the architecture,
 * QEMU judges: test_torture.py.)
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "emulator/cortexm/exceptions.h"

enum { IRQS = 40, IRQ = EXCEPTION_IRQ0 };

static struct exceptions e;

/* Interrupt n has priority n * 0x20; PendSV and SVC have 0. */
static void begin(bool is_v6)
{
    exceptions_init(&e, IRQS, is_v6 ? 2 : 3, is_v6);
    for (unsigned irq = 0; irq < IRQS; irq++) {
        exceptions_enable(&e, IRQ + irq, true);
        e.priorities[IRQ + irq] = (uint8_t)((irq % 8) * 0x20) & e.priority_mask;
    }
}

static void enter(unsigned number)
{
    exceptions_pend(&e, number);
    assert_int_equal(exceptions_next(&e), number);
    exceptions_enter(&e, number);
}

static void preemption(void **state)
{
    (void)state;
    begin(false);
    enter(IRQ + 4);
    exceptions_pend(&e, IRQ + 4); /* itself, as urgent, less urgent: they wait */
    exceptions_pend(&e, IRQ + 12);
    exceptions_pend(&e, IRQ + 5);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    enter(IRQ + 3);
    enter(EXCEPTION_HARD_FAULT);
    exceptions_pend(&e, IRQ + 0);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    enter(EXCEPTION_NMI);
    exceptions_pend(&e, EXCEPTION_HARD_FAULT);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    assert_int_equal(exceptions_active_count(&e), 4);
}

static void order(void **state)
{
    (void)state;
    begin(false);
    exceptions_pend(&e, IRQ + 10); /* the priority of 2 */
    exceptions_pend(&e, IRQ + 34); /* and of 2, in another word */
    exceptions_pend(&e, IRQ + 2);
    assert_int_equal(exceptions_next(&e), IRQ + 2);
    exceptions_clear(&e, IRQ + 2);
    assert_int_equal(exceptions_next(&e), IRQ + 10);
    exceptions_pend(&e, IRQ + 33);
    assert_int_equal(exceptions_next(&e), IRQ + 33);
    exceptions_pend(&e, EXCEPTION_PENDSV);
    exceptions_pend(&e, IRQ + 0);
    assert_int_equal(exceptions_next(&e), EXCEPTION_PENDSV);
}

static void disabled(void **state)
{
    (void)state;
    begin(false);
    exceptions_enable(&e, IRQ + 1, false);
    exceptions_pend(&e, IRQ + 1);
    assert_true(exceptions_is_pending(&e, IRQ + 1));
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    assert_false(exceptions_wake(&e));
    exceptions_pend(&e, IRQ + IRQS); /* there is no such interrupt */
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    exceptions_pend(&e, EXCEPTION_USAGE_FAULT); /* faults are off until SHCSR enables them */
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    exceptions_enable(&e, EXCEPTION_USAGE_FAULT, true);
    assert_int_equal(exceptions_next(&e), EXCEPTION_USAGE_FAULT);
}

static void primask(void **state)
{
    (void)state;
    begin(false);
    e.primask = true;
    exceptions_pend(&e, IRQ + 0);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    assert_true(exceptions_wake(&e)); /* WFI ends */
    exceptions_pend(&e, EXCEPTION_HARD_FAULT);
    assert_int_equal(exceptions_next(&e), EXCEPTION_HARD_FAULT);
}

static void faultmask(void **state)
{
    (void)state;
    begin(false);
    enter(IRQ + 4);
    e.faultmask = true;
    exceptions_pend(&e, EXCEPTION_HARD_FAULT);
    exceptions_pend(&e, IRQ + 0);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    assert_false(exceptions_wake(&e));
    enter(EXCEPTION_NMI);
    exceptions_leave(&e, EXCEPTION_NMI);
    assert_true(e.faultmask);
    exceptions_leave(&e, IRQ + 4);
    assert_false(e.faultmask);
    assert_int_equal(exceptions_next(&e), EXCEPTION_HARD_FAULT);
}

static void basepri(void **state)
{
    (void)state;
    begin(false);
    e.basepri = 0x60;
    exceptions_pend(&e, IRQ + 3); /* 0x60 */
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    assert_false(exceptions_wake(&e));
    exceptions_pend(&e, IRQ + 2);
    assert_int_equal(exceptions_next(&e), IRQ + 2);
    e.basepri = 0; /* masks nothing */
    exceptions_clear(&e, IRQ + 2);
    assert_int_equal(exceptions_next(&e), IRQ + 3);
}

/* With PRIGROUP 6 the upper bit alone decides about preemption, the others about the order. */
static void groups(void **state)
{
    (void)state;
    begin(false);
    e.group = 6;
    enter(IRQ + 2);
    exceptions_pend(&e, IRQ + 1);
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE);
    exceptions_leave(&e, IRQ + 2);
    exceptions_pend(&e, IRQ + 3);
    assert_int_equal(exceptions_next(&e), IRQ + 1);
    e.basepri = 0x20;
    assert_int_equal(exceptions_next(&e), EXCEPTION_NONE); /* its group is 0, too */
    e.basepri = 0;
    exceptions_enter(&e, IRQ + 1);
    exceptions_leave(&e, IRQ + 1);
    enter(IRQ + 3);
    e.group = 4;
    exceptions_pend(&e, IRQ + 2);
    assert_int_equal(exceptions_next(&e), IRQ + 2);
    begin(true); /* ARMv6-M has no groups */
    e.group = 7;
    enter(IRQ + 2);
    exceptions_pend(&e, IRQ + 0);
    assert_int_equal(exceptions_next(&e), IRQ + 0);
}

static void priority_bits(void **state)
{
    (void)state;
    begin(true);
    assert_int_equal(e.priority_mask, 0xC0);
    begin(false);
    assert_int_equal(e.priority_mask, 0xE0);
}

static void latching(void **state)
{
    (void)state;
    uint32_t high[EXCEPTION_WORDS - 1] = {1 << 3, 1 << 2};
    uint32_t low[EXCEPTION_WORDS - 1] = {0};
    begin(false);
    exceptions_latch(&e, high);
    exceptions_latch(&e, low);
    assert_true(exceptions_is_pending(&e, IRQ + 3)); /* stays, though the request has gone */
    assert_true(exceptions_is_pending(&e, IRQ + 34));
    exceptions_clear(&e, IRQ + 3);
    exceptions_latch(&e, low);
    assert_false(exceptions_is_pending(&e, IRQ + 3));
    exceptions_latch(&e, high);
    exceptions_enter(&e, IRQ + 3);
    exceptions_latch(&e, high);
    assert_false(exceptions_is_pending(&e, IRQ + 3)); /* its handler runs */
    exceptions_leave(&e, IRQ + 3);
    exceptions_latch(&e, high);
    assert_true(exceptions_is_pending(&e, IRQ + 3)); /* and has not ended the request */
    exceptions_enter(&e, IRQ + 3);
    exceptions_latch(&e, low);
    exceptions_latch(&e, high);
    assert_true(exceptions_is_pending(&e, IRQ + 3)); /* one more, while its handler runs */
}

static void events(void **state)
{
    (void)state;
    begin(false);
    exceptions_pend(&e, IRQ + 3);
    assert_false(e.event);
    e.send_on_pend = true;
    exceptions_pend(&e, IRQ + 3); /* is pending already */
    assert_false(e.event);
    exceptions_pend(&e, IRQ + 4);
    assert_true(e.event);
    e.event = e.send_on_pend = false;
    exceptions_enter(&e, IRQ + 3);
    assert_true(e.event);
    e.event = false;
    exceptions_leave(&e, IRQ + 3);
    assert_true(e.event);
}

static void escalation(void **state)
{
    (void)state;
    begin(false);
    e.priorities[EXCEPTION_SVCALL] = 0x60;
    assert_int_equal(exceptions_escalate(&e, EXCEPTION_SVCALL), EXCEPTION_SVCALL);
    assert_int_equal(exceptions_escalate(&e, EXCEPTION_BUS_FAULT), EXCEPTION_HARD_FAULT);
    exceptions_enable(&e, EXCEPTION_BUS_FAULT, true);
    assert_int_equal(exceptions_escalate(&e, EXCEPTION_BUS_FAULT), EXCEPTION_BUS_FAULT);
    enter(IRQ + 3); /* as urgent as SVC */
    assert_int_equal(exceptions_escalate(&e, EXCEPTION_SVCALL), EXCEPTION_HARD_FAULT);
    enter(EXCEPTION_HARD_FAULT);
    assert_int_equal(exceptions_escalate(&e, EXCEPTION_BUS_FAULT), EXCEPTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preemption), cmocka_unit_test(order),         cmocka_unit_test(disabled),
        cmocka_unit_test(primask),    cmocka_unit_test(faultmask),     cmocka_unit_test(basepri),
        cmocka_unit_test(groups),     cmocka_unit_test(priority_bits), cmocka_unit_test(latching),
        cmocka_unit_test(events),     cmocka_unit_test(escalation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
