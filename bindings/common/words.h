/* SPDX-License-Identifier: MIT */
/*
 * What the Python bindings (CPython's and MicroPython's) say when a call fails: the kind of the
 * exception, and its words.
 *
 *     the caller's mistake            ValueError: arguments, pins in use, deinitialised, closed
 *     failures outside the program    OSError with the errno
 *
 * Each message says what to do about it.
 */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

/* The operation that failed. */
enum asked {
    ASKED_OPEN,
    ASKED_ADDRESS,
    ASKED_REQUEST,
    ASKED_READ,
    ASKED_WRITE,
    ASKED_ACK,
    ASKED_DESCRIPTOR
};

enum complaint_kind { COMPLAINT_VALUE, COMPLAINT_OS, COMPLAINT_MEMORY };

struct complaint {
    enum complaint_kind kind;
    int error;        /* COMPLAINT_OS: the errno, positive */
    const char *text; /* NULL: the system's own words for this errno */
};

/* For a negative code of the library. */
struct complaint i2ctarget_complaint_of(enum asked asked, int error);

#define WORDS_ADDRESS "a 7-bit address is 0x00 to 0x7f"
#define WORDS_NOT_ITERABLE "addresses must be an iterable of ints, such as (0x40,)"
#define WORDS_NO_ADDRESSES "no addresses: give at least one, such as (0x40,)"
#define WORDS_MANY_ADDRESSES "more than 128 addresses"
#define WORDS_NOT_THERE "is not an address of this target"
#define WORDS_NOT_FINITE \
    "timeout must be a finite number of seconds; 0 waits for ever, a negative one looks once"
#define WORDS_REQUEST_NEW "I2CTargetRequest can not be made: I2CTarget.request() returns it"
#define WORDS_OTHER_THREAD \
    "this I2CTarget is in use by another thread: one target belongs to one thread at a time"

#define WORDS_REENTRANT \
    "reentrant call: a signal handler, or a scheduled function, may only deinit(), or look at, the I2CTarget whose call it interrupted"

#endif
