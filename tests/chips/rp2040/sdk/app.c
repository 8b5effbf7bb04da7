/* SPDX-License-Identifier: MIT */
/*
 * A program of pico-sdk with a target in it.  recipe.h is the C part of ports/rp2040/README.md, as it
 * stands there.
 *
 * Registers 0..15 are the controller's.  Register 16 counts waits that ended without a request: the
 * port's alarm works beside the SDK's.
 */
#include "hardware/irq.h"
#include "hardware/pio.h"
#include "hardware/timer.h"
#include "pico/stdlib.h"

#include "i2ctarget/rp2040.h"

enum { REGISTERS = 16, WAIT_US = 500 };

static uint8_t registers[REGISTERS + 1], chosen;

static void serve(struct i2ctarget_request *request)
{
    uint8_t byte;
    int count;
    if (request->is_read) {
        count = i2ctarget_write(request, &registers[chosen], 1);
    } else if ((count = i2ctarget_read(request, &byte, 1, true)) == 1 && byte <= REGISTERS) {
        chosen = byte;
        count = i2ctarget_read(request, &byte, 1, true);
        if (count == 1 && chosen < REGISTERS)
            registers[chosen] = byte;
    }
    if (count >= 0)
        i2ctarget_close(request);
}

int main(void)
{
    static const uint8_t addresses[] = {0x40};
    static struct i2ctarget target;
    struct i2ctarget_request request;
#include "recipe.h"
    if (i2ctarget_init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(4), addresses, 1,
                       false))
        return 1;
    for (;;) {
        int result = i2ctarget_next_request(&target, &request, WAIT_US);
        if (result == 1)
            serve(&request);
        else if (result == -I2CTARGET_ETIMEDOUT)
            registers[REGISTERS]++;
    }
}
