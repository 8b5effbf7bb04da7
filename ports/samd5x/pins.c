/* SPDX-License-Identifier: MIT */
#include "samd5x/pins.h"

#include "mmio.h"
#include "samd5x/regs.h"

/*
 * Every pin that is pad 0 or 1 of a SERCOM, by function C or D (data sheet, table 6-1).  Any pad 0
 * goes with any pad 1 of the same SERCOM: the hardware has no other rule.  (The timing of the data
 * sheet holds for pads of one IOSET.)
 */
enum { A, B, C, D, SERCOM_LSB = 7, PAD_LSB = 10, IS_D_LSB = 11, PIN_MASK = 0x7F, SERCOM_MASK = 7 };
#define PAD(group, number, function, sercom, pad)                            \
    ((32 * (group) + (number)) | (sercom) << SERCOM_LSB | (pad) << PAD_LSB | \
     ((function) == D) << IS_D_LSB)
static const uint16_t pads[] = {
    PAD(A, 0, D, 1, 0),  PAD(A, 1, D, 1, 1),  PAD(A, 4, D, 0, 0),  PAD(A, 5, D, 0, 1),
    PAD(A, 8, C, 0, 0),  PAD(A, 8, D, 2, 1),  PAD(A, 9, C, 0, 1),  PAD(A, 9, D, 2, 0),
    PAD(A, 12, C, 2, 0), PAD(A, 12, D, 4, 1), PAD(A, 13, C, 2, 1), PAD(A, 13, D, 4, 0),
    PAD(A, 16, C, 1, 0), PAD(A, 16, D, 3, 1), PAD(A, 17, C, 1, 1), PAD(A, 17, D, 3, 0),
    PAD(A, 22, C, 3, 0), PAD(A, 22, D, 5, 1), PAD(A, 23, C, 3, 1), PAD(A, 23, D, 5, 0),
    PAD(B, 2, D, 5, 0),  PAD(B, 3, D, 5, 1),  PAD(B, 8, D, 4, 0),  PAD(B, 9, D, 4, 1),
    PAD(B, 12, C, 4, 0), PAD(B, 13, C, 4, 1), PAD(B, 16, C, 5, 0), PAD(B, 17, C, 5, 1),
    PAD(B, 20, C, 3, 0), PAD(B, 20, D, 7, 1), PAD(B, 21, C, 3, 1), PAD(B, 21, D, 7, 0),
    PAD(B, 24, C, 0, 0), PAD(B, 24, D, 2, 1), PAD(B, 25, C, 0, 1), PAD(B, 25, D, 2, 0),
    PAD(B, 26, C, 2, 0), PAD(B, 26, D, 4, 1), PAD(B, 27, C, 2, 1), PAD(B, 27, D, 4, 0),
    PAD(B, 30, C, 7, 0), PAD(B, 30, D, 5, 1), PAD(B, 31, C, 7, 1), PAD(B, 31, D, 5, 0),
    PAD(C, 4, C, 6, 0),  PAD(C, 5, C, 6, 1),  PAD(C, 12, C, 7, 0), PAD(C, 12, D, 6, 1),
    PAD(C, 13, C, 7, 1), PAD(C, 13, D, 6, 0), PAD(C, 16, C, 6, 0), PAD(C, 16, D, 0, 1),
    PAD(C, 17, C, 6, 1), PAD(C, 17, D, 0, 0), PAD(C, 22, C, 1, 0), PAD(C, 22, D, 3, 1),
    PAD(C, 23, C, 1, 1), PAD(C, 23, D, 3, 0), PAD(C, 27, C, 1, 0), PAD(C, 28, C, 1, 1),
    PAD(D, 8, C, 7, 0),  PAD(D, 8, D, 6, 1),  PAD(D, 9, C, 7, 1),  PAD(D, 9, D, 6, 0),
};
enum { PADS = sizeof pads / sizeof *pads, SDA_PAD = 0, SCL_PAD = 1 };

