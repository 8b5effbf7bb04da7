/* SPDX-License-Identifier: MIT */
/*
 * The bytes between the bus server and its peers.  docs/PROTOCOL.md explains them; this file is
 * their only definition in code.
 *
 * All integers are little endian.  A frame on the stream socket is an 8-byte header and its
 * payload:
 *
 *     0 u32 length of the payload    4 u16 type (enum protocol_type)    6 u16 zero
 *
 * The first frame of a connection is HELLO, answered by WELCOME or REFUSED.  A frame that does not
 * fit its type closes the connection.
 */
#ifndef LINK_PROTOCOL_H
#define LINK_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "i2ctarget/address.h"

#define PROTOCOL_MAGIC 0x74633269u /* "i2ct" */
#define PROTOCOL_VERSION 6
#define PROTOCOL_HEADER_BYTES 8
#define PROTOCOL_PAYLOAD_MAX (512u * 1024)

enum protocol_role {
    PROTOCOL_CONTROLLER = 1, /* asks for transfers: REQUEST → REPLY */
    PROTOCOL_TARGET = 2,     /* answers them: LISTEN → LISTENING, COMMIT →, ← EVENTS, … */
    PROTOCOL_MONITOR = 3,    /* watches: ← TRANSFER */
    PROTOCOL_ADAPTER = 4, /* asks for transfers message by message: STEP → STEPPED, GIVE_UP → */
};

enum protocol_type {
    /* u32 magic, u16 version, u16 role, char name[32] (NUL-padded, for people) */
    PROTOCOL_HELLO = 1,
    /* u16 version, u16 zero, u32 bus, u32 scl_hz */
    PROTOCOL_WELCOME = 2,
    /* u32 errno, u16 server's version, u16 zero, then text for people (no NUL) */
    PROTOCOL_REFUSED = 3,
    /* These have their own layouts, below. */
    PROTOCOL_REQUEST = 4,
    PROTOCOL_REPLY = 5,
    /* u32 addresses[4], u32 flags (PROTOCOL_SMBUS, PROTOCOL_FORECASTS) */
    PROTOCOL_LISTEN = 6,
    /* empty; brings a descriptor (SCM_RIGHTS): the memory of claims (link/claim.h) */
    PROTOCOL_LISTENING = 7,
    /* Below. */
    PROTOCOL_COMMIT = 8,
    PROTOCOL_EVENTS = 9,
    PROTOCOL_TRANSFER = 10,
    PROTOCOL_STEP = 11,
    PROTOCOL_STEPPED = 12,
    /* empty: nobody waits for the transfer that is open, nor for its message */
    PROTOCOL_GIVE_UP = 13,
    /* u32 addresses[4]: those of the target from now on; there may be none */
    PROTOCOL_ADDRESSES = 14,
    /* empty: the answer, behind all EVENTS with a call for one that is gone */
    PROTOCOL_ADDRESSES_SET = 15,
};

#define PROTOCOL_NAME_BYTES 32
#define PROTOCOL_HELLO_BYTES (8 + PROTOCOL_NAME_BYTES)
#define PROTOCOL_WELCOME_BYTES 12
#define PROTOCOL_REFUSED_BYTES 8
#define PROTOCOL_LISTEN_BYTES 20
#define PROTOCOL_SMBUS 1u
#define PROTOCOL_FORECASTS 2u     /* EVENTS may have a forecast */
#define PROTOCOL_CLAIM_BYTES 4096 /* of which the first eight are in use */

/*
 * REQUEST, controller → server: what one ioctl, read() or write() of i2c-dev asks for.
 *
 *     0 u64 file    the open file's cookie (the FILE socket, below); 0: the state of this very connection
 *     8 u32 op      enum protocol_op
 *    12 u32 value   by op
 *    16 …           by op
 *
 * REPLY: 0 i32 result (>= 0, or -errno)   4 u32 zero   8 … by op
 */
