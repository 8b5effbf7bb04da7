/* SPDX-License-Identifier: MIT */
/*
 * The devices of Python: Memory and EEPROM.  They are the library's (i2ctarget/devices), which answer
 * where the port raises events: on a chip in an interrupt, on Linux inside calls on the target.
 *
 * What a controller has written is noted there.  The program is told later, with the GIL, or when the
 * VM has its turn: its function is called with the first and the last of all bytes that were written
 * since it was called before.  So nothing has to be allocated in an interrupt, and nothing is lost,
 * however late the program is.
 */
#ifndef COMMON_DEVICE_H
#define COMMON_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i2ctarget/devices/eeprom.h"
#include "i2ctarget/devices/memory.h"

/* All bytes of it were written that are not in it for being between two others. */
struct written {
    uint32_t begin, end; /* bytes [begin .. end); none if end is 0 */
};

struct python_device {
    union {
        struct i2ctarget_device device;
        struct i2ctarget_memory memory;
        struct i2ctarget_eeprom eeprom;
    } as;
    struct written written;
};

/*
 * The arguments of Memory() and EEPROM(), as Python has them: out of range, perhaps.
 *
 * bytes, size    the buffer; it lives as long as the device
 * is_told        the program has a function to be called
 */
struct memory_arguments {
    uint8_t *bytes;
    size_t size;
    ptrdiff_t pointer_bytes;
    const uint8_t *read_only; /* a map, or NULL */
    bool is_told;
};

struct eeprom_arguments {
    uint8_t *bytes;
    size_t size;
    ptrdiff_t page_bytes, address_bytes; /* 0: those of the usual part of this size */
    ptrdiff_t protection;
    double write_time; /* seconds */
    bool is_told;
};

/* They return NULL, or the words of a ValueError. */
const char *i2ctarget_python_memory(struct python_device *device,
                                    const struct memory_arguments *arguments);
const char *i2ctarget_python_eeprom(struct python_device *device,
                                    const struct eeprom_arguments *arguments);

/* What was written since the call before.  No event may come meanwhile. */
struct written i2ctarget_python_take_written(struct python_device *device);

/* ---- the addresses of a target --------------------------------------------------------------- */

struct places {
    struct i2ctarget_address_set addresses; /* the target's */
    struct i2ctarget_address_set taken;     /* those of them that have a device */
};

/*
 * Attaches the device to all of `wanted`, or to none.  Returns 0 or a negative code; with -ENODEV or
 * -EBUSY `wrong` is the address that the target does not have, or that has a device.
 */
int i2ctarget_python_attach(struct places *places, struct i2ctarget *target,
                            struct python_device *device,
                            const struct i2ctarget_address_set *wanted, uint16_t *wrong);

/* The target has one address more, or one less. */
void i2ctarget_places_add(struct places *places, uint16_t address);
void i2ctarget_places_remove(struct places *places, uint16_t address);

/* ---- each binding defines these -------------------------------------------------------------- */

/* A controller has written: the program is to be told.  Runs where events are raised. */
void i2ctarget_binding_written(struct python_device *device);

/* A monotonic clock.  Runs where events are raised. */
int64_t i2ctarget_binding_now_us(void);

#endif
