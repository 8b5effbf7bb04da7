/* SPDX-License-Identifier: MIT */
/* Counts its requests, and gives their number to who reads: under the quirk that makes several of a message. */
#include <i2ctarget/board.h>
#include <i2ctarget/quirks.h>

int main(void)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget target;
    struct i2ctarget_quirk quirk;
    struct i2ctarget_request request;
    uint8_t count = 0, byte;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, false);
    if (!error)
        error = i2ctarget_use_quirk(&target, &quirk, "circuitpython-rp2040");
    while (!error && i2ctarget_next_request(&target, &request, 0) == 1) {
        count++;
        if (request.is_read)
            error = i2ctarget_write(&request, &count, 1) != 1;
        else
            error = i2ctarget_read(&request, &byte, 1, true) != 1;
        i2ctarget_close(&request);
    }
    return error;
}
