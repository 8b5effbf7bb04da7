/* SPDX-License-Identifier: MIT */
/* The PCA9555: register pairs, pins, polarity, the interrupt. */
#include "devices/stage.h"
#include "i2ctarget/devices/pca9555.h"

enum { AT = 0x20, INPUT = 0, OUTPUT = 2, POLARITY = 4, CONFIGURATION = 6 };

static struct i2ctarget_pca9555 expander;
static unsigned changes;
static uint16_t pins_at_change[64];

static void changed(struct i2ctarget_pca9555 *self)
{
    assert_ptr_equal(self, &expander);
    if (changes < 64)
        pins_at_change[changes] = i2ctarget_pca9555_pins(self);
    changes++;
}

static void present(void **state)
{
    i2ctarget_pca9555_init(&expander, 0xC35A, changed);
    changes = 0;
    put_on_stage(state, &expander.device, AT, 1);
}

/* ---- registers ------------------------------------------------------------------------------- */

static void as_at_power_up(void **state)
{
    present(state);
    ASSERT_READ(AT, 0x5A, 0xC3); /* the pointer is at input port 0 */
    ASSERT_FETCHED(AT, OUTPUT, 0xFF, 0xFF);
    ASSERT_FETCHED(AT, POLARITY, 0x00, 0x00);
    ASSERT_FETCHED(AT, CONFIGURATION, 0xFF, 0xFF);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xC35A);
    assert_int_equal(i2ctarget_pca9555_outputs(&expander), 0);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
}

static void writes_go_round_the_pair(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, OUTPUT, 0x11, 0x22), 3);
    ASSERT_FETCHED(AT, OUTPUT, 0x11, 0x22);
    assert_int_equal(WRITE(AT, OUTPUT + 1, 0x33, 0x44), 3); /* the data sheet's example */
    ASSERT_FETCHED(AT, OUTPUT, 0x44, 0x33);
    assert_int_equal(WRITE(AT, POLARITY, 1, 2, 3, 4, 5), 6);
    ASSERT_FETCHED(AT, POLARITY, 5, 4);
    ASSERT_FETCHED(AT, OUTPUT, 0x44, 0x33);
    ASSERT_FETCHED(AT, CONFIGURATION, 0xFF, 0xFF);
}

static void reads_go_round_the_pair_and_on(void **state)
{
    present(state);
    WRITE(AT, OUTPUT, 0x11, 0x22);
    ASSERT_FETCHED(AT, OUTPUT + 1, 0x22, 0x11, 0x22);
    ASSERT_READ(AT, 0x11);
    ASSERT_READ(AT, 0x22, 0x11);
    ASSERT_READ(AT, 0x22);
    ASSERT_READ(AT, 0x11, 0x22, 0x11, 0x22);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    ASSERT_READ(AT, 0x11);
}

static void the_number_has_three_bits(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, 0xFA, 0x66), 2);
    ASSERT_FETCHED(AT, OUTPUT, 0x66, 0xFF);
}

static void inputs_can_not_be_written(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, INPUT, 0x00, 0x00), 3);
    ASSERT_FETCHED(AT, INPUT, 0x5A, 0xC3);
}

/* ---- pins ------------------------------------------------------------------------------------ */

static void outputs_drive_and_inputs_listen(void **state)
{
    present(state);
    WRITE(AT, OUTPUT, 0xF0, 0x0F);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xC35A); /* still inputs */
    WRITE(AT, CONFIGURATION, 0x0F, 0xFF);
    assert_int_equal(i2ctarget_pca9555_outputs(&expander), 0x00F0);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xC3FA);
    ASSERT_FETCHED(AT, INPUT, 0xFA, 0xC3); /* the pin level, also of an output */
    WRITE(AT, OUTPUT, 0x50);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xC35A);
    i2ctarget_pca9555_set_levels(&expander, 0xFFFF);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xFF5F);
    WRITE(AT, CONFIGURATION, 0xFF);
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xFFFF);
}

static void polarity_turns_input_bits_over(void **state)
{
    present(state);
    WRITE(AT, POLARITY, 0xFF, 0x81);
    ASSERT_FETCHED(AT, INPUT, 0xA5, 0x42);
    ASSERT_FETCHED(AT, OUTPUT, 0xFF, 0xFF); /* and only those */
    assert_int_equal(i2ctarget_pca9555_pins(&expander), 0xC35A);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
}

