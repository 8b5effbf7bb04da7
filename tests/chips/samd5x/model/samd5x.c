/* SPDX-License-Identifier: MIT */
/*
 * Time, wires and pads of the SAM D5x/E5x model, and what the processor asks of it.
 *
 * Whenever a wire has changed, a register was accessed, or the time has come that a block named, run()
 * brings the blocks to now_ns; then pads and wires follow, and the interrupts.
 */
#include "chips/samd5x/model/samd5x.h"

#include <stddef.h>

#include "chips/samd5x/model/samd5x_parts.h"

enum { CYCLE_NS = 8 };

void samd5x_fault(struct samd5x *chip, enum samd5x_fault fault, uint32_t address)
{
    if (chip->error_count < SAMD5X_ERRORS_MAX)
        chip->errors[chip->error_count] =
            (struct samd5x_error){fault, chip->wires->now_ns, address};
    chip->error_count++;
}

const char *samd5x_fault_name(enum samd5x_fault fault)
{
    static const char *const names[] = {
        [SAMD5X_UNMAPPED] = "access to no register",
        [SAMD5X_UNMODELLED] = "access to, or use of, what is not modelled",
        [SAMD5X_MISALIGNED] = "misaligned access",
        [SAMD5X_WIDTH] = "access wider than the register",
        [SAMD5X_DIRECTION] = "write to a read-only or read of a write-only register",
        [SAMD5X_UNCLOCKED] = "a clock stands still",
        [SAMD5X_PROTECTED] = "write to an enable-protected field",
        [SAMD5X_BUSY] = "access while synchronising",
        [SAMD5X_RESERVED] = "reserved value or use",
        [SAMD5X_FREQUENCY] = "a clock is outside its limits",
        [SAMD5X_DRIVEN_HIGH] = "pad driven high",
        [SAMD5X_NO_HANDLER] = "enabled interrupt without a handler",
    };
    return names[fault];
}

/* ---- pads ------------------------------------------------------------------------------------ */

static void connect_pad(struct samd5x *chip, unsigned pin, int pad)
{
    struct samd5x_sercom *sercom = &chip->sercoms[pad / 8];
    int *at = pad % 8 == 0 ? &sercom->sda_pin : &sercom->scl_pin;
    struct samd5x_input *input = pad % 8 == 0 ? &sercom->sda : &sercom->scl;
    input->is_i2c_pad = samd5x_is_i2c_pad(pin);
    if (*at >= 0)
        samd5x_fault(chip, SAMD5X_RESERVED, pin); /* two pins for one pad */
    *at = (int)pin;
}

static void connect_extint(struct samd5x *chip, unsigned pin)
{
    int index = samd5x_extint(pin);
    if (index < 0)
        return;
    if (chip->eic.pins[index] >= 0)
        samd5x_fault(chip, SAMD5X_RESERVED, pin);
    chip->eic.pins[index] = (int)pin;
}

void samd5x_route(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_SERCOMS; i++)
        chip->sercoms[i].scl_pin = chip->sercoms[i].sda_pin = -1;
    for (unsigned i = 0; i < SAMD5X_EXTINTS; i++)
        chip->eic.pins[i] = -1;
    for (unsigned pin = 0; pin < SAMD5X_PINS; pin++) {
        int function = samd5x_function(chip, pin);
        int pad = function < 0 ? -1 : samd5x_sercom_pad(pin, function);
        if (pad >= 0)
            connect_pad(chip, pin, pad);
        if (function == 0)
            connect_extint(chip, pin);
    }
}

static void pull_pin(struct samd5x *chip, int pin, bool pulls)
{
    if (pin < 0 || !pulls)
        return;
    chip->groups[pin / 32].driving |= SAMD5X_BIT(pin % 32);
    chip->groups[pin / 32].driven_as &= ~SAMD5X_BIT(pin % 32);
}

/* In I2C mode the SERCOM drives open-drain. */
static void drive_sercoms(struct samd5x *chip)
{
    for (unsigned i = 0; chip->sercoms_in_use >> i; i++) {
        const struct samd5x_sercom *sercom = &chip->sercoms[i];
        pull_pin(chip, sercom->scl_pin, sercom->pulls_scl);
        pull_pin(chip, sercom->sda_pin, sercom->pulls_sda);
    }
}

