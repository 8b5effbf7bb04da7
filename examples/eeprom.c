/* SPDX-License-Identifier: MIT */
/*
 * A 24C02: 256 bytes at address 0x50, answered at once by a device, without stretching SCL.
 *
 *     i2cdump -y 1 0x50 b
 *     i2ctransfer -y 1 w3@0x50 0x10 0xca 0xfe
 *     i2ctransfer -y 1 w1@0x50 0x10 r2
 */
#include "i2ctarget/board.h"
#include "i2ctarget/devices/eeprom.h"

enum { BYTES = 256, ERASED = 0xFF };

static uint8_t memory[BYTES];
static struct i2ctarget_eeprom eeprom;

static int begin(void)
{
    static const struct i2ctarget_eeprom_config config = {
        .memory = memory,
        .size_bytes = BYTES,
        .page_bytes = 8,
        .address_bytes = 1,
        .write_us = I2CTARGET_EEPROM_WRITE_US,
        .now_us = i2ctarget_board_now_us,
    };
    for (int i = 0; i < BYTES; i++)
        memory[i] = ERASED;
    return i2ctarget_eeprom_init(&eeprom, &config);
}

/* The device does all the work while the program waits for a request, which never comes. */
int main(void)
{
    static const uint8_t addresses[] = {I2CTARGET_EEPROM_ADDRESS};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (error)
        return i2ctarget_board_fail(error);
    error = begin();
    if (error == 0)
        error = i2ctarget_attach(&target, I2CTARGET_EEPROM_ADDRESS, &eeprom.device);
    while (error == 0 || error == -I2CTARGET_EINTR)
        error = i2ctarget_next_request(&target, &request, 0);
    i2ctarget_deinit(&target);
    return i2ctarget_board_fail(error);
}
