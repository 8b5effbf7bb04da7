/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "i2ctarget/rp2040.h"
#include "models/rp2040.h"
#include "support/chip_port.h"
#include "support/rig_rp2040.h"

enum { CHIPS = 2, LOOK_NS = 1000, HOLD_NS = 300, RIG_ALARM = 1 };

/* The two targets' pins: neighbours with SDA first, as on most boards; and any two. */
static const struct {
    unsigned scl, sda;
} gpios[CHIPS] = {{5, 4}, {17, 26}};

struct rp2040_rig {
    struct rp2040 chip;
    struct rp2040_tap taps[CHIPS];
    struct chip_port port;
    unsigned stalled_access;
    uint32_t stall_cycles;
};

static struct rp2040_rig *own(const struct bench *bench)
{
    return bench->chip;
}

struct rp2040 *rig_rp2040_chip(struct rig *rig)
{
    return &own(bench_of(rig))->chip;
}

/* ---- pins -------------------------------------------------------------------------------- */

static struct i2ctarget_pin pin(struct bench *bench, unsigned number)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .number = (uint16_t)number};
}

static struct i2ctarget_pin scl_pin(struct bench *bench, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(bench, gpios[chip].scl);
}

static struct i2ctarget_pin sda_pin(struct bench *bench, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(bench, gpios[chip].sda);
}

static const struct wires_participant *tap(struct bench *bench, unsigned chip)
{
    return &own(bench)->taps[chip].participant;
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

static void nobody_goes_on(struct rp2040 *chip)
{
    (void)chip;
    chip_port_deadlock();
}

static void set_up_model(struct rp2040_rig *self, const struct rig_kind *kind)
{
    struct rp2040 *chip = &self->chip;
    const char *stall_text = getenv("I2CTARGET_RP2040_STALL");

    if (kind->cycle_ns)
        chip->cycle_ns = kind->cycle_ns;
    chip->latency_cycles = setting("I2CTARGET_RP2040_LATENCY", kind->latency_cycles);
    chip->access_cycles = setting("I2CTARGET_RP2040_ACCESS", kind->access_cycles);
    if (stall_text && sscanf(stall_text, "%u,%u", &self->stalled_access, &self->stall_cycles) == 2)
        chip->extra_cycles = stall;
    chip->deadlock = nobody_goes_on;
    chip->owner = self;
}

static void boot(struct rp2040_rig *self)
{
    struct rp2040 *chip = &self->chip;

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

static void open_chip(struct bench *bench)
{
    struct rp2040_rig *self = calloc(1, sizeof *self);

    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    rp2040_init(&self->chip, bench->wires);
    set_up_model(self, bench->kind);
    boot(self);
    self->port = (struct chip_port){
        .port = &i2ctarget_rp2040_port,
        .wires = bench->wires,
        .clock = &self->chip.participant,
        .pass = rp2040_idle,
        .look_ns = LOOK_NS + (uint64_t)self->chip.latency_cycles * self->chip.cycle_ns,
    };
    chip_port_open(&self->port);
}

static void close_chip(struct bench *bench)
{
    rp2040_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

/* The interrupt of the STOP has to be served. */
static uint64_t settle_ns(const struct bench *bench)
{
    const struct rp2040 *chip = &own(bench)->chip;

    return 2 * (uint64_t)(chip->latency_cycles + 50 * chip->access_cycles) * chip->cycle_ns;
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

static const char *check(struct bench *bench)
{
    const struct rp2040 *chip = &own(bench)->chip;

    if (count_faults(chip) > 0)
        return "the port misused the chip";
    return chip->ever_driven & ~our_pins() ? "another pin was driven" : NULL;
}

const struct bench_chip rp2040_chip = {
    .open = open_chip,
    .close = close_chip,
    .scl = scl_pin,
    .sda = sda_pin,
    .tap = tap,
    .step = rp2040_idle_step,
    .pass = rp2040_idle,
    .settle_ns = settle_ns,
    .is_excused = is_excused,
    .check = check,
};
