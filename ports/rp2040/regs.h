/* SPDX-License-Identifier: MIT */
/* The registers of the RP2040 that the port uses.  RP2040 datasheet, section by section. */
#ifndef RP2040_REGS_H
#define RP2040_REGS_H

#include <stdint.h>

/* Atomic aliases of a register, for blocks on APB and AHB-Lite (§2.1.2). */
enum { ALIAS_XOR = 0x1000, ALIAS_SET = 0x2000, ALIAS_CLEAR = 0x3000 };

/* §2.14: 1 keeps a block in reset. */
#define RESETS_RESET 0x4000C000u
#define RESETS_DONE 0x4000C008u
enum {
    RESET_IO_BANK0 = 1 << 5,
    RESET_PADS_BANK0 = 1 << 8,
    RESET_PIO0 = 1 << 10,
    RESET_PIO1 = 1 << 11,
    RESET_TIMER = 1 << 21
};

/* §2.19.6.1: function select, 8 bytes a pin; latched edges and levels, 4 bits a pin. */
#define IO_BANK0 0x40014000u
#define GPIO_CTRL(n) (IO_BANK0 + 4u + 8u * (n))
#define GPIO_INTR(n) (IO_BANK0 + 0xF0u + 4u * ((n) / 8u))
#define GPIO_INTR_SHIFT(n) (4u * ((n) % 8u))
enum { FUNCSEL_PIO0 = 6, FUNCSEL_PIO1 = 7, FUNCSEL_NULL = 31 };
_Static_assert(FUNCSEL_PIO1 == FUNCSEL_PIO0 + 1, "a block's number is added");
enum { INTR_LEVEL_LOW = 1, INTR_EDGE_LOW = 4, INTR_EDGE_HIGH = 8 };

/* §2.19.6.3 */
#define PAD(n) (0x4001C004u + 4u * (n))
enum { PAD_SCHMITT = 1 << 1, PAD_PULL_UP = 1 << 3, PAD_DRIVE_4MA = 1 << 4, PAD_INPUT = 1 << 6 };

/* §4.6.5: a write to an alarm arms it; INTR is written 1 to clear. */
#define TIMER 0x40054000u
#define TIMER_ALARM(n) (0x10u + 4u * (n))
enum { TIMER_RAWH = 0x24, TIMER_RAWL = 0x28, TIMER_INTR = 0x34, TIMER_INTE = 0x38 };

/* §2.3.1.7 */
#define SIO_GPIO_IN 0xD0000004u

/* §2.3.2: interrupt numbers. */
enum { IRQ_TIMER_0 = 0, IRQ_PIO0_0 = 7, IRQ_PIO1_0 = 9 };

/* §3.7: offsets in a PIO block. */
#define PIO0 0x50200000u
#define PIO_SIZE 0x00100000u
enum {
    PIO_CTRL = 0x000,
    PIO_FSTAT = 0x004,
    PIO_TXF = 0x010,
    PIO_RXF = 0x020,
    PIO_IRQ = 0x030,
    PIO_INSTR_MEM = 0x048,
    PIO_SM = 0x0C8, /* state machine n: + n * PIO_SM_SIZE + one of the next */
    PIO_SM_SIZE = 0x018,
    SM_CLKDIV = 0x00,
    SM_EXECCTRL = 0x04,
    SM_SHIFTCTRL = 0x08,
    SM_ADDR = 0x0C,
    SM_INSTR = 0x10,
    SM_PINCTRL = 0x14,
    PIO_IRQ0_INTE = 0x12C,
    PIO_IRQ0_INTS = 0x134
};
enum {
    CTRL_SM_ENABLE = 1 << 0,
    CTRL_SM_RESTART = 1 << 4,
    CTRL_CLKDIV_RESTART = 1 << 8,
    INT_RXNEMPTY = 1 << 0,
    INT_FLAG = 1 << 8,
    EXECCTRL_WRAP_BOTTOM_LSB = 7,
    EXECCTRL_WRAP_TOP_LSB = 12,
    EXECCTRL_JMP_PIN_LSB = 24,
    EXECCTRL_SIDE_PINDIR = 1 << 29,
    PINCTRL_OUT_BASE_LSB = 0,
    PINCTRL_SET_BASE_LSB = 5,
    PINCTRL_SIDESET_BASE_LSB = 10,
    PINCTRL_IN_BASE_LSB = 15,
    PINCTRL_OUT_COUNT_LSB = 20,
    PINCTRL_SET_COUNT_LSB = 26,
    PINCTRL_SIDESET_COUNT_LSB = 29
};
/* Each change of this bit empties both FIFOs of the machine (§3.5.4.1). */
#define SHIFTCTRL_FJOIN_RX (1u << 31)
#define SHIFTCTRL_AUTOPUSH (1u << 16)
enum { SHIFTCTRL_PUSH_THRESH_LSB = 20 };

#endif
