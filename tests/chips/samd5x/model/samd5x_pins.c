/* SPDX-License-Identifier: MIT */
/*
 * Which pin is which pad of a SERCOM, and which external interrupt.
 *
 * Data sheet 6.1, Multiplexed Signals; the same in the vendor's pio/samd51p20a.h.  For I2C only
 * pads 0 (SDA) and 1 (SCL) count.
 */
#include "chips/samd5x/model/samd5x_parts.h"

enum { C = 2, D = 3, SDA = 0, SCL = 1 };

static const struct {
    uint8_t pin, function, sercom, pad;
} pads[] = {
    {SAMD5X_PA(0), D, 1, SDA},  {SAMD5X_PA(1), D, 1, SCL},  {SAMD5X_PA(4), D, 0, SDA},
    {SAMD5X_PA(5), D, 0, SCL},  {SAMD5X_PA(8), C, 0, SDA},  {SAMD5X_PA(8), D, 2, SCL},
    {SAMD5X_PA(9), C, 0, SCL},  {SAMD5X_PA(9), D, 2, SDA},  {SAMD5X_PA(12), C, 2, SDA},
    {SAMD5X_PA(12), D, 4, SCL}, {SAMD5X_PA(13), C, 2, SCL}, {SAMD5X_PA(13), D, 4, SDA},
    {SAMD5X_PA(16), C, 1, SDA}, {SAMD5X_PA(16), D, 3, SCL}, {SAMD5X_PA(17), C, 1, SCL},
    {SAMD5X_PA(17), D, 3, SDA}, {SAMD5X_PA(22), C, 3, SDA}, {SAMD5X_PA(22), D, 5, SCL},
    {SAMD5X_PA(23), C, 3, SCL}, {SAMD5X_PA(23), D, 5, SDA}, {SAMD5X_PB(2), D, 5, SDA},
    {SAMD5X_PB(3), D, 5, SCL},  {SAMD5X_PB(8), D, 4, SDA},  {SAMD5X_PB(9), D, 4, SCL},
    {SAMD5X_PB(12), C, 4, SDA}, {SAMD5X_PB(13), C, 4, SCL}, {SAMD5X_PB(16), C, 5, SDA},
    {SAMD5X_PB(17), C, 5, SCL}, {SAMD5X_PB(20), C, 3, SDA}, {SAMD5X_PB(20), D, 7, SCL},
    {SAMD5X_PB(21), C, 3, SCL}, {SAMD5X_PB(21), D, 7, SDA}, {SAMD5X_PB(24), C, 0, SDA},
    {SAMD5X_PB(24), D, 2, SCL}, {SAMD5X_PB(25), C, 0, SCL}, {SAMD5X_PB(25), D, 2, SDA},
    {SAMD5X_PB(26), C, 2, SDA}, {SAMD5X_PB(26), D, 4, SCL}, {SAMD5X_PB(27), C, 2, SCL},
    {SAMD5X_PB(27), D, 4, SDA}, {SAMD5X_PB(30), C, 7, SDA}, {SAMD5X_PB(30), D, 5, SCL},
    {SAMD5X_PB(31), C, 7, SCL}, {SAMD5X_PB(31), D, 5, SDA}, {SAMD5X_PC(4), C, 6, SDA},
    {SAMD5X_PC(5), C, 6, SCL},  {SAMD5X_PC(12), C, 7, SDA}, {SAMD5X_PC(12), D, 6, SCL},
    {SAMD5X_PC(13), C, 7, SCL}, {SAMD5X_PC(13), D, 6, SDA}, {SAMD5X_PC(16), C, 6, SDA},
    {SAMD5X_PC(16), D, 0, SCL}, {SAMD5X_PC(17), C, 6, SCL}, {SAMD5X_PC(17), D, 0, SDA},
    {SAMD5X_PC(22), C, 1, SDA}, {SAMD5X_PC(22), D, 3, SCL}, {SAMD5X_PC(23), C, 1, SCL},
    {SAMD5X_PC(23), D, 3, SDA}, {SAMD5X_PC(27), C, 1, SDA}, {SAMD5X_PC(28), C, 1, SCL},
    {SAMD5X_PD(8), C, 7, SDA},  {SAMD5X_PD(8), D, 6, SCL},  {SAMD5X_PD(9), C, 7, SCL},
    {SAMD5X_PD(9), D, 6, SDA},
};

int samd5x_sercom_pad(unsigned pin, int function)
{
    for (unsigned i = 0; i < sizeof pads / sizeof *pads; i++) {
        if (pads[i].pin == pin && pads[i].function == function)
            return 8 * pads[i].sercom + pads[i].pad;
    }
    return -1;
}

/* Pins that the largest package has. */
static const uint32_t existing[SAMD5X_GROUPS] = {0xCBFFFFFF, 0xFFFFFFFF, 0xDFFFFCFF, 0x00301F03};

/* Mostly the number of the pin, modulo 16. */
int samd5x_extint(unsigned pin)
{
    if (!(existing[pin / 32] >> pin % 32 & 1) || pin == SAMD5X_PA(8))
        return -1;
    if (pin >= SAMD5X_PB(26) && pin <= SAMD5X_PB(29))
        return (int)(pin - SAMD5X_PB(26)) + 12;
    if (pin == SAMD5X_PC(7))
        return 9;
    if (pin >= SAMD5X_PD(8) && pin <= SAMD5X_PD(12))
        return (int)(pin - SAMD5X_PD(8)) + 3;
    if (pin == SAMD5X_PD(20) || pin == SAMD5X_PD(21))
        return (int)(pin - SAMD5X_PD(20)) + 10;
    return (int)(pin % 16);
}

/* Data sheet 6.2.6: pads with a spike filter. */
bool samd5x_is_i2c_pad(unsigned pin)
{
    static const uint8_t pins[] = {SAMD5X_PA(8),  SAMD5X_PA(9),  SAMD5X_PA(12), SAMD5X_PA(13),
                                   SAMD5X_PA(16), SAMD5X_PA(17), SAMD5X_PA(22), SAMD5X_PA(23),
                                   SAMD5X_PD(8),  SAMD5X_PD(9)};
    for (unsigned i = 0; i < sizeof pins; i++) {
        if (pins[i] == pin)
            return true;
    }
    return false;
}
