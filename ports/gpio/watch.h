/* SPDX-License-Identifier: MIT */
/*
 * A core that has nothing else to do looks at the lines while the application waits for a message
 * (README.md, "A core that has nothing else to do watches").
 *
 * It is compiled into each chip that has `.may_watch`, behind stay.h; its table has `.watch =
 * gpio_watch`.  "cpu.h" has cpu_irq_is_pending().
 */
#ifndef GPIO_WATCH_H
#define GPIO_WATCH_H

#include "cpu.h"
#include "gpio/stay.h"

/*
 * The bus is at rest.  Returns the levels after a START; GPIO_LINES: an interrupt is pending, or an
 * event was raised, or it is not to wait.  If the interrupt is the one that a START makes, the looks
 * behind the question see that START.
 */
static inline uint32_t gpio_await_start(struct gpio_target *self, bool waits)
{
    for (;;) {
        bool is_called = !waits || cpu_irq_is_pending() || self->raised;
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            uint32_t levels = gpio_pins_levels(self->pins);
            if (levels != GPIO_LINES)
                return levels;
        }
        if (!is_called)
            continue;
        uint32_t now_ticks = gpio_ticks(), levels = gpio_pins_levels(self->pins);
        if (levels == GPIO_LINES)
            self->rested_ticks = now_ticks;
        return levels;
    }
}

/* SDA alone is low: behind looks that follow each other closely that is a START. */
static inline enum gpio_stayed gpio_begin_watched(struct gpio_target *self)
{
    self->is_ready = false;
    gpio_pins_take(self->pins);
    self->ear = GPIO_HANDLER;
    (void)gpio_follow_start(self, GPIO_SCL);
    return gpio_go_on(self);
}

/* SCL is low: the latches know more.  If it was a spike, the bus is at rest as before. */
static inline enum gpio_stayed gpio_enter_watched(struct gpio_target *self)
{
    self->is_ready = false;
    enum gpio_stayed stayed = gpio_enter(self);
    self->is_ready = self->is_ready || stayed == GPIO_NO_START;
    return stayed;
}

/*
 * The bus is at rest, and was so at a look, or at an interrupt, a moment ago.  It takes messages
 * until it is called for.
 */
static inline enum gpio_stayed gpio_watch(struct gpio_target *self, bool waits)
{
    enum gpio_stayed stayed;
    do {
        uint32_t levels = gpio_await_start(self, waits);
        if (levels == GPIO_LINES)
            return GPIO_NO_START;
        stayed = levels == GPIO_SCL ? gpio_begin_watched(self) : gpio_enter_watched(self);
    } while (stayed == GPIO_PAUSED && self->is_ready);
    return stayed;
}

#endif
