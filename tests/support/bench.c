/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/bench.h"
#include "support/processor.h"

struct bench *bench_of(struct rig *rig)
{
    return rig->own;
}

static const struct bench_chip *chip_of(struct rig *rig)
{
    return rig->kind->chip;
}

static void open_bench(struct rig *rig)
{
    struct bench *bench = calloc(1, sizeof *bench);
    uint32_t scl_hz = rig->kind->scl_hz;
    assert_non_null(bench);
    rig->own = bench;
    bench->kind = rig->kind;
    bench->wires = &bench->own.wires;
    bench->controller = &bench->own.controller;
    i2ctarget_wires_init(bench->wires);
    i2ctarget_controller_line_init(bench->controller, bench->wires, scl_hz);
    chip_of(rig)->open(bench);
    i2ctarget_checker_init(&bench->checker, bench->wires, scl_hz, bench->hold_ns);
    line_player_open(&bench->player, bench->wires, scl_hz);
}

static void close_bench(struct rig *rig)
{
    struct bench *bench = bench_of(rig);
    line_player_close(&bench->player, bench->wires);
    i2ctarget_wires_unobserve(bench->wires, &bench->checker.observer);
    chip_of(rig)->close(bench);
    free(bench);
    rig->own = NULL;
}

/* ---- who is watched -------------------------------------------------------------------------- */

static struct i2ctarget_pin scl_pin(struct rig *rig, unsigned chip)
{
    bench_of(rig)->newest = chip;
    return chip_of(rig)->scl(bench_of(rig), chip);
}

static struct i2ctarget_pin sda_pin(struct rig *rig, unsigned chip)
{
    bench_of(rig)->newest = chip;
    return chip_of(rig)->sda(bench_of(rig), chip);
}

static unsigned seat_of(const struct bench *bench, const struct i2ctarget *target)
{
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        if (bench->seats[i].target == target)
            return i;
    }
    fail_msg("a target that is not on the rig");
    return 0;
}

static void joined(struct rig *rig, struct i2ctarget *target)
{
    struct bench *bench = bench_of(rig);
    unsigned seat = seat_of(bench, NULL);
    bench->seats[seat].target = target;
    bench->seats[seat].tap = chip_of(rig)->tap(bench, bench->newest);
    i2ctarget_checker_watch(&bench->checker, bench->seats[seat].tap, true);
}

/* A target that leaves may change both lines at any time: deinit is for that. */
static void leaving(struct rig *rig, struct i2ctarget *target)
{
    struct bench *bench = bench_of(rig);
    unsigned seat = seat_of(bench, target);
    i2ctarget_checker_unwatch(&bench->checker, bench->seats[seat].tap);
    bench->seats[seat].target = NULL;
}

static void forbid_stretch(struct rig *rig, struct i2ctarget *target)
{
    struct bench *bench = bench_of(rig);
    i2ctarget_checker_forbid_stretch(&bench->checker, bench->seats[seat_of(bench, target)].tap);
}

static uint64_t longest_stretch_ns(struct rig *rig)
{
    return bench_of(rig)->checker.longest_stretch_ns;
}

/* ---- transfers ------------------------------------------------------------------------------- */

static void start(struct rig *rig, struct rig_message *messages, size_t count)
{
    struct bench *bench = bench_of(rig);
    assert_true(count <= BENCH_MESSAGES_MAX);
    bench->messages = messages;
    bench->count = count;
    for (size_t i = 0; i < count; i++) {
        bench->twins[i] =
            (struct controller_message){.address = messages[i].address,
                                        .flags = messages[i].is_read ? CONTROLLER_READ : 0,
                                        .length = messages[i].length,
                                        .buffer = messages[i].buffer};
    }
    i2ctarget_controller_line_start(bench->controller, bench->wires, bench->twins, count);
}

static bool busy(struct rig *rig)
{
    return i2ctarget_controller_line_busy(bench_of(rig)->controller);
}

static void pass_ns(struct rig *rig, uint64_t ns)
{
    struct wires *wires = bench_of(rig)->wires;
    processor_idle(wires, wires->now_ns + ns);
}

/* The target has to see the STOP, and no START may come before t_BUF is over. */
static void let_stop_sink_in(struct rig *rig)
{
    struct bench *bench = bench_of(rig);
    pass_ns(rig, bench->player.timing->free_ns + bench->settle_ns);
}

static int finish(struct rig *rig)
{
    struct bench *bench = bench_of(rig);
    while (busy(rig)) {
        if (!processor_idle_step(bench->wires, WIRES_NEVER))
            fail_msg("a target holds the bus");
    }
    let_stop_sink_in(rig);
    for (size_t i = 0; i < bench->count; i++) {
        const struct controller_message *twin = &bench->twins[i];
        bench->messages[i].addressed = twin->addressed;
        bench->messages[i].moved = twin->started ? twin->moved : 0;
        bench->messages[i].nacked = twin->started && twin->nacked;
    }
    return (int)bench->controller->index;
}

static bool finish_play(struct rig *rig)
{
    struct bench *bench = bench_of(rig);
    while (bench->player.running) {
        if (!processor_idle_step(bench->wires, WIRES_NEVER))
            return false;
    }
    let_stop_sink_in(rig);
    return true;
}

static void ignore_stretch(struct rig *rig, bool ignore)
{
    bench_of(rig)->controller->ignore_stretch = ignore;
}

static void sleep_us(struct rig *rig, uint32_t us)
{
    pass_ns(rig, us * (uint64_t)1000);
}

static uint64_t now_ns(struct rig *rig)
{
    return bench_of(rig)->wires->now_ns;
}

static struct wires *wires(struct rig *rig)
{
    return bench_of(rig)->wires;
}

static struct line_player *player(struct rig *rig)
{
    return &bench_of(rig)->player;
}

static const char *check(struct rig *rig)
{
    const struct bench_chip *chip = chip_of(rig);
    const char *trouble = rig_check_wires(rig, &bench_of(rig)->checker, chip->is_excused);
    return trouble || !chip->check ? trouble : chip->check(bench_of(rig));
}

const struct rig_ops bench_rig_ops = {
    .open = open_bench,
    .close = close_bench,
    .scl = scl_pin,
    .sda = sda_pin,
    .joined = joined,
    .leaving = leaving,
    .start = start,
    .busy = busy,
    .finish = finish,
    .sleep_us = sleep_us,
    .now_ns = now_ns,
    .check = check,
    .wires = wires,
    .pass_ns = pass_ns,
    .player = player,
    .finish_play = finish_play,
    .ignore_stretch = ignore_stretch,
    .forbid_stretch = forbid_stretch,
    .longest_stretch_ns = longest_stretch_ns,
};