static bool is_pad(uint16_t pad, unsigned pin, unsigned number)
{
    return (pad & PIN_MASK) == pin && (pad >> PAD_LSB & 1u) == number;
}

static uint8_t function_of(uint16_t pad)
{
    return pad >> IS_D_LSB ? PMUX_D : PMUX_C;
}

static unsigned sercom_of(uint16_t pad)
{
    return pad >> SERCOM_LSB & SERCOM_MASK;
}

int i2ctarget_samd5x_pins_find(unsigned scl, unsigned sda, struct wiring *wiring)
{
    for (unsigned i = 0; i < PADS; i++) {
        for (unsigned j = 0; is_pad(pads[i], scl, SCL_PAD) && j < PADS; j++) {
            if (!is_pad(pads[j], sda, SDA_PAD) || sercom_of(pads[i]) != sercom_of(pads[j]))
                continue;
            *wiring = (struct wiring){
                .scl = (uint8_t)scl,
                .sda = (uint8_t)sda,
                .scl_function = function_of(pads[i]),
                .sda_function = function_of(pads[j]),
            };
            return (int)sercom_of(pads[i]);
        }
    }
    return NO_SERCOM;
}

/* ---- pins in use ----------------------------------------------------------------------------- */

enum { GROUPS = PINS / 32 };
static uint32_t used[GROUPS];

static bool is_used(unsigned pin)
{
    return used[pin / 32] >> pin % 32 & 1;
}

bool i2ctarget_samd5x_pins_take(unsigned scl, unsigned sda)
{
    if (is_used(scl) || is_used(sda))
        return false;
    used[scl / 32] |= 1u << scl % 32;
    used[sda / 32] |= 1u << sda % 32;
    return true;
}

void i2ctarget_samd5x_pins_give_back(unsigned scl, unsigned sda)
{
    used[scl / 32] &= ~(1u << scl % 32);
    used[sda / 32] &= ~(1u << sda % 32);
}

bool i2ctarget_samd5x_pins_are_in_use(void)
{
    for (unsigned group = 0; group < GROUPS; group++) {
        if (used[group])
            return true;
    }
    return false;
}

/* ---- what the pins are connected to ---------------------------------------------------------- */

static uintptr_t group_of(unsigned pin)
{
    return PORT_GROUP(pin / 32);
}

/* Two pins share a byte, and interrupts are off: nobody else changes the other one meanwhile. */
void i2ctarget_samd5x_pins_choose(unsigned pin, unsigned function)
{
    uintptr_t mux = group_of(pin) + PORT_PMUX + pin % 32 / 2;
    unsigned lsb = pin % 2 * 4;
    mmio_write8(mux, (uint8_t)((mmio_read8(mux) & ~(0xFu << lsb)) | function << lsb));
}

static void connect(unsigned pin, uint8_t function)
{
    mmio_write32(group_of(pin) + PORT_DIRCLR, 1u << pin % 32);
    i2ctarget_samd5x_pins_choose(pin, function);
    mmio_write8(group_of(pin) + PORT_PINCFG + pin % 32, PINCFG_PMUXEN | PINCFG_INEN);
}

void i2ctarget_samd5x_pins_connect(const struct wiring *wiring)
{
    connect(wiring->sda, wiring->sda_function);
    connect(wiring->scl, wiring->scl_function);
}

static void disconnect(unsigned pin)
{
    mmio_write8(group_of(pin) + PORT_PINCFG + pin % 32, PINCFG_INEN);
}

void i2ctarget_samd5x_pins_disconnect(const struct wiring *wiring)
{
    disconnect(wiring->scl);
    disconnect(wiring->sda);
}

static bool is_high(unsigned pin)
{
    return mmio_read32(group_of(pin) + PORT_IN) >> pin % 32 & 1;
}

bool i2ctarget_samd5x_pins_are_high(const struct wiring *wiring)
{
    return is_high(wiring->scl) && is_high(wiring->sda);
}
