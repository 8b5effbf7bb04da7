/* SPDX-License-Identifier: MIT */
/*
 * Memory: bytes of the program that controllers read and write, as the registers of most parts are.
 *
 *   write   the pointer, in pointer_bytes bytes, the high one first; then data from there on.  Each
 *           byte is in the memory when it is acknowledged
 *   read    from the pointer on
 *
 * After the last byte comes the first.  The pointer advances by the bytes that were really clocked,
 * and the next message goes on from there.  It belongs to the memory, so addresses of one device
 * share it.
 *
 * A pointer beyond the end is not acknowledged, so the controller learns of its mistake.  Then, and
 * when only the first of two bytes came, the pointer stays where it was.  Without a pointer
 * (pointer_bytes 0) every message begins at the first byte.
 *
 * Data for a read-only byte is acknowledged and ignored, as most parts do; the pointer advances.
 *
 * How long an answer takes depends neither on the size nor on how many bytes are read-only.
 *
 *     static uint8_t bytes[16];
 *     static struct i2ctarget_memory memory;
 *     static const struct i2ctarget_memory_config config = {
 *         .bytes = bytes, .size_bytes = 16, .pointer_bytes = 1,
 *     };
 *     error = i2ctarget_memory_init(&memory, &config);
 *     error = i2ctarget_attach(&target, 0x40, &memory.device);
 */
#ifndef I2CTARGET_DEVICES_MEMORY_H
#define I2CTARGET_DEVICES_MEMORY_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_MEMORY_SIZE_BYTES_MAX = 65536,
    I2CTARGET_MEMORY_POINTER_BYTES_MAX = 2,
};

/* The bytes of a map with one bit for each byte of the memory. */
#define I2CTARGET_MEMORY_MAP_BYTES(size_bytes) (((size_bytes) + 7) / 8)

struct i2ctarget_memory;

struct i2ctarget_memory_config {
    uint8_t *bytes;        /* the caller's; lives as long as the device; init keeps its contents */
    uint32_t size_bytes;   /* 1..I2CTARGET_MEMORY_SIZE_BYTES_MAX, 256 if pointer_bytes is 1 */
    uint8_t pointer_bytes; /* 0..I2CTARGET_MEMORY_POINTER_BYTES_MAX */
    /*
     * A map: bit n % 8 of byte n / 8 says that controllers can not write byte n.  The caller's; lives
     * as long as the device.  NULL: they can write all.
     */
    const uint8_t *read_only;
    /*
     * Called when a message that has written has ended, in whatever way.  All bytes that it has
     * written are in bytes[offset .. offset + count).  Runs where events are raised, so possibly in
     * an interrupt.  May be NULL.
     */
    void (*written)(struct i2ctarget_memory *memory, uint32_t offset, uint32_t count);
};

/* A change of some bytes by the program. */
struct i2ctarget_memory_change {
    uint32_t offset, count;
    const uint8_t *bytes;
    struct i2ctarget_memory_change *next; /* private to the device */
};

/* All members are private to the device. */
struct i2ctarget_memory {
    struct i2ctarget_device device; /* first member */
    bool is_read;
    uint8_t pointer_left; /* a write: bytes of the pointer still to come */
    bool is_open;         /* a message is under way */
    struct i2ctarget_memory_config config;
    uint32_t pointer;
    uint32_t next;  /* a read: the offset after the byte that was given; a write: the new pointer */
    uint32_t given; /* a read: how many bytes were given */
    uint32_t begin, end;                     /* a write: what it has written; nothing if end is 0 */
    struct i2ctarget_memory_change *changes; /* for the end of the message */
};

/*
 * Call it before the first attach.  The config is copied.  Returns 0, or -I2CTARGET_EINVAL: out of
 * range.
 */
I2CTARGET_API int i2ctarget_memory_init(struct i2ctarget_memory *memory,
                                        const struct i2ctarget_memory_config *config)
    I2CTARGET_MUST_USE;

/* Marks bytes as read-only in a map. */
I2CTARGET_API void i2ctarget_memory_protect(uint8_t *read_only, uint32_t offset, uint32_t count);

/*
 * Change some bytes, so that each message finds all of them changed, or none.  A program may also
 * store single bytes at any time; but of two bytes that belong together a controller may read one
 * before such a store and one after it.
 *
 * Call it between i2ctarget_lock() and i2ctarget_unlock().
 *
 * Returns 1: the bytes have changed.  0: a message is under way, and they change when it ends; until
 * i2ctarget_memory_is_changing() returns false, *change and its bytes must stay as they are.
 * -I2CTARGET_EINVAL: beyond the end; nothing changes.
 */
I2CTARGET_API int i2ctarget_memory_update(
    struct i2ctarget_memory *memory, struct i2ctarget_memory_change *change) I2CTARGET_MUST_USE;

/* Do changes wait for the end of a message?  Any context. */
I2CTARGET_API bool i2ctarget_memory_is_changing(const struct i2ctarget_memory *memory);

#ifdef __cplusplus
}
#endif
#endif
