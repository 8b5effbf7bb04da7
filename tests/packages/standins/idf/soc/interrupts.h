/* SPDX-License-Identifier: MIT */
#ifndef SOC_INTERRUPTS_H
#define SOC_INTERRUPTS_H

enum { ETS_GPIO_INTR_SOURCE = 16 }; /* of ESP32-S3 and ESP32-C3 */

#endif