enum protocol_op {
    /*
     * value: ioctl number (I2C_RETRIES, I2C_TIMEOUT, I2C_SLAVE, I2C_SLAVE_FORCE, I2C_TENBIT,
     * I2C_PEC); 16: u64 argument
     */
    PROTOCOL_OP_SET = 1,
    /* Reply 8: u64 functionality */
    PROTOCOL_OP_FUNCS = 2,
    /*
     * value: size; 16: u8 read_write, u8 command, u8 has_data, u8 zero, u8 data[34].
     * Reply 8: what is to be copied out of data: 0, 1, 2 or 34 bytes
     */
    PROTOCOL_OP_SMBUS = 3,
    /*
     * value: messages; 16: that many {u16 address, u16 flags, u16 length, u16 zero}, then for each
     * in order: the bytes of a write, or buffer[0] of a read with RECV_LEN (and a length).
     * Reply 8: for each read: u16 length (grown by RECV_LEN), then for each read its bytes
     */
    PROTOCOL_OP_RDWR = 4,
    /* value: count.  Reply 8: bytes */
    PROTOCOL_OP_READ = 5,
    /* value: count; 16: bytes */
    PROTOCOL_OP_WRITE = 6,
    /* Which addresses have a target?  Makes no transfer.  Reply 8: u32 addresses[4] */
    PROTOCOL_OP_PRESENT = 7,
    /*
     * Who is connected, but for the one that asks?  Makes no transfer.  Reply 8: for each peer
     *     0 u16 role (enum protocol_role, or PROTOCOL_OPEN_FILE)   2 u16 zero
     *     4 u32 process id, 0: unknown   8 u32 addresses[4], of a target   24 char name[32], as in HELLO
     */
    PROTOCOL_OP_PEERS = 8,
    /*
     * Faults of the bus (i2ctarget/fault.h).  No transfer.
     * 16: text of a fault.  Reply: its number, or -EINVAL and 8: text for people (no NUL)
     */
    PROTOCOL_OP_ADD_FAULT = 9,
    /* value: number of a fault; 0: all.  Reply: 0, or -ENOENT */
    PROTOCOL_OP_CLEAR_FAULT = 10,
    /* Reply 8: for each fault u32 number, u32 chances, u32 hits, char text[112] (NUL-padded) */
    PROTOCOL_OP_FAULTS = 11,
};
#define PROTOCOL_PEER_BYTES 56
#define PROTOCOL_FAULT_TEXT_BYTES 112
#define PROTOCOL_FAULT_BYTES (12 + PROTOCOL_FAULT_TEXT_BYTES)
#define PROTOCOL_OPEN_FILE 5u
#define PROTOCOL_REQUEST_BYTES 16
#define PROTOCOL_REPLY_BYTES 8
#define PROTOCOL_RDWR_MESSAGE_BYTES 8
#define PROTOCOL_SMBUS_DATA_BYTES 34

/*
 * STEP, adapter → server: one message of a transfer that is made message by message.
 *
 *     0 u16 address   2 u16 flags (as struct i2c_msg)   4 u16 length
 *     6 u16 place     PROTOCOL_STEP_…: of the message in its transfer
 *     8 bytes         of a write: `length` of them
 *
 * STEPPED, server → adapter, one for each: 0 i32 result (0, or -errno)   4 bytes of a read, all of
 * them, if it is 0.  Each errno ends the transfer.
 */
#define PROTOCOL_STEP_BYTES 8
#define PROTOCOL_STEP_BEGINS 1u
#define PROTOCOL_STEP_ENDS 2u
#define PROTOCOL_STEPPED_BYTES 4

/*
 * The FILE socket (SOCK_SEQPACKET, beside the stream socket): one connection is one open file of
 * /dev/i2c-N, whose state lives in the server.  First packet, client → server: u32 magic, u16
 * version, u16 zero, u64 cookie (SO_COOKIE of the client's end).  Answer: i32 0 or -errno.  Every
 * further packet is the data of a plain write() that the shim did not see (stdio).  Such a write
 * gets no answer.
 */
#define PROTOCOL_FILE_HELLO_BYTES 16

