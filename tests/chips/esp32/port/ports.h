/* SPDX-License-Identifier: MIT */
/* The port of each chip, for programs that have several: the names of i2ctarget/esp32.h, one set a chip. */
#ifndef ESP32_PORTS_H
#define ESP32_PORTS_H

#include "i2ctarget/esp32.h"

#define ESP32_PORT(chip)                                                           \
    extern const struct i2ctarget_port_ops i2ctarget_##chip##_port;                \
    int i2ctarget_##chip##_configure(const struct i2ctarget_esp32_config *config); \
    void i2ctarget_##chip##_gpio_irq(void);                                        \
    void i2ctarget_##chip##_timer_irq(void)

/* That of ESP32 is in i2ctarget/esp32.h. */
ESP32_PORT(esp32s2);
ESP32_PORT(esp32s3);
ESP32_PORT(esp32c3);

#endif
