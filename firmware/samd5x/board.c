/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include <stdbool.h>

#include "cpu.h"
#include "firmware/samd5x/registers.h"
#include "i2ctarget/samd5x.h"
#include "samd5x/time.h"

/* The port's time runs while somebody needs it.  From the first look on, that is the program. */
int64_t i2ctarget_board_now_us(void)
{
    static bool is_needed;
    uint32_t state = cpu_irq_save();
    if (!is_needed)
        i2ctarget_samd5x_time_begin(I2CTARGET_SAMD5X_TC_DEFAULT, GENERATOR_48M);
    is_needed = true;
    cpu_irq_restore(state);
    return i2ctarget_samd5x_time_us();
}
