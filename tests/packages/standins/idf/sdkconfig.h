/* SPDX-License-Identifier: MIT */
/* What menuconfig has made of the component's Kconfig: the defaults of a chip with two cores. */
#ifndef SDKCONFIG_H
#define SDKCONFIG_H

#define CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ 240
#define CONFIG_I2CTARGET_CORE 1
#define CONFIG_I2CTARGET_PRIORITY 20
#define CONFIG_I2CTARGET_SCL 9
#define CONFIG_I2CTARGET_SDA 8

#endif
