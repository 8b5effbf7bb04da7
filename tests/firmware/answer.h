/* SPDX-License-Identifier: MIT */
/* Answers every read at address 0x40 with one value, and takes every write. */
#include <i2ctarget/board.h>

static inline int answer(uint8_t value)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget target = {0};
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, false);
    while (error >= 0 && i2ctarget_next_request(&target, &request, 0) == 1) {
        uint8_t bytes[4];
        error = request.is_read ? i2ctarget_write(&request, &value, 1)
                                : i2ctarget_read(&request, bytes, sizeof bytes, true);
        i2ctarget_close(&request);
    }
    return i2ctarget_board_fail(error);
}
