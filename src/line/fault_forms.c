/* SPDX-License-Identifier: MIT */
#include "line/fault_forms.h"

enum { LAST_BIT = 7 };
#define SCL_HZ_MAX 1000000u

const struct fault_form i2ctarget_fault_forms[FAULT_FORMS] = {
    {"nack", I2CTARGET_FAULT_NACK, FAULT_NO_VALUE, FAULT_NO_PLACE, true, I2CTARGET_FAULT_ACK, 0},
    {"nack-after", I2CTARGET_FAULT_NACK, FAULT_BYTES, FAULT_NO_PLACE, true, I2CTARGET_FAULT_ACK, 0},
    {"stretch", I2CTARGET_FAULT_STRETCH, FAULT_TIME, FAULT_IN_MESSAGE, true, I2CTARGET_FAULT_ACK,
     0},
    {"hold-scl", I2CTARGET_FAULT_HOLD_SCL, FAULT_TIME, FAULT_IDLE_TOO, true, 0,
     I2CTARGET_FAULT_IDLE},
    {"hold-sda", I2CTARGET_FAULT_HOLD_SDA, FAULT_TIME, FAULT_IDLE_TOO, true, 0,
     I2CTARGET_FAULT_IDLE},
    {"flip", I2CTARGET_FAULT_FLIP, FAULT_NO_VALUE, FAULT_IN_MESSAGE, false, 0, 0},
    {"lose-arbitration", I2CTARGET_FAULT_LOSE_ARBITRATION, FAULT_NO_VALUE, FAULT_IN_MESSAGE, true,
     0, 0},
    {"drop", I2CTARGET_FAULT_DROP, FAULT_NO_VALUE, FAULT_IN_MESSAGE, true, 4, 1},
    {"glitch-scl", I2CTARGET_FAULT_GLITCH_SCL, FAULT_TIME, FAULT_IDLE_TOO, false, 0, 0},
    {"glitch-sda", I2CTARGET_FAULT_GLITCH_SDA, FAULT_TIME, FAULT_IDLE_TOO, false, 0, 0},
    {"no-stop", I2CTARGET_FAULT_NO_STOP, FAULT_NO_VALUE, FAULT_NO_PLACE, true, 0, 0},
    {"clock", I2CTARGET_FAULT_CLOCK, FAULT_SPEED, FAULT_NO_PLACE, true, 0, 0},
    {"wrong-pec", I2CTARGET_FAULT_WRONG_PEC, FAULT_NO_VALUE, FAULT_NO_PLACE, true, 0, 0},
};

