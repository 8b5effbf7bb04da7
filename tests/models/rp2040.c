/* SPDX-License-Identifier: MIT */
/*
 * Time, wires and processor of the RP2040 model.
 *
 * PIO blocks are brought up to a moment by bring(), and from there look_ahead() runs them on until
 * their outputs or interrupt requests change: that is when the chip wants to be woken.  If a wire
 * moves or a register is written before that, the block goes back to `before` and is run again.
 */
#include "models/rp2040.h"

#include <stddef.h>
#include <stdlib.h>

#include "models/cpu/cpu.h"
#include "models/cpu/mmio.h"
#include "models/rp2040_parts.h"

enum {
    THREAD = 4,          /* the priority of what is no handler */
    SCR_SEVONPEND = 0x10 /* what becomes pending is an event */
};

static struct rp2040 *chips;   /* all there are */
static struct rp2040 *current; /* whose registers mmio.h reaches */

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
        [RP2040_ALIAS] = "atomic alias where none is good",
        [RP2040_DIRECTION] = "write to a read-only or read of a write-only register",
        [RP2040_DRIVEN_HIGH] = "pad driven high",
        [RP2040_NO_HANDLER] = "enabled interrupt without a handler",
        [RP2040_PIO_MISUSE] = "undefined use of PIO",
    };
    return names[fault];
}

/* ---- PIO in time -------------------------------------------------------------------------- */

static uint64_t cycle_at(const struct rp2040 *chip, uint64_t ns)
{
    return (ns - chip->born_ns) / chip->cycle_ns;
}

static uint64_t ns_of(const struct rp2040 *chip, uint64_t cycle)
{
    return chip->born_ns + cycle * chip->cycle_ns;
}

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

/*
 * Run the block up to `cycle`.  With `stops` it stops where what it shows to the outside changes.
 */
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
    uint64_t cycle = cycle_at(chip, chip->wires->now_ns);
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

/* How far it is worth to look: somebody else may move a wire at his next wake. */
static uint64_t horizon(struct rp2040 *chip)
{
    enum { LEAST = 32, MOST = 2048 };
    uint64_t own_ns = chip->participant.wake_ns;
    chip->participant.wake_ns = WIRES_NEVER;
    uint64_t others_ns = wires_next_ns(chip->wires);
    chip->participant.wake_ns = own_ns;
    if (others_ns <= chip->wires->now_ns)
        return LEAST;
    uint64_t cycles = (sooner(others_ns, chip->wires->now_ns + MOST * (uint64_t)chip->cycle_ns) -
                       chip->wires->now_ns) /
                      chip->cycle_ns;
    return later(cycles + 1, LEAST);
}

/* When this block shows something new, or wants to be looked at again. */
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
    return ns_of(chip, block->now_cycle);
}

const struct pio_model *rp2040_pio_now(struct rp2040 *chip, unsigned block)
{
    bring(chip, block);
    return &chip->pio[block].now;
}

/* ---- pads and wires ----------------------------------------------------------------------- */

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
        wires_pull(chip->wires, &tap->participant, pulls);
    }
}

/* A pad on no wire shows what it is driven or pulled to. */
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

/* ---- interrupts --------------------------------------------------------------------------- */

/* A request that is there makes its number pending, unless that is being served already. */
static void latch_lines(struct rp2040 *chip)
{
    struct rp2040_nvic *nvic = &chip->nvic;
    uint32_t lines = rp2040_lines(chip);
    uint32_t risen = lines & ~nvic->lines;
    uint32_t news = ((lines & ~nvic->active) | risen) & ~nvic->pending;
    nvic->lines = lines;
    nvic->pending |= news;
    if (news && nvic->scr & SCR_SEVONPEND)
        chip->event = true;
    for (unsigned i = 0; i < RP2040_IRQS && news; i++) {
        if (news >> i & 1)
            nvic->pending_ns[i] = chip->wires->now_ns;
    }
}

/* The pending interrupt that may come next; RP2040_IRQS: none. */
static unsigned candidate(const struct rp2040 *chip)
{
    const struct rp2040_nvic *nvic = &chip->nvic;
    unsigned best = RP2040_IRQS;
    unsigned priority = nvic->running;
    uint32_t ready = nvic->masked ? 0 : nvic->pending & nvic->enabled;
    for (unsigned i = 0; i < RP2040_IRQS && ready >> i; i++) {
        if ((ready >> i & 1) && nvic->priorities[i] < priority) {
            best = i;
            priority = nvic->priorities[i];
        }
    }
    return best;
}

