/* SPDX-License-Identifier: MIT */
/*
 * Answers 0 to reads.  While it holds SCL before the ACK bit of a byte 0xAA, it does ACTION, which
 * the test puts in front of this file.
 */
#include <i2ctarget/board.h>

/* An instruction that does not exist. */
static inline void fault(void)
{
#ifdef __XTENSA__
    __asm volatile("ill");
#else
    __asm volatile("unimp");
#endif
}

static int serve(struct i2ctarget_request *request)
{
    uint8_t byte = 0;
    int count;
    if (request->is_read)
        return i2ctarget_write(request, &byte, 1);
    while ((count = i2ctarget_read(request, &byte, 1, false)) == 1) {
        if (byte == 0xAA)
            ACTION;
    }
    return count;
}

int main(void)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget target = {0};
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, false);
    while (error >= 0 && i2ctarget_next_request(&target, &request, 0) == 1) {
        error = serve(&request);
        i2ctarget_close(&request);
    }
    return i2ctarget_board_fail(error);
}