/*
 * COMMIT, target → server: what the application has committed itself to.  It replaces an earlier
 * COMMIT of the same message.
 *
 *     0 u32 serial   of the message, from its ADDRESSED record; any other: ignored (that message is over)
 *     4 u8  address  enum protocol_address: the answer to ADDRESSED
 *     5 u8  then     enum protocol_then: the answer when the bytes below are used up
 *     6 u8  reason   enum protocol_reason: why, for people, if a NACK comes of it
 *     7 u8  waiting  1: send EVENTS as soon as the server needs an answer
 *     8 u32 position byte number in the message; from it on …
 *    12 u32 count    … so many bytes are ACKed (write message), or given below (read message)
 *    16 bytes        read message: `count` of them; write message: none
 */
#define PROTOCOL_COMMIT_BYTES 16
enum protocol_address {
    PROTOCOL_ADDRESS_OPEN = 0,
    PROTOCOL_ADDRESS_ACK = 1,
    PROTOCOL_ADDRESS_NACK = 2,
};
enum protocol_then {
    PROTOCOL_THEN_HOLD = 0,
    PROTOCOL_THEN_REFUSE = 1, /* NACK, or 0xFF to the end */
};
enum protocol_reason {
    PROTOCOL_REASON_NONE = 0,
    PROTOCOL_REASON_NO_ADDRESS = 1,  /* no target has this address */
    PROTOCOL_REASON_APPLICATION = 2, /* ack(false), or a device refused */
    PROTOCOL_REASON_CLOSED = 3,      /* the request was closed */
    PROTOCOL_REASON_LIMIT = 4,       /* SMBus limit */
    PROTOCOL_REASON_TIMEOUT = 5,     /* the controller's time-out */
    PROTOCOL_REASON_LOST = 6,        /* the target's process ended */
    PROTOCOL_REASON_DEAF = 7,        /* the target exists, but was cut off in this transfer */
    PROTOCOL_REASON_FAULT = 8,       /* a fault that was asked for */
    PROTOCOL_REASON_COUNT
};

/*
 * EVENTS, server → target: all that happened since the last EVENTS, in order.
 *
 *     0 u32 glitches  4 u32 stretches  8 u32 longest_stretch_us    counters of this target
 *    12 u32 held      not 0: the last record's event needs an answer; this is the number of the hold
 *    16 u32 forecast  bytes of records at the end that have not happened (docs/PROTOCOL.md)
 *    20 records of 12 bytes, RECEIVED followed by its bytes:
 *       0 u8 kind (enum i2ctarget_event_kind)  1 u8 cause (ENDED)  2 u8 is_read  3 u8 is_restart
 *       4 u32 serial    of the message
 *       8 u32 number    RECEIVED: bytes that follow; REQUESTED: how many times; ENDED: moved;
 *                       ADDRESSED: the address, and PROTOCOL_TEN_BIT if it is a ten-bit one, which none is yet
 *
 * Sent when ADDRESSED is held; when a COMMIT said `waiting`, and an answer is needed or the message
 * ended; and at once when a fault ended a message.
 */
#define PROTOCOL_EVENTS_BYTES 20
#define PROTOCOL_RECORD_BYTES 12
#define PROTOCOL_FORECAST_MAX 68 /* RECEIVED with 32 bytes, ENDED, ADDRESSED */
#define PROTOCOL_TEN_BIT 0x10000u

/*
 * TRANSFER, server → monitor: one transfer, START to STOP.
 *
 *     0 u64 number       counts transfers of this bus from 1
 *     8 u64 wall_ns      CLOCK_REALTIME at START
 *    16 u64 virtual_ns   the trace's time at START
 *    24 u64 duration_ns  virtual, START to STOP
 *    32 i32 result       0 or -errno
 *    36 u32 messages
 *    40 u32 recovery_clocks  made to free SDA, before the first START too
 *    44 u32 missed       transfers not shown before this one, because this monitor was too slow
 *    48 u32 timeout_ms   how long the controller would wait, from START
 *    52 per message, what was on the wires:
 *        0 u8 address   1 u8 flags (PROTOCOL_MESSAGE_…)   2 u8 reason (enum protocol_reason, of the NACK)
 *        3 u8 cut_bits  clocks of a byte that ended early; unless CALLED, and but for NO_ADDRESS, of the address
 *        4 u32 moved    8 u32 stretch_us
 *       12 u16 cut      what they were, the last one lowest
 *       14 u8 recovery_clocks  made after it to free SDA   15 u8 zero
 *       16 bytes (`moved` of them), then one bit for each, the first one's lowest: SDA was low in its ninth clock
 */
