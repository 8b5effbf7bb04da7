/* SPDX-License-Identifier: MIT */
/*
 * An image that does to exceptions all that a program can, and writes down what happened.
 *
 * It is executed by QEMU and by our own harness, and the two texts must be equal (test_torture.py).
 * So it writes nothing that depends on time: of what is interrupted at a moment that the
 * architecture leaves open, it does not write the address.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum { FIRST = 0x00, SECOND = 0x40, THIRD = 0x80, LAST = 0xC0 };
enum {
    NMI = 2,
    HARD_FAULT = 3,
    BUS_FAULT = 5,
    USAGE_FAULT = 6,
    SVCALL = 11,
    PENDSV = 14,
    SYSTICK = 15,
    IRQ0 = 16,
    EXCEPTIONS = 48
};

/* The registers of a handler's first moment, as start.S lays them out.  They go back at its end. */
struct entry {
    uint32_t r12, lr, r0, r1, r2, r3;
};

/* The frame on the stack. */
struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
    uint32_t s[16], fpscr;
};

/* What a handler does besides being written down; NULL: nothing. */
typedef void action(struct frame *frame);
extern action *actions[EXCEPTIONS];
/* What is interrupted depends on time: what it is, is not written down. */
extern volatile bool interrupts_anywhere;

/* Nothing pending, 16 interrupts enabled at the lowest priority, no actions. */
void reset_scenario(const char *what);

/* The scenarios that every architecture has, and those of ARMv7-M. */
void common(void);
void more(void);

/* ---- the machine ----------------------------------------------------------------------------- */

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SYST_CVR REGISTER(0xE000E018)
#define NVIC_ISER REGISTER(0xE000E100)
#define NVIC_ICER REGISTER(0xE000E180)
#define NVIC_ISPR REGISTER(0xE000E200)
#define NVIC_ICPR REGISTER(0xE000E280)
#define NVIC_IABR REGISTER(0xE000E300)
#define NVIC_IPR(irq) REGISTER(0xE000E400 + (irq) / 4 * 4)
#define ICSR REGISTER(0xE000ED04)
#define VTOR REGISTER(0xE000ED08)
#define AIRCR REGISTER(0xE000ED0C)
#define SCR REGISTER(0xE000ED10)
#define CCR REGISTER(0xE000ED14)
#define SHPR2 REGISTER(0xE000ED1C)
#define SHPR3 REGISTER(0xE000ED20)
#define SHCSR REGISTER(0xE000ED24)
#define CFSR REGISTER(0xE000ED28)
#define HFSR REGISTER(0xE000ED2C)
#define BFAR REGISTER(0xE000ED38)
#define CPACR REGISTER(0xE000ED88)
#define STIR REGISTER(0xE000EF00)
#define FPCCR REGISTER(0xE000EF34)
#define FPCAR REGISTER(0xE000EF38)
#define FPDSCR REGISTER(0xE000EF3C)

enum { ICSR_PENDSV = 1 << 28, ICSR_PENDST = 1 << 26 };
#define ICSR_NMI (1u << 31)

/* What was written has its effect before the next instruction. */
static inline void settle(void)
{
    __asm volatile("dsb\n\tisb" ::: "memory");
}

/* What the program wrote before is there when the handler begins. */
static inline void pend(unsigned irq)
{
    settle();
    NVIC_ISPR = 1u << irq;
    settle();
}

static inline void set_priority(unsigned irq, uint32_t priority)
{
    unsigned shift = 8 * (irq % 4);
    NVIC_IPR(irq) = (NVIC_IPR(irq) & ~(0xFFu << shift)) | priority << shift;
}

#define MASK_ALL() __asm volatile("cpsid i" ::: "memory")
#define UNMASK_ALL() __asm volatile("cpsie i" ::: "memory")

#define READ_SPECIAL(name)                                         \
    ({                                                             \
        uint32_t value_;                                           \
        __asm volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                    \
    })
#define WRITE_SPECIAL(name, value) \
    __asm volatile("msr " #name ", %0\n\tisb" ::"r"((uint32_t)(value)) : "memory")

#endif
