/* SPDX-License-Identifier: MIT */
/*
 * Faults on demand: what goes wrong on a bus, as a struct and as a line of text.
 *
 * A text is ADDRESS KIND [VALUE] [CONDITION …]: "0x50 nack-after 3 once".  i2ctarget_fault_parse()
 * makes a struct of it, and names what is wrong with it.
 *
 * i2ctarget/testbus.h puts faults on a test bus, the command `i2ctarget fault` on a virtual one.
 * All of them happen on the wires: a line is pulled, or a chip's connection to a line is changed.
 * What an open drain can not do does not happen: a 1 that the controller sends can be pulled low,
 * and it sees that; its 0 can not be made a 1.
 *
 * Places.  Bytes are counted in a message: 0 is the address byte, 1 the first byte of data.  In a
 * byte bit 7 comes first, then 6 … 0, then the acknowledge bit.  As text: `at 0.ack`, `at 2.7`.
 */
#ifndef I2CTARGET_FAULT_H
#define I2CTARGET_FAULT_H

#include "i2ctarget/address.h"
#include "i2ctarget/api.h"

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_FAULTS_MAX 32      /* on one bus */
#define I2CTARGET_FAULT_TEXT_MAX 112 /* of a fault as text, with its NUL */
#define I2CTARGET_FAULT_WHY_MAX 128  /* of a reason, with its NUL */

#define I2CTARGET_FAULT_ANY 0xFF        /* an address: every one */
#define I2CTARGET_FAULT_ACK 8           /* a bit: the acknowledge bit */
#define I2CTARGET_FAULT_IDLE UINT32_MAX /* a byte: none, while the bus is free */
#define I2CTARGET_FAULT_MILLION 1000000u

enum i2ctarget_fault_kind {
    /*
     * `nack`, `nack-after N`: the target refuses byte `byte`, N + 1 (0: its address), and does not
     * learn of it.  Data of a write only: in a read the controller acknowledges.
     */
    I2CTARGET_FAULT_NACK,
    /* `stretch TIME`: SCL stays low for time_ns after it fell.  Without a place: at 0.ack. */
    I2CTARGET_FAULT_STRETCH,
    /*
     * `hold-scl TIME`, `hold-sda TIME`: the line is stuck low for time_ns.  Without a place: while
     * the bus is free, at once or after the next STOP.
     */
    I2CTARGET_FAULT_HOLD_SCL,
    I2CTARGET_FAULT_HOLD_SDA,
    /*
     * `flip at BYTE.BIT`: a bit that the target sends (data of a read, an ACK of a write) arrives as
     * its opposite.  Both ways: an inverter is put between the chip and SDA for this bit.
     */
    I2CTARGET_FAULT_FLIP,
    /*
     * `lose-arbitration`: SDA is pulled where the controller sends its first 1 from the place on
     * (a NACK of its own, too).  The winner's STOP follows.  Without a place: at 0.0.
     */
    I2CTARGET_FAULT_LOSE_ARBITRATION,
    /*
     * `drop`: the target loses the bus in the middle of a byte, until the next START.  bit: 6..0.
     * Without a place: at 1.4.
     */
    I2CTARGET_FAULT_DROP,
    /* `glitch-scl TIME`, `glitch-sda TIME`: low for time_ns while SCL is high in this bit. */
    I2CTARGET_FAULT_GLITCH_SCL,
    I2CTARGET_FAULT_GLITCH_SDA,
    /*
     * `no-stop`: the controller releases the bus without the STOP, as after a reset.  The transfer's
     * last message counts.
     */
    I2CTARGET_FAULT_NO_STOP,
    /* `clock HZ`: SCL is held low in each bit, so that it is no faster than scl_hz. */
    I2CTARGET_FAULT_CLOCK,
    /*
     * `wrong-pec`: the last bit of a byte that the target sends is flipped if the byte is the right
     * PEC (SMBus 3, §6.4) of all bytes since START.
     */
    I2CTARGET_FAULT_WRONG_PEC,
    I2CTARGET_FAULT_KINDS
};

enum i2ctarget_fault_direction {
    I2CTARGET_FAULT_BOTH,
    I2CTARGET_FAULT_READS,
    I2CTARGET_FAULT_WRITES
};

struct i2ctarget_fault {
    uint8_t kind;      /* enum i2ctarget_fault_kind */
    uint8_t address;   /* of the message: 0..I2CTARGET_ADDRESS_MAX, or I2CTARGET_FAULT_ANY */
    uint8_t direction; /* enum i2ctarget_fault_direction: `read`, `write` */
    uint8_t bit;       /* 7..0, or I2CTARGET_FAULT_ACK; only for kinds with a place */
    uint32_t byte;     /* of the message, or I2CTARGET_FAULT_IDLE; only for kinds with a place */
    uint64_t time_ns;  /* 1 .. 100 s; only for kinds with a time */
    uint32_t scl_hz;   /* 1..1,000,000; only of I2CTARGET_FAULT_CLOCK */
    uint32_t times;    /* `times N`, `once`: so often, then no more; 0: every time */
    uint32_t chance;   /* `probability P`: of a million; 0: always */
    uint32_t seed;     /* `seed N`: the same seed, the same draws */
};

/* A fault of a bus, and what became of it. */
struct i2ctarget_fault_count {
    struct i2ctarget_fault fault;
    uint32_t number;  /* of the fault on its bus, from 1 */
    uint32_t chances; /* how often it could have happened … */
    uint32_t hits;    /* … and how often it did */
};

/*
 * Reads a fault from a text.  False: `why` says what is wrong, and *fault is not changed.
 * Addresses are hexadecimal, and have 0x if they could be taken for decimal numbers; other numbers
 * are decimal, or hexadecimal with 0x.  Times have a unit: ns, us, ms, s.
 */
I2CTARGET_API bool i2ctarget_fault_parse(const char *text, struct i2ctarget_fault *fault,
                                         char why[I2CTARGET_FAULT_WHY_MAX]);
/* Is it one that a bus can take?  False: `why` says what is wrong. */
I2CTARGET_API bool i2ctarget_fault_check(const struct i2ctarget_fault *fault,
                                         char why[I2CTARGET_FAULT_WHY_MAX]);
/* The text of a fault that i2ctarget_fault_check() accepts.  Parsed again, it is the same fault. */
I2CTARGET_API void i2ctarget_fault_print(const struct i2ctarget_fault *fault,
                                         char text[I2CTARGET_FAULT_TEXT_MAX]);
/* The name of a kind, as in texts; NULL: there are no more.  nack-after has the kind of nack. */
I2CTARGET_API const char *i2ctarget_fault_name(unsigned kind);

#ifdef __cplusplus
}
#endif
#endif