static uint64_t delivery_ns(const struct rp2040 *chip)
{
    unsigned irq = candidate(chip);
    if (irq == RP2040_IRQS)
        return WIRES_NEVER;
    uint64_t since_ns = later(chip->nvic.pending_ns[irq], chip->nvic.ready_ns);
    return since_ns + (uint64_t)chip->latency_cycles * chip->cycle_ns;
}

static void spend(struct rp2040 *chip, uint32_t cycles)
{
    uint64_t edge = cycle_at(chip, chip->wires->now_ns + chip->cycle_ns - 1);
    wires_pass(chip->wires, ns_of(chip, edge + cycles));
}

static void call_handler(struct rp2040 *chip, unsigned irq)
{
    struct rp2040_nvic *nvic = &chip->nvic;
    unsigned interrupted = nvic->running;
    uint32_t accesses = chip->handler_accesses;
    uint64_t entered_ns = chip->wires->now_ns;
    struct rp2040 *selected = rp2040_select(chip);
    nvic->pending &= ~(UINT32_C(1) << irq);
    nvic->active |= UINT32_C(1) << irq;
    nvic->running = nvic->priorities[irq];
    chip->handler_accesses = 0;
    chip->event = true;
    chip->interrupts++;
    chip->handlers[irq].handle(chip->handlers[irq].owner);
    chip->longest_handler_ns = later(chip->longest_handler_ns, chip->wires->now_ns - entered_ns);
    spend(chip, chip->exit_cycles);
    chip->handler_accesses = accesses;
    chip->event = true;
    nvic->running = interrupted;
    nvic->active &= ~(UINT32_C(1) << irq);
    nvic->ready_ns = chip->wires->now_ns;
    bring_all(chip);
    latch_lines(chip);
    rp2040_select(selected);
}

/* Every handler whose time has come. */
static void serve(struct rp2040 *chip)
{
    while (delivery_ns(chip) <= chip->wires->now_ns) {
        unsigned irq = candidate(chip);
        if (!chip->handlers[irq].handle) {
            rp2040_fault(chip, RP2040_NO_HANDLER, irq);
            chip->nvic.enabled &= ~(UINT32_C(1) << irq);
            continue;
        }
        call_handler(chip, irq);
    }
}

static void serve_all(struct wires *wires)
{
    for (struct rp2040 *chip = chips; chip; chip = chip->next) {
        if (chip->wires == wires)
            serve(chip);
    }
}

void rp2040_on_irq(struct rp2040 *chip, unsigned irq, void (*handle)(void *owner), void *owner)
{
    chip->handlers[irq].handle = handle;
    chip->handlers[irq].owner = owner;
}

/* ---- steps -------------------------------------------------------------------------------- */

static void note_misuse(struct rp2040 *chip)
{
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        struct pio_model *pio = &chip->pio[i].now;
        if (pio->misuse)
            rp2040_fault(chip, RP2040_PIO_MISUSE, pio->misuse);
        pio->misuse = 0;
    }
}

/* What we pull now makes an edge, with which we shall be called again. */
static bool is_edge_due(const struct wires *wires)
{
    return wires->pulls_changed &&
           (wires->scl != (wires->scl_pulls == 0) || wires->sda != (wires->sda_pulls == 0));
}

/* Levels, requests and the next wake, once registers, pads and PIO are up to date. */
static void follow(struct rp2040 *chip)
{
    note_misuse(chip);
    update_drivers(chip);
    rp2040_update_levels(chip, levels_now(chip));
    rp2040_run_alarms(chip);
    latch_lines(chip);
    if (is_edge_due(chip->wires))
        return;
    uint64_t wake_ns = rp2040_next_alarm_ns(chip);
    for (unsigned i = 0; i < RP2040_PIOS; i++)
        wake_ns = sooner(wake_ns, look_ahead(chip, i));
    chip->participant.wake_ns = wake_ns;
}

/* A wire moved, or it is time to wake: up to here the pads were what they were. */
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
    wires_settle(chip->wires);
}

/* ---- the processor ------------------------------------------------------------------------ */

struct rp2040 *rp2040_select(struct rp2040 *chip)
{
    struct rp2040 *before = current;
    current = chip;
    return before;
}

