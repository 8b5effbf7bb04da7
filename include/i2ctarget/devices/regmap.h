/* SPDX-License-Identifier: MIT */
/*
 * A device that is described and not programmed: a table of registers.
 *
 *   write   the pointer, in pointer_bytes bytes, the high one first; then data from there on
 *   read    from the pointer on
 *
 * The table is constant, so that it stays in the flash of a microcontroller.  What changes is in
 * memory of the caller.  `i2ctarget regmap map.toml -o map.c` makes both from a file for people
 * (docs/REGISTERS.md), and `i2ctarget device registers --map map.toml` makes the same table at run
 * time, so both answer alike.
 *
 * There are two kinds of parts.  On most, each byte has an address (bytes_have_addresses), so a
 * register of 16 bits occupies two.  On others (LM75, INA219) the pointer selects a register,
 * however many bytes it has.  There a write takes effect with the last byte of the register, and one
 * with fewer bytes is dropped.  On the former kind the bytes that came take effect.
 *
 * A read is of one moment.  Time, and what the program changes, is looked at when the device is
 * addressed, and a register when its first byte is given.  A register counts as read when its last
 * byte was clocked.
 *
 *     static const struct i2ctarget_regmap_register rows[] = {
 *         {.name = "who_am_i", .address = 0x75, .bytes = 1, .reset = 0x68},
 *     };
 *     static const struct i2ctarget_regmap_table table = {
 *         .registers = rows, .register_count = 1, .value_count = 1, .pointer_bytes = 1,
 *         .pointer_mask = 0xff, .bytes_have_addresses = true, .advances = true,
 *     };
 *     static struct i2ctarget_regmap_value values[1];
 *     static struct i2ctarget_regmap regmap;
 *     static const struct i2ctarget_regmap_config config = {.table = &table, .values = values};
 *     error = i2ctarget_regmap_init(&regmap, &config, NULL);
 *     error = i2ctarget_attach(&target, 0x68, &regmap.device);
 *
 * To find the register of a pointer takes a binary search in the table, and two if it has pages.
 * The registers that follow cost no search.
 */
#ifndef I2CTARGET_DEVICES_REGMAP_H
#define I2CTARGET_DEVICES_REGMAP_H

#include "i2ctarget/device.h"
#include "i2ctarget/devices/regmap_values.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_regmap;

/*
 * Called when a controller has written a register that can be written: `index` is its row, `written`
 * what came, 0 in bytes that did not come.  The value may differ from it.  Runs where events are
 * raised, so possibly in an interrupt.
 */
typedef void i2ctarget_regmap_written(struct i2ctarget_regmap *regmap, uint32_t index,
                                      uint32_t written);

/* All members are private to the device. */
struct i2ctarget_regmap {
    struct i2ctarget_device device; /* first member */
    const struct i2ctarget_regmap_table *table;
    struct i2ctarget_regmap_values values;
    i2ctarget_regmap_written *written;
    uint32_t index;    /* the row at the pointer, or I2CTARGET_REGMAP_NO_REGISTER */
    uint16_t pointer;  /* an address */
    uint8_t byte;      /* of the register */
    bool is_advancing; /* this pointer advances */
    /* The message under way. */
    bool is_read;
    uint8_t pointer_left; /* a write: bytes of the pointer still to come */
    bool is_latched;      /* a read: `word` is the register's value */
    uint32_t given;       /* a read: how many bytes were given */
    uint32_t word;        /* a read: what is given; a write: what came */
    uint32_t came;        /* a write: the bits of `word` that came */
};

/*
 * Call it before the first attach.  The config is copied; the state is that after reset.  `written`
 * may be NULL.  Returns 0, or -I2CTARGET_EINVAL: the table contradicts itself, or memory or the
 * clock is missing.
 */
I2CTARGET_API int i2ctarget_regmap_init(struct i2ctarget_regmap *regmap,
                                        const struct i2ctarget_regmap_config *config,
                                        i2ctarget_regmap_written *written) I2CTARGET_MUST_USE;

/*
 * The row of a register, by its name; I2CTARGET_REGMAP_NO_REGISTER: there is none.  Any context.  It
 * compares all names, so look a register up once.
 */
I2CTARGET_API uint32_t i2ctarget_regmap_find(const struct i2ctarget_regmap_table *table,
                                             const char *name);

/*
 * Set and get values by the row of a register.  Set ends the value's sequence.  Each message finds
 * the old value or the new one, never half of it: if a message is under way, the value changes when
 * it ends, and until then get returns the old one.  Bits that the register does not have are
 * dropped.
 *
 * Once the device is attached, call these only between i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_regmap_set(struct i2ctarget_regmap *regmap, uint32_t index,
                                        uint32_t value);
I2CTARGET_API uint32_t i2ctarget_regmap_get(struct i2ctarget_regmap *regmap, uint32_t index);

/*
 * The level of the part's output, as the table's `line` tells it: true: high, or released; also if the
 * part has none.  It may change with time, too: at the end of a reaction's delay, for example.  Call it
 * as i2ctarget_regmap_get().
 */
I2CTARGET_API bool i2ctarget_regmap_line_pin(struct i2ctarget_regmap *regmap);

#ifdef __cplusplus
}
#endif
#endif
