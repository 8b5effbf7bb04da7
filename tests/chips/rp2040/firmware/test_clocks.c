/* SPDX-License-Identifier: MIT */
/*
 * Starts the RP2040's clocks on registers that take their time.  What is switched on becomes ready
 * only after a few looks, and a use before that is detected.  (An emulator's clocks are ready at
 * once.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define select start_from /* a system call has that name */
#include "firmware/rp2040/clocks.c"
#undef select

enum { LOOKS = 3, SRC = 3, CRYSTAL_HZ = 12000000 };

/* Something that is ready after LOOKS looks. */
struct slow {
    bool is_on;
    int looks;
};

static struct chip {
    struct slow crystal, lock, pll, timer, ref_switch, sys_switch;
    uint32_t ref_ctrl, sys_ctrl, startup, multiplier, dividers, tick, power;
    bool pll_was_reset;
} chip;

static void begin(struct slow *slow)
{
    *slow = (struct slow){.is_on = true};
}

static bool look(struct slow *slow)
{
    return slow->is_on && ++slow->looks >= LOOKS;
}

static bool is_ready(const struct slow *slow)
{
    return slow->is_on && slow->looks >= LOOKS;
}

static bool sys_is_on_pll(void)
{
    return (chip.sys_ctrl & SRC) == SYS_FROM_AUX;
}

static uint32_t when(bool is_so, uint32_t bits)
{
    return is_so ? bits : 0;
}

uint32_t mmio_read32(uintptr_t address)
{
    switch (address) {
    case CLK_REF_SELECTED:
        return look(&chip.ref_switch) ? 1u << (chip.ref_ctrl & SRC) : 0;
    case CLK_SYS_SELECTED:
        return look(&chip.sys_switch) ? 1u << (chip.sys_ctrl & SRC) : 0;
    case XOSC_STATUS:
        return when(look(&chip.crystal), XOSC_STABLE);
    case PLL_CS:
        return when(look(&chip.lock), PLL_LOCK) | 1;
    case RESETS_DONE:
        return when(look(&chip.pll), RESET_PLL_SYS) | when(look(&chip.timer), RESET_TIMER);
    default:
        fail_msg("a read of %x", (unsigned)address);
        return 0;
    }
}

/*
 * The PLL's own registers can be accessed only when it is out of reset, and must not change while
 * it is used.
 */
static void assert_pll_can_be_set(void)
{
    assert_true(chip.pll_was_reset);
    assert_true(is_ready(&chip.pll));
    assert_false(sys_is_on_pll());
}

static void reset_bits(uint32_t bits)
{
    if (bits != RESET_PLL_SYS)
        fail_msg("a reset of %x", bits);
    assert_false(sys_is_on_pll());
    assert_true(is_ready(&chip.sys_switch)); /* the switch is complete */
    chip.pll = chip.lock = (struct slow){0};
    chip.power = PLL_PWR_PD | PLL_PWR_VCOPD | PLL_PWR_POSTDIVPD;
    chip.pll_was_reset = true;
}

static void unreset_bits(uint32_t bits)
{
    if (bits == RESET_PLL_SYS)
        begin(&chip.pll);
    else if (bits == RESET_TIMER)
        begin(&chip.timer);
    else
        fail_msg("an end of the reset of %x", bits);
}

static void power_up(uint32_t bits)
{
    assert_pll_can_be_set();
    if (bits & PLL_PWR_POSTDIVPD) {
        assert_true(is_ready(&chip.lock)); /* and the dividers are right */
        assert_int_not_equal(chip.dividers, 0);
    } else {
        assert_int_not_equal(chip.multiplier, 0);
        assert_true(is_ready(&chip.crystal));
        begin(&chip.lock);
    }
    chip.power &= ~bits;
}

static void select_ref(uint32_t source)
{
    assert_true(!(source & 3) || is_ready(&chip.crystal));
    chip.ref_ctrl = source;
    begin(&chip.ref_switch);
}

/* The auxiliary source may change only while it is not in use. */
static void select_sys(uint32_t source)
{
    if ((source & SRC) == SYS_FROM_AUX) {
        assert_int_equal(chip.sys_ctrl & ~(uint32_t)SRC, source & ~(uint32_t)SRC);
        assert_int_equal(chip.power, 0);
        assert_true(is_ready(&chip.sys_switch));
        assert_true(is_ready(&chip.lock));
    }
    chip.sys_ctrl = source;
    begin(&chip.sys_switch);
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    switch (address) {
    case CLK_REF_CTRL:
        select_ref(value);
        break;
    case CLK_SYS_CTRL:
        select_sys(value);
        break;
    case CLK_REF_DIV:
    case CLK_SYS_DIV:
        assert_int_equal(value, 1 << 8);
        break;
    case XOSC_STARTUP:
        chip.startup = value;
        break;
    case XOSC_CTRL:
        assert_int_equal(value, 0xfabaa0);
        assert_int_not_equal(chip.startup, 0);
        begin(&chip.crystal);
        break;
    case RESETS_RESET + ALIAS_SET:
        reset_bits(value);
        break;
    case RESETS_RESET + ALIAS_CLEAR:
        unreset_bits(value);
        break;
    case PLL_CS:
        assert_pll_can_be_set();
        assert_int_equal(value, 1);
        break;
    case PLL_FBDIV_INT:
        assert_pll_can_be_set();
        chip.multiplier = value;
        break;
    case PLL_PRIM:
        assert_pll_can_be_set();
        assert_true(is_ready(&chip.lock));
        chip.dividers = value;
        break;
    case PLL_PWR + ALIAS_CLEAR:
        power_up(value);
        break;
    case WATCHDOG_TICK:
        chip.tick = value;
        break;
    default:
        fail_msg("a write of %x to %x", value, (unsigned)address);
    }
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void assert_all_runs(void)
{
    uint32_t first = chip.dividers >> 16 & 7, second = chip.dividers >> 12 & 7;
    assert_true(is_ready(&chip.ref_switch));
    assert_true(is_ready(&chip.sys_switch));
    assert_true(is_ready(&chip.timer));
    assert_int_equal(chip.ref_ctrl, REF_FROM_XOSC);
    assert_int_equal(chip.sys_ctrl, SYS_FROM_AUX | AUX_PLL_SYS);
    assert_int_equal((uint64_t)CRYSTAL_HZ * chip.multiplier / first / second, 125000000);
    assert_true(first >= second); /* it jitters less */
    assert_int_equal(chip.tick, 1 << 9 | CRYSTAL_HZ / 1000000);
    assert_true(256ull * chip.startup * 1000 / CRYSTAL_HZ >= 63);
}

static void test_from_power_up(void **state)
{
    (void)state;
    chip = (struct chip){0};
    clocks_start();
    assert_all_runs();
}

/* After a reset of only the core everything still runs on the PLL. */
static void test_again(void **state)
{
    (void)state;
    chip.pll_was_reset = false;
    clocks_start();
    assert_all_runs();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_power_up),
        cmocka_unit_test(test_again),
    };
    return cmocka_run_group_tests_name("firmware_clocks", tests, NULL, NULL);
}
