/* SPDX-License-Identifier: MIT */
/*
 * Watches the wires and reports every violation of the bus specification (UM10204 Rev. 7, Tables 10
 * and 11) by a target.
 *
 * It knows which participants are targets, sees which of them pulls what and when, and blames the
 * right one.  It does not check controllers.
 */
#ifndef LINE_CHECKER_H
#define LINE_CHECKER_H

#include "line/bus_timing.h"
#include "line/wires.h"

enum checker_rule {
    CHECKER_SDA_MOVED_WHILE_SCL_HIGH, /* a target changed its pull on SDA while SCL was high (§3.1.3) */
    CHECKER_SCL_PULLED_WHILE_HIGH, /* a target pulled SCL low while it was high (§3.1.9) */
    CHECKER_DATA_SETUP,            /* SDA moved by a target less than t_SU;DAT before SCL rose */
    CHECKER_DATA_HOLD,             /* SDA moved by a target less than hold_min_ns after SCL fell */
    /* SDA moved by a target later than t_VD after SCL fell, though the target did not hold SCL. */
    CHECKER_DATA_VALID,
    CHECKER_STRETCH, /* a target that must not stretch held SCL low after the controller released it */
    CHECKER_RULE_COUNT
};

struct checker_violation {
    enum checker_rule rule;
    uint64_t at_ns;
    uint64_t measured_ns; /* the measured time, for rules that have one */
    const struct wires_participant *by;
};

#define CHECKER_TARGETS_MAX 128 /* one for each address */
#define CHECKER_VIOLATIONS_MAX 32

struct i2ctarget_checker_watch {
    const struct wires_participant *target;
    bool may_stretch;
    struct line_pulls pulls; /* at the last look */
    uint64_t sda_moved_ns;   /* WIRES_NEVER: not in this low phase */
    uint64_t scl_pulled_ns;  /* WIRES_NEVER: not pulled */
};

struct checker {
    struct wires_observer observer; /* first member */
    const struct bus_timing *timing;
    uint32_t hold_min_ns;
    bool scl;
    uint64_t scl_fell_ns;
    /* When the last pull of a controller on SCL ended; WIRES_NEVER: not yet, or none was seen. */
    uint64_t controller_released_ns;
    struct i2ctarget_checker_watch targets[CHECKER_TARGETS_MAX];
    unsigned target_count;
    unsigned violation_count; /* may exceed the array: the first ones are kept */
    struct checker_violation violations[CHECKER_VIOLATIONS_MAX];
    /* Figures. */
    uint64_t
        longest_stretch_ns; /* visible: SCL low because of targets after the controllers released it */
};

/*
 * Begins to watch, if possible on an idle bus, because earlier events are not known.  hold_min_ns:
 * the least SDA hold time after the fall of SCL that is demanded (0 by the table, 300 to cover the
 * undefined region).
 */
void i2ctarget_checker_init(struct checker *checker, struct wires *wires, uint32_t scl_hz,
                            uint32_t hold_min_ns);
/* At most CHECKER_TARGETS_MAX.  More is a defect of the test and aborts. */
void i2ctarget_checker_watch(struct checker *checker, const struct wires_participant *target,
                             bool may_stretch);
/*
 * Call it before a target leaves the wires, and before deinit, which may release the lines in the
 * middle of a bit.
 */
void i2ctarget_checker_unwatch(struct checker *checker, const struct wires_participant *target);
/* This target must not stretch from now on.  Ignored if it is not watched. */
void i2ctarget_checker_forbid_stretch(struct checker *checker,
                                      const struct wires_participant *target);
const char *i2ctarget_checker_rule_name(enum checker_rule rule);

#endif