static bool is_low_at(const struct samd5x *chip, unsigned pin)
{
    const struct samd5x_group *group = &chip->groups[pin / 32];
    return (group->driving & ~group->driven_as) >> pin % 32 & 1;
}

static void pull_taps(struct samd5x *chip)
{
    for (unsigned i = 0; i < chip->tap_count; i++) {
        struct samd5x_tap *tap = chip->taps[i];
        struct line_pulls pulls = {.scl_low = is_low_at(chip, tap->scl),
                                   .sda_low = is_low_at(chip, tap->sda)};
        i2ctarget_wires_pull(chip->wires, &tap->participant, pulls);
    }
}

static void watch_drivers(struct samd5x *chip, unsigned index, uint32_t before_high)
{
    struct samd5x_group *group = &chip->groups[index];
    uint32_t high = group->driving & group->driven_as & ~before_high;
    group->driven_as &= group->driving;
    chip->ever_driven[index] |= group->driving;
    for (unsigned i = 0; i < 32 && high; i++) {
        if (high >> i & 1)
            samd5x_fault(chip, SAMD5X_DRIVEN_HIGH, 32 * index + i);
    }
}

static void update_drivers(struct samd5x *chip)
{
    uint32_t high[SAMD5X_GROUPS];
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++)
        high[i] = chip->groups[i].driving & chip->groups[i].driven_as;
    samd5x_drive_port(chip);
    drive_sercoms(chip);
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++)
        watch_drivers(chip, i, high[i]);
    pull_taps(chip);
}

/* A pad that is on no wire has the level to which it is driven or pulled. */
static uint32_t levels_of(const struct samd5x *chip, unsigned index)
{
    const struct samd5x_group *group = &chip->groups[index];
    uint32_t levels =
        (group->driving & group->driven_as) | (~group->driving & group->pulled & group->out);
    levels &= ~group->on_wires;
    for (unsigned i = 0; i < chip->tap_count && group->on_wires; i++) {
        const struct samd5x_tap *tap = chip->taps[i];
        if (tap->scl / 32 == index)
            levels |= (uint32_t)chip->wires->scl << tap->scl % 32;
        if (tap->sda / 32 == index)
            levels |= (uint32_t)chip->wires->sda << tap->sda % 32;
    }
    return levels;
}

static void update_levels(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++)
        samd5x_port_levels(chip, i, levels_of(chip, i));
}

/* Only wires have changed. */
static void update_wires(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++) {
        if (chip->groups[i].on_wires)
            samd5x_port_levels(chip, i, levels_of(chip, i));
    }
}

/* What the SERCOMs pull, two bits each. */
static uint32_t pulls_of(const struct samd5x *chip)
{
    uint32_t pulls = 0;
    for (unsigned i = 0; chip->sercoms_in_use >> i; i++)
        pulls |= (uint32_t)(chip->sercoms[i].pulls_scl | chip->sercoms[i].pulls_sda << 1) << 2 * i;
    return pulls;
}

