/* SPDX-License-Identifier: MIT */
#include "cli/devices/conversions.h"

#include "link/link.h"

enum { MILLI = 1000 };

void conversions_made(struct conversions *self)
{
    self->next_us = i2ctarget_link_now_us() + self->period_us;
    if (self->left > 0)
        self->left--;
}

void conversions_expect(struct conversions *self, unsigned count)
{
    self->left = count;
}

int conversions_wait_ms(const struct conversions *self)
{
    int64_t left_us = self->next_us - i2ctarget_link_now_us();
    if (self->left == 0)
        return -1;
    return left_us > 0 ? (int)(left_us / MILLI) + 1 : 0;
}

bool conversions_is_due(const struct conversions *self)
{
    return conversions_wait_ms(self) == 0;
}
