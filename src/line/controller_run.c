/* SPDX-License-Identifier: MIT */
/*
 * Clocks in a row at once (struct wires_run): the same waves, bits and times as phase by phase, but
 * nobody is asked in between.
 *
 *     bits of a byte    1   2   3   4   5   6   7   8   A
 *                       |------- known -------|   |   |
 *
 * Where there is an observer, each clock is made for it, level by level.  Without one this is done
 * only for the clocks in which something is decided.  Of those before them bits and times are known.
 */
#include "line/controller_parts.h"

enum { RUN_CLOCKS = 9 /* a byte: then the target has something to say */ };

/* A bit follows, and its low phase has begun. */
static bool is_in_bit(const struct controller_line *controller)
{
    return controller->phase == DATA || controller->phase == LET_GO;
}

/* Where SCL is low nobody needs to know a level but observers. */
static void show(struct wires *wires)
{
    if (wires->observers)
        i2ctarget_wires_settle_alone(wires);
}

/* From where the phase acts to the fall of SCL, which is pulled and has not taken effect. */
static void end_clock(struct controller_line *controller, struct wires *wires)
{
    struct wires_participant *self = &controller->participant;
    if (controller->phase == DATA) {
        i2ctarget_wires_pull(wires, self, (struct line_pulls){true, controller->sda_low});
        show(wires);
        wires->now_ns += controller->low_ns - controller->data_ns;
    }
    controller->released_ns = wires->now_ns;
    i2ctarget_wires_pull(wires, self, (struct line_pulls){false, self->pulls.sda_low});
    i2ctarget_wires_settle_alone(wires);
    wires->now_ns += controller->high_ns;
    controller->sda_at_rise = wires->sda;
    i2ctarget_controller_sample(controller, wires);
}

static bool next_level_is_low(const struct wires_run *run)
{
    return !(run->levels >> 15);
}

/* Do the talker and the mover move SDA in the next clock, so soon that it looks like a spike? */
static bool makes_spike(const struct controller_line *controller, const struct wires_run *run)
{
    return controller->phase == DATA && run->mover &&
           run->mover->pulls.sda_low != next_level_is_low(run) &&
           run->data_ns - run->hold_ns <= run->spike_ns;
}

/* The last bit was not what the mover has sent. */
static bool is_disturbed(const struct wires_run *run, bool bit)
{
    return run->made <= run->sent && bit == run->mover->pulls.sda_low;
}

static bool lacks_acknowledge(const struct controller_line *controller, const struct wires_run *run)
{
    return run->made + 1 == run->acked && !controller->sda_low;
}

static bool may_go_on(const struct controller_line *controller, const struct wires *wires,
                      const struct wires_run *run)
{
    return run->made < run->clocks && is_in_bit(controller) &&
           run->until_ns - wires->now_ns >= controller->low_ns + controller->high_ns &&
           !is_disturbed(run, run->bits & 1) && !lacks_acknowledge(controller, run) &&
           !makes_spike(controller, run);
}

/* SCL falls, the mover puts out its bit, and it is time for what the controller does next. */
static void begin_clock(const struct controller_line *controller, struct wires *wires,
                        struct wires_run *run)
{
    show(wires);
    if (run->mover && run->mover->pulls.sda_low != next_level_is_low(run)) {
        wires->now_ns += run->hold_ns;
        i2ctarget_wires_pull(wires, run->mover, (struct line_pulls){false, next_level_is_low(run)});
        show(wires);
    }
    run->levels = (uint16_t)(run->levels << 1);
    wires->now_ns = controller->due_ns;
}

/* ---- known clocks ---------------------------------------------------------------------------- */

enum { LEVELS = 16 /* of run->levels */ };

static uint64_t clocks_ns(const struct controller_line *controller, unsigned clocks)
{
    return (uint64_t)clocks * (controller->low_ns + controller->high_ns);
}

/* What is left of a clock where its phase acts. */
static uint32_t rest_ns(const struct controller_line *controller)
{
    uint32_t low_ns = controller->phase == DATA ? controller->low_ns - controller->data_ns : 0;
    return low_ns + controller->high_ns;
}

