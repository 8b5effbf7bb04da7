/* SPDX-License-Identifier: MIT */
/*
 * A bench: what all rigs with wires have in common.
 *
 *     test ── i2ctarget_* ──► port ──► chip ══ wires ══ controller, player of waves
 *                                                  ╘══ checker
 *
 * The bench has the wires and everything on them except the chip.  A rig of this kind is
 * bench_rig_ops and the table of its chip, struct bench_chip.
 */
#ifndef SUPPORT_BENCH_H
#define SUPPORT_BENCH_H

#include "line/checker.h"
#include "line/controller_line.h"
#include "support/line_player.h"
#include "support/rig.h"

enum { BENCH_MESSAGES_MAX = 64 };

struct bench {
    const struct rig_kind *kind;
    struct wires *wires;
    struct controller_line *controller;
    struct line_player player;
    struct checker checker;
    void *chip;         /* state of the chip; set by its open() */
    uint32_t hold_ns;   /* set by open(): t_HD;DAT that the checker demands of the target */
    uint64_t settle_ns; /* set by open(): how long after t_BUF the port has reported a STOP */

    /* The current transfer: the test's messages, and the controller's form of them. */
    struct rig_message *messages;
    struct controller_message twins[BENCH_MESSAGES_MAX];
    size_t count;
    /* Which target is where, and at which place of the wires the checker watches it. */
    struct {
        const struct i2ctarget *target;
        const struct wires_participant *tap;
    } seats[RIG_TARGETS_MAX];
    unsigned newest; /* the target whose pins were asked for last */
    struct {
        struct wires wires;
        struct controller_line controller;
    } own; /* used if the chip does not bring its own */
};

struct bench_chip {
    /*
     * Power on; the settings are in bench->kind.  Sets bench->chip, hold_ns and settle_ns.  The
     * wires and the controller exist already.  A chip that brings its own sets bench->wires and
     * bench->controller.
     */
    void (*open)(struct bench *bench);
    void (*close)(struct bench *bench);
    /* The pins of target `chip` of the rig, and its pulls after it has joined. */
    struct i2ctarget_pin (*scl)(struct bench *bench, unsigned chip);
    struct i2ctarget_pin (*sda)(struct bench *bench, unsigned chip);
    const struct wires_participant *(*tap)(struct bench *bench, unsigned chip);
    /* Violations on the wires that the target has not caused. */
    rig_excuse is_excused;
    /*
     * A further check after every test.  Returns NULL, or what is wrong.  NULL: no further check.
     */
    const char *(*check)(struct bench *bench);

    /*
     * The port's scl_hz_max at the clock that the kind gives the processor.  NULL: it does not
     * depend on that.
     */
    uint32_t (*scl_hz_max)(const struct rig_kind *kind);
    /* The chip's processor, for tests that make it late.  NULL if it has none. */
    struct processor *(*processor)(struct bench *bench);
    /*
     * The longest delay of an access, in cycles: a bound that the port's README states.  NULL: no
     * bound.
     */
    uint32_t (*stall_cycles_max)(uint32_t address, bool is_write);
    /*
     * Sets the properties of the hardware that are in no source, by the bits of a number that goes
     * through all values.  NULL: there are none.
     */
    void (*assume)(struct bench *bench, unsigned assumptions);
};

extern const struct rig_ops bench_rig_ops;

/* The bench of a rig whose ops are bench_rig_ops. */
struct bench *bench_of(struct rig *rig);

#endif
