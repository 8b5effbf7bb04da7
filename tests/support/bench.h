/* SPDX-License-Identifier: MIT */
/*
 * A bench: the half that all rigs with wires share.
 *
 *     test ── i2ctarget_* ──► port ──► chip ══ wires ══ controller, player of waves
 *                                                  ╘══ checker
 *
 * The bench has the wires and all that is on them but the chip.  A rig of this kind is
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
    void *chip;         /* the chip's own; set by its open() */
    uint32_t hold_ns;   /* likewise: t_HD;DAT that the checker demands of the target */
    uint64_t settle_ns; /* likewise: after t_BUF, until the port has told of a STOP */

    /* The transfer under way: the test's messages, and what the controller has of them. */
    struct rig_message *messages;
    struct controller_message twins[BENCH_MESSAGES_MAX];
    size_t count;
    /* Who sits where, and at which place of the wires the checker watches them. */
    struct {
        const struct i2ctarget *target;
        const struct wires_participant *tap;
    } seats[RIG_TARGETS_MAX];
    unsigned newest; /* whose pins were asked for last */
    struct {
        struct wires wires;
        struct controller_line controller;
    } own; /* used unless the chip brings its own */
};

struct bench_chip {
    /*
     * Power on; bench->kind has the settings.  Sets bench->chip, hold_ns and settle_ns.  The wires
     * are there, with the controller; a chip that brings its own sets bench->wires and
     * bench->controller.
     */
    void (*open)(struct bench *bench);
    void (*close)(struct bench *bench);
    /* The pins of target `chip` of the rig; and, once it has joined, its pulls. */
    struct i2ctarget_pin (*scl)(struct bench *bench, unsigned chip);
    struct i2ctarget_pin (*sda)(struct bench *bench, unsigned chip);
    const struct wires_participant *(*tap)(struct bench *bench, unsigned chip);
    /* Violations on the wires that are not the target's. */
    rig_excuse is_excused;
    /* What else must hold after every test: NULL, or what does not.  NULL: nothing. */
    const char *(*check)(struct bench *bench);

    /*
     * The port's scl_hz_max at the clock that the kind gives the processor.  NULL: it does not
     * depend on that.
     */
    uint32_t (*scl_hz_max)(const struct rig_kind *kind);
    /* For tests that make the processor late: a chip's.  NULL where there is none. */
    struct processor *(*processor)(struct bench *bench);
    /*
     * How late an access may be at the most, in cycles: a bound that the port's README states.
     * NULL: as late as it likes.
     */
    uint32_t (*stall_cycles_max)(uint32_t address, bool is_write);
    /*
     * Turns round what no source says of the hardware, by the bits of a number that goes through
     * all values.  NULL: there is nothing of that kind.
     */
    void (*assume)(struct bench *bench, unsigned assumptions);
};

extern const struct rig_ops bench_rig_ops;

/* The bench of a rig whose ops are bench_rig_ops. */
struct bench *bench_of(struct rig *rig);

#endif