/* Every byte takes effect when it is acknowledged, so one message can make a pulse on a pin. */
static void each_byte_counts_at_once(void **state)
{
    present(state);
    WRITE(AT, CONFIGURATION, 0x00, 0x00);
    changes = 0;
    WRITE(AT, OUTPUT, 0x01, 0x00, 0x02, 0x80);
    assert_int_equal(changes, 4);
    assert_int_equal(pins_at_change[0], 0xFF01);
    assert_int_equal(pins_at_change[1], 0x0001);
    assert_int_equal(pins_at_change[2], 0x0002);
    assert_int_equal(pins_at_change[3], 0x8002);
}

/* ---- the interrupt --------------------------------------------------------------------------- */

static void a_pin_that_changes_interrupts_until_its_port_is_read(void **state)
{
    present(state);
    i2ctarget_pca9555_set_levels(&expander, 0xC35B);
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    uint8_t got[1];
    assert_true(FETCH(AT, got, 1, INPUT + 1)); /* the other port */
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    assert_true(FETCH(AT, got, 1, OUTPUT));
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    changes = 0;
    assert_true(FETCH(AT, got, 1, INPUT));
    assert_int_equal(got[0], 0x5B);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
    assert_true(changes > 0);
    i2ctarget_pca9555_set_levels(&expander, 0xC35A);
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
}

static void a_pin_that_returns_takes_its_interrupt_back(void **state)
{
    present(state);
    i2ctarget_pca9555_set_levels(&expander, 0x435A);
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    i2ctarget_pca9555_set_levels(&expander, 0xC35A);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
}

static void outputs_do_not_interrupt(void **state)
{
    present(state);
    WRITE(AT, CONFIGURATION, 0xFE, 0xFF);
    WRITE(AT, OUTPUT, 0xFF);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
    WRITE(AT, OUTPUT, 0x00);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
    i2ctarget_pca9555_set_levels(&expander, 0xC35B);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
    WRITE(AT, CONFIGURATION, 0xFF); /* this may happen to a pin that becomes an input */
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
}

static void a_read_of_both_ports_ends_it_for_both(void **state)
{
    present(state);
    i2ctarget_pca9555_set_levels(&expander, 0x3CA5);
    ASSERT_FETCHED(AT, INPUT, 0xA5, 0x3C);
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
}

/* A byte that was given but not completely clocked does not count as read. */
static void a_byte_cut_short_was_not_read(void **state)
{
    present(state);
    const struct i2ctarget_device_ops *ops = expander.device.ops;
    i2ctarget_pca9555_set_levels(&expander, 0x3CA5);
    assert_true(ops->addressed(&expander.device, AT, true, false));
    assert_int_equal(ops->requested(&expander.device), 0xA5);
    ops->ended(&expander.device, I2CTARGET_BUS_ERROR, 0);
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    assert_true(ops->addressed(&expander.device, AT, true, false));
    assert_int_equal(ops->requested(&expander.device), 0xA5);
    assert_int_equal(ops->requested(&expander.device), 0x3C);
    ops->ended(&expander.device, I2CTARGET_STOP, 1);
    assert_true(i2ctarget_pca9555_is_interrupting(&expander));
    ASSERT_READ(AT, 0x3C); /* the pointer has advanced by one */
    assert_false(i2ctarget_pca9555_is_interrupting(&expander));
}

static void nobody_needs_to_be_told(void **state)
{
    i2ctarget_pca9555_init(&expander, 0, NULL);
    put_on_stage(state, &expander.device, AT, 1);
    WRITE(AT, CONFIGURATION, 0, 0);
    ASSERT_FETCHED(AT, INPUT, 0xFF, 0xFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(as_at_power_up),
        ON_STAGES(writes_go_round_the_pair),
        ON_STAGES(reads_go_round_the_pair_and_on),
        ON_STAGES(the_number_has_three_bits),
        ON_STAGES(inputs_can_not_be_written),
        ON_STAGES(outputs_drive_and_inputs_listen),
        ON_STAGES(polarity_turns_input_bits_over),
        ON_STAGES(each_byte_counts_at_once),
        ON_STAGES(a_pin_that_changes_interrupts_until_its_port_is_read),
        ON_STAGES(a_pin_that_returns_takes_its_interrupt_back),
        ON_STAGES(outputs_do_not_interrupt),
        ON_STAGES(a_read_of_both_ports_ends_it_for_both),
        ON_STAGES(a_byte_cut_short_was_not_read),
        ON_STAGES(nobody_needs_to_be_told),
    };
    return cmocka_run_group_tests_name("pca9555", tests, NULL, NULL);
}
