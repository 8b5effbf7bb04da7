/* SPDX-License-Identifier: MIT */
/* Declarations as in pico-sdk, which is not here. */
#include "i2ctarget/rp2040.h"

typedef void (*irq_handler_t)(void);
typedef struct pio_hw *PIO;
extern PIO pio0;
enum { TIMER_IRQ_0, TIMER_IRQ_1, TIMER_IRQ_2, TIMER_IRQ_3, PIO0_IRQ_0 = 7, PIO1_IRQ_0 = 9 };
void hardware_alarm_claim(unsigned alarm);
void pio_claim_sm_mask(PIO pio, unsigned mask);
void irq_set_exclusive_handler(unsigned number, irq_handler_t handler);

int main(void)
{
    SNIPPET
    return 0;
}
