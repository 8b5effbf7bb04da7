/* SPDX-License-Identifier: MIT */
/*
 * The processor is late everywhere: a port on the model of its chip serves a corpus of transfers
 * with every latency of interrupts and every cost of a register access, and with a stall before
 * each single access, so that bus edges fall between any two of them.  What the application is told
 * must be what the virtual port tells it; only the stretching may differ.
 *
 * What no source says of the hardware (struct pio_assumptions) is turned round as the runs go by.
 */
#include <stdlib.h>

#include "contract/contract.h"
#include "cut/application.h"
#include "models/rp2040.h"
#include "support/rig_rp2040.h"
#include "support/rig_virtual.h"

/* ---- the corpus -------------------------------------------------------------------------- */

static const struct transfer corpus[] = {
    {"write", "S 80 A 00 A A5 A FF A P", READ_ALL, {0}, false, false},
    {"write, byte by byte", "S 80 A FF A 3C A P", BYTEWISE, {0}, false, false},
    {"write, closed early", "S 80 A 11 A 22 N P", SHORT, {0}, false, false},
    {"write, refused", "S 80 A 11 A 22 N S 80 A 33 A P", REFUSE_LAST, {0}, false, false},
    {"read", "S 81 A R a R a R n P", READ_ALL, {0x00, 0x81, 0x7E}, false, false},
    {"read, byte by byte", "S 81 A R a R n P", BYTEWISE, {0xAA, 0x55, 0x00}, false, false},
    {"read, filled", "S 81 A R a R n P", SHORT, {0x0F, 0, 0}, false, false},
    {"read, STOP after ACK", "S 81 A R a P", READ_ALL, {0x3C, 0xFF, 0}, false, false},
    {"read, lost", "S 81 A :0 N N N N N N N N S 80 A 01 A P", READ_ALL, {0x80, 0, 0}, false, false},
    {"probes", "S 80 A P S 80 A P S 81 A R n P", CLOSE_ONLY, {0}, false, false},
    {"write, Sr, read", "S 80 A 07 A S 81 A R a R n P", READ_ALL, {0x80, 0x7F, 0x00}, false, false},
    {"chain", "S 80 A 01 A S 82 A S 81 A R n S 80 A 02 A P", BYTEWISE, {0x5A, 0, 0}, false, false},
    {"strangers", "S 84 N 80 N P S 85 N S 80 A 03 A P S 84 N P", READ_ALL, {0}, false, false},
    {"cut bytes",
     "S 80 A :0110 P S :1000 S 80 A :101 S 81 A R n P",
     READ_ALL,
     {0x11, 0, 0},
     false,
     false},
    {"void messages", "s P s s P S 80 A 05 A P s P S 80 A 06 A P", READ_ALL, {0}, false, false},
    {"back to back",
     "m S 80 A 01 A P S 80 A 02 A P S 81 A R n P",
     READ_ALL,
     {0x77, 0, 0},
     false,
     false},
    {"device: store", "S 82 A 10 A 00 A FF A P", READ_ALL, {0}, true, false},
    {"device: fetch", "S 82 A 10 A S 83 A R a R a R n P", READ_ALL, {0}, true, false},
    {"device, Sr, application", "S 82 A 10 A S 80 A 44 A S 83 A R n P", BYTEWISE, {0}, true, false},
    {"smbus", "S 80 A 21 A S 81 A R a R n P", BYTEWISE, {0x00, 0xFF, 0x00}, false, true},
};

/* ---- one run ----------------------------------------------------------------------------- */

struct run {
    const struct transfer *transfer;
    struct rig_kind kind;
    unsigned assumptions;
    uint32_t stalled_access, stall_cycles; /* the how-manieth access, from 1; 0: none */
    struct rig rig;
    bool is_open;
    uint32_t accesses;
    struct account seen;
};

static struct run run; /* the one under way */

static void serve_what_comes(void)
{
    application_serve(
        &(struct application){.transfer = run.transfer, .rig = &run.rig, .account = &run.seen});
}

/*
 * The RP2040 port looks at the flags, at where its engine is, or at the lines, and then forces the
 * engine to somewhere else.  What it saw holds good for t_HD;STA, t_LOW or t_BUF, of which 260 ns is
 * the least.  Nothing interrupts it in between, and the code is in SRAM: what the bus fabric may
 * cost is all that can come.  So these accesses are not stalled for longer than that; all others are.
 */
enum { LOOKING_CYCLES_MAX = 20 };

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

static uint32_t stall(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    if (++run.accesses != run.stalled_access)
        return 0;
    return looks_or_forces(address, is_write) && run.stall_cycles > LOOKING_CYCLES_MAX
               ? LOOKING_CYCLES_MAX
               : run.stall_cycles;
}

static void prepare_chip(struct rp2040 *chip)
{
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        chip->pio[i].now.assumptions = (struct pio_assumptions){
            .forcing_ends_delay = run.assumptions & 1,
            .jump_ends_irq_wait = run.assumptions & 2,
            .forced_retry_at_divider = run.assumptions & 4,
        };
    }
    chip->processor.extra_cycles = stall;
}

static void run_it(bool on_chip)
{
    static const uint8_t ours[] = {0x40, 0x41};
    const uint8_t *bytes;
    unsigned count;

    run.seen.count = 0;
    memset(&target, 0, sizeof target);
    rig_open(&run.rig, &run.kind);
    run.is_open = true;
    if (on_chip)
        prepare_chip(rig_rp2040_chip(&run.rig));
    assert_int_equal(rig_init(&run.rig, &target, 0, ours, 2, run.transfer->smbus), 0);
    probe_device_init(&memory);
    if (run.transfer->has_device)
        assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    run.accesses = 0;
    rig_play(&run.rig, run.transfer->script);
    serve_what_comes();
    count = rig_finish_play(&run.rig, &bytes);
    for (unsigned i = 0; i < count; i++)
        account_add(&run.seen, bytes[i]);
    if (run.transfer->has_device)
        account_add_device(&run.seen);
    rig_close(&run.rig);
    run.is_open = false;
}

