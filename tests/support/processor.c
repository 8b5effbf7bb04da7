/* SPDX-License-Identifier: MIT */
#include "support/processor.h"

#include <stdlib.h>

#include "support/cpu/cpu.h"
#include "support/cpu/mmio.h"

static struct processor *all;
static struct processor *current; /* mmio.h accesses its registers */

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- time ------------------------------------------------------------------------------------ */

uint64_t processor_cycle_at(const struct processor *processor, uint64_t ns)
{
    return (ns - processor->born_ns) / processor->cycle_ns;
}

uint64_t processor_ns_of(const struct processor *processor, uint64_t cycle)
{
    return processor->born_ns + cycle * processor->cycle_ns;
}

static void spend(struct processor *processor, uint32_t cycles)
{
    uint64_t next_ns = processor->wires->now_ns + processor->cycle_ns - 1;
    uint64_t edge = processor_cycle_at(processor, next_ns);
    i2ctarget_wires_pass(processor->wires, processor_ns_of(processor, edge + cycles));
}

/* ---- interrupts ------------------------------------------------------------------------------ */

void processor_on_irq(struct processor *processor, unsigned irq, void (*handle)(void *owner),
                      void *owner)
{
    processor->handlers[irq].handle = handle;
    processor->handlers[irq].owner = owner;
}

void processor_latch_requests(struct processor *processor)
{
    uint32_t requests[NVIC_WORDS_MAX] = {0};
    processor->chip->requests(processor, requests);
    if (nvic_latch(&processor->nvic, requests, processor->wires->now_ns))
        processor->event = true;
}

/* The latency counts from the request.  One that was masked for longer comes as soon as it can. */
static uint64_t delivery_ns(const struct processor *processor)
{
    unsigned irq = nvic_candidate(&processor->nvic);
    if (irq == NVIC_NONE)
        return WIRES_NEVER;
    uint64_t latency_ns = (uint64_t)processor->latency_cycles * processor->cycle_ns;
    return later(processor->nvic.pending_ns[irq] + latency_ns, processor->nvic.ready_ns);
}

static void call_handler(struct processor *processor, unsigned irq)
{
    uint32_t accesses = processor->handler_accesses;
    uint64_t entered_ns = processor->wires->now_ns;
    struct processor *selected = processor_select(processor);
    unsigned interrupted = nvic_enter(&processor->nvic, irq);
    processor->handler_accesses = 0;
    processor->event = true;
    processor->interrupts++;
    processor->handlers[irq].handle(processor->handlers[irq].owner);
    processor->longest_handler_ns =
        later(processor->longest_handler_ns, processor->wires->now_ns - entered_ns);
    spend(processor, processor->exit_cycles);
    processor->handler_accesses = accesses;
    processor->event = true;
    nvic_leave(&processor->nvic, irq, interrupted, processor->wires->now_ns);
    processor->chip->catch_up(processor);
    processor_latch_requests(processor);
    processor_select(selected);
}

/* Runs every handler that is due. */
static void serve(struct processor *processor)
{
    while (delivery_ns(processor) <= processor->wires->now_ns) {
        unsigned irq = nvic_candidate(&processor->nvic);
        if (!processor->handlers[irq].handle) {
            processor->chip->no_handler(processor, irq);
            processor->nvic.enabled[irq / 32] &= ~(UINT32_C(1) << irq % 32);
            continue;
        }
        call_handler(processor, irq);
    }
}

static void serve_all(struct wires *wires)
{
    for (struct processor *processor = all; processor; processor = processor->next) {
        if (processor->wires == wires)
            serve(processor);
    }
}

/* ---- accesses -------------------------------------------------------------------------------- */

struct processor *processor_select(struct processor *processor)
{
    struct processor *before = current;
    current = processor;
    return before;
}

struct processor *processor_selected(void)
{
    return current;
}

void processor_begin(struct processor *processor, uint32_t cycles)
{
    processor->accesses++;
    processor->handler_accesses++;
    spend(processor, cycles);
    processor->chip->catch_up(processor);
}

static void begin_access(struct processor *processor, uint32_t address, bool is_write)
{
    uint32_t cycles = processor->access_cycles;
    if (processor->extra_cycles)
        cycles += processor->extra_cycles(processor, address, is_write);
    processor_begin(processor, cycles);
}

void processor_end(struct processor *processor)
{
    processor->chip->refresh(processor);
    serve_all(processor->wires);
}

