/* SPDX-License-Identifier: MIT */
/*
 * Time and wires of the RP2040 model.
 *
 * bring() brings the PIO blocks up to a moment.  From there look_ahead() runs them on until their
 * outputs or interrupt requests change: at that time the chip wants to be woken.  If a wire changes
 * or a register is written before that, the block goes back to `before` and is run again.
 */
#include "chips/rp2040/model/rp2040.h"

#include <stddef.h>

#include "chips/rp2040/model/rp2040_parts.h"

enum { CYCLE_NS = 8 };

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void rp2040_fault(struct rp2040 *chip, enum rp2040_fault fault, uint32_t address)
{
    if (chip->error_count < RP2040_ERRORS_MAX)
        chip->errors[chip->error_count] =
            (struct rp2040_error){fault, chip->wires->now_ns, address};
    chip->error_count++;
}

const char *rp2040_fault_name(enum rp2040_fault fault)
{
    static const char *const names[] = {
        [RP2040_IN_RESET] = "access to a block in reset",
        [RP2040_UNMAPPED] = "access to no register",
        [RP2040_UNMODELLED] = "access to a register that is not modelled",
        [RP2040_MISALIGNED] = "misaligned access",
        [RP2040_NARROW] = "write of less than a word, or such a read of the processor's registers",
        [RP2040_ALIAS] = "atomic alias where none is good",
        [RP2040_DIRECTION] = "write to a read-only or read of a write-only register",
        [RP2040_DRIVEN_HIGH] = "pad driven high",
        [RP2040_NO_HANDLER] = "enabled interrupt without a handler",
        [RP2040_PIO_MISUSE] = "undefined use of PIO",
    };
    return names[fault];
}

/* ---- PIO in time ----------------------------------------------------------------------------- */

static bool is_off(const struct rp2040 *chip, unsigned block)
{
    return rp2040_is_in_reset(chip, RP2040_RESET_PIO0 + block);
}

static uint8_t lines_of(const struct pio_model *pio)
{
    return (uint8_t)(pio_irq_line(pio, 0) | pio_irq_line(pio, 1) << 1);
}

static bool looks_the_same(const struct pio_model *a, const struct pio_model *b)
{
    return a->pads_out == b->pads_out && a->pads_oe == b->pads_oe && lines_of(a) == lines_of(b);
}

/* Runs the block up to `cycle`.  With `stops` it stops when its outputs change. */
static void run(struct rp2040 *chip, struct rp2040_pio *block, uint64_t cycle, bool stops)
{
    struct pio_model *pio = &block->now;
    uint32_t pads_out = pio->pads_out;
    uint32_t pads_oe = pio->pads_oe;
    uint8_t lines = lines_of(pio);
    while (block->now_cycle < cycle) {
        uint32_t idle = pio_idle_cycles(pio, chip->peri_in);
        if (idle > 0) {
            if (idle > cycle - block->now_cycle)
                idle = (uint32_t)(cycle - block->now_cycle);
            pio_skip(pio, idle);
            block->now_cycle += idle;
            chip->cycles_skipped += idle;
            continue;
        }
        pio_step(pio, chip->peri_in);
        block->now_cycle++;
        chip->cycles_stepped++;
        if (stops &&
            (pio->pads_out != pads_out || pio->pads_oe != pads_oe || lines_of(pio) != lines))
            return;
    }
}

/* The state after the last clock edge that is not later than now. */
static void bring(struct rp2040 *chip, unsigned index)
{
    struct rp2040_pio *block = &chip->pio[index];
    uint64_t cycle = processor_cycle_at(&chip->processor, chip->wires->now_ns);
    if (is_off(chip, index)) {
        block->now_cycle = cycle;
        block->is_ahead = false;
        return;
    }
    if (block->is_ahead && block->now_cycle > cycle) {
        block->now = block->before;
        block->now_cycle = block->before_cycle;
    }
    block->is_ahead = false;
    run(chip, block, cycle, false);
}

