/* SPDX-License-Identifier: MIT */
/*
 * The test bus, inside the process: two wires and a controller in virtual time, for tests of
 * targets and devices.
 *
 *     struct i2ctarget_testbus *bus = i2ctarget_testbus_new(100000);
 *     struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, 0);
 *     struct i2ctarget_pin sda = i2ctarget_testbus_sda(bus, 0);
 *     error = i2ctarget_init(&target, &scl, &sda, addresses, 1, false);
 *
 *     struct i2ctarget_testbus_message message = {.address = 0x40, .length = 2, .buffer = bytes};
 *     error = i2ctarget_testbus_start(bus, &message, 1);
 *     count = i2ctarget_next_request(&target, &request, 0);
 *     count = i2ctarget_testbus_run(bus);
 *
 * i2ctarget_testbus_start() lets the controller begin.  Time moves inside the calls on the target,
 * and inside i2ctarget_testbus_run(), which makes the rest of the transfer.
 *
 * Everything runs bit by bit on simulated lines, and no real time passes.  A wait that would never
 * end returns -EDEADLK.  For hosts only, as it allocates memory.  A bus and its targets belong to
 * one thread.
 *
 * A checker watches every target from its i2ctarget_init() to its i2ctarget_deinit(), and finds what
 * breaks the bus specification (NXP UM10204 Rev. 7).  A test of a port, of a device, or of a program
 * with its timing ends with
 *
 *     assert(i2ctarget_testbus_count_violations(bus) == 0);
 */
#ifndef I2CTARGET_TESTBUS_H
#define I2CTARGET_TESTBUS_H

#include "i2ctarget/fault.h"
#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_testbus;

/* scl_hz: 1..1,000,000.  Returns NULL: out of range, or no memory. */
I2CTARGET_API struct i2ctarget_testbus *i2ctarget_testbus_new(uint32_t scl_hz);
/* All its targets must be deinitialised before. */
I2CTARGET_API void i2ctarget_testbus_free(struct i2ctarget_testbus *bus);

/*
 * The pins of one chip on the bus.  `chip`: 0..32767; each target on a bus needs a chip of its own.
 * A bus has 128 targets at a time: for one more, i2ctarget_init() returns -ENOMEM.
 */
I2CTARGET_API struct i2ctarget_pin i2ctarget_testbus_scl(struct i2ctarget_testbus *bus,
                                                         unsigned chip);
I2CTARGET_API struct i2ctarget_pin i2ctarget_testbus_sda(struct i2ctarget_testbus *bus,
                                                         unsigned chip);

#define I2CTARGET_TESTBUS_NEVER UINT64_MAX

/*
 * One message of a transfer.  Buffer and struct are the caller's; they must live until the transfer
 * is over.
 */
struct i2ctarget_testbus_message {
    uint8_t address;
    bool is_read;
    uint32_t length; /* bytes; 0: the address alone */
    uint8_t *buffer;
    /* Results: i2ctarget_testbus_run() fills them in when the transfer is over. */
    bool addressed;      /* its address was acknowledged */
    uint32_t moved;      /* bytes clocked; a byte that was not acknowledged counts */
    bool nacked;         /* a written byte was not acknowledged */
    uint64_t start_ns;   /* when its START was made; I2CTARGET_TESTBUS_NEVER: it was not reached */
    uint64_t stop_ns;    /* when STOP was made after it; I2CTARGET_TESTBUS_NEVER: none was */
    uint64_t stretch_ns; /* how long SCL was low although the controller had released it */
};

/*
 * Begin a transfer: START, the messages joined by repeated START, STOP.  Returns 0, -EINVAL, or
 * -EBUSY (a transfer is under way).
 */
I2CTARGET_API int i2ctarget_testbus_start(struct i2ctarget_testbus *bus,
                                          struct i2ctarget_testbus_message *messages, size_t count);

/*
 * Run until the transfer is over.  Returns how many messages were completed; success is all of
 * them.
 * -EDEADLK: a target holds SCL and waits for the application; serve its request, then call again.
 */
I2CTARGET_API int i2ctarget_testbus_run(struct i2ctarget_testbus *bus);

/*
 * Go on to the next moment at which something happens.  False: nothing will, without the application
 * or a new transfer.
 */
I2CTARGET_API bool i2ctarget_testbus_step(struct i2ctarget_testbus *bus);

/*
 * The target that waits for its application; NULL: none does.  It pulls SCL, and the controller waits
 * for it, now or when it wants SCL high.  With several targets a test takes steps until there is one,
 * and the application answers without any delay.
 */
I2CTARGET_API struct i2ctarget *i2ctarget_testbus_held_target(const struct i2ctarget_testbus *bus);

/* Is a transfer under way? */
I2CTARGET_API bool i2ctarget_testbus_busy(const struct i2ctarget_testbus *bus);

/* true: the controller ignores clock stretching, as some real ones do. */
I2CTARGET_API void i2ctarget_testbus_ignore_stretch(struct i2ctarget_testbus *bus, bool ignore);

/*
 * The input filter of targets that join from now on.  spike_ns: 0..50, spikes up to this length are
 * rejected (t_SP, UM10204 Table 10; 50 unless set); 0: no filter, as in Standard-mode parts.
 * Returns 0 or -EINVAL.
 */
I2CTARGET_API int i2ctarget_testbus_set_filter(struct i2ctarget_testbus *bus, uint32_t spike_ns);

/* ---- by hand --------------------------------------------------------------------------------- */

/*
 * Pull the lines low, or release them, besides everybody else on the bus: to be a controller edge by
 * edge, to make a spike, to hold a line.  It stays so until the next call.  The edges happen at once;
 * time does not move.  Call it between the other calls, never inside a device.
 */
