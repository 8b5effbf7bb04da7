/* SPDX-License-Identifier: MIT */
/*
 * The table of a register map, and what its values do: masks, sequences, reactions.  No bus: that is
 * regmap.h, which is all that a program includes.
 */
#ifndef I2CTARGET_DEVICES_REGMAP_VALUES_H
#define I2CTARGET_DEVICES_REGMAP_VALUES_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_REGMAP_BYTES_MAX = 4, /* of a register */
    I2CTARGET_REGMAP_POINTER_BYTES_MAX = 2,
    I2CTARGET_REGMAP_EVERY_PAGE = 0,
};

/* No row of a table. */
#define I2CTARGET_REGMAP_NO_REGISTER UINT32_MAX

/* ---- the table ------------------------------------------------------------------------------- */

/*
 * A register as controllers see it.  Several registers may have the same value: one part has its
 * registers at several addresses.  The masks have a bit for each bit of the value.
 */
struct i2ctarget_regmap_register {
    const char *name; /* the caller's; for programs, may be NULL */
    uint32_t value;   /* which value, 0 .. value_count - 1 */
    uint16_t address; /* of its first byte */
    uint16_t page;    /* I2CTARGET_REGMAP_EVERY_PAGE; n: on page n - 1 */
    uint8_t bytes;    /* 1..I2CTARGET_REGMAP_BYTES_MAX */
    bool is_little;   /* the low byte first */
    bool is_hidden;   /* a read gives the table's `fill`, and does not count as one */
    uint32_t reset; /* the value after init and reset; that of the value's first register counts */
    uint32_t writable;      /* these bits become what is written */
    uint32_t one_clears;    /* a written 1 makes them 0 */
    uint32_t zero_clears;   /* a written 0 makes them 0 */
    uint32_t self_clearing; /* a written 1 causes reactions, and the bit stays 0 */
    uint32_t read_clears;   /* they become 0 after a read */
};

enum i2ctarget_regmap_kind {
    I2CTARGET_REGMAP_COUNTER, /* start, start + step, … count values, and again */
    I2CTARGET_REGMAP_RAMP,    /* the same, and back in the same steps */
    I2CTARGET_REGMAP_LIST,    /* count values of a list, and again */
    I2CTARGET_REGMAP_NOISE,   /* start .. start + step, at random; the same for the same seed */
};

/* Values that change by themselves.  Sums are those of unsigned arithmetic with 32 bits. */
struct i2ctarget_regmap_sequence {
    uint32_t value;     /* which value */
    uint8_t kind;       /* enum i2ctarget_regmap_kind */
    uint32_t period_us; /* the next one after this time; 0: after each read */
    uint32_t count;     /* 1 or more; COUNTER: 0: for ever; NOISE: unused */
    uint32_t start, step;
    uint32_t seed;          /* NOISE */
    const uint32_t *values; /* LIST; the caller's, lives as long as the device */
};

enum i2ctarget_regmap_action {
    I2CTARGET_REGMAP_SET,   /* the bits of action_mask become those of `bits` */
    I2CTARGET_REGMAP_COPY,  /* … those that were written, or read */
    I2CTARGET_REGMAP_RESET, /* all values become those after init; sequences begin again */
};

/* When a controller has written (or read) a value, another one changes, at once or later. */
struct i2ctarget_regmap_reaction {
    uint32_t value;       /* which value is written */
    bool is_on_read;      /* or read */
    uint32_t mask, equal; /* only if (written & mask) == equal */
    uint8_t action;       /* enum i2ctarget_regmap_action */
    uint32_t delay_us;    /* 0: at once.  Another such write meanwhile begins the time again */
    uint32_t changed;     /* which value changes */
    uint32_t action_mask, bits;
};

/* After the address `last` comes `first`. */
struct i2ctarget_regmap_range {
    uint16_t first, last;
};

/* The output of the part (INT, ALERT): active while bits of a register are set, and enabled. */
struct i2ctarget_regmap_line {
    bool is_there;
    bool is_active_high;
    bool has_enable;
    uint32_t status; /* a row; active while (its value & mask) is not 0 */
    uint32_t enable; /* a row, if has_enable: only bits count that are set here, too */
    uint32_t mask;
};

