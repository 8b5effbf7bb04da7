/* SPDX-License-Identifier: MIT */
#ifndef FREERTOS_FREERTOS_H
#define FREERTOS_FREERTOS_H

#include <stdint.h>

typedef int BaseType_t;
typedef unsigned UBaseType_t;
typedef uint32_t TickType_t;
enum { pdFALSE, pdTRUE, pdPASS = 1 };
#define portMAX_DELAY UINT32_MAX

UBaseType_t xPortSetInterruptMaskFromISR(void);
void vPortClearInterruptMaskFromISR(UBaseType_t state);
#define portSET_INTERRUPT_MASK_FROM_ISR() xPortSetInterruptMaskFromISR()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(state) vPortClearInterruptMaskFromISR(state)

void vPortYieldFromISR(void);
#define portYIELD_FROM_ISR(must_switch) \
    do {                                \
        if (must_switch)                \
            vPortYieldFromISR();        \
    } while (0)

BaseType_t xPortGetCoreID(void);

#endif
