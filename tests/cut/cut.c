/* SPDX-License-Identifier: MIT */
/*
 * Cut everywhere.  Each transfer of a corpus is disturbed at each of its edges and half-way between
 * them, in every way below.  Then the bus is cleared as in UM10204 §3.1.16.  After that a healthy
 * transfer must succeed, with the right bytes, and leave both lines high.
 *
 * A transfer is a script for the controller and one application that serves whatever comes.  It
 * first runs once undisturbed.  That run gives its edges and what the application saw.  Then it
 * runs once for every edge, half-edge and disturbance:
 *
 *     spikes     20 or 50 ns down to 0 on SDA, SCL or both: the application must see
 *                exactly the same as without them
 *     short      SCL or SDA is held low for 200 us
 *     START      the controller breaks off, and makes START and another address
 *     STOP       the controller breaks off, and makes STOP
 *     abandon    it releases both lines, SDA first, and stays away
 *     reset      it releases both lines, SCL first, and at once makes a START
 *     deinit     the target leaves, and comes back later
 */
#include <stdlib.h>

#include "contract/contract.h"
#include "cut/application.h"
#include "line/controller_line.h"
#include "support/edge_log.h"
#include "support/intruder.h"
#include "support/line_player.h"

/* ---- the corpus ------------------------------------------------------------------------------ */

static const struct transfer corpus[] = {
    {"write", "S 80 A 00 A A5 A P", READ_ALL, {0}, false, false},
    {"write, byte by byte", "S 80 A FF A 3C A P", BYTEWISE, {0}, false, false},
    {"write, closed early", "S 80 A 11 A 22 N P", SHORT, {0}, false, false},
    {"write, refused", "S 80 A 11 A 22 N P", REFUSE_LAST, {0}, false, false},
    {"read of zeroes", "S 81 A R a R n P", READ_ALL, {0x00, 0x01, 0x00}, false, false},
    {"read, byte by byte", "S 81 A R a R n P", BYTEWISE, {0xAA, 0x55, 0x00}, false, false},
    {"read, filled", "S 81 A R a R n P", SHORT, {0x0F, 0, 0}, false, false},
    {"probe", "S 80 A P S 81 A R n P", CLOSE_ONLY, {0}, false, false},
    {"write, Sr, read", "S 80 A 07 A S 81 A R a R n P", READ_ALL, {0x80, 0x7F, 0x00}, false, false},
    {"chain", "S 80 A 01 A S 82 A S 81 A R n S 80 A 02 A P", BYTEWISE, {0x5A, 0, 0}, false, false},
    {"stranger, Sr, ours", "S 84 N 80 N S 80 A 03 A P", READ_ALL, {0}, false, false},
    {"device: store", "S 82 A 10 A 00 A FF A P", READ_ALL, {0}, true, false},
    {"device: fetch", "S 82 A 10 A S 83 A R a R n P", READ_ALL, {0}, true, false},
    {"device, Sr, application", "S 82 A 10 A S 80 A 44 A S 83 A R n P", BYTEWISE, {0}, true, false},
    {"smbus", "S 80 A 21 A S 81 A R a R n P", BYTEWISE, {0x00, 0xFF, 0x00}, false, true},
};

/* ---- one run --------------------------------------------------------------------------------- */

enum disturbance {
    NONE,
    SPIKE_SDA,
    SPIKE_SCL,
    SPIKE_BOTH,
    SHORT_SDA,
    SHORT_SCL,
    START,
    STOP,
    ABANDON,
    RESET,
    DISTURBANCES
};

static const char *const disturbance_names[] = {
    "none",        "spike on SDA", "spike on SCL", "spike on both", "SDA shorted",
    "SCL shorted", "START",        "STOP",         "abandon",       "reset"};

/* What the controller plays from then on instead. */
static const char *const instead[DISTURBANCES] = {
    [START] = "^ w5000 ~ h w5000 S 82 :1 55 :1 P",
    [STOP] = "_ w5000 v w5000 ~ h w5000 ^",
    [ABANDON] = "^ w5000 ~ W20",
    [RESET] = "~ ^ s _ w5000 :10000010",
};

struct run {
    const struct rig_kind *kind;
    const struct transfer *transfer;
    enum disturbance disturbance;
    uint64_t at_ns; /* since the start */
    struct rig rig;
    bool under_way;
    struct account seen;
};

static struct run run; /* the current run, for reports */

static void serve_what_comes(void)
{
    application_serve(&(struct application){
        .transfer = run.transfer, .rig = &run.rig, .pause_us = 13, .account = &run.seen});
}

static struct line_player *player_of(struct rig *rig)
{
    return rig->kind->ops->player(rig);
}

/* ---- disturbing it --------------------------------------------------------------------------- */

struct saboteur {
    struct wires_participant participant; /* first member */
    struct line_player *player;
    bool done;
};

