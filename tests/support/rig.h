/* SPDX-License-Identifier: MIT */
/*
 * A rig: a port of i2ctarget with a controller on the other side of the bus.
 *
 * The contract suite is written once against the public API and this interface, and runs on every
 * port through the rig of that port.  What a rig can do is data (struct rig_kind), what the port
 * can do is told by its capabilities; a test says what it needs and is not run where that is
 * missing.
 *
 *     test ── i2ctarget_* ──► port ══ bus ══ controller ◄── rig_start(), rig_finish() ── test
 *
 * A transfer runs beside the application: on wires with virtual time while the application is
 * inside i2ctarget_* calls, elsewhere at the same time. rig_close() checks what must hold after
 * every test: lines high, nothing out of order, no violation of the bus specification.
 */
#ifndef SUPPORT_RIG_H
#define SUPPORT_RIG_H

#include <stdio.h>

#include "i2ctarget/i2ctarget.h"

#define RIG_TARGETS_MAX 4

struct bench_chip;
struct line_player;
struct checker;
struct checker_violation;
struct rig;
struct wires;

/*
 * One message of a transfer.  The test owns struct and buffer, which are in use until rig_finish().
 */
struct rig_message {
    uint8_t address;
    bool is_read;
    uint32_t length;
    uint8_t *buffer;
    /* Out. */
    bool addressed; /* its address was acknowledged */
    uint32_t moved; /* bytes with their ninth clock, including a byte that got NACK */
    bool nacked;    /* a written byte got NACK */
};

struct rig_ops {
    void (*open)(struct rig *rig);
    void (*close)(struct rig *rig); /* called when the targets have left */
    struct i2ctarget_pin (*scl)(struct rig *rig, unsigned chip);
    struct i2ctarget_pin (*sda)(struct rig *rig, unsigned chip);
    /* A target has joined, or is about to leave. */
    void (*joined)(struct rig *rig, struct i2ctarget *target);
    void (*leaving)(struct rig *rig, struct i2ctarget *target);
    void (*start)(struct rig *rig, struct rig_message *messages, size_t count);
    bool (*busy)(struct rig *rig);
    int (*finish)(struct rig *rig); /* fills in the messages; returns how many were completed */
    void (*sleep_us)(struct rig *rig, uint32_t us);
    uint64_t (*now_ns)(struct rig *rig);
    /* A check when the transfers are over.  Returns NULL, or what is wrong. */
    const char *(*check)(struct rig *rig);
    /* RIG_SIGNALS: the other side stops, or goes on. */
    void (*pause)(struct rig *rig, bool still);
    /* RIG_CONTROLLER_GIVES_UP: the controller's time-out, from START. */
    void (*give_up_after_ms)(struct rig *rig, uint32_t ms);
    /* RIG_CAN_BE_LOST: the other side ends permanently. */
    void (*lose)(struct rig *rig);
    /* RIG_WIRES. */
    struct wires *(*wires)(struct rig *rig);
    void (*pass_ns)(struct rig *rig, uint64_t ns);
    struct line_player *(*player)(struct rig *rig);
    bool (*finish_play)(struct rig *rig); /* false: the player waits for ever */
    void (*ignore_stretch)(struct rig *rig, bool ignore);
    void (*forbid_stretch)(struct rig *rig, struct i2ctarget *target);
    uint64_t (*longest_stretch_ns)(struct rig *rig);
};

enum rig_ability {
    RIG_WIRES = 1,            /* any wave can be played, and every edge is checked */
    RIG_VIRTUAL_TIME = 2,     /* sleeping takes no real time, and times are exact */
    RIG_DEVICES_AT_ONCE = 4,  /* devices answer without a stretch: a prompt rig, up to scl_hz_max */
    RIG_FILTER = 8,           /* spikes up to 50 ns are rejected (t_SP): by spike_ns */
    RIG_SIGNALS = 16,         /* a wait is a real one, and a signal ends it */
    RIG_SEVERAL_TARGETS = 32, /* this process can have more than one target on the bus */
    RIG_CONTROLLER_GIVES_UP = 64,
    RIG_CAN_BE_LOST = 128,
    RIG_PAIRED_PINS = 256, /* each SCL has exactly one SDA */
    RIG_PROMPT = 512,      /* nothing else delays the port, so bounds on time hold */
    /*
     * A repeated START for another target is seen at once, not at the STOP; an address that is added
     * in a message counts from the next repeated START on, not from the next transfer on.
     */
    RIG_HEARS_OTHERS = 1024,
    /*
     * It sees every START and STOP: it knows whether a transfer was under way before it came, and it
     * tells a STOP inside a byte that it sends, for which SDA is pulled low, from a lost arbitration.
     */
    RIG_SEES_EDGES = 2048,
    RIG_COUNTS_SPIKES = 4096 /* its filter tells how many it has rejected */
};

