/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "chips/samd5x/rig.h"
#include "support/chip_port.h"

enum { CHIPS = 2, HOLD_NS = 300, FAST_MODE_PLUS_HOLD_NS = 50, IRQS_OF_SERCOM = 4, TIMER_TC = 0 };

/* The two targets' pins: those of most boards, and SERCOM7's on the largest package. */
static const struct {
    unsigned scl, sda, sercom;
    void (*handle)(void);
} places[CHIPS] = {
    {SAMD5X_PA(13), SAMD5X_PA(12), 2, i2ctarget_samd5x_sercom2_irq},
    {SAMD5X_PD(9), SAMD5X_PD(8), 7, i2ctarget_samd5x_sercom7_irq},
};

struct samd5x_rig {
    struct samd5x chip;
    struct samd5x_tap taps[CHIPS];
    struct chip_port port;
};

static struct samd5x_rig *own(const struct bench *bench)
{
    return bench->chip;
}

struct samd5x *rig_samd5x_chip(struct rig *rig)
{
    return &own(bench_of(rig))->chip;
}

static const struct samd5x_variant *variant_of(const struct rig_kind *kind)
{
    return (const struct samd5x_variant *)kind->chip;
}

/* ---- pins ------------------------------------------------------------------------------------ */

static struct i2ctarget_pin pin(struct bench *bench, unsigned number)
{
    return (struct i2ctarget_pin){.port = &own(bench)->port.ops, .number = (uint16_t)number};
}

struct i2ctarget_pin rig_samd5x_scl(struct bench *bench, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(bench, places[chip].scl);
}

struct i2ctarget_pin rig_samd5x_sda(struct bench *bench, unsigned chip)
{
    assert_true(chip < CHIPS);
    return pin(bench, places[chip].sda);
}

const struct wires_participant *rig_samd5x_tap(struct bench *bench, unsigned chip)
{
    return &own(bench)->taps[chip].participant;
}

/* ---- the chip -------------------------------------------------------------------------------- */

static void on_sercom_irq(void *owner)
{
    places[*(const unsigned *)owner].handle();
}

static void on_timer_irq(void *owner)
{
    (void)owner;
    i2ctarget_samd5x_timer_irq();
}

static void boot(struct samd5x_rig *self)
{
    static unsigned indices[CHIPS] = {0, 1};
    struct processor *processor = &self->chip.processor;
    for (unsigned i = 0; i < CHIPS; i++)
        samd5x_connect(&self->chip, &self->taps[i], places[i].scl, places[i].sda);
    samd5x_boot(&self->chip);
    for (unsigned i = 0; i < CHIPS; i++) {
        for (unsigned line = 0; line < IRQS_OF_SERCOM; line++)
            processor_on_irq(processor,
                             SAMD5X_IRQ_SERCOM0 + IRQS_OF_SERCOM * places[i].sercom + line,
                             on_sercom_irq, &indices[i]);
    }
    processor_on_irq(processor, SAMD5X_IRQ_TC0 + TIMER_TC, on_timer_irq, NULL);
}

static bool is_fast_mode_plus(const struct rig_kind *kind)
{
    return kind->scl_hz > 400000;
}

/* Not the default timer, so that the choice is tried. */
static int configure(const struct rig_kind *kind)
{
    return i2ctarget_samd5x_configure(&(struct i2ctarget_samd5x_config){
        .timer = I2CTARGET_SAMD5X_TC0,
        .fast_mode_plus = is_fast_mode_plus(kind),
        .hear_all = variant_of(kind)->hear_all,
        .cpu_hz = kind->cycle_ns ? 1000000000u / kind->cycle_ns : 0,
    });
}

/* While the rig is open, the clock is this one already. */
uint32_t rig_samd5x_scl_hz_max(const struct rig_kind *kind)
{
    (void)configure(kind);
    return i2ctarget_samd5x_scl_hz_max();
}

void rig_samd5x_open(struct bench *bench)
{
    struct samd5x_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = is_fast_mode_plus(bench->kind) ? FAST_MODE_PLUS_HOLD_NS : HOLD_NS;
    samd5x_init(&self->chip, bench->wires);
    self->chip.readings = variant_of(bench->kind)->readings;
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    boot(self);
    self->port.wakes_by_itself = true; /* its timer wraps */
    chip_port_open(&self->port, bench, &i2ctarget_samd5x_port, &self->chip.participant);
    assert_int_equal(configure(bench->kind), 0);
}

