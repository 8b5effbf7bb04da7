/* SPDX-License-Identifier: MIT */
/*
 * Clocks in a row at once (struct wires_run): the same waves, bits and times as phase by phase, but
 * nobody is asked in between.
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

static void make_run(struct controller_line *controller, struct wires *wires, struct wires_run *run)
{
    for (;;) {
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
    struct wires_run run = {.low_ns = controller->low_ns,
                            .data_ns = controller->data_ns,
                            .high_ns = controller->high_ns,
                            .clocks = RUN_CLOCKS};
    uint32_t rest_ns = controller->phase == DATA ? run.low_ns - run.data_ns : 0;
    if (wires->scl_pulls != 1 || controller->ignore_stretch ||
        !i2ctarget_wires_begin_run(wires, &controller->participant, &run, rest_ns + run.high_ns) ||
        lacks_acknowledge(controller, &run))
        return false;
    make_run(controller, wires, &run);
    return true;
}
