/* SPDX-License-Identifier: MIT */
/*
 * The contract suite: what a target does on the wires, item by item of the conformance list
 * (items.txt), and what the calls of i2ctarget.h mean.
 *
 * A test's name begins with the letter and number of its item (c19_…), or with `table_` for a row
 * of the semantics table in docs/DESIGN.md.  It runs on every rig that has the abilities it needs.
 * Afterwards rig_close() demands idle lines, events in order, and a bus without a violation.
 */
#ifndef CONTRACT_CONTRACT_H
#define CONTRACT_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/i2ctarget.h"
#include "line/wires.h"
#include "support/probe_device.h"
#include "support/rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

void contract_add(const char *name, void (*run)(struct rig *rig), unsigned needs);

/* `needs`: enum rig_ability, or 0. */
#define CONTRACT_TEST(name, needs)                                     \
    static void name(struct rig *rig);                                 \
    __attribute__((constructor)) static void name##_registration(void) \
    {                                                                  \
        contract_add(#name, name, needs);                              \
    }                                                                  \
    static void name(struct rig *rig)

/* ---- a target at 0x40 and 0x41, and what an application does with it ------------------------- */

extern struct i2ctarget target;
extern struct i2ctarget neighbour; /* a second target on the same bus */
extern struct probe_device memory; /* tests attach it to the target */

void serve(struct rig *rig);
void serve_smbus(struct rig *rig);
void serve_addresses(struct rig *rig, const uint8_t *addresses, size_t count);

/* The next request.  The test fails if none comes, or if it is a different one. */
struct i2ctarget_request take(uint8_t address, bool is_read, bool is_restart);
struct i2ctarget_request take_write(void); /* at 0x40, after START */
/* At 0x40, after Sr in a transfer whose beginning the target may not have seen. */
struct i2ctarget_request take_write_after_restart(const struct rig *rig);
struct i2ctarget_request take_read(void);
bool nothing_comes(void);
/*
 * Devices answer the transfer.  The application looks for requests and finds none, until the
 * transfer is over and `memory` was told so.  Returns how many messages were completed.
 */
int let_devices_answer(struct rig *rig);

/* Reads to the end of the message.  Exactly these bytes must come.  Then closes the request. */
void expect_bytes(struct i2ctarget_request *request, const void *bytes, size_t count);
/* Gives the bytes.  `taken` of them must be clocked.  Then closes the request. */
void give_bytes(struct i2ctarget_request *request, const void *bytes, size_t count, size_t taken);
void expect_end(const struct i2ctarget_request *request, enum i2ctarget_end end, uint32_t moved);
/* The same for a STOP inside a byte that the target sends. */
void expect_stop_in_byte(const struct rig *rig, const struct i2ctarget_request *request,
                         uint32_t moved);
struct i2ctarget_counters counters(void);

/* ---- transfers ------------------------------------------------------------------------------- */

struct rig_message write_message(uint8_t address, const void *bytes, size_t count);
struct rig_message read_message(uint8_t address, void *buffer, size_t count);
void start_one(struct rig *rig, struct rig_message *message);

/* A write, then a write and a read joined by Sr.  A target that has recovered serves both. */
void expect_healthy(struct rig *rig);

/* The application is late. */
void let_pass_ms(struct rig *rig, unsigned ms);

/* Makes a matrix sparse: is case number `index` to be run? */
bool is_in_matrix(const struct rig *rig, unsigned index);

#endif
