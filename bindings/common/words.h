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
#define WORDS_HAS_DEVICE "has a device already"
#define WORDS_OTHER_TARGET \
    "this device belongs to another I2CTarget: deinit() that one first, or make another device"
#define WORDS_NO_DEVICE "a device is a Memory or an EEPROM"
#define WORDS_BUFFER "the buffer must be one that can be written, in one piece, such as a bytearray"
#define WORDS_POINTER_BYTES "pointer_bytes is 0, 1 or 2"
#define WORDS_MEMORY_SIZE "a Memory has 1 to 65536 bytes; 256 at most with pointer_bytes=1"
#define WORDS_READ_ONLY "read_only: an offset in the buffer is 0 to its length - 1"
#define WORDS_NOT_OFFSETS "read_only must be an iterable of ints, such as range(2)"
#define WORDS_MANY_OFFSETS "read_only: more than 65536 offsets"
#define WORDS_UPDATE "update() beyond the end of the memory"
#define WORDS_ON_WRITE "on_write must be a function, or None"
#define WORDS_EEPROM                                                                             \
    "an EEPROM has 16 to 262144 bytes, 2048 at most with address_bytes=1, in pages of 256 bytes " \
    "at most; both are powers of two"
#define WORDS_PROTECTION "protection is WRITABLE, IGNORES_DATA or REFUSES_DATA"
#define WORDS_WRITE_TIME "write_time is 0 to 4294 seconds"
#define WORDS_NOT_FINITE \
    "timeout must be a finite number of seconds; 0 waits for ever, a negative one looks once"
#define WORDS_REQUEST_NEW "I2CTargetRequest can not be made: I2CTarget.request() returns it"
#define WORDS_OTHER_THREAD \
    "this I2CTarget is in use by another thread: one target belongs to one thread at a time"

#define WORDS_REENTRANT \
    "reentrant call: a signal handler, or a scheduled function, may only deinit(), or look at, the I2CTarget whose call it interrupted"

#endif
