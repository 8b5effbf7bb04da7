/* SPDX-License-Identifier: MIT */
/*
 * What the checker has found, in the terms of the public interface: chips instead of participants,
 * and each rule with its limit.
 */
#include "testbus/testbus.h"

#define IS_SAME(rule) \
    _Static_assert((int)I2CTARGET_TESTBUS_##rule == (int)CHECKER_##rule, "one numbering")
IS_SAME(SDA_MOVED_WHILE_SCL_HIGH);
IS_SAME(SCL_PULLED_WHILE_HIGH);
IS_SAME(DATA_SETUP);
IS_SAME(DATA_HOLD);
IS_SAME(DATA_VALID);
IS_SAME(STRETCH);
IS_SAME(RULE_COUNT);
_Static_assert(I2CTARGET_TESTBUS_VIOLATIONS_MAX == CHECKER_VIOLATIONS_MAX,
               "the same ones are kept");

static uint32_t limit_of(const struct checker *checker, enum checker_rule rule)
{
    switch (rule) {
    case CHECKER_DATA_SETUP:
        return checker->timing->data_setup_ns;
    case CHECKER_DATA_HOLD:
        return checker->hold_min_ns;
    case CHECKER_DATA_VALID:
        return checker->timing->data_valid_ns;
    default:
        return 0;
    }
}

/* A watched participant is the first member of an open target. */
static unsigned chip_of(const struct checker_violation *violation)
{
    return ((const struct testbus_target *)violation->by)->chip;
}

static unsigned kept(const struct checker *checker)
{
    return checker->violation_count < CHECKER_VIOLATIONS_MAX ? checker->violation_count
                                                             : CHECKER_VIOLATIONS_MAX;
}

void i2ctarget_testbus_note_violations(struct i2ctarget_testbus *bus)
{
    for (; bus->noted < kept(&bus->checker); bus->noted++) {
        const struct checker_violation *found = &bus->checker.violations[bus->noted];
        bus->violations[bus->noted] = (struct i2ctarget_testbus_violation){
            .rule = (enum i2ctarget_testbus_rule)found->rule,
            .chip = chip_of(found),
            .at_ns = found->at_ns,
            .measured_ns = found->measured_ns,
            .limit_ns = limit_of(&bus->checker, found->rule),
        };
    }
}

size_t i2ctarget_testbus_count_violations(const struct i2ctarget_testbus *bus)
{
    return bus->checker.violation_count;
}

int i2ctarget_testbus_get_violation(struct i2ctarget_testbus *bus, size_t index,
                                    struct i2ctarget_testbus_violation *violation)
{
    i2ctarget_testbus_note_violations(bus);
    if (index >= bus->noted)
        return -I2CTARGET_EINVAL;
    *violation = bus->violations[index];
    return 0;
}

void i2ctarget_testbus_forget_violations(struct i2ctarget_testbus *bus)
{
    bus->checker.violation_count = 0;
    bus->noted = 0;
}

int i2ctarget_testbus_forbid_stretch(struct i2ctarget_testbus *bus, unsigned chip)
{
    const struct testbus_target *target = i2ctarget_testbus_target(bus, chip);
    if (!target)
        return -I2CTARGET_ENODEV;
    i2ctarget_checker_forbid_stretch(&bus->checker, &target->wired.participant);
    return 0;
}

const char *i2ctarget_testbus_rule_name(enum i2ctarget_testbus_rule rule)
{
    return i2ctarget_checker_rule_name((enum checker_rule)rule);
}