static unsigned lesser(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Is the acknowledge bit of this byte a clock of the run, and certain to be low? */
static bool is_read_on(const struct controller_line *controller, const struct wires_run *run)
{
    unsigned bits = (unsigned)ACK_BIT - controller->bit;
    return run->made + bits < run->clocks && run->spike_ns == 0 &&
           i2ctarget_controller_reads_on(controller);
}

/*
 * Those before the last bit of this byte, the last clock of the run, and one to be acknowledged.  A
 * last bit after which nothing is decided is one of them.
 */
static unsigned inner_clocks(const struct controller_line *controller, const struct wires_run *run)
{
    if (is_read_on(controller, run))
        return (unsigned)ACK_BIT - controller->bit;
    unsigned end = run->acked ? lesser(run->acked - 1, run->clocks) : run->clocks;
    if (controller->bit + 1 >= ACK_BIT || run->made + 1 >= end)
        return 0;
    return lesser(ACK_BIT - 1u - controller->bit, end - 1 - run->made);
}

/* SDA as the mover leaves it with the next falls, the last one's lowest. */
static uint32_t next_levels(const struct wires_run *run, unsigned falls)
{
    return (uint32_t)run->levels >> (LEVELS - falls);
}

/* Does somebody move SDA, or hold it low, besides the one whose bits these are? */
static bool is_mixed(const struct controller_line *controller, const struct wires *wires,
                     const struct wires_run *run, unsigned clocks)
{
    const struct wires_participant *mover = run->mover;
    unsigned ours = controller->participant.pulls.sda_low;
    unsigned movers = mover && mover->pulls.sda_low;
    if (wires->sda_pulls != ours + movers)
        return true;
    return i2ctarget_controller_is_sending(controller) && mover &&
           (movers || run->made < run->sent || next_levels(run, clocks) != (1u << clocks) - 1);
}

/* SDA in the next clocks, the last one lowest. */
static uint32_t known_bits(const struct controller_line *controller, const struct wires_run *run,
                           unsigned clocks)
{
    if (i2ctarget_controller_is_sending(controller))
        return (uint32_t)controller->shift >> (ACK_BIT - clocks);
    if (!run->mover)
        return (1u << clocks) - 1;
    return (uint32_t)!run->mover->pulls.sda_low << (clocks - 1) | next_levels(run, clocks - 1);
}

/*
 * If nobody looks, and SDA shows one's bits alone, nothing is decided inside a byte: only its bits
 * and the time go on.  Afterwards it is time for the next clock.
 */
static void make_known_clocks(struct controller_line *controller, struct wires *wires,
                              struct wires_run *run)
{
    unsigned clocks = inner_clocks(controller, run);
    uint64_t first_ns = wires->now_ns + rest_ns(controller);
    if (clocks == 0 || wires->observers || controller->verdict != CONTROLLER_DONE ||
        run->until_ns - first_ns < clocks_ns(controller, clocks) ||
        is_mixed(controller, wires, run, clocks))
        return;
    uint32_t bits = known_bits(controller, run, clocks);
    wires->now_ns = first_ns + clocks_ns(controller, clocks - 1);
    i2ctarget_controller_take_bits(controller, wires, clocks, bits);
    wires->now_ns = controller->due_ns;
    if (run->mover) {
        bool is_low = !(next_levels(run, clocks) & 1);
        i2ctarget_wires_pull(wires, run->mover, (struct line_pulls){false, is_low});
    }
    run->levels = (uint16_t)(run->levels << clocks);
    run->made += clocks;
    run->bits = run->bits << clocks | bits;
}

/* ---- runs ------------------------------------------------------------------------------------ */

static void make_run(struct controller_line *controller, struct wires *wires, struct wires_run *run)
{
    for (;;) {
        make_known_clocks(controller, wires, run);
        end_clock(controller, wires);
        run->made++;
        run->bits = run->bits << 1 | (controller->seen & 1);
        if (!may_go_on(controller, wires, run))
            break;
        begin_clock(controller, wires, run);
    }
    i2ctarget_wires_end_run(wires, &controller->participant, run);
}

bool i2ctarget_controller_run(struct controller_line *controller, struct wires *wires)
{
    if (wires->scl_pulls != 1 || controller->ignore_stretch)
        return false;
    struct wires_run run = {.low_ns = controller->low_ns,
                            .data_ns = controller->data_ns,
                            .high_ns = controller->high_ns,
                            .clocks = RUN_CLOCKS};
    if (!i2ctarget_wires_begin_run(wires, &controller->participant, &run, rest_ns(controller)) ||
        lacks_acknowledge(controller, &run))
        return false;
    make_run(controller, wires, &run);
    return true;
}