#define PROTOCOL_TRANSFER_BYTES 52
#define PROTOCOL_MESSAGE_BYTES 16
#define PROTOCOL_MESSAGE_READ 1u     /* the R/W bit */
#define PROTOCOL_MESSAGE_RESTART 2u  /* began with Sr, not START */
#define PROTOCOL_MESSAGE_NO_START 4u /* went on without either */
#define PROTOCOL_MESSAGE_ADDRESS_ACK 8u
#define PROTOCOL_MESSAGE_NO_NINTH 16u   /* its bytes have no ninth clock */
#define PROTOCOL_MESSAGE_STOP 32u       /* STOP came after it */
#define PROTOCOL_MESSAGE_NO_ADDRESS 64u /* no address byte was sent: its bytes follow at once */
#define PROTOCOL_MESSAGE_CALLED 128u    /* its address byte was sent completely */

/* The length of a message in the frame. */
static inline uint64_t protocol_message_bytes(uint32_t moved)
{
    return PROTOCOL_MESSAGE_BYTES + (uint64_t)moved + ((uint64_t)moved + 7) / 8;
}

static inline void put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, (uint16_t)value);
    put_u16(at + 2, (uint16_t)(value >> 16));
}

static inline void put_u64(uint8_t *at, uint64_t value)
{
    put_u32(at, (uint32_t)value);
    put_u32(at + 4, (uint32_t)(value >> 32));
}

static inline uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t get_u32(const uint8_t *at)
{
    return get_u16(at) | (uint32_t)get_u16(at + 2) << 16;
}

static inline uint64_t get_u64(const uint8_t *at)
{
    return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

/* Of a frame. */
static inline void put_header(uint8_t *at, uint16_t type, size_t length)
{
    put_u32(at, (uint32_t)length);
    put_u16(at + 4, type);
    put_u16(at + 6, 0);
}

/*
 * Puts a small frame together: it is sent with send(), which is cheaper than sendmsg() with three
 * parts.  Returns its bytes, or 0 if it has more than PROTOCOL_SMALL_BYTES.
 */
#define PROTOCOL_SMALL_BYTES 256

static inline size_t put_small_frame(uint8_t frame[PROTOCOL_SMALL_BYTES], uint16_t type,
                                     const void *head, size_t head_bytes, const void *tail,
                                     size_t tail_bytes)
{
    if (head_bytes > PROTOCOL_SMALL_BYTES - PROTOCOL_HEADER_BYTES ||
        tail_bytes > PROTOCOL_SMALL_BYTES - PROTOCOL_HEADER_BYTES - head_bytes)
        return 0;
    put_header(frame, type, head_bytes + tail_bytes);
    if (head_bytes > 0)
        memcpy(frame + PROTOCOL_HEADER_BYTES, head, head_bytes);
    if (tail_bytes > 0)
        memcpy(frame + PROTOCOL_HEADER_BYTES + head_bytes, tail, tail_bytes);
    return PROTOCOL_HEADER_BYTES + head_bytes + tail_bytes;
}

/* A set of addresses: bit a % 32 of word a / 32 for address a. */
#define PROTOCOL_ADDRESS_SET_BYTES (4 * I2CTARGET_ADDRESS_WORDS)

static inline void put_address_set(uint8_t *at, const struct i2ctarget_address_set *set)
{
    for (size_t i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        put_u32(at + 4 * i, set->bits[i]);
}

static inline struct i2ctarget_address_set get_address_set(const uint8_t *at)
{
    struct i2ctarget_address_set set;
    for (size_t i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        set.bits[i] = get_u32(at + 4 * i);
    return set;
}

#endif
