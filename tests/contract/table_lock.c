/* SPDX-License-Identifier: MIT */
/* Rows of the semantics table: lock and unlock. */
#include "contract/contract.h"
#include "i2ctarget/port.h"

/* Each callback looks whether the program is in the middle of a change. */
struct twins {
    struct i2ctarget_device device; /* first member */
    volatile unsigned one, other;
    unsigned looks, torn;
};

static void look(struct i2ctarget_device *device)
{
    struct twins *twins = (struct twins *)device;
    twins->looks++;
    twins->torn += twins->one != twins->other;
}

static bool twins_addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                            bool is_restart)
{
    (void)address;
    (void)is_read;
    (void)is_restart;
    look(device);
    return true;
}

static bool twins_received(struct i2ctarget_device *device, uint8_t byte)
{
    (void)byte;
    look(device);
    return true;
}

static int twins_requested(struct i2ctarget_device *device)
{
    look(device);
    return 0x5A;
}

static void twins_ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)cause;
    (void)moved;
    look(device);
}

static const struct i2ctarget_device_ops twins_ops = {.addressed = twins_addressed,
                                                      .received = twins_received,
                                                      .requested = twins_requested,
                                                      .ended = twins_ended};

/*
 * On a chip both of these read registers, which takes time, and in it interrupts come; elsewhere no
 * time passes.
 */
static void work_a_while(void)
{
    for (unsigned i = 0; i < 500; i++)
        (void)target.port->now_us(target.instance);
    for (unsigned i = 0; i < 500; i++)
        (void)counters();
}

static void change(struct twins *twins)
{
    twins->one++;
    work_a_while();
    twins->other++;
}

CONTRACT_TEST(table_lock_keeps_a_device_from_seeing_half_of_a_change, 0)
{
    enum { MESSAGES = 12 };
    struct twins twins = {.device = {.ops = &twins_ops}};
    struct rig_message messages[MESSAGES];
    uint8_t got[3];

    serve(rig);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &twins.device), 0);
    for (unsigned i = 0; i < MESSAGES; i++)
        messages[i] = i % 2 ? read_message(0x41, got, 3) : write_message(0x41, "abc", 3);
    rig_start(rig, messages, MESSAGES);
    do {
        i2ctarget_lock(&target);
        change(&twins);
        i2ctarget_unlock(&target);
        assert_true(nothing_comes());
    } while (rig_busy(rig));
    assert_int_equal(rig_finish(rig), MESSAGES);
    assert_true(twins.looks >= MESSAGES);
    assert_int_equal(twins.torn, 0);
    rig_deinit(rig, &target); /* before `twins` goes out of scope */
    i2ctarget_lock(&target);
    i2ctarget_unlock(&target);
}
