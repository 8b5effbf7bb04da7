/* SPDX-License-Identifier: MIT */
/*
 * A target on any two GPIO pins, for ports of chips.  It knows no chip.
 *
 *     core ── ops ──► port of the chip ──► gpio ──► line_driver       bits, events, times of SDA
 *                          ▲                │
 *                          └─ struct gpio_chip ◄┘                     pins, edges, clock, alarm
 *
 * A port of a chip owns a struct gpio_target for each pair of pins.  It opens it with the pins and
 * a table of what it can do with them, calls i2ctarget_gpio_irq() in the interrupts of the two pins
 * and i2ctarget_gpio_alarm() in that of the alarm, and passes on the ops of the core.  The functions
 * below the line "ops" have the signatures of struct i2ctarget_port_ops, `instance` being the struct
 * gpio_target, so a table of ops may name them.  Only open() needs more, and now_us() is the chip's
 * own.
 *
 * The processor core is that of "cpu.h".  The include path selects it.
 *
 * README.md says how edges are followed, how late the interrupt may be, and what happens if it is
 * later.
 */
#ifndef GPIO_GPIO_H
#define GPIO_GPIO_H

#include "chip/waiting.h"
#include "i2ctarget/port.h"
#include "line/line_driver.h"

/* What levels() and take_edges() return. */
enum {
    GPIO_SCL = 1, /* the line is high */
    GPIO_SDA = 2,
    GPIO_LINES = GPIO_SCL | GPIO_SDA,

    /* Such an edge has come since the last take_edges(), as far as enum gpio_latches says. */
    GPIO_SCL_ROSE = 4,
    GPIO_SCL_FELL = 8,
    GPIO_SDA_MOVED = 16,
    GPIO_EDGES = GPIO_SCL_ROSE | GPIO_SCL_FELL | GPIO_SDA_MOVED
};

/* What GPIO_SCL_ROSE and GPIO_SCL_FELL are worth. */
enum gpio_latches {
    GPIO_LATCHES_BOTH,  /* each of them is right */
    GPIO_LATCHES_EDGES, /* an edge sets both or one of them, whatever its direction */
    GPIO_LATCHES_RISES  /* GPIO_SCL_ROSE is right; a fall is never told */
};

/*
 * What is known of a bus whose lines are both high.  When they have been so for GPIO_IDLE_NS it is
 * idle.
 */
enum gpio_bus {
    GPIO_BUS_KNOWN, /* idle or in a transfer, as the line driver has it */
    GPIO_BUS_JOINED, /* since open(), and no edge has been seen: a START counts, SCL's fall alone does not */
    GPIO_BUS_UNSURE /* edges were missed: a START may be a repeated one, and is not taken */
};

/* Who looks at the lines. */
enum gpio_ear {
    GPIO_NOBODY,  /* SCL is held */
    GPIO_LATCHES, /* they interrupt */
    GPIO_HANDLER  /* what is latched meanwhile means nothing */
};

/* Why stay() has ended. */
enum gpio_stayed {
    GPIO_STAYED,  /* the message is another target's or its transfer is over, or SCL is held */
    GPIO_PAUSED,  /* nothing has moved for so long that the core is left */
    GPIO_NO_START /* of enter() and watch(): it has not begun */
};

struct gpio_target;

/*
 * What a chip gives.  `pins` is the argument of i2ctarget_gpio_open(): the chip's own description
 * of one pair.  All are called with interrupts masked and do not block.
 */
struct gpio_chip {
    /* The levels of both lines, at one moment if the chip can do that; else SCL's is read first. */
    uint32_t (*levels)(void *pins);
    /* Drive a 0, or nothing.  A 1 is never driven. */
    void (*pull_scl)(void *pins);
    void (*release_scl)(void *pins);
    void (*pull_sda)(void *pins);
    void (*release_sda)(void *pins);

    /*
     * The latched edges, which are forgotten by this.  Every edge that levels() has shown before is
     * in the result.  One that comes during the call is in the result or latched for the next call.
     */
    uint32_t (*take_edges)(void *pins);
    /*
     * Forget what is latched, latch edges of both lines from now on, and interrupt at every change of SDA and at every rise
     * of SCL; at falls of SCL, too, if the handler leaves after every edge.  Or do neither: until it
     * is on again, take_edges() may return anything.
     */
    void (*listen)(void *pins, bool on);
    /*
     * Chips whose latches tell SCL's rises alone: tell its falls instead, by GPIO_SCL_FELL and an
     * interrupt, until listen() is called the next time.  SCL is high, in a pause of a message.
     */
    void (*await_fall)(void *pins);

    /* Make the pins inputs that drive nothing and latch edges.  No interrupt yet. */
    void (*connect)(void *pins);
    /* Release both lines at once and give the pins back. */
    void (*disconnect)(void *pins);

    /*
     * Monotonic, in steps of 50 ns or less, from anywhere on.  It is called every ten seconds while
     * SCL is held; otherwise time between two calls may be lost.
     */
    uint64_t (*now_ns)(void);
    /*
     * The port's clock, and its alarm: set_alarm() sets it to the earliest i2ctarget_gpio_due_us()
     * of all its targets.  When that time comes, the chip calls i2ctarget_gpio_alarm().
     */
    const struct chip_clock *clock;