uint32_t processor_read(struct processor *processor, uint32_t address, unsigned bytes)
{
    begin_access(processor, address, false);
    uint32_t value = processor->chip->load(processor, address, bytes);
    processor_end(processor);
    return value;
}

void processor_write(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    begin_access(processor, address, true);
    processor->chip->store(processor, address, value, bytes);
    processor_end(processor);
}

uint8_t mmio_read8(uintptr_t address)
{
    return (uint8_t)processor_read(current, (uint32_t)address, 1);
}

uint16_t mmio_read16(uintptr_t address)
{
    return (uint16_t)processor_read(current, (uint32_t)address, 2);
}

uint32_t mmio_read32(uintptr_t address)
{
    return processor_read(current, (uint32_t)address, 4);
}

void mmio_write8(uintptr_t address, uint8_t value)
{
    processor_write(current, (uint32_t)address, value, 1);
}

void mmio_write16(uintptr_t address, uint16_t value)
{
    processor_write(current, (uint32_t)address, value, 2);
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    processor_write(current, (uint32_t)address, value, 4);
}

/* ---- waiting --------------------------------------------------------------------------------- */

bool processor_idle_step(struct wires *wires, uint64_t until_ns)
{
    uint64_t deliver_ns = WIRES_NEVER;
    for (const struct processor *processor = all; processor; processor = processor->next) {
        if (processor->wires == wires)
            deliver_ns = sooner(deliver_ns, delivery_ns(processor));
    }
    uint64_t next_ns = sooner(deliver_ns, until_ns);
    if (i2ctarget_wires_step(wires, next_ns))
        return true;
    if (deliver_ns > until_ns || deliver_ns == WIRES_NEVER) {
        if (until_ns != WIRES_NEVER)
            i2ctarget_wires_pass(wires, until_ns);
        return false;
    }
    i2ctarget_wires_pass(wires, deliver_ns);
    serve_all(wires);
    return true;
}

void processor_idle(struct wires *wires, uint64_t until_ns)
{
    while (processor_idle_step(wires, until_ns))
        ;
}

void cpu_wait_for_event(void)
{
    struct processor *processor = current;
    while (!processor->event) {
        if (processor_idle_step(processor->wires, WIRES_NEVER))
            continue;
        if (processor->deadlock)
            processor->deadlock(processor);
        abort();
    }
    processor->event = false;
}

void cpu_send_event(void)
{
    current->event = true;
}

unsigned cpu_core(void)
{
    return current->core;
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
    struct nvic *nvic = &current->nvic;
    if (nvic->masked && !state)
        nvic->ready_ns = current->wires->now_ns;
    nvic->masked = state;
    serve_all(current->wires);
}

static bool is_pending(struct processor *processor)
{
    uint32_t state = cpu_irq_save();
    processor->nvic.masked = false;
    bool is_any = nvic_candidate(&processor->nvic) != NVIC_NONE;
    processor->nvic.masked = state;
    return is_any;
}

/* Who asks looks in a loop.  Of the time in which nothing happens, all but the end is left out. */
static void skip_idle_time(struct processor *processor)
{
    enum { END_NS = 2000, PHASES_NS = 509 };
    uint64_t next_ns = i2ctarget_wires_next_ns(processor->wires);
    if (next_ns == WIRES_NEVER) {
        processor->nvic.masked = false;
        if (processor->deadlock)
            processor->deadlock(processor);
        abort();
    }
    uint64_t end_ns = END_NS + next_ns % PHASES_NS;
    if (next_ns > processor->wires->now_ns + end_ns)
        i2ctarget_wires_pass(processor->wires, next_ns - end_ns);
}

bool cpu_irq_is_pending(void)
{
    spend(current, 1);
    bool is_any = is_pending(current);
    if (!is_any)
        skip_idle_time(current);
    return is_any;
}

/* ---- coming and going ------------------------------------------------------------------------ */

void processor_init(struct processor *processor, const struct processor_chip *chip,
                    struct wires *wires, uint32_t cycle_ns)
{
    *processor = (struct processor){
        .cycle_ns = cycle_ns,
        .access_cycles = 2,
        .latency_cycles = 16,
        .exit_cycles = 12,
        .chip = chip,
        .wires = wires,
        .born_ns = wires->now_ns,
        .next = all,
    };
    all = processor;
    nvic_init(&processor->nvic, chip->irq_count, chip->priority_bits);
}

void processor_leave(struct processor *processor)
{
    struct processor **at = &all;
    while (*at && *at != processor)
        at = &(*at)->next;
    if (*at)
        *at = processor->next;
    if (current == processor)
        current = NULL;
}
