/* SPDX-License-Identifier: MIT */
/*
 * The pins of ESP32, ESP32-S2, ESP32-S3 and ESP32-C3, and the interrupt handlers of their port.
 *
 *     error = i2ctarget_init(&target, I2CTARGET_ESP32_GPIO(22), I2CTARGET_ESP32_GPIO(21), addresses,
 *                            2, false);                                             (SCL, SDA)
 *
 * The processor watches and pulls the two pins (ports/gpio/README.md).  There are at most four
 * targets, each on any two pins that can be outputs and have no flash memory behind them.
 *
 * **One core.**  The targets belong to the core that calls i2ctarget_init() first.  All calls of
 * this library are made there, and these handlers are called there.  The other core is free for
 * anything else.  A target that another core opens meanwhile is refused: -EBUSY.
 *
 * Two sources of interrupts are routed to that core by whoever starts it, through the chip's
 * interrupt matrix, as level interrupts of one priority; the highest that C can serve is best:
 *
 *     GPIO                                                      i2ctarget_esp32_gpio_irq()
 *     ESP32: timer 0 of TIMG0; others: target 0 of SYSTIMER     i2ctarget_esp32_timer_irq()
 *
 * The port takes that timer, and pins 2n and 2n+1 of the processor's own (dedicated GPIO) for its
 * n-th target.  APB has 80 MHz.  On ESP32-C3 the counter of clocks must count (0x7E0 to 0x7E2).
 * Firmware of this project and ESP-IDF see to both.  ports/esp32/README.md has the rest.
 */
#ifndef I2CTARGET_ESP32_H
#define I2CTARGET_ESP32_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_esp32_port;

/* The CPU's clock may be from here to there. */
enum { I2CTARGET_ESP32_HZ_MIN = 80000000, I2CTARGET_ESP32_HZ_MAX = 240000000 };

struct i2ctarget_esp32_config {
    uint32_t cpu_hz; /* the CPU's clock; 0: 240 MHz, on ESP32-C3 160 MHz */
    /*
     * For a core that has nothing else to do while the application waits for a target: it watches
     * the lines instead of sleeping, so a START is seen without an interrupt.  Other interrupts are
     * served in between, when the bus is at rest.  With several targets the core sleeps as ever.
     * Leave it false in ESP-IDF, where tasks share the core: the wait would not let others run.
     */
    bool watches;
};

/*
 * Needed if the CPU has another clock, or if the core is to watch.  Call it before the first
 * i2ctarget_init().  Returns 0.  -EINVAL: out of range.  -EBUSY: a target is open.
 */
I2CTARGET_API int i2ctarget_esp32_configure(const struct i2ctarget_esp32_config *config);

/*
 * Interrupt handlers.  The first may also be called from the application's own handler of GPIO
 * interrupts: it looks at the targets' pins alone.
 */
I2CTARGET_API void i2ctarget_esp32_gpio_irq(void);
I2CTARGET_API void i2ctarget_esp32_timer_irq(void);

#ifdef __cplusplus
}

inline i2ctarget_pin i2ctarget_esp32_pin(uint16_t number)
{
    return {&i2ctarget_esp32_port, 0, number};
}

inline const i2ctarget_pin *i2ctarget_esp32_address_of(const i2ctarget_pin &pin)
{
    return &pin;
}
#define I2CTARGET_ESP32_GPIO(number) i2ctarget_esp32_address_of(i2ctarget_esp32_pin(number))
#else
#define I2CTARGET_ESP32_GPIO(number) \
    (&(const struct i2ctarget_pin){&i2ctarget_esp32_port, 0, (number)})
#endif
#endif
