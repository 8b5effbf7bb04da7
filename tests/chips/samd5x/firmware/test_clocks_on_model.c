/* SPDX-License-Identifier: MIT */
/*
 * Starts the clocks on the register-level model of the chip: it knows each register's width, what is
 * protected or still busy, and the limits of each clock (tests/chips/samd5x/model).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chips/samd5x/model/samd5x.h"
#include "firmware/samd5x/clocks.c"

enum { READY_US = 1000 };

static struct wires wires;
static struct samd5x chip;

static void power_up(void)
{
    i2ctarget_wires_init(&wires);
    samd5x_init(&chip, &wires);
    processor_select(&chip.processor);
}

static void assert_all_runs(void)
{
    for (unsigned i = 0; i < chip.error_count && i < SAMD5X_ERRORS_MAX; i++)
        print_error("%s: 0x%08x\n", samd5x_fault_name(chip.errors[i].fault),
                    chip.errors[i].address);
    assert_int_equal(chip.error_count, 0);
    assert_int_equal(samd5x_cpu_hz(&chip), 120000000);
    assert_int_equal(chip.clocks.hz[1], 48000000);
    assert_int_equal(chip.clocks.hz[3], 32768);
    assert_int_equal(mmio_read32(CMCC_SR), CMCC_CSTS);
    samd5x_leave(&chip);
}

static void test_from_power_up(void **state)
{
    (void)state;
    power_up();
    clocks_start();
    assert_true(wires.now_ns < READY_US * UINT64_C(1000));
    assert_all_runs();
}

/* As the start-up code of other programs leaves it: Arduino's, CircuitPython's. */
static void test_from_another_program(void **state)
{
    (void)state;
    power_up();
    samd5x_boot(&chip);
    mmio_write32(GCLK_PCHCTRL(3), PCHCTRL_CHEN | 3);
    mmio_write32(GCLK_PCHCTRL(23), PCHCTRL_CHEN | 1);
    clocks_start();
    assert_all_runs();
}

static void test_twice(void **state)
{
    (void)state;
    power_up();
    clocks_start();
    clocks_start();
    assert_all_runs();
}

/* What CircuitPython's boot loader sets while it waits for a file. */
static void test_from_boot_loader(void **state)
{
    (void)state;
    power_up();
    mmio_write8(DFLLCTRLB, 0x98); /* WAITLOCK, CCDIS, USBCRM */
    clocks_start();
    assert_all_runs();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_power_up),
        cmocka_unit_test(test_from_another_program),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_from_boot_loader),
    };
    return cmocka_run_group_tests_name("samd5x_clocks_on_model", tests, NULL, NULL);
}
