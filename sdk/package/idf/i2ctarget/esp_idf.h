/* SPDX-License-Identifier: MIT */
/*
 * A program of ESP-IDF as an I2C target.  menuconfig chooses the core and the pins.
 *
 *     static void serve(void *argument)
 *     {
 *         error = i2ctarget_init(&target, I2CTARGET_ESP_IDF_SCL, I2CTARGET_ESP_IDF_SDA, addresses, 1,
 *                                false);
 *         ...
 *     }
 *
 *     error = i2ctarget_esp_idf_start(serve, NULL);
 *
 * All calls of the library are made by this one task.
 */
#ifndef I2CTARGET_ESP_IDF_H
#define I2CTARGET_ESP_IDF_H

#include "i2ctarget/esp32.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The pins that menuconfig has chosen. */
#define I2CTARGET_ESP_IDF_SCL I2CTARGET_ESP32_GPIO(CONFIG_I2CTARGET_SCL)
#define I2CTARGET_ESP_IDF_SDA I2CTARGET_ESP32_GPIO(CONFIG_I2CTARGET_SDA)

/*
 * Runs serve(argument) in a task of the core CONFIG_I2CTARGET_CORE, with that core's interrupts of
 * the pins connected to the library.  The task ends when serve() returns.  To be called once.
 *
 * The interrupt of GPIO is shared: others that have ESP_INTR_FLAG_SHARED and level 3 may use it, too.
 * The CPU's clock must stay as it is (no dynamic frequency scaling).
 *
 * Returns 0.  -EBUSY: no memory, no interrupt or no timer is left.
 */
I2CTARGET_API int i2ctarget_esp_idf_start(void (*serve)(void *argument), void *argument);

#ifdef __cplusplus
}
#endif
#endif
