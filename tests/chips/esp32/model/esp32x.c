/* SPDX-License-Identifier: MIT */
/*
 * Time and wires of the model, and what the processor asks of it.
 *
 * Whenever a wire has changed, a register was accessed, or the time has come that a block named,
 * run() brings the blocks to now_ns; then pads and wires follow, and the interrupts.
 */
#include "chips/esp32/model/esp32x.h"

#include <stddef.h>

#include "chips/esp32/model/esp32x_parts.h"

enum { CYCLE_NS = 4, C3_CYCLE_NS = 6, ACCESS_CYCLES = 16, CPU_INTERRUPTS = 32 };

void esp32x_fault(struct esp32x *chip, enum esp32x_fault fault, uint32_t address)
{
    if (chip->error_count < ESP32X_ERRORS_MAX)
        chip->errors[chip->error_count] =
            (struct esp32x_error){fault, chip->wires->now_ns, address};
    chip->error_count++;
}

const char *esp32x_fault_name(enum esp32x_fault fault)
{
    static const char *const names[] = {
        [ESP32X_UNMAPPED] = "access to no register",
        [ESP32X_UNMODELLED] = "access to, or use of, what is not modelled",
        [ESP32X_WIDTH] = "access that is no aligned word",
        [ESP32X_DIRECTION] = "write to a read-only or read of a write-only register",
        [ESP32X_UNCLOCKED] = "a clock is off, or the block is held in reset",
        [ESP32X_PROTECTED] = "write to a protected register",
        [ESP32X_BUSY] = "a counter was read before its value was valid",
        [ESP32X_RESERVED] = "reserved value",
        [ESP32X_FREQUENCY] = "the CPU's clock is outside its limits",
        [ESP32X_DRIVEN_HIGH] = "pad driven high",
        [ESP32X_FORBIDDEN_PIN] = "output on a pin of flash, USB or strapping",
        [ESP32X_INPUT_ONLY] = "output on a pin that is an input only",
        [ESP32X_INPUT_DISABLED] = "level read of a pad whose input is off",
        [ESP32X_PULLED_DOWN] = "pull-down on a line of the bus",
        [ESP32X_WATCHDOG] = "a watchdog resets the chip",
        [ESP32X_CORE1_START] = "core 1 does not start in this order",
        [ESP32X_COLLISION] = "accesses of both cores at once, of which one may fail",
        [ESP32X_NO_HANDLER] = "enabled interrupt without a handler",
    };
    return names[fault];
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Our present pulls make an edge, so step() will be called again. */
static bool is_edge_due(const struct wires *wires)
{
    return wires->pulls_changed &&
           (wires->scl != (wires->scl_pulls == 0) || wires->sda != (wires->sda_pulls == 0));
}

/* When something happens in a block by itself, pins aside. */
static uint64_t timers_ns(const struct esp32x *chip)
{
    uint64_t ns = esp32x_sooner(esp32x_systimer_ns(chip), esp32x_timg_ns(chip));
    return esp32x_sooner(ns, esp32x_watchdogs_ns(chip));
}

/* Most accesses find nothing to do here. */
static void run(struct esp32x *chip)
{
    if (!chip->is_stale && chip->wires->now_ns < chip->due_ns)
        return;
    chip->is_stale = false;
    chip->has_run = true;
    esp32x_run_gpio(chip);
    esp32x_run_systimer(chip);
    esp32x_run_timg(chip);
    esp32x_run_watchdogs(chip);
    esp32x_route_interrupts(chip);
    chip->due_ns = esp32x_sooner(esp32x_arrival_ns(chip), timers_ns(chip));
}

/* Levels that arrive wake the chip only if they can interrupt.  Whoever reads them finds them. */
static void rest(struct esp32x *chip)
{
    uint64_t pins_ns = esp32x_pins_interrupt(chip) ? esp32x_arrival_ns(chip) : WIRES_NEVER;
    chip->has_run = false;
    processor_latch_requests(&chip->processor);
    if (!is_edge_due(chip->wires))
        chip->participant.wake_ns = esp32x_sooner(pins_ns, timers_ns(chip));
}

/* A wire has changed, or it is time to wake. */
static void step(struct wires_participant *self, struct wires *wires)
{
    struct esp32x *chip = (struct esp32x *)((char *)self - offsetof(struct esp32x, participant));
    (void)wires;
    esp32x_pads_changed(chip, esp32x_find_levels(chip));
    run(chip);
    rest(chip);
}

/* ---- what the processor asks of the chip ----------------------------------------------------- */

/* The processor is the chip's first member. */
static struct esp32x *chip_of(struct processor *processor)
{
    return (struct esp32x *)processor;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    return esp32x_load(chip_of(processor), address, bytes);
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    chip_of(processor)->are_pads_stale = true;
    chip_of(processor)->is_stale = true;
    esp32x_store(chip_of(processor), address, value, bytes);
}

static void catch_up(struct processor *processor)
{
    run(chip_of(processor));
}

static void refresh(struct processor *processor)
{
    struct esp32x *chip = chip_of(processor);
    if (chip->are_pads_stale)
        esp32x_drive_pads(chip);
    chip->are_pads_stale = false;
    esp32x_pads_changed(chip, esp32x_find_levels(chip));
    run(chip);
    if (chip->has_run || chip->wires->pulls_changed)
        rest(chip);
    i2ctarget_wires_settle(chip->wires);
}

static void requests(const struct processor *processor, uint32_t *words)
{
    const struct esp32x *chip = (const struct esp32x *)processor;
    words[0] = esp32x_irq_lines(chip, chip->processor.core);
}

static void no_handler(struct processor *processor, unsigned irq)
{
    esp32x_fault(chip_of(processor), ESP32X_NO_HANDLER, irq);
}

static const struct processor_chip what_it_does = {
    .irq_count = CPU_INTERRUPTS,
    .priority_bits = 1,
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

void esp32x_init(struct esp32x *chip, enum esp32x_kind kind, struct wires *wires)
{
    *chip = (struct esp32x){
        .cpu_gpio_cycles = 1,
        .input_delay_ns = 25,
        .edge_window_ns = 25,
        .systimer_delay_ns = 125,
        .super_watchdog_ms = 1000,
        .rtc_slow_hz = esp32x_facts_of[kind].rtc_slow_hz,
        .kind = kind,
        .facts = &esp32x_facts_of[kind],
        .wires = wires,
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
        .is_stale = true,
        .are_pads_stale = true,
    };
    processor_init(&chip->processor, &what_it_does, wires,
                   chip->facts->is_xtensa ? CYCLE_NS : C3_CYCLE_NS);
    chip->processor.access_cycles = ACCESS_CYCLES;
    esp32x_reset_registers(chip);
    chip->core1.is_resetting = true;
    chip->cycles.base_ns = wires->now_ns;
    esp32x_reset_systimer(chip);
    for (unsigned i = 0; i < ESP32X_TIMGS; i++)
        esp32x_reset_timg(chip, i);
    for (unsigned i = 0; i < ESP32X_WATCHDOGS; i++)
        esp32x_reset_watchdog(chip, i);
    esp32x_follow_clocks(chip);
    i2ctarget_wires_join(wires, &chip->participant);
    refresh(&chip->processor);
}

static void set_register(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset,
                         uint32_t value)
{
    esp32x_store(chip, esp32x_address(chip, id, offset), value, 4);
}

static void stop_watchdogs(struct esp32x *chip)
{
    static const uint32_t key = 0x50D83AA1, super_key = 0x8F1D312A;
    enum { CONFIG = 0x48, KEY = 0x64, UPDATE = 0x00400000, AUTO_FEED = 0x80000000 };
    const struct esp32x_facts *facts = chip->facts;
    for (unsigned id = ESP32X_TIMG0; id <= ESP32X_TIMG1; id++) {
        set_register(chip, id, KEY, key);
        set_register(chip, id, CONFIG, facts->watchdog_has_update ? UPDATE : 0);
        set_register(chip, id, KEY, 0);
    }
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.watchdog + 0x18u, key);
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.watchdog, 0);
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.watchdog + 0x18u, 0);
    if (!facts->rtc.super_watchdog)
        return;
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.super_watchdog + 4u, super_key);
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.super_watchdog, (uint32_t)AUTO_FEED);
    set_register(chip, ESP32X_RTC_CNTL, facts->rtc.super_watchdog + 4u, 0);
}