static void begin_access(struct rp2040 *chip, uint32_t address, bool is_write)
{
    uint32_t cycles = chip->access_cycles;
    if (chip->extra_cycles)
        cycles += chip->extra_cycles(chip, address, is_write);
    chip->accesses++;
    chip->handler_accesses++;
    spend(chip, cycles);
    bring_all(chip);
}

static void end_access(struct rp2040 *chip)
{
    rp2040_refresh(chip);
    serve_all(chip->wires);
}

uint32_t rp2040_read32(struct rp2040 *chip, uint32_t address)
{
    begin_access(chip, address, false);
    uint32_t value = rp2040_load(chip, address);
    end_access(chip);
    return value;
}

void rp2040_write32(struct rp2040 *chip, uint32_t address, uint32_t value)
{
    begin_access(chip, address, true);
    rp2040_store(chip, address, value);
    end_access(chip);
}

uint32_t mmio_read32(uintptr_t address)
{
    return rp2040_read32(current, (uint32_t)address);
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    rp2040_write32(current, (uint32_t)address, value);
}

bool rp2040_idle_step(struct wires *wires, uint64_t until_ns)
{
    uint64_t deliver_ns = WIRES_NEVER;
    for (const struct rp2040 *chip = chips; chip; chip = chip->next) {
        if (chip->wires == wires)
            deliver_ns = sooner(deliver_ns, delivery_ns(chip));
    }
    uint64_t next_ns = sooner(deliver_ns, until_ns);
    if (wires_step(wires, next_ns))
        return true;
    if (deliver_ns > until_ns || deliver_ns == WIRES_NEVER) {
        if (until_ns != WIRES_NEVER)
            wires_pass(wires, until_ns);
        return false;
    }
    wires_pass(wires, deliver_ns);
    serve_all(wires);
    return true;
}

void rp2040_idle(struct wires *wires, uint64_t until_ns)
{
    while (rp2040_idle_step(wires, until_ns))
        ;
}

void cpu_wait_for_event(void)
{
    struct rp2040 *chip = current;
    while (!chip->event) {
        if (rp2040_idle_step(chip->wires, WIRES_NEVER))
            continue;
        if (chip->deadlock)
            chip->deadlock(chip);
        abort();
    }
    chip->event = false;
}

void cpu_barrier(void)
{
    spend(current, 1);
    serve_all(current->wires);
}

uint32_t cpu_irq_save(void)
{
    uint32_t state = current->nvic.masked;
    current->nvic.masked = true;
    return state;
}

void cpu_irq_restore(uint32_t state)
{
    struct rp2040_nvic *nvic = &current->nvic;
    if (nvic->masked && !state)
        nvic->ready_ns = current->wires->now_ns;
    nvic->masked = state;
    serve_all(current->wires);
}

/* ---- coming and going --------------------------------------------------------------------- */

static void ignore(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

void rp2040_init(struct rp2040 *chip, struct wires *wires)
{
    *chip = (struct rp2040){
        .cycle_ns = 8,
        .access_cycles = 2,
        .latency_cycles = 16,
        .exit_cycles = 12,
        .reset_cycles = 4,
        .wires = wires,
        .born_ns = wires->now_ns,
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
        .nvic = {.running = THREAD},
        .next = chips,
    };
    chips = chip;
    rp2040_power_on(chip);
    wires_join(wires, &chip->participant);
    rp2040_refresh(chip);
}

void rp2040_connect(struct rp2040 *chip, struct rp2040_tap *tap, unsigned scl, unsigned sda)
{
    *tap = (struct rp2040_tap){
        .participant = {.step = ignore, .wake_ns = WIRES_NEVER, .ignores_edges = true},
        .scl = scl,
        .sda = sda};
    chip->taps[chip->tap_count++] = tap;
    wires_join(chip->wires, &tap->participant);
    rp2040_refresh(chip);
}

void rp2040_leave(struct rp2040 *chip)
{
    struct rp2040 **at = &chips;
    while (*at && *at != chip)
        at = &(*at)->next;
    if (*at)
        *at = chip->next;
    if (current == chip)
        current = NULL;
    wires_leave(chip->wires, &chip->participant);
    for (unsigned i = 0; i < chip->tap_count; i++)
        wires_leave(chip->wires, &chip->taps[i]->participant);
}