static void bring_all(struct rp2040 *chip)
{
    for (unsigned i = 0; i < RP2040_PIOS; i++)
        bring(chip, i);
}

/* How far it is useful to run ahead: another participant may change a wire at its next wake. */
static uint64_t horizon(struct rp2040 *chip)
{
    enum { LEAST = 32, MOST = 2048 };
    uint64_t own_ns = chip->participant.wake_ns;
    chip->participant.wake_ns = WIRES_NEVER;
    uint64_t others_ns = i2ctarget_wires_next_ns(chip->wires);
    chip->participant.wake_ns = own_ns;
    if (others_ns <= chip->wires->now_ns)
        return LEAST;
    uint64_t cycles =
        (sooner(others_ns, chip->wires->now_ns + MOST * (uint64_t)chip->processor.cycle_ns) -
         chip->wires->now_ns) /
        chip->processor.cycle_ns;
    return later(cycles + 1, LEAST);
}

/* The time when this block's outputs change, or when it must be looked at again. */
static uint64_t look_ahead(struct rp2040 *chip, unsigned index)
{
    struct rp2040_pio *block = &chip->pio[index];
    if (is_off(chip, index) || pio_idle_cycles(&block->now, chip->peri_in) == PIO_FOREVER)
        return WIRES_NEVER;
    block->before = block->now;
    block->before_cycle = block->now_cycle;
    block->is_ahead = true;
    run(chip, block, block->now_cycle + horizon(chip), true);
    if (looks_the_same(&block->before, &block->now) &&
        pio_idle_cycles(&block->now, chip->peri_in) == PIO_FOREVER)
        return WIRES_NEVER;
    return processor_ns_of(&chip->processor, block->now_cycle);
}

const struct pio_model *rp2040_pio_now(struct rp2040 *chip, unsigned block)
{
    bring(chip, block);
    return &chip->pio[block].now;
}

/* ---- pads and wires -------------------------------------------------------------------------- */

static bool is_low_at(const struct rp2040 *chip, unsigned gpio)
{
    uint32_t bit = UINT32_C(1) << gpio;
    return (chip->driving & bit) && !(chip->driven_as & bit);
}

static void pull_taps(struct rp2040 *chip)
{
    for (unsigned i = 0; i < chip->tap_count; i++) {
        struct rp2040_tap *tap = chip->taps[i];
        struct line_pulls pulls = {.scl_low = is_low_at(chip, tap->scl),
                                   .sda_low = is_low_at(chip, tap->sda)};
        i2ctarget_wires_pull(chip->wires, &tap->participant, pulls);
    }
}

/* A pad that is on no wire has the level to which it is driven or pulled. */
static uint32_t levels_now(const struct rp2040 *chip)
{
    uint32_t levels = (chip->driving & chip->driven_as) | (~chip->driving & chip->masks.pulled_up);
    for (unsigned i = 0; i < chip->tap_count; i++) {
        const struct rp2040_tap *tap = chip->taps[i];
        levels &= ~(UINT32_C(1) << tap->scl | UINT32_C(1) << tap->sda);
        levels |= (uint32_t)chip->wires->scl << tap->scl;
        levels |= (uint32_t)chip->wires->sda << tap->sda;
    }
    return levels;
}

static void watch_drivers(struct rp2040 *chip)
{
    uint32_t high = chip->driving & chip->driven_as;
    chip->ever_driven |= chip->driving;
    for (unsigned gpio = 0; gpio < PIO_GPIOS && high; gpio++) {
        if (high >> gpio & 1)
            rp2040_fault(chip, RP2040_DRIVEN_HIGH, gpio);
    }
}

static void update_drivers(struct rp2040 *chip)
{
    uint32_t driving = chip->driving;
    uint32_t driven_as = chip->driven_as;
    rp2040_update_drivers(chip);
    if (driving == chip->driving && driven_as == chip->driven_as)
        return;
    watch_drivers(chip);
    pull_taps(chip);
}

