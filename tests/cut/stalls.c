/* SPDX-License-Identifier: MIT */
/*
 * The processor is late everywhere.  A port on the model of its chip serves a corpus of transfers
 * with every latency of interrupts and every cost of a register access, and with a stall before
 * each single access.  So bus edges fall between any two accesses.  The application must be told
 * what the test bus tells it; only the stretching may differ.
 *
 * Some properties of the hardware are in no source.  The runs go through their values (bench.h:
 * assume).
 */
#include <stdlib.h>

#include "contract/contract.h"
#include "cut/application.h"
#include "support/processor.h"
#include "support/rig_testbus.h"

/* ---- the corpus ------------------------------------------------------------------------------ */

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

/* ---- one run --------------------------------------------------------------------------------- */

struct run {
    const struct transfer *transfer;
    struct rig_kind kind;
    unsigned assumptions;
    uint32_t stalled_access, stall_cycles; /* number of the stalled access, from 1; 0: none */
    struct rig rig;
    bool is_open;
    uint32_t accesses;
    struct account seen;
};

static struct run run; /* the current run */

static void serve_what_comes(void)
{
    application_serve(&(struct application){
        .transfer = run.transfer, .rig = &run.rig, .may_be_late = true, .account = &run.seen});
}

static uint32_t stall(struct processor *processor, uint32_t address, bool is_write)
{
    const struct bench_chip *chip = run.kind.chip;
    (void)processor;
    if (++run.accesses != run.stalled_access)
        return 0;
    uint32_t most = chip->stall_cycles_max ? chip->stall_cycles_max(address, is_write) : UINT32_MAX;
    return run.stall_cycles < most ? run.stall_cycles : most;
}

static void prepare_chip(struct bench *bench)
{
    const struct bench_chip *chip = run.kind.chip;
    if (chip->assume)
        chip->assume(bench, run.assumptions);
    chip->processor(bench)->extra_cycles = stall;
}

static void run_it(bool on_chip)
{
    static const uint8_t ours[] = {0x40, 0x41};
    run.seen.count = 0;
    memset(&target, 0, sizeof target);
    rig_open(&run.rig, &run.kind);
    run.is_open = true;
    if (on_chip)
        prepare_chip(bench_of(&run.rig));
    assert_int_equal(rig_init(&run.rig, &target, 0, ours, 2, run.transfer->smbus), 0);
    probe_device_init(&memory);
    if (run.transfer->has_device)
        assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    run.accesses = 0;
    rig_play(&run.rig, run.transfer->script);
    serve_what_comes();
    const uint8_t *bytes;
    unsigned count = rig_finish_play(&run.rig, &bytes);
    for (unsigned i = 0; i < count; i++)
        account_add(&run.seen, bytes[i]);
    if (run.transfer->has_device)
        account_add_device(&run.seen);
    rig_close(&run.rig);
    run.is_open = false;
}

/* ---- what must come of it -------------------------------------------------------------------- */

static const struct rig_kind judge = RIG_TESTBUS("testbus_400k", 400000, 0);

static struct account expectations[COUNT(corpus)];

static void ask_the_testbus_port(void)
{
    for (size_t i = 0; i < COUNT(corpus); i++) {
        run = (struct run){.transfer = &corpus[i], .kind = judge};
        run_it(false);
        expectations[i] = run.seen;
        assert_true(run.seen.count > 4);
    }
}

static const struct rig_kind *kind_under_test;

/* A STOP after the controller's ACK is inside the next byte: not every port can tell what it was. */
static bool is_told_alike(const struct transfer *transfer)
{
    return strstr(transfer->script, "R a P") == NULL ||
           (rig_abilities(kind_under_test) & RIG_SEES_EDGES);
}

static void run_on_chip(size_t index, uint32_t scl_hz, uint32_t latency, uint32_t access)
{
    run.transfer = &corpus[index];
    if (!is_told_alike(run.transfer))
        return;
    run.kind = *kind_under_test;
    run.kind.scl_hz = scl_hz;
    run.kind.latency_cycles = latency;
    run.kind.access_cycles = access;
    run_it(true);
    account_compare(&run.seen, &expectations[index]);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static const uint32_t speeds[] = {100000, 400000, 1000000};
static unsigned thinning; /* one of n runs is done */

/* So that the handler's accesses meet every clock edge around START, Sr, STOP and SCL's fall. */
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

/* Latencies of 0.1 us to 50 us, combined with accesses of 1 to 20 cycles. */
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

/* How many accesses this transfer takes without any delay. */
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
    assert_true(index > 40000);
}

static int report_run(void **state)
{
    (void)state;
    if (run.is_open)
        print_error(
            "%s at %u Hz: latency %u, access %u, access %u stalled for %u cycles, assumptions %u\n",
            run.transfer->name, run.kind.scl_hz, run.kind.latency_cycles, run.kind.access_cycles,
            run.stalled_access, run.stall_cycles, run.assumptions);
    return 0;
}

static int prepare(void **state)
{
    const char *text = getenv("I2CTARGET_STALLS_THINNING");
    (void)state;
    thinning = getenv("I2CTARGET_THIN") ? 101 : 5;
    if (text)
        thinning = (unsigned)strtoul(text, NULL, 0);
    ask_the_testbus_port();
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_latency_and_cost, report_run),
        cmocka_unit_test_teardown(every_phase, report_run),
        cmocka_unit_test_teardown(stalled_before_every_access, report_run),
    };
    kind_under_test = argc > 1 ? rig_kind_named(argv[1]) : NULL;
    if (!kind_under_test || !kind_under_test->chip || !kind_under_test->chip->processor) {
        fputs("usage: stalls RIG    one with a modelled processor\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests_name("stalls", tests, prepare, NULL);
}
