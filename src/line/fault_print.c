/* SPDX-License-Identifier: MIT */
/* Faults as texts: written. */
#include "line/fault_forms.h"

static void put(struct fault_writer *writer, const char *text)
{
    i2ctarget_fault_put(writer, text, SIZE_MAX);
}

static void put_number(struct fault_writer *writer, uint64_t number)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    i2ctarget_fault_put(writer, digits + first, sizeof digits - first);
}

static void put_address(struct fault_writer *writer, uint8_t address)
{
    static const char hex[] = "0123456789abcdef";
    if (address == I2CTARGET_FAULT_ANY) {
        put(writer, "any");
        return;
    }
    put(writer, "0x");
    i2ctarget_fault_put(writer, &hex[address >> 4], 1);
    i2ctarget_fault_put(writer, &hex[address & 15], 1);
}

static void put_time(struct fault_writer *writer, uint64_t time_ns)
{
    const struct fault_unit *unit = i2ctarget_fault_units;
    while (time_ns % unit->ns)
        unit++;
    put_number(writer, time_ns / unit->ns);
    put(writer, unit->name);
}

static void put_value(struct fault_writer *writer, const struct fault_form *form,
                      const struct i2ctarget_fault *fault)
{
    if (form->value != FAULT_NO_VALUE)
        put(writer, " ");
    if (form->value == FAULT_BYTES)
        put_number(writer, fault->byte - 1);
    else if (form->value == FAULT_TIME)
        put_time(writer, fault->time_ns);
    else if (form->value == FAULT_SPEED)
        put_number(writer, fault->scl_hz);
}

static void put_place(struct fault_writer *writer, const struct fault_form *form,
                      const struct i2ctarget_fault *fault)
{
    bool is_idle = fault->byte == I2CTARGET_FAULT_IDLE;
    bool is_default = fault->byte == form->byte && (is_idle || fault->bit == form->bit);
    if (form->place == FAULT_NO_PLACE || (form->has_default && is_default))
        return;
    put(writer, " at ");
    if (is_idle) {
        put(writer, "idle");
        return;
    }
    put_number(writer, fault->byte);
    put(writer, ".");
    if (fault->bit == I2CTARGET_FAULT_ACK)
        put(writer, "ack");
    else
        put_number(writer, fault->bit);
}

static void put_probability(struct fault_writer *writer, uint32_t chance)
{
    put(writer, " probability ");
    put_number(writer, chance / I2CTARGET_FAULT_MILLION);
    uint32_t rest = chance % I2CTARGET_FAULT_MILLION;
    if (rest)
        put(writer, ".");
    for (uint32_t digit = I2CTARGET_FAULT_MILLION / 10; rest; digit /= 10) {
        put_number(writer, rest / digit);
        rest %= digit;
    }
}

void i2ctarget_fault_print(const struct i2ctarget_fault *fault, char text[I2CTARGET_FAULT_TEXT_MAX])
{
    static const char *const directions[] = {"", " read", " write"};
    struct fault_writer writer = {text, text + I2CTARGET_FAULT_TEXT_MAX};
    const struct fault_form *form = i2ctarget_fault_form_of(fault);
    put_address(&writer, fault->address);
    put(&writer, " ");
    put(&writer, form->name);
    put_value(&writer, form, fault);
    put_place(&writer, form, fault);
    put(&writer, directions[fault->direction]);
    if (fault->times == 1) {
        put(&writer, " once");
    } else if (fault->times != i2ctarget_fault_times_unsaid(fault, form)) {
        put(&writer, " times ");
        put_number(&writer, fault->times);
    }
    if (fault->chance)
        put_probability(&writer, fault->chance);
    if (fault->seed) {
        put(&writer, " seed ");
        put_number(&writer, fault->seed);
    }
}