    enum gpio_latches latches;
    /*
     * How long the interrupt handler stays for the next edge when a message may be ours.  0: it
     * leaves after every edge, and the next one interrupts again.  Otherwise it owns the core, with
     * interrupts masked, until the message is over, an answer is owed, or nothing has moved for so
     * long: 10 ms at most.
     */
    uint32_t stay_ns;
    /*
     * If it stays: an address byte that takes less is that of a bus whose edges interrupts can not
     * follow.  So it stays in messages for others, too, which then take the core up to their STOP.
     */
    uint32_t quick_ns;
    /*
     * If it stays: gpio_enter() and gpio_stay() of stay.h, which are compiled into the chip, and the
     * rate of their clock.
     */
    enum gpio_stayed (*enter)(struct gpio_target *self);
    enum gpio_stayed (*stay)(struct gpio_target *self);
    /*
     * If it stays: gpio_watch() of watch.h.  While the application waits and the bus is at rest, the
     * core looks at the lines in a loop, with interrupts masked, instead of sleeping.  Interrupts
     * that are pending are served in between.  `waits`: until there is something to do; otherwise it
     * takes a START that is there.  may_watch() is asked whenever a wait begins: is this
     * wanted, and has the core no other target?  NULL: never.
     */
    enum gpio_stayed (*watch)(struct gpio_target *self, bool waits);
    bool (*may_watch)(void);
    uint32_t (*ticks_hz)(void);
    /* filter_ns is not used. */
    struct line_driver_timing timing;
};

/* In ticks of the clock of stay.h. */
struct gpio_durations {
    uint32_t hold, setup, stay, after_stop;
    uint32_t quick; /* quick_ns */
    uint32_t
        rapid;     /* an address byte that takes less: SCL is looked at again before it is pulled */
    uint32_t plus; /* an address byte that takes less: the bus is quicker than Fast-mode */
    /* At the least: from START to the first clock; from STOP to that, and to the next STOP. */
    uint32_t first_clock, next_clock, next_stop;
};

/* One pair of pins.  Memory of the port of the chip; all members are this module's. */
struct gpio_target {
    struct i2ctarget *target; /* NULL: closed */
    const struct gpio_chip *chip;
    void *pins;
    struct line_driver driver;
    struct gpio_durations durations;
    struct line_pulls pulled; /* what the pins do now */
    uint32_t levels;          /* at the last look */
    volatile uint8_t bus;     /* enum gpio_bus */
    uint8_t ear;              /* enum gpio_ear */
    bool is_quick, is_rapid;  /* the address of the last message: struct gpio_durations */
    bool is_fast_mode;        /* it was not quicker than that */
    bool is_ready;            /* for the START that ends an idle bus: enter() */
    bool lingers;             /* a handler that stays does so until a moment after STOP */
    bool is_late;             /* the look at work may have come late */
    bool is_scl_new;          /* SCL's level has been seen once */
    bool has_been_held;       /* SCL, in the last change */
    bool lets_go;             /* SCL is held no longer than until stay() begins */
    uint32_t started_ticks;   /* the clock of stay.h at START */
    uint32_t rested_ticks;    /* when a look found the bus at rest, before interrupts were on */
    uint64_t doubt_ns;        /* since then `bus` is what it is, if that is not GPIO_BUS_KNOWN */
    /* What the driver has not been told of yet: SCL rose, with SDA at that moment; START. */
    bool has_risen, risen_sda, has_started;
    /* lock() */
    volatile bool is_locked;
    bool keeps_end;         /* an end that comes now is put off */
    bool has_deferred;      /* `deferred` was answered HOLD because of the lock */
    bool has_ended;         /* `ended` is still to be raised, before `deferred` */
    bool has_put_off_limit; /* an alarm came in it */
    struct i2ctarget_event deferred, ended;
    /* wait() */
    volatile bool raised; /* an event was raised since wait() last returned */
    bool watches;         /* instead of sleeping */
    bool is_over;         /* an alarm has found the end of the wait */
    int64_t until_us;
    int64_t due_us;  /* of a limit of SMBus, and the like */
    uint32_t doubts; /* how often an edge came too late to be understood */
};

/*
 * Takes the pins and begins to listen, without disturbing the bus.  `chip` and `pins` are kept.
 * The chip has checked that the pins can serve and are free.  Task context.
 */
void i2ctarget_gpio_open(struct gpio_target *self, const struct gpio_chip *chip, void *pins,
                         struct i2ctarget *target, const struct i2ctarget_address_set *addresses,
                         bool smbus);

/*
 * Behind open(), with interrupts on: returns when it is known whether the bus is idle, after 52 us at
 * most.  A START before that may not be taken.  Task context.
 */
void i2ctarget_gpio_join(const struct gpio_target *self);

/* The interrupt of the two pins. */
void i2ctarget_gpio_irq(struct gpio_target *self);
/*
 * The interrupt of the alarm, for every target of the chip.  Afterwards the chip sets the alarm
 * anew.  It has the same priority as that of the pins; the highest is best.
 */
void i2ctarget_gpio_alarm(struct gpio_target *self);
/*
 * When the alarm is to come, the end of a wait included if it is not past; I2CTARGET_FOREVER: not at
 * all.
 */
int64_t i2ctarget_gpio_due_us(const struct gpio_target *self, int64_t now_us);

/* ---- ops: see i2ctarget/port.h --------------------------------------------------------------- */

void i2ctarget_gpio_close(void *instance);
int i2ctarget_gpio_set_addresses(void *instance, const struct i2ctarget_address_set *addresses);
void i2ctarget_gpio_answer(void *instance, int answer);
void i2ctarget_gpio_lock(void *instance);
void i2ctarget_gpio_unlock(void *instance);
int i2ctarget_gpio_poll(void *instance);
int i2ctarget_gpio_wait(void *instance, int64_t until_us);
void i2ctarget_gpio_counters(void *instance, struct i2ctarget_counters *counters);

#endif
