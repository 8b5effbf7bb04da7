/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "i2ctarget/rp2040.h"
#include "line/checker.h"
#include "line/controller_line.h"
#include "models/rp2040.h"
#include "support/line_player.h"
#include "support/rig_rp2040.h"

enum { MESSAGES_MAX = 64, CHIPS = 2, LOOK_NS = 1000, HOLD_NS = 300, RIG_ALARM = 1 };

/* The two targets' pins: neighbours with SDA first, as on most boards; and any two. */
static const struct {
    unsigned scl, sda;
} gpios[CHIPS] = {{5, 4}, {17, 26}};

struct rp2040_rig {
    struct wires wires;
    struct rp2040 chip;
    struct rp2040_tap taps[CHIPS];
    struct controller_line controller;
    struct line_player player;
    struct checker checker;
    struct controller_message twins[MESSAGES_MAX];
    struct rig_message *messages;
    size_t count;
    bool is_smbus;   /* the target opened last */
    unsigned newest; /* whose pins were asked for last */
    const struct i2ctarget *seats[CHIPS];
    jmp_buf *nobody_goes_on; /* where to when nothing can end the wait */
    unsigned stalled_access;
    uint32_t stall_cycles;
};

static struct rp2040_rig *own(struct rig *rig)
{
    return rig->own;
}

struct rp2040 *rig_rp2040_chip(struct rig *rig)
{
    return &own(rig)->chip;
}

/* ---- the port, with an end to waits that would have none ---------------------------------- */

static struct rp2040_rig *open_rig;

static void nobody_goes_on(struct rp2040 *chip)
{
    struct rp2040_rig *self = chip->owner;

    if (!self->nobody_goes_on)
        fail_msg("the processor waits for ever");
    longjmp(*self->nobody_goes_on, 1);
}

static int wait_or_give_up(struct rp2040_rig *self, void *instance, int64_t until_us)
{
    jmp_buf here;
    int result = -I2CTARGET_EDEADLK;

    self->nobody_goes_on = &here;
    if (setjmp(here) == 0)
        result = i2ctarget_rp2040_port.wait(instance, until_us);
    self->nobody_goes_on = NULL;
    return result;
}

static bool is_anybody_left(struct rp2040_rig *self)
{
    uint64_t chip_ns = self->chip.participant.wake_ns;

    self->chip.participant.wake_ns = WIRES_NEVER;
    uint64_t next_ns = wires_next_ns(&self->wires);
    self->chip.participant.wake_ns = chip_ns;
    return next_ns != WIRES_NEVER;
}

/* With SMBus limits to keep, the chip is never done by itself: all of them are over in 100 ms. */
static int wait_on_rig(void *instance, int64_t until_us)
{
    const struct i2ctarget_port_ops *port = &i2ctarget_rp2040_port;
    int result;

    if (!open_rig->is_smbus || until_us != I2CTARGET_FOREVER)
        return wait_or_give_up(open_rig, instance, until_us);
    do
        result = wait_or_give_up(open_rig, instance, port->now_us(instance) + 100000);
    while (result == -I2CTARGET_ETIMEDOUT && is_anybody_left(open_rig));
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EDEADLK : result;
}

static int open_on_rig(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                       const struct i2ctarget_pin *sda, const uint32_t addresses[4], bool smbus,
                       void **instance)
{
    open_rig->is_smbus = smbus;
    return i2ctarget_rp2040_port.open(target, scl, sda, addresses, smbus, instance);
}

/* A look costs time, so that a program which only ever looks gets on. */
static int poll_on_rig(void *instance)
{
    uint64_t latency_ns = (uint64_t)open_rig->chip.latency_cycles * open_rig->chip.cycle_ns;

    rp2040_idle(&open_rig->wires, open_rig->wires.now_ns + LOOK_NS + latency_ns);
    return i2ctarget_rp2040_port.poll(instance);
}

static struct i2ctarget_port_ops port_on_rig;

static struct i2ctarget_pin pin(struct rig *rig, unsigned chip, unsigned number)
{
    port_on_rig = i2ctarget_rp2040_port;
    port_on_rig.open = open_on_rig;
    port_on_rig.wait = wait_on_rig;
    port_on_rig.poll = poll_on_rig;
    own(rig)->newest = chip;
    return (struct i2ctarget_pin){.port = &port_on_rig, .number = (uint16_t)number};
}

static struct i2ctarget_pin scl_pin(struct rig *rig, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(rig, chip, gpios[chip].scl);
}

static struct i2ctarget_pin sda_pin(struct rig *rig, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(rig, chip, gpios[chip].sda);
}

/* ---- the chip ------------------------------------------------------------------------------ */

static void on_pio0_irq(void *owner)
{
    (void)owner;
    i2ctarget_rp2040_pio0_irq();
}

