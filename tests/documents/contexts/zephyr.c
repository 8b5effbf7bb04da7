/* SPDX-License-Identifier: MIT */
/* Zephyr's macro, which is not here, takes a handler and its argument. */
#include "i2ctarget/rp2040.h"

#define IRQ_CONNECT(number, priority, handler, argument, flags) handler(argument)

SNIPPET

int main(void)
{
    connect_interrupts();
    return 0;
}
