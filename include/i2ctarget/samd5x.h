/* SPDX-License-Identifier: MIT */
/*
 * The pins of SAMD51, SAME51, SAME53 and SAME54, and the interrupt handlers of their port.
 *
 *     error = i2ctarget_init(&target, I2CTARGET_SAMD5X_PA(13), I2CTARGET_SAMD5X_PA(12), addresses, 2,
 *                            false);                                              (SCL, SDA)
 *
 * A target uses one SERCOM completely: the one whose pad 1 is the SCL pin and whose pad 0 is the SDA
 * pin.  Pins that no SERCOM has are watched and pulled by the processor, if each has an EXTINT of its
 * own; init returns -EINVAL for all others.  i2ctarget_get_capabilities() says which it is.
 * The application puts these handlers into its vector table, or calls them from there:
 *
 *     SERCOMn_0 .. SERCOMn_OTHER, numbers 46 + 4n .. 49 + 4n    i2ctarget_samd5x_sercomN_irq()
 *     TC4, number 111                                           i2ctarget_samd5x_timer_irq()
 *                                                               (or the TC that was chosen)
 *     EXTINT n, number 12 + n: only for other pins              i2ctarget_samd5x_eic_irq()
 *
 * The port enables these interrupts itself.  The application chooses their priority, the same for
 * all of them.  The port takes the clocks of the blocks that it needs from MCLK and GCLK; generators
 * 1 (48 MHz) and 3 (32.768 kHz, if `smbus`) must run, as they do after Arduino's start-up.  If one of
 * them does not, init returns -EINVAL.  ports/samd5x/README.md has the rest.
 */
#ifndef I2CTARGET_SAMD5X_H
#define I2CTARGET_SAMD5X_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_samd5x_port;
/*
 * Other pins: the processor watches and pulls them (ports/gpio/README.md).  It is slower: a prompt
 * device does not visibly stretch up to 100 kHz, and SCL has 200 kHz at most, for devices 400 kHz; at
 * 120 MHz.  The priority of its interrupts must be the highest.  At most four targets, with eight
 * different EXTINTs: i2ctarget_samd5x_extint().
 *
 * i2ctarget_samd5x_port passes on to it what it does not serve itself.  Pins of this port
 * (I2CTARGET_SAMD5X_GPIO) are the processor's even where a SERCOM has them, for example because that
 * SERCOM has other work.
 */
I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_samd5x_gpio_port;

/* The EXTINT of a pin, 0..15; -1: it has none, like PA08. */
I2CTARGET_API int i2ctarget_samd5x_extint(unsigned pin);

/* The timer of the port: two TCs that are joined to 32 bits.  The interrupt is the first one's. */
enum i2ctarget_samd5x_timer {
    I2CTARGET_SAMD5X_TC_DEFAULT, /* TC4: Arduino's tone() has TC2, its servos have TC1 */
    I2CTARGET_SAMD5X_TC0,
    I2CTARGET_SAMD5X_TC2,
    I2CTARGET_SAMD5X_TC4,
    I2CTARGET_SAMD5X_TC6, /* not in packages of 48 and 64 pins */
};

struct i2ctarget_samd5x_config {
    uint32_t cpu_hz;  /* the CPU's clock, 12 to 120 MHz; 0: 120 MHz */
    uint8_t gclk_48m; /* the generator that gives 48 MHz, 1..11; 0: generator 1 */
    uint8_t gclk_32k; /* the generator that gives 32.768 kHz, 1..11; 0: generator 3 */
    uint8_t timer;    /* enum i2ctarget_samd5x_timer */
    /*
     * For a bus above 400 kHz: SDA is held for 50 to 100 ns after SCL falls, not for 300 to 600 ns.
     * The latter is too long for Fast-mode Plus, the former too short for slow edges.
     */
    bool fast_mode_plus;
    /*
     * false: the SERCOM listens to the target's addresses alone, or to the smallest mask or range
     * that has them all.  true: it listens to every address, and the port NACKs those of others.
     * Then each message on the bus waits for an interrupt of this chip.  In return a repeated START
     * for another target is seen at once, and an address that is added in a message counts from its
     * next repeated START on.
     */
    bool hear_all;
};

/*
 * Needed if the defaults do not fit.  Call it before the first i2ctarget_init().  Returns 0.
 * -EINVAL: out of range.  -EBUSY: a target is open.
 */
I2CTARGET_API int i2ctarget_samd5x_configure(const struct i2ctarget_samd5x_config *config);

/*
 * The fastest SCL, in Hz, at which a device is served without visible stretching.  It depends on the
 * CPU's clock.  A faster bus works, but is stretched.
 */
I2CTARGET_API uint32_t i2ctarget_samd5x_scl_hz_max(void);

/* Interrupt handlers.  All must have the same priority. */
I2CTARGET_API void i2ctarget_samd5x_sercom0_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom1_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom2_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom3_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom4_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom5_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom6_irq(void);
I2CTARGET_API void i2ctarget_samd5x_sercom7_irq(void);
/* The same for SERCOM 0..7; a few cycles slower. */
I2CTARGET_API void i2ctarget_samd5x_sercom_irq(unsigned sercom);
I2CTARGET_API void i2ctarget_samd5x_timer_irq(void);
/* Of all EXTINTs. */
I2CTARGET_API void i2ctarget_samd5x_eic_irq(void);

#ifdef __cplusplus
}

inline i2ctarget_pin i2ctarget_samd5x_pin(uint16_t number)
{
    return {&i2ctarget_samd5x_port, 0, number};
}

inline i2ctarget_pin i2ctarget_samd5x_gpio_pin(uint16_t number)
{
    return {&i2ctarget_samd5x_gpio_port, 0, number};
}

inline const i2ctarget_pin *i2ctarget_samd5x_address_of(const i2ctarget_pin &pin)
{
    return &pin;
}
#define I2CTARGET_SAMD5X_PIN(number) i2ctarget_samd5x_address_of(i2ctarget_samd5x_pin(number))
#define I2CTARGET_SAMD5X_GPIO(number) i2ctarget_samd5x_address_of(i2ctarget_samd5x_gpio_pin(number))
#else
#define I2CTARGET_SAMD5X_GPIO(number) \
    (&(const struct i2ctarget_pin){&i2ctarget_samd5x_gpio_port, 0, (number)})
#define I2CTARGET_SAMD5X_PIN(number) \
    (&(const struct i2ctarget_pin){&i2ctarget_samd5x_port, 0, (number)})
#endif
/* Pin n of a group, 0..31.  (I2CTARGET_SAMD5X_PIN: by its number, 32 * group + n.) */
#define I2CTARGET_SAMD5X_PA(n) I2CTARGET_SAMD5X_PIN(n)
#define I2CTARGET_SAMD5X_PB(n) I2CTARGET_SAMD5X_PIN(32 + (n))
#define I2CTARGET_SAMD5X_PC(n) I2CTARGET_SAMD5X_PIN(64 + (n))
#define I2CTARGET_SAMD5X_PD(n) I2CTARGET_SAMD5X_PIN(96 + (n))
/* I2CTARGET_SAMD5X_GPIO(32 * group + n): the same pin, of i2ctarget_samd5x_gpio_port. */
#endif