struct rig_kind {
    const char *name;
    const struct rig_ops *ops;
    const struct bench_chip *chip; /* of a rig on a bench (bench.h) */
    const struct i2ctarget_port_ops *port;
    uint32_t scl_hz;
    unsigned abilities; /* without those that follow from the port's capabilities */
    unsigned lacks;     /* what is taken away from it: RIG_FILTER, RIG_PROMPT and what follows it */
    unsigned thinning;  /* a matrix runs every n-th case; 1: all */
    uint32_t latency_cycles, access_cycles, cycle_ns; /* of a chip's processor: chip_port.h */
};

/* enum rig_ability: all that tests can ask for. */
unsigned rig_abilities(const struct rig_kind *kind);
/* The port's scl_hz_max, at the clock of the rig's processor. */
uint32_t rig_scl_hz_max(const struct rig_kind *kind);

struct rig {
    const struct rig_kind *kind;
    void *own; /* the kind's */
    struct i2ctarget *targets[RIG_TARGETS_MAX];
    bool transferring, playing;
    bool has_given_up; /* set by rig_finish(): the controller's time-out ended the transfer */
    /*
     * At this time the controller breaks the rules, so the target is not blamed for set-up times
     * right after it; 0: never.
     */
    uint64_t broken_ns;
    /* The test disturbs SCL itself, so the checker, which has no filter, is not used. */
    bool is_spiked;
    uint64_t spoiled_until_ns; /* the same, but only for the time before this moment */
};

void rig_open(struct rig *rig, const struct rig_kind *kind);
/* Deinit the targets that are left, check, close. */
void rig_close(struct rig *rig);

/* i2ctarget_init() on this rig's chip `chip`.  Returns its result. */
int rig_init(struct rig *rig, struct i2ctarget *target, unsigned chip, const uint8_t *addresses,
             size_t count, bool smbus);
/* i2ctarget_deinit().  Before that, checks that no event was out of order. */
void rig_deinit(struct rig *rig, struct i2ctarget *target);

void rig_start(struct rig *rig, struct rig_message *messages, size_t count);
/*
 * Waits until the transfer is over.  The test fails if a target does not let it end.  Returns how
 * many messages were completed.
 */
int rig_finish(struct rig *rig);
/* Is the transfer still under way? */
bool rig_busy(struct rig *rig);
bool rig_can(const struct rig *rig, unsigned abilities);
void rig_sleep_us(struct rig *rig, uint32_t us);
uint64_t rig_now_ns(struct rig *rig);
/* RIG_WIRES: like rig_sleep_us(), exact to the nanosecond. */
void rig_pass_ns(struct rig *rig, uint64_t ns);

/*
 * RIG_WIRES.  Starts a script of line_player.h.  It plays while the application is inside
 * i2ctarget_* calls, and in rig_finish_play().
 */
void rig_play(struct rig *rig, const char *script);
/*
 * Plays it to its end.  The test fails if an A or N was not as expected.  Returns how many bytes R
 * has read, and *bytes.
 */
unsigned rig_finish_play(struct rig *rig, const uint8_t **bytes);

/*
 * RIG_WIRES, for the rigs' own check().  Returns NULL, or what is wrong on the wires.  The target
 * is not blamed for a violation that `is_excused`.
 */
typedef bool (*rig_excuse)(const struct rig *rig, const struct checker_violation *violation);
/* An excuse: at this time the wave itself is broken. */
bool rig_is_broken(const struct rig *rig, const struct checker_violation *violation);
const char *rig_check_wires(struct rig *rig, const struct checker *checker, rig_excuse is_excused);

/*
 * The rigs that suites run on.  A table of rigs registers itself before main(), with RIG_TABLE, in
 * an object that is linked with the suite's program.
 */
void rig_register(const struct rig_kind *kinds, size_t count);
#define RIG_TABLE(kinds)                                                \
    __attribute__((constructor)) static void kinds##_registration(void) \
    {                                                                   \
        rig_register(kinds, sizeof kinds / sizeof *kinds);              \
    }

/* NULL: no rig has this name. */
const struct rig_kind *rig_kind_named(const char *name);
/* Prints the names of all rigs, for a usage message. */
void rig_print_names(FILE *file);

#endif