static void sabotage(struct wires_participant *self, struct wires *wires)
{
    struct saboteur *saboteur = (struct saboteur *)self;
    if (wires->now_ns < run.at_ns || saboteur->done)
        return;
    saboteur->done = true;
    line_player_start(saboteur->player, wires, instead[run.disturbance]);
}

static void plan_disturbance(struct intruder *intruder, struct saboteur *saboteur)
{
    struct wires *wires = run.rig.kind->ops->wires(&run.rig);
    uint64_t spike_ns = run.at_ns & 1 ? 20 : 50;
    switch (run.disturbance) {
    case NONE:
        return;
    case SPIKE_SDA:
    case SPIKE_SCL:
    case SPIKE_BOTH:
        run.rig.is_spiked = true;
        intruder_plan(
            intruder,
            (struct line_pulls){run.disturbance != SPIKE_SDA, run.disturbance != SPIKE_SCL},
            run.at_ns, spike_ns);
        return;
    case SHORT_SDA:
    case SHORT_SCL:
        run.rig.is_spiked = true;
        intruder_plan(
            intruder,
            (struct line_pulls){run.disturbance == SHORT_SCL, run.disturbance == SHORT_SDA},
            run.at_ns, 200000);
        return;
    default:
        run.rig.broken_ns = run.at_ns;
        i2ctarget_wires_join(wires, &saboteur->participant);
        saboteur->participant.wake_ns = run.at_ns;
    }
}

/* Nine clocks and a STOP.  The application still serves, because SCL may be held for it. */
static void clear_bus(void)
{
    for (int rounds = 0; rounds < 2; rounds++) {
        run.rig.playing = false;
        rig_play(&run.rig, "^ w5000 ~ h w5000 _ w5000 :111111111 P W50");
        serve_what_comes();
        rig_finish_play(&run.rig, NULL);
    }
}

static void begin_run(void)
{
    static const uint8_t ours[] = {0x40, 0x41};
    memset(&target, 0, sizeof target);
    run.seen.count = 0;
    run.under_way = true;
    rig_open(&run.rig, run.kind);
    assert_int_equal(rig_init(&run.rig, &target, 0, ours, 2, run.transfer->smbus), 0);
    probe_device_init(&memory);
    if (run.transfer->has_device)
        assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
}

static void end_run(void)
{
    if (run.transfer->has_device) { /* the application serves the healthy transfer */
        rig_deinit(&run.rig, &target);
        serve(&run.rig);
    }
    expect_healthy(&run.rig);
    rig_close(&run.rig);
    run.under_way = false;
}

static void let_it_play(const struct line_player *player)
{
    for (int rounds = 0; player->running; rounds++) {
        assert_true(rounds < 100);
        serve_what_comes();
    }
}

static void run_disturbed(void)
{
    struct saboteur saboteur = {.participant = {.step = sabotage, .wake_ns = WIRES_NEVER}};
    begin_run();
    struct wires *wires = run.rig.kind->ops->wires(&run.rig);
    saboteur.player = player_of(&run.rig);
    struct intruder intruder;
    intruder_join(&intruder, wires);
    rig_play(&run.rig, run.transfer->script);
    plan_disturbance(&intruder, &saboteur);
    serve_what_comes();
    let_it_play(saboteur.player);
    serve_what_comes();
    if (run.transfer->has_device)
        account_add_device(&run.seen);
    clear_bus();
    assert_int_equal(memory.ended, memory.addressed);
    intruder_leave(&intruder, wires);
    if (saboteur.done)
        i2ctarget_wires_leave(wires, &saboteur.participant);
    end_run();
}

/* ---- everywhere ------------------------------------------------------------------------------ */

struct places {
    uint64_t *at_ns;
    unsigned count;
};

/*
 * The edges of the undisturbed transfer, the middle between each two, and a nanosecond before each.
 */
static struct places find_places(void)
{
    struct places places = {.at_ns = malloc(3 * EDGE_LOG_MAX * sizeof *places.at_ns)};
    assert_non_null(places.at_ns);
    run.disturbance = NONE;
    begin_run();
    struct edge_log log;
    edge_log_open(&log, run.rig.kind->ops->wires(&run.rig));
    rig_play(&run.rig, run.transfer->script);
    serve_what_comes();
    rig_finish_play(&run.rig, NULL);
    if (run.transfer->has_device)
        account_add_device(&run.seen);
    for (unsigned i = 1; i < log.count; i++) {
        uint64_t before_ns = log.edges[i - 1].at_ns, at_ns = log.edges[i].at_ns;
        if (i > 1 && at_ns > before_ns + 2)
            places.at_ns[places.count++] = before_ns + (at_ns - before_ns) / 2;
        places.at_ns[places.count++] = at_ns - 1;
        places.at_ns[places.count++] = at_ns;
    }
    edge_log_close(&log, run.rig.kind->ops->wires(&run.rig));
    end_run();
    return places;
}