/* ---- what must come of it ---------------------------------------------------------------- */

static const struct rig_kind judge = RIG_VIRTUAL("virtual_400k", 400000, RIG_FILTER);

static struct account expectations[COUNT(corpus)];

static void ask_the_virtual_port(void)
{
    for (size_t i = 0; i < COUNT(corpus); i++) {
        run = (struct run){.transfer = &corpus[i], .kind = judge};
        run_it(false);
        expectations[i] = run.seen;
        assert_true(run.seen.count > 4);
    }
}

static void run_on_chip(size_t index, uint32_t scl_hz, uint32_t latency, uint32_t access)
{
    run.transfer = &corpus[index];
    run.kind = (struct rig_kind)RIG_RP2040("rp2040", scl_hz, latency, access, 1, 0);
    run_it(true);
    account_compare(&run.seen, &expectations[index]);
}

/* ---- the tests --------------------------------------------------------------------------- */

static const uint32_t speeds[] = {100000, 400000, 1000000};
static unsigned thinning; /* every n-th run is done */

/* So that the handler's accesses fall on every clock edge around START, Sr, STOP and SCL's fall. */
static void every_phase(void **state)
{
    static const uint32_t costs[] = {1, 4, 9, 20};
    unsigned index = 0, runs = 0;

    (void)state;
    for (size_t transfer = 0; transfer < COUNT(corpus); transfer++) {
        for (size_t speed = 0; speed < COUNT(speeds); speed++) {
            for (uint32_t i = 0; i < 660 * COUNT(costs); i++) {
                if (index++ % thinning)
                    continue;
                run = (struct run){.assumptions = runs++};
                run_on_chip(transfer, speeds[speed], 12 + i / (uint32_t)COUNT(costs),
                            costs[i % COUNT(costs)]);
            }
        }
    }
    print_message("  %u runs of %u\n", runs, index);
    assert_true(index > 100000);
}

/* Latencies of 0.1 us to 50 us by accesses of 1 to 20 cycles. */
static void every_latency_and_cost(void **state)
{
    static const uint32_t latencies[] = {12, 25, 40, 63, 125, 250, 625, 1250, 2500, 6250};
    unsigned index = 0, runs = 0;

    (void)state;
    for (size_t transfer = 0; transfer < COUNT(corpus); transfer++) {
        for (size_t speed = 0; speed < COUNT(speeds); speed++) {
            for (size_t i = 0; i < COUNT(latencies) * 20; i++) {
                if (index++ % thinning)
                    continue;
                run = (struct run){.assumptions = runs++};
                run_on_chip(transfer, speeds[speed], latencies[i % COUNT(latencies)],
                            1 + (uint32_t)(i / COUNT(latencies)));
            }
        }
    }
    print_message("  %u runs of %u\n", runs, index);
    assert_int_equal(index, COUNT(corpus) * COUNT(speeds) * COUNT(latencies) * 20);
}

/* How many accesses this transfer takes when nothing is late. */
static uint32_t count_accesses(size_t transfer, uint32_t scl_hz)
{
    run = (struct run){0};
    run_on_chip(transfer, scl_hz, 16, 2);
    return run.accesses;
}

/* From less than a setup time to dozens of clocks: 0.1 us to 100 us. */
static void stalled_before_every_access(void **state)
{
    static const uint32_t stalls[] = {10, 25, 60, 120, 250, 400, 800, 1600, 4000, 12500};
    unsigned index = 0, runs = 0;

    (void)state;
    for (size_t transfer = 0; transfer < COUNT(corpus); transfer++) {
        for (size_t speed = 0; speed < COUNT(speeds); speed++) {
            uint32_t accesses = count_accesses(transfer, speeds[speed]);
            for (uint32_t i = 0; i < accesses * COUNT(stalls); i++) {
                if (index++ % thinning)
                    continue;
                run = (struct run){.assumptions = runs++,
                                   .stalled_access = 1 + i / (uint32_t)COUNT(stalls),
                                   .stall_cycles = stalls[i % COUNT(stalls)]};
                run_on_chip(transfer, speeds[speed], 16, 2);
            }
        }
    }
    print_message("  %u runs of %u\n", runs, index);
    assert_true(index > 50000);
}

static int report_run(void **state)
{
    (void)state;
    if (run.is_open)
        print_error(
            "%s at %u Hz: latency %u, access %u, access %u stalled for %u cycles, assumptions %u\n",
            run.transfer->name, run.kind.scl_hz, run.kind.latency_cycles, run.kind.access_cycles,
            run.stalled_access, run.stall_cycles, run.assumptions & 7);
    return 0;
}

static int prepare(void **state)
{
    const char *text = getenv("I2CTARGET_STALLS_THINNING");

    (void)state;
    thinning = getenv("I2CTARGET_THIN") ? 101 : 5;
    if (text)
        thinning = (unsigned)strtoul(text, NULL, 0);
    ask_the_virtual_port();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_latency_and_cost, report_run),
        cmocka_unit_test_teardown(every_phase, report_run),
        cmocka_unit_test_teardown(stalled_before_every_access, report_run),
    };

    return cmocka_run_group_tests_name("stalls", tests, prepare, NULL);
}
