/* SPDX-License-Identifier: MIT */
/* What the tests of the SAM D5x/E5x model share: the chip on wires, after start-up, and a hand. */
#ifndef CHIPS_SAMD5X_MODEL_BENCH_SAMD5X_H
#define CHIPS_SAMD5X_MODEL_BENCH_SAMD5X_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "mmio.h"
#include "chips/samd5x/model/samd5x.h"

#define BIT(n) (UINT32_C(1) << (n))
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* SVD, baseAddress. */
#define MCLK UINT32_C(0x40000800)
#define OSCCTRL UINT32_C(0x40001000)
#define OSC32KCTRL UINT32_C(0x40001400)
#define GCLK UINT32_C(0x40001C00)
#define EIC UINT32_C(0x40002800)
#define PORT UINT32_C(0x41008000)
#define SERCOM UINT32_C(0x41012000) /* 2 */
#define PPB UINT32_C(0xE0000000)

/* SERCOM2 in function C: the pads of many boards. */
enum { SDA = SAMD5X_PA(12), SCL = SAMD5X_PA(13) };

static struct wires wires;
static struct samd5x chip;
static struct samd5x_tap tap;
static struct wires_participant hand; /* pulls as a test wants */

static void do_nothing(struct wires_participant *self, struct wires *on)
{
    (void)self;
    (void)on;
}

static inline void pull(bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(&wires, &hand, (struct line_pulls){scl_low, sda_low});
    i2ctarget_wires_settle(&wires);
}

static inline void pass(uint64_t ns)
{
    processor_idle(&wires, wires.now_ns + ns);
}

/* A chip after start-up, with two pads on the wires. */
static inline void power_on(unsigned scl, unsigned sda)
{
    i2ctarget_wires_init(&wires);
    samd5x_init(&chip, &wires);
    samd5x_connect(&chip, &tap, scl, sda);
    samd5x_boot(&chip);
    processor_select(&chip.processor);
    hand = (struct wires_participant){.step = do_nothing, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(&wires, &hand);
    pass(100);
}

static inline void write_mask(uint32_t address, unsigned bit)
{
    mmio_write32(address, mmio_read32(address) | BIT(bit));
}

/* Selects the function of a pin: 0 is A. */
static inline void multiplex(unsigned pin, unsigned function)
{
    uint32_t group = PORT + 0x80 * (pin / 32);
    uint32_t pmux = group + 0x30 + pin % 32 / 2;
    unsigned shift = 4 * (pin % 2);
    mmio_write8(pmux, (uint8_t)((mmio_read8(pmux) & ~(0xFu << shift)) | function << shift));
    mmio_write8(group + 0x40 + pin % 32, 1);
}

static inline void enable_channel(unsigned channel, unsigned generator)
{
    mmio_write32(GCLK + 0x80 + 4 * channel, 0x40 | generator);
    while (!(mmio_read32(GCLK + 0x80 + 4 * channel) & 0x40))
        ;
}

static inline void enable_irq(unsigned irq, void (*handler)(void *owner))
{
    processor_on_irq(&chip.processor, irq, handler, NULL);
    mmio_write32(PPB + 0xE100 + 4 * (irq / 32), BIT(irq % 32));
}

static int set_up(void **state)
{
    (void)state;
    power_on(SCL, SDA);
    write_mask(MCLK + 0x18, 9); /* APBBMASK: SERCOM2 */
    return 0;
}

/* There must be no error that the test has not noted. */
static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < chip.error_count && i < SAMD5X_ERRORS_MAX; i++)
        print_error("%s: 0x%08x\n", samd5x_fault_name(chip.errors[i].fault),
                    chip.errors[i].address);
    samd5x_leave(&chip);
    return chip.error_count ? -1 : 0;
}

/* Takes the only error that there is; 0: there is none. */
static inline void expect_error(enum samd5x_fault fault, uint32_t address)
{
    assert_int_equal(chip.error_count, fault ? 1 : 0);
    if (!fault)
        return;
    assert_int_equal(chip.errors[0].fault, fault);
    assert_int_equal(chip.errors[0].address, address);
    chip.error_count = 0;
}

#endif
