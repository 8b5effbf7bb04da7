/* SPDX-License-Identifier: MIT */
/*
 * The forms of faults as texts, and what the parts that read, check and write them share.
 *
 * No C library, so that firmware can use it.
 */
#ifndef LINE_FAULT_FORMS_H
#define LINE_FAULT_FORMS_H

#include <stddef.h>

#include "i2ctarget/fault.h"

enum fault_value { FAULT_NO_VALUE, FAULT_BYTES, FAULT_TIME, FAULT_SPEED };
enum fault_place { FAULT_NO_PLACE, FAULT_IN_MESSAGE, FAULT_IDLE_TOO };

/* Two names may have one kind. */
struct fault_form {
    const char *name;
    uint8_t kind, value, place;
    bool has_default; /* a place, if none is said: */
    uint8_t bit;
    uint32_t byte;
};

#define FAULT_FORMS 13
extern const struct fault_form i2ctarget_fault_forms[FAULT_FORMS];

struct fault_unit {
    const char *name;
    uint64_t ns;
};

/* From the largest to the nanosecond. */
#define FAULT_UNITS 4
extern const struct fault_unit i2ctarget_fault_units[FAULT_UNITS];

#define FAULT_TIME_MAX_NS (UINT64_C(100) * 1000000000)

/* Of a kind that exists. */
const struct fault_form *i2ctarget_fault_form_of(const struct i2ctarget_fault *fault);
/*
 * How often a fault happens if its text does not say it: at idle once, any other one every time (0).
 */
uint32_t i2ctarget_fault_times_unsaid(const struct i2ctarget_fault *fault,
                                      const struct fault_form *form);

struct fault_writer {
    char *at, *end; /* `end`: of the room; the NUL always finds some */
};

/* Up to `length` characters, no more than the text has. */
void i2ctarget_fault_put(struct fault_writer *writer, const char *text, size_t length);
/* The whole text as a reason.  Always false, for `return`. */
static inline bool i2ctarget_fault_complain(char why[I2CTARGET_FAULT_WHY_MAX], const char *what)
{
    i2ctarget_fault_put(&(struct fault_writer){why, why + I2CTARGET_FAULT_WHY_MAX}, what, SIZE_MAX);
    return false;
}

#endif
