/* SPDX-License-Identifier: MIT */
/*
 * Targets that think before each answer, one at address 0x30 and one, with SMBus' limits, at 0x31.
 * SCL is stretched meanwhile.
 *
 *     write [ms, data …]   before it acknowledges a data byte it thinks so long, from now on
 *     read                 the data written last, over and over; thinks before each byte
 */
#include "i2ctarget/board.h"

enum { SLOW_ADDRESS = 0x30, LIMITED_ADDRESS = 0x31, DATA_MAX = 32 };

struct slow {
    uint8_t data[DATA_MAX];
    size_t count;
    int64_t think_us;
};

static void take(struct slow *slow, struct i2ctarget_request *request)
{
    uint8_t byte;
    if (i2ctarget_read(request, &byte, 1, true) != 1)
        return;
    slow->think_us = byte * INT64_C(1000);
    for (size_t i = 0; i < DATA_MAX && i2ctarget_read(request, &byte, 1, false) == 1; i++) {
        bench_sleep_us(slow->think_us);
        if (i2ctarget_ack(request, true) < 0)
            return;
        slow->data[i] = byte;
        slow->count = i + 1;
    }
}

static void give(const struct slow *slow, struct i2ctarget_request *request)
{
    size_t i = 0;
    do
        bench_sleep_us(slow->think_us);
    while (slow->count && i2ctarget_write(request, &slow->data[i++ % slow->count], 1) == 1 &&
           request->end == I2CTARGET_OPEN);
}

static int run(struct slow *slow, uint8_t address, bool smbus)
{
    struct i2ctarget target;
    struct i2ctarget_request request;
    int result = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, &address, 1, smbus);
    while (result >= 0) {
        result = i2ctarget_next_request(&target, &request, 0);
        if (result == 1) {
            if (request.is_read)
                give(slow, &request);
            else
                take(slow, &request);
            i2ctarget_close(&request);
        }
    }
    return i2ctarget_board_fail(result);
}

int slow_main(void)
{
    static struct slow slow;
    return run(&slow, SLOW_ADDRESS, false);
}

int limited_main(void)
{
    static struct slow limited;
    return run(&limited, LIMITED_ADDRESS, true);
}
