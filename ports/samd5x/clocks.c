/* SPDX-License-Identifier: MIT */
#include "samd5x/clocks.h"

/* What switches a source of generators on (GENCTRL.SRC, §14.8.4).  No address: nothing to look at. */
enum { SOURCE_GENERATOR_1 = 3, ON = 1 << 1, EN32K = 1 << 3 };
static const struct {
    uintptr_t address;
    uint8_t bits;
} sources[] = {
    {OSCCTRL + 0x14u, ON},            /* XOSC0 */
    {OSCCTRL + 0x18u, ON},            /* XOSC1 */
    {0, 0},                           /* a pin */
    {0, 0},                           /* generator 1 */
    {0, 0},                           /* OSCULP32K, which always runs */
    {OSC32KCTRL + 0x14u, ON | EN32K}, /* XOSC32K */
    {OSCCTRL + 0x1Cu, ON},            /* DFLL48M */
    {OSCCTRL + 0x30u, ON},            /* DPLL0 */
    {OSCCTRL + 0x44u, ON},            /* DPLL1 */
};

static bool is_on(unsigned source)
{
    if (source >= sizeof sources / sizeof *sources)
        return false;
    uint8_t bits = sources[source].bits;
    return !bits || (mmio_read8(sources[source].address) & bits) == bits;
}

bool i2ctarget_samd5x_clocks_run(unsigned generator)
{
    uint32_t control = mmio_read32(GCLK_GENCTRL(generator));
    unsigned source = control & GENCTRL_SRC;
    if (!(control & GENCTRL_GENEN))
        return false;
    if (source == SOURCE_GENERATOR_1)
        return generator != 1 && i2ctarget_samd5x_clocks_run(1);
    return is_on(source);
}
