/* SPDX-License-Identifier: MIT */
/*
 * Sixteen registers at address 0x40, a command at 0x41.
 *
 *     i2cget -y 1 0x40 0x01           write the register's number, then read it (repeated START)
 *     i2cset -y 1 0x40 0x01 0xaa      write the number, then the value
 *
 * SCL is stretched until the program answers, so the controller must allow clock stretching.
 */
#include "i2ctarget/board.h"

enum { REGISTERS = 16, REGISTER_ADDRESS = 0x40, COMMAND_ADDRESS = 0x41, RESET_COMMAND = 0xde };

static uint8_t registers[REGISTERS];
static uint8_t selected;

/*
 * First byte: which register.  Second, if there is one: its new value.  Anything else is not
 * acknowledged.
 */
static int on_register_write(struct i2ctarget_request *request)
{
    uint8_t byte;
    int count = i2ctarget_read(request, &byte, 1, true);
    if (count != 1 || byte >= REGISTERS)
        return count;
    selected = byte;
    count = i2ctarget_read(request, &byte, 1, true);
    if (count == 1)
        registers[selected] = byte;
    return count;
}

/* Only as the second half of a combined transfer; a plain read gets 0xFF from i2ctarget_close(). */
static int on_register_read(struct i2ctarget_request *request)
{
    if (!request->is_restart)
        return 0;
    return i2ctarget_write(request, &registers[selected], 1);
}

static int on_command(struct i2ctarget_request *request)
{
    uint8_t byte;
    if (request->is_read)
        return 0;
    int count = i2ctarget_read(request, &byte, 1, true);
    if (count == 1 && byte == RESET_COMMAND) {
        for (int i = 0; i < REGISTERS; i++)
            registers[i] = 0;
    }
    return count;
}

static int serve(struct i2ctarget_request *request)
{
    if (request->address == COMMAND_ADDRESS)
        return on_command(request);
    return request->is_read ? on_register_read(request) : on_register_write(request);
}

int main(void)
{
    static const uint8_t addresses[] = {REGISTER_ADDRESS, COMMAND_ADDRESS};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (error)
        return i2ctarget_board_fail(error);
    /* A transfer that fails half-way concerns the controller; only a lost bus ends the program. */
    while ((error = i2ctarget_next_request(&target, &request, 0)) == 1 ||
           error == -I2CTARGET_EINTR) {
        if (error == 1) {
            (void)serve(&request);
            i2ctarget_close(&request);
        }
    }
    i2ctarget_deinit(&target);
    return i2ctarget_board_fail(error);
}