const struct fault_unit i2ctarget_fault_units[FAULT_UNITS] = {
    {"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

const struct fault_form *i2ctarget_fault_form_of(const struct i2ctarget_fault *fault)
{
    const struct fault_form *form = i2ctarget_fault_forms;
    while (form->kind != fault->kind)
        form++;
    return fault->kind == I2CTARGET_FAULT_NACK && fault->byte ? form + 1 : form;
}

const char *i2ctarget_fault_name(unsigned kind)
{
    if (kind >= I2CTARGET_FAULT_KINDS)
        return NULL;
    return i2ctarget_fault_form_of(&(struct i2ctarget_fault){.kind = (uint8_t)kind})->name;
}

uint32_t i2ctarget_fault_times_unsaid(const struct i2ctarget_fault *fault,
                                      const struct fault_form *form)
{
    return form->place == FAULT_IDLE_TOO && fault->byte == I2CTARGET_FAULT_IDLE;
}

void i2ctarget_fault_put(struct fault_writer *writer, const char *text, size_t length)
{
    for (size_t i = 0; i < length && text[i] && writer->at + 1 < writer->end; i++)
        *writer->at++ = text[i];
    *writer->at = '\0';
}

/* ---- checks ---------------------------------------------------------------------------------- */

static bool is_before_ack_of_address(const struct i2ctarget_fault *fault)
{
    return fault->byte == 0 && fault->bit != I2CTARGET_FAULT_ACK;
}

static bool check_idle(const struct i2ctarget_fault *fault, const struct fault_form *form,
                       char *why)
{
    if (form->place != FAULT_IDLE_TOO)
        return i2ctarget_fault_complain(why,
                                        "this kind of fault happens in a message, and not at idle");
    if (fault->address != I2CTARGET_FAULT_ANY || fault->direction != I2CTARGET_FAULT_BOTH)
        return i2ctarget_fault_complain(
            why, "a free bus has no address, no read and no write: the address is any, "
                 "or a place is needed");
    return true;
}

static bool check_bit(const struct i2ctarget_fault *fault, char *why)
{
    if (fault->bit > I2CTARGET_FAULT_ACK)
        return i2ctarget_fault_complain(why, "a bit is 7 to 0, or ack");
    if (fault->kind == I2CTARGET_FAULT_FLIP && is_before_ack_of_address(fault))
        return i2ctarget_fault_complain(why,
                                        "flip: the controller sends the address, and would see it");
    if (fault->kind == I2CTARGET_FAULT_DROP && (fault->byte == 0 || fault->bit >= LAST_BIT))
        return i2ctarget_fault_complain(
            why, "drop: in the middle of a byte of data, bit 6 to 0 of byte 1 or later");
    if (fault->address != I2CTARGET_FAULT_ANY && is_before_ack_of_address(fault) && fault->bit)
        return i2ctarget_fault_complain(
            why, "the address is not known yet there: 0.0 is the first place, or any");
    if (fault->direction != I2CTARGET_FAULT_BOTH && is_before_ack_of_address(fault))
        return i2ctarget_fault_complain(
            why, "read or write is not known yet there: 0.ack is the first place");
    return true;
}

static bool check_value(const struct i2ctarget_fault *fault, const struct fault_form *form,
                        char *why)
{
    if (form->value == FAULT_TIME && (fault->time_ns == 0 || fault->time_ns > FAULT_TIME_MAX_NS))
        return i2ctarget_fault_complain(why, "a time is 1ns to 100s");
    if (form->value == FAULT_SPEED && (fault->scl_hz == 0 || fault->scl_hz > SCL_HZ_MAX))
        return i2ctarget_fault_complain(why, "a speed is 1 to 1000000 Hz");
    if (form->value == FAULT_BYTES && fault->byte == I2CTARGET_FAULT_IDLE)
        return i2ctarget_fault_complain(why, "a message has no such byte");
    return true;
}

/* In a read it is the controller that acknowledges data; in a write it sends the PEC. */
static bool check_direction(const struct i2ctarget_fault *fault, const struct fault_form *form,
                            char *why)
{
    if (fault->direction > I2CTARGET_FAULT_WRITES)
        return i2ctarget_fault_complain(why, "the direction is none of read, write and both");
    if (form->value == FAULT_BYTES && fault->direction == I2CTARGET_FAULT_READS)
        return i2ctarget_fault_complain(
            why, "nack-after: in a read the controller acknowledges the data");
    if (fault->kind == I2CTARGET_FAULT_WRONG_PEC && fault->direction == I2CTARGET_FAULT_WRITES)
        return i2ctarget_fault_complain(
            why, "wrong-pec: in a write the controller sends the PEC, and would see it");
    return true;
}

bool i2ctarget_fault_check(const struct i2ctarget_fault *fault, char why[I2CTARGET_FAULT_WHY_MAX])
{
    if (fault->kind >= I2CTARGET_FAULT_KINDS)
        return i2ctarget_fault_complain(why, "there is no such kind of fault");
    if (fault->address > I2CTARGET_ADDRESS_MAX && fault->address != I2CTARGET_FAULT_ANY)
        return i2ctarget_fault_complain(why, "an address is 0x00 to 0x7f, or any");
    if (fault->chance > I2CTARGET_FAULT_MILLION)
        return i2ctarget_fault_complain(why, "a probability is 0.000001 to 1");
    const struct fault_form *form = i2ctarget_fault_form_of(fault);
    if (!check_value(fault, form, why) || !check_direction(fault, form, why))
        return false;
    if (form->place == FAULT_NO_PLACE)
        return true;
    return fault->byte == I2CTARGET_FAULT_IDLE ? check_idle(fault, form, why)
                                               : check_bit(fault, why);
}