static void on_pio1_irq(void *owner)
{
    (void)owner;
    i2ctarget_rp2040_pio1_irq();
}

static void on_alarm_irq(void *owner)
{
    (void)owner;
    i2ctarget_rp2040_alarm_irq();
}

static uint32_t stall(struct rp2040 *chip, uint32_t address, bool is_write)
{
    const struct rp2040_rig *self = chip->owner;

    (void)address;
    (void)is_write;
    return chip->nvic.active && chip->handler_accesses == self->stalled_access ? self->stall_cycles
                                                                               : 0;
}

static uint32_t setting(const char *variable, uint32_t otherwise)
{
    const char *text = getenv(variable);

    return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static void open_chip(struct rp2040_rig *self, const struct rig_kind *kind)
{
    struct rp2040 *chip = &self->chip;
    const char *stall_text = getenv("I2CTARGET_RP2040_STALL");

    rp2040_init(chip, &self->wires);
    if (kind->cycle_ns)
        chip->cycle_ns = kind->cycle_ns;
    chip->latency_cycles = setting("I2CTARGET_RP2040_LATENCY", kind->latency_cycles);
    chip->access_cycles = setting("I2CTARGET_RP2040_ACCESS", kind->access_cycles);
    if (stall_text && sscanf(stall_text, "%u,%u", &self->stalled_access, &self->stall_cycles) == 2)
        chip->extra_cycles = stall;
    chip->deadlock = nobody_goes_on;
    chip->owner = self;
    for (unsigned i = 0; i < CHIPS; i++)
        rp2040_connect(chip, &self->taps[i], gpios[i].scl, gpios[i].sda);
    rp2040_boot(chip);
    rp2040_on_irq(chip, RP2040_IRQ_PIO0_0, on_pio0_irq, NULL);
    rp2040_on_irq(chip, RP2040_IRQ_PIO1_0, on_pio1_irq, NULL);
    rp2040_on_irq(chip, RP2040_IRQ_TIMER_0 + RIG_ALARM, on_alarm_irq, NULL);
    rp2040_select(chip);
    assert_int_equal(i2ctarget_rp2040_configure(&(struct i2ctarget_rp2040_config){
                         .clk_sys_hz = 1000000000u / chip->cycle_ns, .alarm = RIG_ALARM}),
                     0);
}

static void rig_rp2040_open(struct rig *rig)
{
    struct rp2040_rig *self = calloc(1, sizeof *self);
    uint32_t scl_hz = rig->kind->scl_hz;

    assert_non_null(self);
    rig->own = open_rig = self;
    wires_init(&self->wires);
    controller_line_init(&self->controller, &self->wires, scl_hz);
    open_chip(self, rig->kind);
    checker_init(&self->checker, &self->wires, scl_hz, HOLD_NS);
    line_player_open(&self->player, &self->wires, scl_hz);
}

static void rig_rp2040_close(struct rig *rig)
{
    struct rp2040_rig *self = own(rig);

    rp2040_leave(&self->chip);
    line_player_close(&self->player, &self->wires);
    wires_unobserve(&self->wires, &self->checker.observer);
    free(self);
    rig->own = open_rig = NULL;
}

/* ---- who is watched ---------------------------------------------------------------------- */

static unsigned seat_of(struct rp2040_rig *self, const struct i2ctarget *target)
{
    for (unsigned i = 0; i < CHIPS; i++) {
        if (self->seats[i] == target)
            return i;
    }
    fail_msg("a target that is not on the rig");
    return 0;
}

static void joined(struct rig *rig, struct i2ctarget *target)
{
    struct rp2040_rig *self = own(rig);

    self->seats[self->newest] = target;
    checker_watch(&self->checker, &self->taps[self->newest].participant, true);
}

/* Going may move both lines at any time: that is what deinit is for. */
static void leaving(struct rig *rig, struct i2ctarget *target)
{
    struct rp2040_rig *self = own(rig);
    unsigned seat = seat_of(self, target);

    checker_unwatch(&self->checker, &self->taps[seat].participant);
    self->seats[seat] = NULL;
}

static void forbid_stretch(struct rig *rig, struct i2ctarget *target)
{
    struct rp2040_rig *self = own(rig);
    const struct wires_participant *tap = &self->taps[seat_of(self, target)].participant;

    for (unsigned i = 0; i < self->checker.target_count; i++) {
        if (self->checker.targets[i].target == tap)
            self->checker.targets[i].may_stretch = false;
    }
}

static uint64_t longest_stretch_ns(struct rig *rig)
{
    return own(rig)->checker.longest_stretch_ns;
}

/* ---- transfers --------------------------------------------------------------------------- */

static void start(struct rig *rig, struct rig_message *messages, size_t count)
{
    struct rp2040_rig *self = own(rig);

    assert_true(count <= MESSAGES_MAX);
    self->messages = messages;
    self->count = count;
    for (size_t i = 0; i < count; i++) {
        self->twins[i] =
            (struct controller_message){.address = messages[i].address,
                                        .flags = messages[i].is_read ? CONTROLLER_READ : 0,
                                        .length = messages[i].length,
                                        .buffer = messages[i].buffer};
    }
    controller_line_start(&self->controller, &self->wires, self->twins, count);
}

static bool busy(struct rig *rig)
{
    return controller_line_busy(&own(rig)->controller);
}

static void pass_ns(struct rig *rig, uint64_t ns)
{
    struct rp2040_rig *self = own(rig);

    rp2040_idle(&self->wires, self->wires.now_ns + ns);
}

/* The chip has to see the STOP, and to serve the interrupt. */
static void let_stop_sink_in(struct rig *rig)
{
    const struct rp2040 *chip = &own(rig)->chip;

    pass_ns(rig,
            own(rig)->player.timing->free_ns +
                2 * (uint64_t)(chip->latency_cycles + 50 * chip->access_cycles) * chip->cycle_ns);
}

static int finish(struct rig *rig)
{
    struct rp2040_rig *self = own(rig);

    while (busy(rig)) {
        if (!rp2040_idle_step(&self->wires, WIRES_NEVER))
            fail_msg("a target holds the bus");
    }
    let_stop_sink_in(rig);
    for (size_t i = 0; i < self->count; i++) {
        const struct controller_message *twin = &self->twins[i];
        self->messages[i].addressed = twin->addressed;
        self->messages[i].moved = twin->started ? twin->moved : 0;
        self->messages[i].nacked = twin->started && twin->nacked;
    }
    return (int)self->controller.index;
}

static bool finish_play(struct rig *rig)
{
    struct rp2040_rig *self = own(rig);

    while (self->player.running) {
        if (!rp2040_idle_step(&self->wires, WIRES_NEVER))
            return false;
    }
    let_stop_sink_in(rig);
    return true;
}

static void ignore_stretch(struct rig *rig, bool ignore)
{
    own(rig)->controller.ignore_stretch = ignore;
}

static void sleep_us(struct rig *rig, uint32_t us)
{
    pass_ns(rig, us * (uint64_t)1000);
}

static uint64_t now_ns(struct rig *rig)
{
    return own(rig)->wires.now_ns;
}

static struct wires *wires(struct rig *rig)
{
    return &own(rig)->wires;
}

static struct line_player *player(struct rig *rig)
{
    return &own(rig)->player;
}

/* ---- after every test -------------------------------------------------------------------- */

/*
 * A clock that the controller cuts short may reach us as a START, with SDA still pulled; it is let go
 * at the next fall of SCL, but without the hold time.  Anything goes while the wave itself is broken.
 */
static bool is_excused(const struct rig *rig, const struct checker_violation *violation)
{
    uint64_t clock_ns = 1000000000u / rig->kind->scl_hz;
    bool is_hold = violation->rule == CHECKER_DATA_HOLD;

    return rig->broken_ns && violation->at_ns >= rig->broken_ns &&
           violation->at_ns < rig->broken_ns + 1000 + (is_hold ? 2 * clock_ns : 0);
}

static unsigned count_faults(const struct rp2040 *chip)
{
    for (unsigned i = 0; i < chip->error_count && i < RP2040_ERRORS_MAX; i++)
        print_error("at %llu ns: %s: 0x%08X\n", (unsigned long long)chip->errors[i].at_ns,
                    rp2040_fault_name(chip->errors[i].fault), chip->errors[i].address);
    return chip->error_count;
}

static uint32_t our_pins(void)
{
    uint32_t pins = 0;

    for (unsigned i = 0; i < CHIPS; i++)
        pins |= 1u << gpios[i].scl | 1u << gpios[i].sda;
    return pins;
}

static const char *check(struct rig *rig)
{
    struct rp2040_rig *self = own(rig);
    const char *trouble = rig_check_wires(rig, &self->checker, is_excused);

    if (trouble)
        return trouble;
    if (count_faults(&self->chip) > 0)
        return "the port misused the chip";
    if (self->chip.ever_driven & ~our_pins())
        return "another pin was driven";
    return NULL;
}

const struct rig_ops rig_rp2040_ops = {
    .open = rig_rp2040_open,
    .close = rig_rp2040_close,
    .scl = scl_pin,
    .sda = sda_pin,
    .joined = joined,
    .leaving = leaving,
    .start = start,
    .busy = busy,
    .finish = finish,
    .sleep_us = sleep_us,
    .now_ns = now_ns,
    .check = check,
    .wires = wires,
    .pass_ns = pass_ns,
    .player = player,
    .finish_play = finish_play,
    .ignore_stretch = ignore_stretch,
    .forbid_stretch = forbid_stretch,
    .longest_stretch_ns = longest_stretch_ns,
};
