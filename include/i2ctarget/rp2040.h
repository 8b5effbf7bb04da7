/* SPDX-License-Identifier: MIT */
/*
 * The pins of the RP2040, and the interrupt handlers of its port.
 *
 *     error = i2ctarget_init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(4), addresses,
 *                            2, false);
 *
 * A target uses one of the two PIO blocks completely.  So there are at most two targets, each on
 * any two of GPIO 0..29.  The application puts these handlers into its vector table, or calls them
 * from there:
 *
 *     PIO0_IRQ_0, number 7       i2ctarget_rp2040_pio0_irq()
 *     PIO1_IRQ_0, number 9       i2ctarget_rp2040_pio1_irq()
 *     TIMER_IRQ_0, number 0      i2ctarget_rp2040_alarm_irq()      (or the IRQ of the alarm chosen)
 *
 * The port enables these interrupts itself, in the NVIC of the core that calls i2ctarget_init().
 * The application chooses their priority, the same for all three.  TIMER must run with a tick of 1
 * us. The port releases the blocks that it needs from reset, and never resets them.
 * ports/rp2040/README.md has the rest.
 */
#ifndef I2CTARGET_RP2040_H
#define I2CTARGET_RP2040_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_rp2040_port;

/* Which PIO block: i2ctarget_pin.unit.  Both pins of a target name the same block. */
enum i2ctarget_rp2040_block {
    I2CTARGET_RP2040_ANY_PIO, /* the first block that no target uses */
    I2CTARGET_RP2040_PIO0,
    I2CTARGET_RP2040_PIO1,
};

/* clk_sys may be from here to there. */
enum { I2CTARGET_RP2040_HZ_MIN = 24000000, I2CTARGET_RP2040_HZ_MAX = 250000000 };

struct i2ctarget_rp2040_config {
    uint32_t clk_sys_hz; /* 24 to 250 MHz, at least 48 MHz for Fast-mode Plus; 0: 125 MHz */
    uint8_t alarm;       /* the alarm of TIMER that the port uses, 0..3 */
};

/*
 * Needed if the defaults (125 MHz, alarm 0) do not fit.  Call it before the first i2ctarget_init().
 * i2ctarget_rp2040_follow_clock() is for a clock that changes later.
 * Returns 0.  -EINVAL: out of range.  -EBUSY: a target is open.
 */
I2CTARGET_API int i2ctarget_rp2040_configure(const struct i2ctarget_rp2040_config *config);

/*
 * clk_sys has changed, or is about to: the targets keep their hold and set-up times.  Call it before a
 * rise of the clock, or after a fall: then no time is too short meanwhile.  It may be called at any
 * time, from the core of the targets.  Returns 0.  -EINVAL: out of range, and nothing is changed.
 */
I2CTARGET_API int i2ctarget_rp2040_follow_clock(uint32_t clk_sys_hz);

/*
 * The fastest SCL, in Hz, at which a device is served without visible stretching.  It depends on
 * the system clock: 400 kHz at 125 MHz, 93 kHz at 24 MHz.  A faster bus works, but is stretched.
 */
I2CTARGET_API uint32_t i2ctarget_rp2040_scl_hz_max(void);

/* Interrupt handlers.  All three must have the same priority. */
I2CTARGET_API void i2ctarget_rp2040_pio0_irq(void);
I2CTARGET_API void i2ctarget_rp2040_pio1_irq(void);
/* The same for block 0 or 1; a few cycles slower. */
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
/* GPIO n on any free PIO block.  (I2CTARGET_RP2040_PIO_GPIO: on a certain block.) */
#define I2CTARGET_RP2040_GPIO(n) I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_ANY_PIO, n)
#endif
