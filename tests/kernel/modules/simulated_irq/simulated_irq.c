/* SPDX-License-Identifier: MIT */
/*
 * The interrupts of gpio-sim: a part of any kernel that is built with it, and Debian's is not.
 *
 * It is the kernel's own source, as a module.  The kernel exports all that it needs but one function,
 * for which there is another way.
 */
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>

#define irq_to_desc(number) irq_data_to_desc(irq_get_irq_data(number))

#include "irq_sim.c"

MODULE_DESCRIPTION("Simulated interrupts");
MODULE_LICENSE("GPL");
