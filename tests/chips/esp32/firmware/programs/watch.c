/* SPDX-License-Identifier: MIT */
/* The example `registers`, on a core that watches the lines while it waits. */
#define main serve_registers
#include "examples/registers.c"
#undef main

int main(void)
{
    int error = i2ctarget_esp32_configure(&(struct i2ctarget_esp32_config){.watches = true});
    return error ? i2ctarget_board_fail(error) : serve_registers();
}