static void start_pll(struct esp32x *chip)
{
    const struct esp32x_facts *facts = chip->facts;
    bool is_esp32 = chip->kind == ESP32X_ESP32;
    uint32_t fastest = facts->max_hz == 240000000 ? 2 : 1;
    set_register(chip, ESP32X_SYSTEM, facts->system.cpu_per_conf, is_esp32 ? fastest : 4 | fastest);
    if (is_esp32)
        set_register(chip, ESP32X_RTC_CNTL, facts->rtc.clk_conf, 0x2210 | 1u << 27);
    else
        set_register(chip, ESP32X_SYSTEM, facts->system.sysclk_conf, 1u << 10);
}

void esp32x_boot(struct esp32x *chip)
{
    stop_watchdogs(chip);
    start_pll(chip);
    refresh(&chip->processor);
}

void esp32x_connect(struct esp32x *chip, struct esp32x_tap *tap, unsigned scl_pin, unsigned sda_pin)
{
    *tap = (struct esp32x_tap){
        .participant = {.step = ignore, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES},
        .scl = scl_pin,
        .sda = sda_pin};
    chip->taps[chip->tap_count++] = tap;
    chip->gpio.on_wires |= ESP32X_PIN(scl_pin) | ESP32X_PIN(sda_pin);
    chip->are_pads_stale = true;
    i2ctarget_wires_join(chip->wires, &tap->participant);
    refresh(&chip->processor);
}

void esp32x_leave(struct esp32x *chip)
{
    processor_leave(&chip->processor);
    i2ctarget_wires_leave(chip->wires, &chip->participant);
    for (unsigned i = 0; i < chip->tap_count; i++)
        i2ctarget_wires_leave(chip->wires, &chip->taps[i]->participant);
}
