/* SPDX-License-Identifier: MIT */
/*
 * A 24C02: 256 bytes at address 0x50, answered at once by a device, without stretching SCL.
 *
 *     i2cdump -y 1 0x50 b
 *     i2ctransfer -y 1 w3@0x50 0x10 0xca 0xfe
 *     i2ctransfer -y 1 w1@0x50 0x10 r2
 */
#include "board.h"
#include "eeprom24.h"

static struct eeprom24 memory;

/* The device does all the work while the program waits for a request, which never comes. */
int main(void)
{
    static const uint8_t addresses[] = {EEPROM24_ADDRESS};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (error)
        return board_fail(error);
    eeprom24_init(&memory, board_now_us);
    error = i2ctarget_attach(&target, EEPROM24_ADDRESS, &memory.device);
    while (error == 0 || error == -I2CTARGET_EINTR)
        error = i2ctarget_request(&target, &request, 0);
    i2ctarget_deinit(&target);
    return board_fail(error);
}
