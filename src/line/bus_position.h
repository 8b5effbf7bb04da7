/* SPDX-License-Identifier: MIT */
/*
 * Where a bus is: in which message, byte and bit.  It follows the levels, without a filter.
 *
 * A bit begins where SCL falls and ends at the next fall.  `bit` counts as data sheets do: 7 comes
 * first, 0 is the last one of a byte (R/W in an address), then comes the acknowledge bit.
 */
#ifndef LINE_BUS_POSITION_H
#define LINE_BUS_POSITION_H

#include <stdbool.h>
#include <stdint.h>

enum { BUS_POSITION_ACK = 8 };

enum bus_position_edge {
    BUS_POSITION_SAME,
    BUS_POSITION_START, /* or Sr */
    BUS_POSITION_STOP,
    BUS_POSITION_ROSE, /* SCL: the bit is sampled */
    BUS_POSITION_FELL, /* SCL: a bit begins */
};

struct bus_position {
    bool scl, sda;   /* the last levels */
    bool in_message; /* a START was seen, and no STOP */
    bool is_restart; /* this message began with Sr */
    bool is_read;    /* known from the rise of the address byte's bit 0 on */
    uint8_t address; /* known one bit earlier */
    uint8_t bit;     /* 7..0, or BUS_POSITION_ACK */
    uint8_t shift;   /* bits of this byte so far, the last one lowest */
    uint8_t pec;     /* CRC-8 of all complete bytes since START (SMBus 3, §6.4.1.1) */
    uint32_t byte;   /* 0: the address byte */
};

/* Nothing is known of a message that may be under way. */
void i2ctarget_bus_position_init(struct bus_position *position, bool scl, bool sda);
/* The present levels.  Call it for every edge. */
enum bus_position_edge i2ctarget_bus_position_step(struct bus_position *position, bool scl,
                                                   bool sda);

#endif