I2CTARGET_API void i2ctarget_testbus_pull(struct i2ctarget_testbus *bus, bool scl_low,
                                          bool sda_low);
/* The lines as everybody sees them. */
I2CTARGET_API bool i2ctarget_testbus_scl_is_high(const struct i2ctarget_testbus *bus);
I2CTARGET_API bool i2ctarget_testbus_sda_is_high(const struct i2ctarget_testbus *bus);

/* ---- time and trace -------------------------------------------------------------------------- */

I2CTARGET_API uint64_t i2ctarget_testbus_now_ns(const struct i2ctarget_testbus *bus);
/* Let that much simulated time pass; whatever is due in it happens. */
I2CTARGET_API void i2ctarget_testbus_pass(struct i2ctarget_testbus *bus, uint64_t ns);

/*
 * Record the lines in a VCD file from now on (ticks of 1 ns), until i2ctarget_testbus_end_trace() or
 * i2ctarget_testbus_free().  `i2ctarget trace` and PulseView read it.  Returns 0; -EBUSY: a trace is
 * under way; or -errno.
 */
I2CTARGET_API int i2ctarget_testbus_trace(struct i2ctarget_testbus *bus, const char *path);
/*
 * Write what was recorded so far into the file, or end the recording.  Return 0; -EBADF: there is
 * none; or -errno of the first write that failed.
 */
I2CTARGET_API int i2ctarget_testbus_save_trace(struct i2ctarget_testbus *bus);
I2CTARGET_API int i2ctarget_testbus_end_trace(struct i2ctarget_testbus *bus);

/* ---- the checker ----------------------------------------------------------------------------- */

/* The limits are those of the slowest mode that allows the speed of the bus. */
enum i2ctarget_testbus_rule {
    I2CTARGET_TESTBUS_SDA_MOVED_WHILE_SCL_HIGH, /* §3.1.3 */
    I2CTARGET_TESTBUS_SCL_PULLED_WHILE_HIGH,    /* a target may only stretch a low phase, §3.1.9 */
    I2CTARGET_TESTBUS_DATA_SETUP,               /* SDA moved too late before SCL rose: t_SU;DAT */
    I2CTARGET_TESTBUS_DATA_HOLD, /* SDA moved too early after SCL fell: 300 ns (Table 10 note 3); */
                                 /* 120 ns above 400 kHz, which is this library's own promise */
    I2CTARGET_TESTBUS_DATA_VALID, /* SDA moved too late after SCL fell, without a stretch: t_VD */
    I2CTARGET_TESTBUS_STRETCH,    /* i2ctarget_testbus_forbid_stretch() */
    I2CTARGET_TESTBUS_RULE_COUNT
};

/* One violation of a rule by a target. */
struct i2ctarget_testbus_violation {
    enum i2ctarget_testbus_rule rule;
    unsigned chip;        /* whose pins the target has */
    uint64_t at_ns;       /* when it happened */
    uint64_t measured_ns; /* DATA_SETUP, DATA_HOLD, DATA_VALID, STRETCH: how long it was … */
    uint32_t limit_ns;    /* … and what is allowed; other rules: both are 0 */
};

/* So many are kept; later ones are only counted. */
#define I2CTARGET_TESTBUS_VIOLATIONS_MAX 32

/*
 * How many violations there were since the bus was made, or since they were forgotten.  Those of
 * targets that have left count.  Controllers are not checked: who makes edges by hand, or lets the
 * controller ignore stretching, may force a target to be late, and is told so here.
 */
I2CTARGET_API size_t i2ctarget_testbus_count_violations(const struct i2ctarget_testbus *bus)
    I2CTARGET_MUST_USE;
/* index: from 0, in the order of time.  Returns 0; -EINVAL: there is none, or it was not kept. */
I2CTARGET_API int i2ctarget_testbus_get_violation(struct i2ctarget_testbus *bus, size_t index,
                                                  struct i2ctarget_testbus_violation *violation)
    I2CTARGET_MUST_USE;
I2CTARGET_API void i2ctarget_testbus_forget_violations(struct i2ctarget_testbus *bus);

/*
 * The target with this chip's pins must not hold SCL low any more, once the controller has released
 * it: what a device promises (device.h), and a request that is answered in time.  Returns 0;
 * -ENODEV: there is no such target.
 */
I2CTARGET_API int i2ctarget_testbus_forbid_stretch(struct i2ctarget_testbus *bus, unsigned chip);

/* What was broken, in a few words: "data set-up time too short".  A constant; never NULL. */
I2CTARGET_API const char *i2ctarget_testbus_rule_name(enum i2ctarget_testbus_rule rule);

/* ---- faults ---------------------------------------------------------------------------------- */

/*
 * Faults: what goes wrong from now on (i2ctarget/fault.h).  Returns the number of the fault, from
 * 1, or -EINVAL; then `why` says what is wrong with it, or that there is no room for more.
 */
I2CTARGET_API int i2ctarget_testbus_fault(struct i2ctarget_testbus *bus,
                                          const struct i2ctarget_fault *fault,
                                          char why[I2CTARGET_FAULT_WHY_MAX]);
/* Removes a fault, or all (number 0).  Returns 0, or -ENOENT: there is no such number. */
I2CTARGET_API int i2ctarget_testbus_clear_fault(struct i2ctarget_testbus *bus, uint32_t number);
/*
 * What became of them: the fault with the lowest number above `after` (0: the first one).  False:
 * there is none.
 */
I2CTARGET_API bool i2ctarget_testbus_next_fault(const struct i2ctarget_testbus *bus, uint32_t after,
                                                struct i2ctarget_fault_count *count);

#ifdef __cplusplus
}
#endif
#endif