bool rp2040_pad_level(const struct rp2040 *chip, unsigned gpio)
{
    return levels_now(chip) >> gpio & 1;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void note_misuse(struct rp2040 *chip)
{
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        struct pio_model *pio = &chip->pio[i].now;
        if (pio->misuse)
            rp2040_fault(chip, RP2040_PIO_MISUSE, pio->misuse);
        pio->misuse = 0;
    }
}

/* Our present pulls make an edge, so step() will be called again. */
static bool is_edge_due(const struct wires *wires)
{
    return wires->pulls_changed &&
           (wires->scl != (wires->scl_pulls == 0) || wires->sda != (wires->sda_pulls == 0));
}

/* Updates levels, requests and the next wake.  Registers, pads and PIO are up to date before. */
static void follow(struct rp2040 *chip)
{
    note_misuse(chip);
    update_drivers(chip);
    rp2040_update_levels(chip, levels_now(chip));
    rp2040_run_alarms(chip);
    processor_latch_requests(&chip->processor);
    if (is_edge_due(chip->wires))
        return;
    uint64_t wake_ns = rp2040_next_alarm_ns(chip);
    for (unsigned i = 0; i < RP2040_PIOS; i++)
        wake_ns = sooner(wake_ns, look_ahead(chip, i));
    chip->participant.wake_ns = wake_ns;
}

/* A wire has changed, or it is time to wake.  Until now the pads did not change. */
static void step(struct wires_participant *self, struct wires *wires)
{
    struct rp2040 *chip = (struct rp2040 *)((char *)self - offsetof(struct rp2040, participant));
    (void)wires;
    bring_all(chip);
    follow(chip);
}

void rp2040_refresh(struct rp2040 *chip)
{
    follow(chip);
    i2ctarget_wires_settle(chip->wires);
}

/* ---- what the processor asks of the chip ----------------------------------------------------- */

/* The processor is the chip's first member. */
static struct rp2040 *chip_of(struct processor *processor)
{
    return (struct rp2040 *)processor;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    return rp2040_load(chip_of(processor), address, bytes);
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    rp2040_store(chip_of(processor), address, value, bytes);
}

static void catch_up(struct processor *processor)
{
    bring_all(chip_of(processor));
}

static void refresh(struct processor *processor)
{
    rp2040_refresh(chip_of(processor));
}

static void requests(const struct processor *processor, uint32_t *words)
{
    words[0] = rp2040_lines((const struct rp2040 *)processor);
}

static void no_handler(struct processor *processor, unsigned irq)
{
    rp2040_fault(chip_of(processor), RP2040_NO_HANDLER, irq);
}

static const struct processor_chip what_it_does = {
    .irq_count = RP2040_IRQS,
    .priority_bits = 2,
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

void rp2040_init(struct rp2040 *chip, struct wires *wires)
{
    *chip = (struct rp2040){
        .reset_cycles = 4,
        .wires = wires,
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
    };
    processor_init(&chip->processor, &what_it_does, wires, CYCLE_NS);
    rp2040_power_on(chip);
    i2ctarget_wires_join(wires, &chip->participant);
    rp2040_refresh(chip);
}

void rp2040_connect(struct rp2040 *chip, struct rp2040_tap *tap, unsigned scl, unsigned sda)
{
    *tap = (struct rp2040_tap){
        .participant = {.step = ignore, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .scl = scl,
        .sda = sda};
    chip->taps[chip->tap_count++] = tap;
    i2ctarget_wires_join(chip->wires, &tap->participant);
    rp2040_refresh(chip);
}

void rp2040_leave(struct rp2040 *chip)
{
    processor_leave(&chip->processor);
    i2ctarget_wires_leave(chip->wires, &chip->participant);
    for (unsigned i = 0; i < chip->tap_count; i++)
        i2ctarget_wires_leave(chip->wires, &chip->taps[i]->participant);
}