void rig_samd5x_close(struct bench *bench)
{
    samd5x_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

/* ---- after every test ------------------------------------------------------------------------ */

static unsigned count_faults(const struct samd5x *chip)
{
    for (unsigned i = 0; i < chip->error_count && i < SAMD5X_ERRORS_MAX; i++)
        print_error("at %llu ns: %s: 0x%08X\n", (unsigned long long)chip->errors[i].at_ns,
                    samd5x_fault_name(chip->errors[i].fault), chip->errors[i].address);
    return chip->error_count;
}

static bool is_on_wires(const struct samd5x *chip, unsigned pin)
{
    for (unsigned i = 0; i < chip->tap_count; i++) {
        if (pin == chip->taps[i]->scl || pin == chip->taps[i]->sda)
            return true;
    }
    return false;
}

const char *rig_samd5x_check_chip(const struct samd5x *chip)
{
    if (count_faults(chip) > 0)
        return "the port misused the chip";
    for (unsigned pin_number = 0; pin_number < SAMD5X_PINS; pin_number++) {
        if (chip->ever_driven[pin_number / 32] >> pin_number % 32 & 1 &&
            !is_on_wires(chip, pin_number))
            return "another pin was driven";
    }
    return NULL;
}

const char *rig_samd5x_check(struct bench *bench)
{
    return rig_samd5x_check_chip(&own(bench)->chip);
}

/* ---- for tests that make the processor late -------------------------------------------------- */

struct processor *rig_samd5x_processor(struct bench *bench)
{
    return &own(bench)->chip.processor;
}

/*
 * The port looks at the flags and at the status of a SERCOM, and gives a command because of them.
 * What it saw is valid until the next address or byte can have come, that is for nine clocks, 9 us at
 * 1 MHz.  Nothing interrupts it in between, so only the bus fabric can cause a delay.
 */
uint32_t rig_samd5x_stall_cycles_max(uint32_t address, bool is_write)
{
    enum { LOOKING_CYCLES_MAX = 400, COMMANDS = 0x04, FLAGS = 0x18, STATUS = 0x1A };
    bool is_sercom = address >> 12 == 0x40003 || address >> 12 == 0x41012 ||
                     address >> 12 == 0x41014 || address >> 12 == 0x43000;
    uint32_t offset = address & 0xFF;
    bool looks_or_answers = is_write ? offset == COMMANDS : offset == FLAGS || offset == STATUS;
    return is_sercom && looks_or_answers ? LOOKING_CYCLES_MAX : UINT32_MAX;
}

/* One bit for each thing that is in no source; some combinations say the same. */
static struct samd5x_readings readings_of(unsigned bits)
{
    return (struct samd5x_readings){
        .nacked_amatch_stays = bits & 1,
        .data_write = (enum samd5x_data_write)(bits >> 1 & 3) % 3,
        .status_clearing = (enum samd5x_status_clearing)(bits >> 3 & 3) % 3,
        .holds_after_nack = bits >> 5 & 1,
        .violation = bits >> 6 & 1 ? SAMD5X_VIOLATION_SILENT : SAMD5X_VIOLATION_TOLD,
        .collision_is_error = bits >> 7 & 1,
        .stop_after_nacked_address = bits >> 8 & 1,
        .no_stop_after_nacked_byte = bits >> 9 & 1,
        .receives_after_nack = bits >> 10 & 1,
        .violations_of_others = bits >> 11 & 1,
        .compare_of_now_matches = bits >> 12 & 1,
        .stop_after_collision = bits >> 13 & 1,
        .command_leaves_stop = bits >> 14 & 1,
    };
}

/* Neighbours in the sequence of numbers differ in many bits. */
void rig_samd5x_assume(struct bench *bench, unsigned assumptions)
{
    own(bench)->chip.readings = readings_of(assumptions * 0x9E37u);
}

/* ---- variants -------------------------------------------------------------------------------- */

const struct samd5x_variant samd5x_plain = {.bench = SAMD5X_BENCH};

const struct samd5x_variant samd5x_other = {
    .bench = SAMD5X_BENCH,
    .readings =
        {
            .nacked_amatch_stays = true,
            .data_write = SAMD5X_DATA_NEEDS_CMD,
            .status_clearing = SAMD5X_CLEARED_BY_HAND,
            .violation = SAMD5X_VIOLATION_SILENT,
            .stop_after_nacked_address = true,
            .holds_after_nack = true,
            .receives_after_nack = true,
            .collision_is_error = true,
            .stop_after_collision = true,
            .command_leaves_stop = true,
            .compare_of_now_matches = true,
            .overflow_is_late = true,
        },
};

const struct samd5x_variant samd5x_secretive = {
    .bench = SAMD5X_BENCH,
    .readings =
        {
            .data_write = SAMD5X_DATA_AND_CMD_TWICE,
            .status_clearing = SAMD5X_CLEARED_BY_CMD,
            .violation_hides_stop = true,
            .violations_of_others = true,
            .no_stop_after_nacked_byte = true,
        },
};

const struct samd5x_variant samd5x_hear_all = {.bench = SAMD5X_BENCH, .hear_all = true};