static bool is_spike(enum disturbance disturbance)
{
    return disturbance == SPIKE_SDA || disturbance == SPIKE_SCL || disturbance == SPIKE_BOTH;
}

static unsigned cuts[DISTURBANCES], deinits;

static void disturb_everywhere(const struct rig_kind *kind, const struct transfer *transfer)
{
    static struct account undisturbed;
    unsigned index = 0;
    run = (struct run){.kind = kind, .transfer = transfer};
    struct places places = find_places();
    undisturbed = run.seen;
    for (unsigned disturbance = SPIKE_SDA; disturbance < DISTURBANCES; disturbance++) {
        if (is_spike((enum disturbance)disturbance) && !(rig_abilities(kind) & RIG_FILTER))
            continue;
        for (unsigned i = 0; i < places.count; i++) {
            if (getenv("I2CTARGET_THIN") && index++ % 17)
                continue;
            run = (struct run){.kind = kind,
                               .transfer = transfer,
                               .disturbance = (enum disturbance)disturbance,
                               .at_ns = places.at_ns[i]};
            run_disturbed();
            cuts[disturbance]++;
            if (is_spike(run.disturbance))
                account_compare(&run.seen, &undisturbed);
        }
    }
    free(places.at_ns);
}

/* ---- deinit: between two calls of the application, at every edge the bus gets to by itself  */

static bool serve_calls(unsigned calls)
{
    uint8_t byte;
    struct i2ctarget_request request;
    for (unsigned i = 0; i < calls; i++) {
        if (i % 4 == 0 && i2ctarget_next_request(&target, &request, 2000) != 1)
            return false;
        if (i % 4 > 0 && request.is_read &&
            i2ctarget_write(&request, run.transfer->gives + i % 3, 1) != 1)
            i |= 3;
        if (i % 4 > 0 && !request.is_read && i2ctarget_read(&request, &byte, 1, i % 4 == 2) != 1)
            i |= 3;
    }
    return true;
}

static void deinit_after(unsigned calls, uint64_t pass_ns)
{
    begin_run();
    struct wires *wires = run.rig.kind->ops->wires(&run.rig);
    rig_play(&run.rig, run.transfer->script);
    serve_calls(calls);
    rig_pass_ns(&run.rig, pass_ns);
    run.rig.is_spiked =
        true; /* the target may release the lines anywhere; a STOP that results is no violation */
    rig_deinit(&run.rig, &target);
    while (player_of(&run.rig)->running) /* nothing holds the lines any more */
        assert_true(i2ctarget_wires_step(wires, WIRES_NEVER));
    run.rig.playing = false;
    assert_true(wires->scl && wires->sda);
    serve(&run.rig);
    clear_bus();
    expect_healthy(&run.rig);
    rig_close(&run.rig);
    run.under_way = false;
    deinits++;
}

static void deinit_everywhere(const struct rig_kind *kind, const struct transfer *transfer)
{
    uint64_t clock_ns = 1000000000u / kind->scl_hz, longest_ns = 60 * clock_ns;
    unsigned index = 0;
    run = (struct run){.kind = kind, .transfer = transfer};
    for (unsigned calls = 0; calls <= 8; calls++) {
        for (uint64_t pass_ns = 0; pass_ns < longest_ns; pass_ns += clock_ns / 5) {
            if (!getenv("I2CTARGET_THIN") || index++ % 17 == 0)
                deinit_after(calls, pass_ns);
        }
    }
}

/* ---- the tests ------------------------------------------------------------------------------- */

static const struct rig_kind *kind_under_test;

static void every_transfer_disturbed_everywhere(void **state)
{
    unsigned total = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(corpus); i++)
        disturb_everywhere(kind_under_test, &corpus[i]);
    for (unsigned i = SPIKE_SDA; i < DISTURBANCES; i++) {
        print_message("  %6u x %s\n", cuts[i], disturbance_names[i]);
        total += cuts[i];
    }
    print_message("  %6u cuts of %zu transfers\n", total, COUNT(corpus));
    assert_true(total > (getenv("I2CTARGET_THIN") ? 500 : 10000));
}

static void deinit_at_every_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(corpus); i++)
        deinit_everywhere(kind_under_test, &corpus[i]);
    print_message("  %6u deinits\n", deinits);
    assert_true(deinits > (getenv("I2CTARGET_THIN") ? 500 : 10000));
}

static int report_place(void **state)
{
    (void)state;
    if (run.under_way) /* the test failed during the run */
        print_error("%s: %s, at %llu ns\n", run.transfer->name, disturbance_names[run.disturbance],
                    (unsigned long long)run.at_ns);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_transfer_disturbed_everywhere, report_place),
        cmocka_unit_test_teardown(deinit_at_every_moment, report_place),
    };
    kind_under_test = argc > 1 ? rig_kind_named(argv[1]) : NULL;
    if (!kind_under_test) {
        fputs("usage: cut RIG\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