bool samd5x_pad_level(const struct samd5x *chip, unsigned pin)
{
    return chip->groups[pin / 32].levels >> pin % 32 & 1;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Our present pulls make an edge, so step() will be called again. */
static bool is_edge_due(const struct wires *wires)
{
    return wires->pulls_changed &&
           (wires->scl != (wires->scl_pulls == 0) || wires->sda != (wires->sda_pulls == 0));
}

static uint64_t next_ns(const struct samd5x *chip)
{
    uint64_t at_ns = samd5x_sooner(samd5x_tcs_ns(chip), samd5x_eic_ns(chip));
    for (unsigned i = 0; chip->sercoms_in_use >> i; i++)
        at_ns = samd5x_sooner(at_ns, samd5x_sercom_ns(chip, i));
    return samd5x_sooner(at_ns, chip->clocks.change_ns);
}

static void run(struct samd5x *chip)
{
    if (chip->wires->now_ns >= chip->clocks.change_ns)
        samd5x_update_generators(chip);
    for (unsigned i = 0; chip->sercoms_in_use >> i; i++)
        samd5x_run_sercom(chip, i);
    samd5x_run_tcs(chip);
    samd5x_run_eic(chip);
}

static void rest(struct samd5x *chip)
{
    processor_latch_requests(&chip->processor);
    if (!is_edge_due(chip->wires))
        chip->participant.wake_ns = next_ns(chip);
}

/* A wire has changed, or it is time to wake. */
static void step(struct wires_participant *self, struct wires *wires)
{
    struct samd5x *chip = (struct samd5x *)((char *)self - offsetof(struct samd5x, participant));
    uint32_t pulls = pulls_of(chip);
    (void)wires;
    update_wires(chip);
    run(chip);
    if (pulls != pulls_of(chip)) {
        update_drivers(chip);
        update_levels(chip);
    }
    rest(chip);
}

/* ---- what the processor asks of the chip ----------------------------------------------------- */

/* The processor is the chip's first member. */
static struct samd5x *chip_of(struct processor *processor)
{
    return (struct samd5x *)processor;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    return samd5x_load(chip_of(processor), address, bytes);
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    samd5x_store(chip_of(processor), address, value, bytes);
}

static void catch_up(struct processor *processor)
{
    run(chip_of(processor));
}

static void refresh(struct processor *processor)
{
    struct samd5x *chip = chip_of(processor);
    run(chip);
    update_drivers(chip);
    update_levels(chip);
    run(chip);
    rest(chip);
    i2ctarget_wires_settle(chip->wires);
}

static void request(uint32_t *words, unsigned first, uint32_t bits)
{
    words[first / 32] |= bits << first % 32;
    if (first % 32)
        words[first / 32 + 1] |= bits >> (32 - first % 32);
}

static void requests(const struct processor *processor, uint32_t *words)
{
    const struct samd5x *chip = (const struct samd5x *)processor;
    request(words, SAMD5X_IRQ_EXTINT0, samd5x_eic_requests(chip));
    request(words, SAMD5X_IRQ_TC0, samd5x_tc_requests(chip));
    for (unsigned i = 0; chip->sercoms_in_use >> i; i++)
        request(words, SAMD5X_IRQ_SERCOM0 + 4 * i, samd5x_sercom_requests(&chip->sercoms[i]));
}

static void no_handler(struct processor *processor, unsigned irq)
{
    samd5x_fault(chip_of(processor), SAMD5X_NO_HANDLER, irq);
}

static const struct processor_chip what_it_does = {
    .irq_count = SAMD5X_IRQS,
    .priority_bits = 3,
    .load = load,
    .store = store,
    .catch_up = catch_up,
    .refresh = refresh,
    .requests = requests,
    .no_handler = no_handler,
};

/* ---- coming and going ------------------------------------------------------------------------ */

static void ignore(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

void samd5x_init(struct samd5x *chip, struct wires *wires)
{
    *chip = (struct samd5x){
        .i2c_filter_ns = 50,
        .sda_hold_ns = {0, 75, 450, 600},
        .low_timeout_us = 30000,
        .extend_timeout_us = 25000,
        .sync_cycles = 4,
        .eic_clocks = 4,
        .eic_cycles = 5,
        .dpll_lock_us = 25,
        .has_crystal = true,
        .wires = wires,
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
    };
    processor_init(&chip->processor, &what_it_does, wires, CYCLE_NS);
    samd5x_reset_tcs(chip);
    samd5x_reset_clocks(chip);
    samd5x_reset_plain(chip);
    samd5x_reset_port(chip);
    samd5x_reset_eic(chip);
    samd5x_reset_sercoms(chip);
    i2ctarget_wires_join(wires, &chip->participant);
    refresh(&chip->processor);
}

void samd5x_connect(struct samd5x *chip, struct samd5x_tap *tap, unsigned scl_pin, unsigned sda_pin)
{
    *tap = (struct samd5x_tap){
        .participant = {.step = ignore, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .scl = scl_pin,
        .sda = sda_pin};
    chip->taps[chip->tap_count++] = tap;
    chip->groups[scl_pin / 32].on_wires |= SAMD5X_BIT(scl_pin % 32);
    chip->groups[sda_pin / 32].on_wires |= SAMD5X_BIT(sda_pin % 32);
    i2ctarget_wires_join(chip->wires, &tap->participant);
    refresh(&chip->processor);
}

void samd5x_leave(struct samd5x *chip)
{
    processor_leave(&chip->processor);
    i2ctarget_wires_leave(chip->wires, &chip->participant);
    for (unsigned i = 0; i < chip->tap_count; i++)
        i2ctarget_wires_leave(chip->wires, &chip->taps[i]->participant);
}
