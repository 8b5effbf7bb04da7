/* SPDX-License-Identifier: MIT */
/*
 * machine.freq() calls set_sys_clock_pll() of the SDK, which the linker replaces with the one below
 * (micropython.cmake: --wrap).  Other ways to another clock are noticed at the next call of a target
 * (machine.lightsleep() ends with the clock that the firmware began with).
 */
#include "clock.h"

#include "hardware/clocks.h"
#include "py/runtime.h"

#include "i2ctarget/rp2040.h"

static unsigned users;
static uint32_t followed_hz;

static bool is_in_range(uint32_t hz)
{
    return hz >= I2CTARGET_RP2040_HZ_MIN && hz <= I2CTARGET_RP2040_HZ_MAX;
}

/* A clock that is out of range is not followed; targets go on with the delays that they have. */
static void follow(uint32_t hz)
{
    followed_hz = hz;
    (void)i2ctarget_rp2040_follow_clock(hz);
}

void i2ctarget_mp_follow_clock(void)
{
    uint32_t hz = clock_get_hz(clk_sys);
    if (users > 0 && hz != followed_hz)
        follow(hz);
}

static void set_first(uint32_t hz, uint8_t alarm)
{
    const struct i2ctarget_rp2040_config config = {.clk_sys_hz = hz, .alarm = alarm};
    followed_hz = hz;
    (void)i2ctarget_rp2040_configure(&config); /* it is in range, and no target is open */
}

bool i2ctarget_mp_begin_clock(uint8_t alarm)
{
    uint32_t hz = clock_get_hz(clk_sys);
    if (!is_in_range(hz))
        return false;
    if (users == 0)
        set_first(hz, alarm);
    else
        i2ctarget_mp_follow_clock();
    users++;
    return true;
}

void i2ctarget_mp_end_clock(void)
{
    users--;
}

/* ---- machine.freq() -------------------------------------------------------------------------- */

extern void __real_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2);
extern void __wrap_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2);

/* The engine's delays are never too short: they grow before the clock rises. */
void __wrap_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2)
{
    uint32_t hz = vco_hz / (divider_1 * divider_2);
    if (users > 0 && !is_in_range(hz))
        mp_raise_ValueError(MP_ERROR_TEXT("an I2CTarget is in use, and it works at 24 to 250 MHz"));
    if (users > 0 && hz > clock_get_hz(clk_sys))
        follow(hz);
    __real_set_sys_clock_pll(vco_hz, divider_1, divider_2);
    i2ctarget_mp_follow_clock();
}
