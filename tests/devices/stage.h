/* SPDX-License-Identifier: MIT */
/*
 * Where a device is tested.  The same test runs with bare events, as any port raises them, and on
 * the wires of ports/testbus, whose controller ignores stretching.
 *
 *     static void remembers(void **state)
 *     {
 *         uint8_t got[2];
 *         put_on_stage(state, &thing.device, 0x50, 1);
 *         assert_int_equal(WRITE(0x50, 0x10, 0xCA, 0xFE), 3);
 *         assert_true(FETCH(0x50, got, 2, 0x10));
 *     }
 *     … ON_STAGES(remembers) …
 *
 * With bare events, the device must do what it says before (promise.h).
 *
 * On the wires the checker watches for violations of the specification, a stretch is an error, and
 * at the end both lines must be high.
 */
#ifndef DEVICES_STAGE_H
#define DEVICES_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/device.h"

enum {
    STAGE_NOBODY = -1, /* the address got NACK */
    STAGE_ADDRESSES_MAX = 16,
};

struct stage_kind;
extern const struct stage_kind stage_events, stage_100k, stage_400k;

/* The wires of stage_400k, for a test that plays its own script. */
struct rig_kind;
extern const struct rig_kind stage_rig_400k;

/* cmocka rows: the test on each stage, as test__events, test__100k and test__400k. */
#define ON_STAGE(test, kind)                                                                \
    {                                                                                       \
        .name = #test "__" #kind, .test_func = test, .setup_func = stage_set_up,            \
        .teardown_func = stage_tear_down, .initial_state = (void *)(uintptr_t)&stage_##kind \
    }
#define ON_STAGES(test) ON_STAGE(test, events), ON_STAGE(test, 100k), ON_STAGE(test, 400k)

int stage_set_up(void **state);
int stage_tear_down(void **state);

/* Puts the device at `count` addresses, starting with `address`.  It stays until the test ends. */
void put_on_stage(void **state, struct i2ctarget_device *device, uint8_t address, unsigned count);
/* Puts the device at these addresses, STAGE_ADDRESSES_MAX at most. */
void put_on_stage_at(void **state, struct i2ctarget_device *device, const uint8_t *addresses,
                     unsigned count);

/* One transfer of these messages (support/rig.h).  Returns how many were completed. */
struct rig_message;
unsigned stage_transfer(struct rig_message *messages, unsigned count);

/* The stage's clock, which starts at 0, for devices that need one. */
int64_t stage_now_us(void);
void stage_pass_us(int64_t us);

/*
 * One transfer with STOP.  Returns how many bytes moved (of a write: how many were acknowledged),
 * or STAGE_NOBODY.
 */
int stage_write(uint8_t address, const uint8_t *bytes, unsigned count);
int stage_read(uint8_t address, uint8_t *bytes, unsigned count);
/* A write, Sr, a read of `count` bytes.  True: all of it was completed. */
bool stage_fetch(uint8_t address, const uint8_t *bytes, unsigned byte_count, uint8_t *got,
                 unsigned count);
/* Two writes with Sr between them.  True: both were completed. */
bool stage_write_twice(uint8_t address, const uint8_t *first, unsigned first_count,
                       const uint8_t *second, unsigned second_count);

#define BYTES(...) ((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__})
#define WRITE(address, ...) stage_write(address, BYTES(__VA_ARGS__))
#define FETCH(address, got, count, ...) stage_fetch(address, BYTES(__VA_ARGS__), got, count)

/* Compares the first bytes that are read from a register after a write of its number. */
#define ASSERT_FETCHED(address, first, ...)                                       \
    do {                                                                          \
        static const uint8_t expected[] = {__VA_ARGS__};                          \
        uint8_t fetched[sizeof expected] = {0};                                   \
        assert_true(stage_fetch(address, BYTES(first), fetched, sizeof fetched)); \
        assert_memory_equal(fetched, expected, sizeof expected);                  \
    } while (0)
#define ASSERT_READ(address, ...)                                                             \
    do {                                                                                      \
        static const uint8_t expected[] = {__VA_ARGS__};                                      \
        uint8_t fetched[sizeof expected] = {0};                                               \
        assert_int_equal(stage_read(address, fetched, sizeof fetched), (int)sizeof expected); \
        assert_memory_equal(fetched, expected, sizeof expected);                              \
    } while (0)

#endif
