/* SPDX-License-Identifier: MIT */
/* The port of SAM D5x/E5x without its second way: other pins are refused, and nothing else changes. */
#include "i2ctarget/port.h"
#include "i2ctarget/samd5x.h"
#include "chips/samd5x/model/bench_samd5x.h"

static int init(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                const struct i2ctarget_pin *sda)
{
    static const uint8_t addresses[] = {0x40};
    return i2ctarget_init(target, scl, sda, addresses, 1, false);
}

static void other_pins_can_not_serve(void **state)
{
    struct i2ctarget target;
    (void)state;
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(19), I2CTARGET_SAMD5X_PA(18)),
                     -I2CTARGET_EINVAL);
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(13), I2CTARGET_SAMD5X_PA(18)),
                     -I2CTARGET_EINVAL);
}

static void on_timer_irq(void *owner)
{
    (void)owner;
    i2ctarget_samd5x_timer_irq();
}

static void pins_of_a_sercom_serve(void **state)
{
    struct i2ctarget target;
    struct i2ctarget_request request;
    (void)state;
    processor_on_irq(&chip.processor, SAMD5X_IRQ_TC0 + 4, on_timer_irq, NULL);
    assert_int_equal(init(&target, I2CTARGET_SAMD5X_PA(13), I2CTARGET_SAMD5X_PA(12)), 0);
    assert_ptr_equal(i2ctarget_get_capabilities(&target), &i2ctarget_samd5x_port.capabilities);
    assert_int_equal(i2ctarget_next_request(&target, &request, 500), -I2CTARGET_ETIMEDOUT);
    i2ctarget_deinit(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(other_pins_can_not_serve),
        TEST(pins_of_a_sercom_serve),
    };
    return cmocka_run_group_tests_name("samd5x_sercom_only", tests, NULL, NULL);
}
