/* SPDX-License-Identifier: MIT */
enum { TIMER_IRQ_0 = 0, PIO0_IRQ_0 = 7 };
extern "C" void irq_set_exclusive_handler(unsigned number, void (*handler)(void));
