/* SPDX-License-Identifier: MIT */
enum { TIMER_IRQ_2 = 2, PIO0_IRQ_0 = 7 };
extern "C" void irq_set_exclusive_handler(unsigned number, void (*handler)(void));
