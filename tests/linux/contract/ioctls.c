/* SPDX-License-Identifier: MIT */
/* The ioctls that only set or return something. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>

#include "contract.h"

static void retries(struct subject *subject)
{
    expect("INT_MAX", set(subject->fd, I2C_RETRIES, INT_MAX), 0);
    expect("0", set(subject->fd, I2C_RETRIES, 0), 0);
#if ULONG_MAX > UINT_MAX
    expect("INT_MAX + 1", set(subject->fd, I2C_RETRIES, (unsigned long)INT_MAX + 1), -EINVAL);
    expect("-1", set(subject->fd, I2C_RETRIES, ULONG_MAX), -EINVAL);
#endif
}

static void timeouts(struct subject *subject)
{
    expect("0", set(subject->fd, I2C_TIMEOUT, 0), 0);
    expect("INT_MAX / 10", set(subject->fd, I2C_TIMEOUT, INT_MAX / 10), 0);
    expect("INT_MAX / 10 + 1", set(subject->fd, I2C_TIMEOUT, INT_MAX / 10 + 1), -EINVAL);
    expect("-1", set(subject->fd, I2C_TIMEOUT, ULONG_MAX), -EINVAL);
}

static void seven_bits(struct subject *subject)
{
    expect("0x7f", set(subject->fd, I2C_SLAVE, 0x7f), 0);
    expect("0x80", set(subject->fd, I2C_SLAVE, 0x80), -EINVAL);
    expect("0x3ff", set(subject->fd, I2C_SLAVE, 0x3ff), -EINVAL);
    expect("forced 0x80", set(subject->fd, I2C_SLAVE_FORCE, 0x80), -EINVAL);
}

static void ten_bits(struct subject *subject)
{
    expect("I2C_TENBIT", set(subject->fd, I2C_TENBIT, 1), 0);
    expect("0x3ff", set(subject->fd, I2C_SLAVE, 0x3ff), 0);
    expect("0x400", set(subject->fd, I2C_SLAVE, 0x400), -EINVAL);
    expect("forced 0x400", set(subject->fd, I2C_SLAVE_FORCE, 0x400), -EINVAL);
    expect("I2C_TENBIT", set(subject->fd, I2C_TENBIT, 0), 0);
    expect("0x80 again", set(subject->fd, I2C_SLAVE, 0x80), -EINVAL);
}

static void whole_long(struct subject *subject)
{
    expect("-1", set(subject->fd, I2C_SLAVE, ULONG_MAX), -EINVAL);
#if ULONG_MAX > UINT_MAX
    expect("1 << 32", set(subject->fd, I2C_SLAVE, 1ul << 32), -EINVAL);
#endif
}

static void wrong_address_changes_nothing(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_MEMORY));
    expect("0x80", set(fd, I2C_SLAVE, 0x80), -EINVAL);
    put_register(fd, 0x12, 0x77);
    expect("the register", get_register(fd, 0x12), 0x77);
}

static void address_is_no_traffic(struct subject *subject)
{
    expect("I2C_SLAVE",
           set(subject->fd, I2C_SLAVE, (unsigned long)address_of(subject, PART_NOBODY)), 0);
}

static void forced_address_counts(struct subject *subject)
{
    unsigned long memory = (unsigned long)address_of(subject, PART_MEMORY);
    expect("I2C_SLAVE_FORCE", set(subject->fd, I2C_SLAVE_FORCE, memory), 0);
    put_register(subject->fd, 0x13, 0x99);
    expect("the register", get_register(subject->fd, 0x13), 0x99);
}

static void bound_address(struct subject *subject)
{
    unsigned long busy = (unsigned long)address_of(subject, PART_BUSY);
    expect("I2C_SLAVE", set(subject->fd, I2C_SLAVE, busy), -EBUSY);
    expect("I2C_SLAVE_FORCE", set(subject->fd, I2C_SLAVE_FORCE, busy), 0);
}

static void tenbit_always_0(struct subject *subject)
{
    expect("1", set(subject->fd, I2C_TENBIT, 1), 0);
    expect("-1", set(subject->fd, I2C_TENBIT, ULONG_MAX), 0);
    expect("0", set(subject->fd, I2C_TENBIT, 0), 0);
}

static void pec_always_0(struct subject *subject)
{
    expect("1", set(subject->fd, I2C_PEC, 1), 0);
    expect("-1", set(subject->fd, I2C_PEC, ULONG_MAX), 0);
    expect("0", set(subject->fd, I2C_PEC, 0), 0);
}

static void functionality_is_a_long(struct subject *subject)
{
    unsigned long bits[2];
    memset(bits, 0xFF, sizeof bits);
    unsigned long inverse[2];
    memset(inverse, 0, sizeof inverse);
    expect("I2C_FUNCS", set(subject->fd, I2C_FUNCS, (unsigned long)bits), 0);
    expect("I2C_FUNCS", set(subject->fd, I2C_FUNCS, (unsigned long)inverse), 0);
    expect("every byte of it is written", (long)bits[0], (long)inverse[0]);
    expect("what is behind it", bits[1] == ULONG_MAX && inverse[1] == 0, 1);
}

static void unknown(struct subject *subject)
{
    static const unsigned long numbers[] = {0x0700, 0x0709, 0x071F, 0x0721, 0x5401};
    char space[256];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        expect("another ioctl", set(subject->fd, numbers[i], (unsigned long)space), -ENOTTY);
}

static void bad_arguments(struct subject *subject)
{
    unsigned long at = (unsigned long)nowhere();
    expect("I2C_FUNCS", set(subject->fd, I2C_FUNCS, at), -EFAULT);
    expect("I2C_RDWR", set(subject->fd, I2C_RDWR, at), -EFAULT);
    expect("I2C_SMBUS", set(subject->fd, I2C_SMBUS, at), -EFAULT);
    expect("I2C_SMBUS NULL", set(subject->fd, I2C_SMBUS, 0), -EFAULT);
}

const struct check checks_ioctls[] = {
    {"I1", "retries", 0, 0, retries, 0},
    {"I2", "timeouts", 0, 0, timeouts, 0},
    {"I3", "seven_bits", 0, 0, seven_bits, 0},
    {"I3", "ten_bits", 0, 0, ten_bits, 0},
    {"I3", "whole_long", 0, 0, whole_long, 0},
    {"I3", "wrong_address_changes_nothing", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     wrong_address_changes_nothing, 0},
    {"I4", "address_is_no_traffic", 0, NOBODY, address_is_no_traffic, 0},
    {"I5", "bound_address", 0, BUSY, bound_address, 0},
    {"I6", "forced_address_counts", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, forced_address_counts, 0},
    {"I7", "tenbit_always_0", 0, 0, tenbit_always_0, 0},
    {"I8", "functionality_is_a_long", 0, 0, functionality_is_a_long, 0},
    {"I9", "pec_always_0", 0, 0, pec_always_0, 0},
    {"I10", "unknown", 0, 0, unknown, 0},
    {"I11", "bad_arguments", 0, 0, bad_arguments, 0},
    {0},
};
