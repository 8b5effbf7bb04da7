/* SPDX-License-Identifier: MIT */
/*
 * A thermometer at address 0x48: an LM75 in a room that warms from 20 °C to 30 °C and cools again,
 * half a degree a second.
 *
 *     i2ctransfer -y 1 w1@0x48 0 r2              0x14 0x00 is 20 °C, 0x14 0x80 is 20.5 °C
 *
 * A device answers in an interrupt where the board has one, so the program keeps that out while it
 * changes what the device answers from.
 */
#include "i2ctarget/board.h"
#include "i2ctarget/devices/lm75.h"

enum { COLDEST = 20000, STEP = 500, STEPS = 20, STEP_US = 1000000 };

static struct i2ctarget_lm75 lm75;

/* As far up as down. */
static int32_t room_millicelsius(int64_t since_us)
{
    int32_t step = (int32_t)(since_us / STEP_US % (2 * STEPS));
    return COLDEST + STEP * (step < STEPS ? step : 2 * STEPS - step);
}

static void convert(struct i2ctarget *target, int32_t millicelsius)
{
    i2ctarget_lock(target);
    i2ctarget_lm75_convert(&lm75, millicelsius);
    i2ctarget_unlock(target);
}

/* The device answers everything, so the wait for a request is over when its time is. */
int main(void)
{
    static const uint8_t addresses[] = {I2CTARGET_LM75_ADDRESS};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (error)
        return i2ctarget_board_fail(error);
    i2ctarget_lm75_init(&lm75);
    i2ctarget_lm75_convert(&lm75, COLDEST);
    error = i2ctarget_attach(&target, I2CTARGET_LM75_ADDRESS, &lm75.device);
    int64_t began_us = i2ctarget_board_now_us();
    while (error == 0 || error == -I2CTARGET_EINTR || error == -I2CTARGET_ETIMEDOUT) {
        error = i2ctarget_next_request(&target, &request, I2CTARGET_LM75_CONVERSION_US);
        convert(&target, room_millicelsius(i2ctarget_board_now_us() - began_us));
    }
    i2ctarget_deinit(&target);
    return i2ctarget_board_fail(error);
}
