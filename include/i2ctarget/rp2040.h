/* SPDX-License-Identifier: MIT */
/*
 * The RP2040's pins, and the interrupt handlers that its port wants to be called by.
 *
 *     i2ctarget_init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(4), addresses, 2,
 *                    false);
 *
 * A target occupies one of the two PIO blocks, all of it; so there are at most two targets, each on
 * any two of GPIO 0..29.  The application puts these into its vector table, or calls them from
 * there:
 *
 *     PIO0_IRQ_0, number 7       i2ctarget_rp2040_pio0_irq()
 *     PIO1_IRQ_0, number 9       i2ctarget_rp2040_pio1_irq()
 *     TIMER_IRQ_2, number 2      i2ctarget_rp2040_alarm_irq()      (or that of another alarm)
 *
 * The port enables these interrupts in the NVIC itself, of the core that calls i2ctarget_init();
 * their priority is the application's to choose, the same for all.  TIMER must run, with its tick
 * of 1 us.  The port takes out of reset what it needs, and puts nothing back into it.
 * ports/rp2040/README.md has the rest.
 */
#ifndef I2CTARGET_RP2040_H
#define I2CTARGET_RP2040_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_rp2040_port;

/* Which PIO block: i2ctarget_pin.unit.  Both pins of a target name the same. */
enum i2ctarget_rp2040_block {
    I2CTARGET_RP2040_ANY_PIO, /* the first that no target has */
    I2CTARGET_RP2040_PIO0,
    I2CTARGET_RP2040_PIO1,
};

struct i2ctarget_rp2040_config {
    uint32_t
        clk_sys_hz; /* the system clock, 24 to 250 MHz, 48 at least for Fast-mode Plus; 0: 125 MHz */
    uint8_t alarm;  /* which of TIMER's alarms, 0..3, is the port's; 2 if never told */
};

/*
 * Where the defaults do not fit (125 MHz, alarm 2): before the first i2ctarget_init().  0, or
 * -EINVAL: out of range, -EBUSY: a target is open.
 */
I2CTARGET_API int i2ctarget_rp2040_configure(const struct i2ctarget_rp2040_config *config);

/*
 * The fastest SCL that a device is served at without a visible stretch, for that system clock:
 * 400 kHz at 125 MHz, 90 kHz at 24 MHz.  A quicker bus works, but is stretched.
 */
I2CTARGET_API uint32_t i2ctarget_rp2040_scl_hz_max(void);

/* Interrupt handlers.  All three must have the same priority. */
I2CTARGET_API void i2ctarget_rp2040_pio0_irq(void);
I2CTARGET_API void i2ctarget_rp2040_pio1_irq(void);
/* The same, for a block given by its number; a few cycles slower. */
I2CTARGET_API void i2ctarget_rp2040_pio_irq(unsigned block);
I2CTARGET_API void i2ctarget_rp2040_alarm_irq(void);

#ifdef __cplusplus
}

inline i2ctarget_pin i2ctarget_rp2040_pin(uintptr_t block, uint16_t number)
{
    return {&i2ctarget_rp2040_port, block, number};
}

inline const i2ctarget_pin *i2ctarget_rp2040_address_of(const i2ctarget_pin &pin)
{
    return &pin;
}
#define I2CTARGET_RP2040_PIO_GPIO(block, n) \
    i2ctarget_rp2040_address_of(i2ctarget_rp2040_pin((block), (n)))
#else
#define I2CTARGET_RP2040_PIO_GPIO(block, n) \
    (&(const struct i2ctarget_pin){&i2ctarget_rp2040_port, (block), (n)})
#endif
/* GPIO n, on any PIO block that is free; on a certain one. */
#define I2CTARGET_RP2040_GPIO(n) I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_ANY_PIO, n)
#endif
