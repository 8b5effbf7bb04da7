/* SPDX-License-Identifier: MIT */
#include "line/bus_position.h"

enum { FIRST_BIT = 7, PEC_POLYNOMIAL = 0x07 };

void i2ctarget_bus_position_init(struct bus_position *position, bool scl, bool sda)
{
    *position = (struct bus_position){.scl = scl, .sda = sda};
}

static uint8_t add_to_pec(uint8_t pec, uint8_t byte)
{
    pec ^= byte;
    for (unsigned bit = 0; bit < 8; bit++)
        pec = (uint8_t)(pec << 1 ^ (pec & 0x80 ? PEC_POLYNOMIAL : 0));
    return pec;
}

/* The bit before the first one is the acknowledge bit of a byte that does not exist. */
static void on_start(struct bus_position *position)
{
    position->is_restart = position->in_message;
    if (!position->is_restart)
        position->pec = 0;
    position->in_message = true;
    position->byte = UINT32_MAX;
    position->bit = BUS_POSITION_ACK;
}

static void on_fall(struct bus_position *position)
{
    if (position->bit == BUS_POSITION_ACK) {
        position->byte++;
        position->bit = FIRST_BIT;
        position->shift = 0;
    } else if (position->bit == 0) {
        position->bit = BUS_POSITION_ACK;
    } else {
        position->bit--;
        if (position->byte == 0 && position->bit == 0)
            position->address = position->shift & 0x7F;
    }
}

static void on_rise(struct bus_position *position, bool sda)
{
    if (position->bit == BUS_POSITION_ACK)
        return;
    position->shift = (uint8_t)(position->shift << 1 | sda);
    if (position->bit != 0)
        return;
    if (position->byte == 0)
        position->is_read = sda;
    position->pec = add_to_pec(position->pec, position->shift);
}

enum bus_position_edge i2ctarget_bus_position_step(struct bus_position *position, bool scl,
                                                   bool sda)
{
    bool scl_before = position->scl, sda_before = position->sda;
    position->scl = scl;
    position->sda = sda;
    if (scl && scl_before && sda_before && !sda) {
        on_start(position);
        return BUS_POSITION_START;
    }
    if (scl && scl_before && !sda_before && sda) {
        position->in_message = false;
        return BUS_POSITION_STOP;
    }
    if (scl == scl_before)
        return BUS_POSITION_SAME;
    if (position->in_message && scl)
        on_rise(position, sda);
    else if (position->in_message)
        on_fall(position);
    return scl ? BUS_POSITION_ROSE : BUS_POSITION_FELL;
}