/* All pointers are the caller's, and live as long as the device. */
struct i2ctarget_regmap_table {
    const struct i2ctarget_regmap_register *registers; /* by page, then by address */
    uint32_t register_count;                           /* 1 or more */
    uint32_t value_count;
    const struct i2ctarget_regmap_sequence *sequences; /* at most one for each value */
    uint32_t sequence_count;
    const struct i2ctarget_regmap_reaction *reactions; /* acted upon in this order */
    uint32_t reaction_count;
    const struct i2ctarget_regmap_range *ranges; /* few: each step looks at all */
    uint32_t range_count;
    uint8_t pointer_bytes; /* 0..I2CTARGET_REGMAP_POINTER_BYTES_MAX; 0: each message begins at 0 */
    uint16_t pointer_mask; /* the bits of the pointer that are an address */
    uint16_t advancing_bits; /* the pointer advances only if it was sent with these; 0: always */
    bool bytes_have_addresses;
    bool advances;       /* the pointer goes on to the next address; otherwise it stays */
    bool refuses;        /* NACK a pointer, and data, where there is no register */
    uint8_t fill;        /* what is read where there is no register */
    bool has_pages;      /* the page is a value: (value & page_mask) >> page_shift */
    uint32_t page_value; /* which value; if has_pages */
    uint32_t page_mask;
    uint8_t page_shift;
    struct i2ctarget_regmap_line line;
};

/* ---- values ---------------------------------------------------------------------------------- */

/* Memory for one value, one sequence, one reaction.  All members are private to the device. */
struct i2ctarget_regmap_value {
    uint32_t now;
    uint32_t later;  /* the program's, for the end of the message */
    uint32_t mask;   /* the bits that it has */
    bool is_waiting; /* `later` counts */
};
struct i2ctarget_regmap_sequence_state {
    int64_t began_us;
    uint32_t reads;
    bool is_over; /* the program, or a controller, has set the value */
};
struct i2ctarget_regmap_reaction_state {
    int64_t due_us;
    uint32_t bits;
    bool is_waiting;
};

/* All pointers but that of the function are the caller's, and live as long as the values. */
struct i2ctarget_regmap_config {
    const struct i2ctarget_regmap_table *table;
    struct i2ctarget_regmap_value *values;             /* value_count of them; init fills them */
    struct i2ctarget_regmap_sequence_state *sequences; /* sequence_count; NULL if that is 0 */
    struct i2ctarget_regmap_reaction_state *reactions; /* reaction_count; NULL if that is 0 */
    /*
     * A monotonic clock, called where events are raised.  May be NULL if no sequence has a period
     * and no reaction a delay.
     */
    int64_t (*now_us)(void);
};

/* All members are private. */
struct i2ctarget_regmap_values {
    struct i2ctarget_regmap_config config;
    int64_t now_us;   /* when the message began */
    uint32_t waiting; /* how many values wait for its end */
    bool is_open;     /* a message is under way */
};

/*
 * The config is copied; the state is that after reset.  Returns 0, or -I2CTARGET_EINVAL: the table
 * contradicts itself, or memory or the clock is missing.
 */
I2CTARGET_API int i2ctarget_regmap_values_init(struct i2ctarget_regmap_values *values,
                                               const struct i2ctarget_regmap_config *config)
    I2CTARGET_MUST_USE;

/* A message begins and ends.  In between nothing changes but by the two functions below. */
I2CTARGET_API void i2ctarget_regmap_values_begin(struct i2ctarget_regmap_values *values);
I2CTARGET_API void i2ctarget_regmap_values_end(struct i2ctarget_regmap_values *values);

/*
 * A controller has written the register in this row: of `word` the bits in `came` have come.
 * Returns false if the register has no bit among them that can be written.
 */
I2CTARGET_API bool i2ctarget_regmap_values_write(struct i2ctarget_regmap_values *values,
                                                 uint32_t index, uint32_t word, uint32_t came);

/* A controller has read all of the register in this row; it got `word`. */
I2CTARGET_API void i2ctarget_regmap_values_note_read(struct i2ctarget_regmap_values *values,
                                                     uint32_t index, uint32_t word);

/* See i2ctarget_regmap_set() and i2ctarget_regmap_get(). */
I2CTARGET_API void i2ctarget_regmap_values_set(struct i2ctarget_regmap_values *values,
                                               uint32_t index, uint32_t value);
I2CTARGET_API uint32_t i2ctarget_regmap_values_get(struct i2ctarget_regmap_values *values,
                                                   uint32_t index);

#ifdef __cplusplus
}
#endif
#endif
