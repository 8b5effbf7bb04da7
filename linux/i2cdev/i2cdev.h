/* SPDX-License-Identifier: MIT */
/*
 * The contract of /dev/i2c-N, as pure logic: one REQUEST in, messages for the wires, one REPLY out.
 *
 *     REQUEST ──► i2cdev_begin() ──► messages ──► controller_line ──► i2cdev_end() ──► REPLY
 *                       └────────────── arguments, state, errors ──────────────────────►┘
 *
 * This module decides everything that a program can see of i2c-dev: which messages an SMBus call
 * becomes, PEC, limits, the order of the checks, errno, what is copied back.  Source: Linux
 * drivers/i2c/i2c-dev.c and i2c-core-smbus.c (behaviour of 6.12),
 * Documentation/i2c/fault-codes.rst.  It has no I/O and no clock.  Its only resource is memory for
 * large transfers.
 */
#ifndef I2CDEV_I2CDEV_H
#define I2CDEV_I2CDEV_H

#include "line/controller_line.h"
#include "link/protocol.h"

#define I2CDEV_MESSAGES_MAX 42 /* I2C_RDWR_IOCTL_MAX_MSGS */
#define I2CDEV_LENGTH_MAX 8192 /* bytes a message */
#define I2CDEV_SMALL_STORE 128

/* I2C | PROTOCOL_MANGLING | NOSTART | SMBUS_EMUL_ALL.  Ten-bit addresses are not supported yet. */
#define I2CDEV_FUNCTIONALITY 0x0fff801du

/* Shared by all connections of the bus. */
struct i2cdev_adapter {
    uint32_t retries;    /* I2C_RETRIES: how often a transfer that lost arbitration is repeated */
    uint32_t timeout_ms; /* I2C_TIMEOUT: from START; at least 10 */
};

/* The state of one open file.  All zero when it is opened. */
struct i2cdev_file {
    uint16_t address;
    bool tenbit, pec;
};

enum i2cdev_next {
    I2CDEV_REPLY,    /* finished: send reply[0 .. reply_bytes) */
    I2CDEV_RUN,      /* run messages[0 .. count) as one transfer, then call i2cdev_end() */
    I2CDEV_NONSENSE, /* the payload does not fit its op: close the connection */
};

/* One request under way.  This structure is big.  Its owner keeps it and uses it again. */
struct i2cdev_request {
    struct controller_message messages[I2CDEV_MESSAGES_MAX];
    size_t count;
    const uint8_t *reply; /* a REPLY payload; valid until the next begin or free */
    size_t reply_bytes;

    /* Private. */
    uint32_t op;
    int32_t result;
    uint32_t retries_left;
    uint32_t smbus_size;
    bool smbus_copies_out, smbus_pec;
    uint8_t smbus_command;
    uint8_t smbus_data[PROTOCOL_SMBUS_DATA_BYTES];
    uint32_t asked[I2CDEV_MESSAGES_MAX]; /* lengths before RECV_LEN increased them */
    uint8_t *store;                      /* small, or heap */
    uint8_t small[I2CDEV_SMALL_STORE];
    uint8_t *heap;
    size_t heap_bytes;
};

/* The values of a new bus: 1 s, no retries. */
void i2cdev_adapter_init(struct i2cdev_adapter *adapter);

void i2cdev_request_init(struct i2cdev_request *request);
/* Frees its memory.  Idempotent; the request may be used again. */
void i2cdev_request_free(struct i2cdev_request *request);

/*
 * Begin what a REQUEST payload asks for.  `payload` is the whole payload, cookie included; the
 * caller has found the file that the cookie names.  Neither the payload nor `file` is needed
 * afterwards: a file may be closed while its transfer runs.
 */
enum i2cdev_next i2cdev_begin(struct i2cdev_request *request, struct i2cdev_adapter *adapter,
                              struct i2cdev_file *file, const uint8_t *payload, size_t length);

/*
 * Begin a plain write() of `size` bytes that came without a REQUEST (a packet on the FILE socket).
 * Never I2CDEV_NONSENSE.
 */
enum i2cdev_next i2cdev_begin_write(struct i2cdev_request *request,
                                    const struct i2cdev_adapter *adapter,
                                    const struct i2cdev_file *file, const uint8_t *bytes,
                                    size_t size);

/*
 * The transfer is over.  `result`, `done`: controller_line's result and index; CONTROLLER_ABORTED
 * means that it ended by its time-out.  `may_retry`: less than the adapter's time-out has passed
 * since the first START of this request.  I2CDEV_RUN: the transfer lost arbitration; run the same
 * messages again.
 */
enum i2cdev_next i2cdev_end(struct i2cdev_request *request, enum controller_result result,
                            size_t done, bool may_retry);

/* What became of a transfer that is over: 0 or -errno. */
int i2cdev_error(enum controller_result result);

/* Make the reply of a request that can not begin: a -errno. */
void i2cdev_fail(struct i2cdev_request *request, int error);

#endif
