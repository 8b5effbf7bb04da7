/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "chips/rp2040/model/rp2040.h"
#include "chips/rp2040/rig.h"
#include "support/chip_port.h"

enum { CHIPS = 2, HOLD_NS = 300, RIG_ALARM = 1 };

/* The two targets' pins: neighbours with SDA first, as on most boards; and any two. */
static const struct {
    unsigned scl, sda;
} gpios[CHIPS] = {{5, 4}, {17, 26}};

struct rp2040_rig {
    struct rp2040 chip;
    struct rp2040_tap taps[CHIPS];
    struct chip_port port;
};

static struct rp2040_rig *own(const struct bench *bench)
{
    return bench->chip;
}

struct rp2040 *rig_rp2040_chip(struct rig *rig)
{
    return &own(bench_of(rig))->chip;
}

/* ---- pins ------------------------------------------------------------------------------------ */

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

/* ---- the chip -------------------------------------------------------------------------------- */

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

static void boot(struct rp2040_rig *self)
{
    struct processor *processor = &self->chip.processor;
    for (unsigned i = 0; i < CHIPS; i++)
        rp2040_connect(&self->chip, &self->taps[i], gpios[i].scl, gpios[i].sda);
    rp2040_boot(&self->chip);
    processor_on_irq(processor, RP2040_IRQ_PIO0_0, on_pio0_irq, NULL);
    processor_on_irq(processor, RP2040_IRQ_PIO1_0, on_pio1_irq, NULL);
    processor_on_irq(processor, RP2040_IRQ_TIMER_0 + RIG_ALARM, on_alarm_irq, NULL);
}

static int configure(const struct rig_kind *kind)
{
    return i2ctarget_rp2040_configure(&(struct i2ctarget_rp2040_config){
        .clk_sys_hz = kind->cycle_ns ? 1000000000u / kind->cycle_ns : 0, .alarm = RIG_ALARM});
}

/* While the rig is open, the clock is this one already. */
static uint32_t scl_hz_max(const struct rig_kind *kind)
{
    (void)configure(kind);
    return i2ctarget_rp2040_scl_hz_max();
}

static void open_chip(struct bench *bench)
{
    struct rp2040_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    bench->chip = self;
    bench->hold_ns = HOLD_NS;
    rp2040_init(&self->chip, bench->wires);
    chip_port_slow_down(&self->port, bench->kind, &self->chip.processor);
    boot(self);
    chip_port_open(&self->port, bench, &i2ctarget_rp2040_port, &self->chip.participant);
    assert_int_equal(configure(bench->kind), 0);
}

static void close_chip(struct bench *bench)
{
    rp2040_leave(&own(bench)->chip);
    free(own(bench));
    chip_port_close();
}

/* ---- after every test ------------------------------------------------------------------------ */

/*
 * If the controller cuts a clock short, the target may see it as a START while it still pulls SDA.
 * It releases SDA at the next fall of SCL, but without the hold time.  While the wave itself is
 * broken, every violation is excused.
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

/* ---- for tests that make the processor late -------------------------------------------------- */

static struct processor *processor(struct bench *bench)
{
    return &own(bench)->chip.processor;
}

#define SIO_GPIO_IN UINT32_C(0xD0000004)

static bool looks_or_forces(uint32_t address, bool is_write)
{
    uint32_t of_machine = ((address & 0xFFF) - PIO_SM0_CLKDIV) % PIO_SM_STRIDE + PIO_SM0_CLKDIV;
    bool is_of_pio = (address & 0xFFE00000) == 0x50200000 && (address & 0xFFF) >= PIO_SM0_CLKDIV &&
                     (address & 0xFFF) < PIO_INTR;
    if (is_of_pio)
        return of_machine == (is_write ? PIO_SM0_INSTR : PIO_SM0_ADDR);
    return address == SIO_GPIO_IN;
}

/*
 * The port reads the flags, the engine's place, or the lines, and then forces the engine to another
 * place.  What it read is valid for t_HD;STA, t_LOW or t_BUF, of which 260 ns is the least.
 * Nothing interrupts it in between, and the code is in SRAM, so only the bus fabric can cause a
 * delay.  So these accesses are stalled no longer than that; all others are.
 */
static uint32_t stall_cycles_max(uint32_t address, bool is_write)
{
    enum { LOOKING_CYCLES_MAX = 20 };

    return looks_or_forces(address, is_write) ? LOOKING_CYCLES_MAX : UINT32_MAX;
}

static void assume(struct bench *bench, unsigned assumptions)
{
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        own(bench)->chip.pio[i].now.assumptions = (struct pio_assumptions){
            .forcing_ends_delay = assumptions & 1,
            .jump_ends_irq_wait = assumptions & 2,
            .forced_retry_at_divider = assumptions & 4,
        };
    }
}

const struct bench_chip rp2040_chip = {
    .open = open_chip,
    .close = close_chip,
    .scl = scl_pin,
    .sda = sda_pin,
    .tap = tap,
    .is_excused = is_excused,
    .check = check,
    .scl_hz_max = scl_hz_max,
    .processor = processor,
    .stall_cycles_max = stall_cycles_max,
    .assume = assume,
};
