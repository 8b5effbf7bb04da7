/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the pico-sdk: its account of who has what, without a chip.  What would be a panic there
 * fails the test.
 */
#ifndef MICROPYTHON_RP2_SDK_H
#define MICROPYTHON_RP2_SDK_H

#include <stdbool.h>
#include <stdint.h>

enum { SDK_BLOCKS = 2, SDK_IRQS = 32, SDK_ALARMS = 4 };

typedef void (*irq_handler_t)(void);

struct sdk {
    unsigned machines[SDK_BLOCKS]; /* bits: claimed */
    uint32_t memory[SDK_BLOCKS];   /* bits: instructions in use */
    irq_handler_t handlers[SDK_IRQS];
    bool is_shared[SDK_IRQS];
    unsigned priorities[SDK_IRQS];
    bool is_enabled[SDK_IRQS]; /* by the SDK's call; the port writes to the NVIC itself */
    unsigned alarms;           /* bits: claimed */
    unsigned core;             /* who is calling */
    unsigned lockouts, lockout_depth;
    uint32_t clk_sys_hz;
    const char *raised; /* the words of the ValueError */
};

extern struct sdk sdk;

/* As after start-up: MicroPython has alarm 2, the SDK's pool alarm 3. */
void sdk_reset(void);

#endif
