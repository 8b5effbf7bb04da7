/* SPDX-License-Identifier: MIT */
/*
 * One clock of a bit, and the phases of the engine:
 *
 *            LOW          SETTLE      HIGH
 *     SCL ~~|________________________|~~~~~~~~~~~|___
 *           ^ fell        ^ SDA set   ^ released … ^ sampled, pulled low again
 *                                       seen high
 *
 * A START is SDA falling while SCL is high.  A repeated START first releases SDA and SCL.  A STOP
 * pulls SDA, releases SCL, then SDA.  Each phase is named for what is done when its time comes.
 * The time of the next phase is the participant's wake.
 *
 * A line that was released may still be held by another participant.  So none of the three counts
 * as made before the line was seen high.  If SDA stays low, the intended Sr or STOP was one more
 * clock for the target that holds SDA, and is tried again (UM10204 §3.1.16).
 *
 * An open transfer stops between two phases: after the last clock of its last message, with SCL
 * low, or, if that message had its own STOP, on a free bus.
 */
#include "line/controller_parts.h"

enum {
    RECOVERY_CLOCKS_MAX = 9,
    SPIKE_NS = 50,
    IDLE_NS = 50000, /* both lines high for so long: the bus is free */
};

/* ---- one clock ------------------------------------------------------------------------------- */

/* A level that SDA had for no longer than a spike (t_SP) does not count. */
static void watch_high(struct controller_line *controller, const struct wires *wires)
{
    if (wires->now_ns - controller->risen_ns <= SPIKE_NS)
        controller->sda_at_rise = wires->sda;
}

/* SCL is high, or counts as high.  The time it took is the target's stretch. */
static void on_risen(struct controller_line *controller, struct wires *wires,
                     enum controller_phase next, uint32_t after_ns)
{
    controller->current->stretch_ns += wires->now_ns - controller->released_ns;
    controller->risen_ns = wires->now_ns;
    controller->sda_at_rise = wires->sda;
    i2ctarget_controller_at(controller, next, wires->now_ns + after_ns);
}

/*
 * Releases SCL.  If stretching is ignored, it counts as high at once; otherwise the edge shows it.
 */
static void let_go(struct controller_line *controller, struct wires *wires,
                   enum controller_phase rising)
{
    i2ctarget_controller_pull(controller, wires, false, controller->participant.pulls.sda_low);
    controller->released_ns = wires->now_ns;
    i2ctarget_controller_at(controller, rising,
                            controller->ignore_stretch ? wires->now_ns : WIRES_NEVER);
}

/* SDA has its level, and SCL is let go when t_LOW is over: at once, if nobody minds. */
static void end_low(struct controller_line *controller, struct wires *wires,
                    enum controller_phase let_go_phase, enum controller_phase rising)
{
    uint64_t over_ns = wires->now_ns + controller->low_ns - controller->data_ns;
    if (i2ctarget_wires_skip(wires, &controller->participant, over_ns))
        let_go(controller, wires, rising);
    else
        i2ctarget_controller_at(controller, let_go_phase, over_ns);
}

static void put_data(struct controller_line *controller, struct wires *wires)
{
    i2ctarget_controller_pull(controller, wires, true, controller->sda_low);
    i2ctarget_controller_at(controller, LET_GO,
                            wires->now_ns + controller->low_ns - controller->data_ns);
}

/* ---- START, Sr, STOP ------------------------------------------------------------------------- */

/* From SCL low. */
void i2ctarget_controller_stop(struct controller_line *controller, struct wires *wires,
                               enum controller_result verdict)
{
    controller->verdict = verdict;
    i2ctarget_controller_at(controller, STOP_DATA, wires->now_ns + controller->data_ns);
}

/* One more clock for the target that holds SDA.  False: it has had all of them. */
static bool may_free(struct controller_line *controller, struct wires *wires)
{
    if (controller->recovery == RECOVERY_CLOCKS_MAX)
        return false;
    controller->recovery++;
    controller->recovery_clocks++;
    controller->bits++;
    wires->is_freeing = true;
    if (controller->current->started)
        controller->current->recovery_clocks++;
    return true;
}

static void make_start(struct controller_line *controller, struct wires *wires)
{
    controller->is_taken = false;
    wires->is_freeing = false;
    i2ctarget_controller_pull(controller, wires, false, true);
    i2ctarget_controller_mark_started(controller, wires);
    i2ctarget_controller_at(controller, START_HELD,
                            wires->now_ns + controller->timing->start_hold_ns);
}

void i2ctarget_controller_pause(struct controller_line *controller)
{
    controller->is_paused = true;
    i2ctarget_controller_at(controller, IDLE, WIRES_NEVER);
}

static void end(struct controller_line *controller)
{
    controller->result = controller->verdict;
    i2ctarget_controller_at(controller, IDLE, WIRES_NEVER);
}

/* The bus is free by this transfer's own STOP; or it can not be freed. */
static void go_on_after_stop(struct controller_line *controller)
{
    if (controller->verdict == CONTROLLER_DONE && controller->index < controller->count) {
        i2ctarget_controller_at(controller, START, controller->free_ns);
    } else if (controller->verdict == CONTROLLER_DONE && controller->is_open) {
        i2ctarget_controller_pause(controller);
    } else {
        end(controller);
    }
}

static void give_up(struct controller_line *controller)
{
    if (controller->verdict == CONTROLLER_DONE)
        controller->verdict = CONTROLLER_ARBITRATION_LOST;
}

/* SCL is high, and SDA is low, but we do not pull it: make STOP once more. */
static void free_sda(struct controller_line *controller, struct wires *wires)
{
    if (may_free(controller, wires)) {
        i2ctarget_controller_pull(controller, wires, true, false);
        i2ctarget_controller_at(controller, STOP_DATA, wires->now_ns + controller->data_ns);
    } else {
        give_up(controller);
        go_on_after_stop(controller);
    }
}

/* SCL is low: SDA gets low for the STOP.  Without one it is high when SCL rises. */
static void prepare_stop(struct controller_line *controller, struct wires *wires)
{
    controller->is_unstopped = controller->omits_stop;
    controller->omits_stop = false;
    i2ctarget_controller_pull(controller, wires, true, !controller->is_unstopped);
    end_low(controller, wires, STOP_LET_GO, STOP_RISING);
}

static void make_stop(struct controller_line *controller, struct wires *wires)
{
    wires->is_freeing = false;
    i2ctarget_controller_pull(controller, wires, false, false);
    controller->free_ns = wires->now_ns + controller->timing->free_ns;
    i2ctarget_controller_at(controller, STOPPED, wires->now_ns + controller->timing->data_setup_ns);
}

static void take_bus(struct controller_line *controller, struct wires *wires)
{
    uint64_t from_ns =
        controller->is_taken ? controller->edge_ns + controller->idle_ns : controller->free_ns;
    if (!wires->scl && !controller->ignore_stretch) {
        controller->released_ns = wires->now_ns;
        i2ctarget_controller_at(controller, START_RISING, WIRES_NEVER);
    } else if (wires->now_ns < from_ns) {
        i2ctarget_controller_at(controller, START, from_ns);
    } else if (!wires->sda) {
        free_sda(controller, wires);
    } else {
        make_start(controller, wires);
    }
}

/* Neither Sr nor STOP is possible. */
static void leave_bus(struct controller_line *controller, struct wires *wires)
{
    give_up(controller);
    make_stop(controller, wires);
}

/*
 * When SDA was high together with SCL, it can fall.  If it falls before we pull it, another
 * controller has made the Sr.
 */
static void on_restart_risen(struct controller_line *controller, struct wires *wires)
{
    if (wires->sda)
        on_risen(controller, wires, RESTART_SETUP, controller->timing->restart_setup_ns);
    else if (may_free(controller, wires))
        on_risen(controller, wires, RESTART_FREE, controller->high_ns);
    else
        leave_bus(controller, wires);
}

/* ---- somebody else --------------------------------------------------------------------------- */

void i2ctarget_controller_lose(struct controller_line *controller, struct wires *wires)
{
    give_up(controller);
    i2ctarget_controller_pull(controller, wires, false, false);
    i2ctarget_controller_at(controller, LOST, wires->now_ns + controller->idle_ns);
}

/* No other clock came.  Either a target holds SDA, or the other controller has made STOP. */
static void clear_up(struct controller_line *controller, struct wires *wires)
{
    if (wires->sda) {
        end(controller);
    } else {
        i2ctarget_controller_pull(controller, wires, true, false);
        i2ctarget_controller_stop(controller, wires, controller->verdict);
    }
}

/* An edge that we did not make. */
static void watch_bus(struct controller_line *controller, const struct wires *wires)
{
    bool fell = controller->scl_before && !wires->scl;
    controller->edge_ns = wires->now_ns;
    if (controller->scl_before && wires->scl) {
        controller->is_taken = !wires->sda;
        controller->free_ns = wires->now_ns + controller->timing->free_ns;
    }
    if (fell && controller->phase == LOST) {
        controller->is_taken = true;
        end(controller);
    } else if (controller->phase == START && !controller->is_taken) {
        i2ctarget_controller_at(controller, START, controller->free_ns);
    }
}

/* SCL was high and is not any more: another controller's clock is faster. */
static bool is_overtaken(const struct controller_line *controller, const struct wires *wires)
{
    return !wires->scl && !controller->ignore_stretch;
}

static void make_restart(struct controller_line *controller, struct wires *wires)
{
    if (is_overtaken(controller, wires))
        i2ctarget_controller_lose(controller, wires);
    else
        make_start(controller, wires);
}

static void see_stop(struct controller_line *controller, struct wires *wires)
{
    if (is_overtaken(controller, wires)) {
        i2ctarget_controller_lose(controller, wires);
    } else if (!wires->sda) {
        free_sda(controller, wires);
    } else {
        controller->current->stopped = controller->current->started && !controller->is_unstopped;
        controller->current->stop_ns = wires->now_ns;
        go_on_after_stop(controller);
    }
}

/* SDA stayed low during a clock.  Or it rose while SCL was high: another controller's STOP. */
static void end_restart_clock(struct controller_line *controller, struct wires *wires)
{
    if (wires->sda != controller->sda_at_rise) {
        i2ctarget_controller_lose(controller, wires);
        return;
    }
    i2ctarget_controller_pull(controller, wires, true, false);
    if (controller->verdict == CONTROLLER_ABORTED)
        i2ctarget_controller_stop(controller, wires, CONTROLLER_ABORTED);
    else
        i2ctarget_controller_at(controller, RESTART_DATA, wires->now_ns + controller->data_ns);
}

/* ---- the engine ------------------------------------------------------------------------------ */

static void act(struct controller_line *controller, struct wires *wires)
{
    switch ((enum controller_phase)controller->phase) {
    case IDLE:
        break;
    case START:
        take_bus(controller, wires);
        break;
    case START_RISING:
        on_risen(controller, wires, START, controller->timing->free_ns);
        break;
    case START_HELD:
        i2ctarget_controller_pull(controller, wires, true, true);
        i2ctarget_controller_begin_message(controller, wires);
        break;
    case DATA:
        if (!i2ctarget_controller_run(controller, wires))
            put_data(controller, wires);
        break;
    case LET_GO:
        if (!i2ctarget_controller_run(controller, wires))
            let_go(controller, wires, RISING);
        break;
    case RISING:
        on_risen(controller, wires, SAMPLE, controller->high_ns);
        break;
    case SAMPLE:
        i2ctarget_controller_sample(controller, wires);
        break;
    case RESTART_DATA:
        i2ctarget_controller_pull(controller, wires, true, false);
        end_low(controller, wires, RESTART_LET_GO, RESTART_RISING);
        break;
    case RESTART_LET_GO:
        let_go(controller, wires, RESTART_RISING);
        break;
    case RESTART_RISING:
        on_restart_risen(controller, wires);
        break;
    case RESTART_FREE:
        end_restart_clock(controller, wires);
        break;
    case RESTART_SETUP:
        make_restart(controller, wires);
        break;
    case STOP_DATA:
        prepare_stop(controller, wires);
        break;
    case STOP_LET_GO:
        let_go(controller, wires, STOP_RISING);
        break;
    case STOP_RISING:
        on_risen(controller, wires, STOP_SETUP, controller->timing->stop_setup_ns);
        break;
    case STOP_SETUP:
        make_stop(controller, wires);
        break;
    case STOPPED:
        see_stop(controller, wires);
        break;
    case LOST:
        clear_up(controller, wires);
        break;
    }
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct controller_line *controller = (struct controller_line *)self;
    if (wires->now_ns >= controller->due_ns ||
        (wires->scl && i2ctarget_controller_is_rising(controller)))
        act(controller, wires);
    else if (controller->phase == SAMPLE || controller->phase == RESTART_FREE)
        watch_high(controller, wires);
    else
        watch_bus(controller, wires);
    controller->scl_before = wires->scl;
}

/* ---- what drivers call ----------------------------------------------------------------------- */

void i2ctarget_controller_line_init(struct controller_line *controller, struct wires *wires,
                                    uint32_t scl_hz)
{
    const struct bus_timing *timing = i2ctarget_bus_timing_for(scl_hz);
    uint32_t period_ns = 1000000000u / scl_hz;
    uint32_t spare_ns = period_ns - timing->low_ns - timing->high_ns; /* each mode has some */
    *controller = (struct controller_line){
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
        .timing = timing,
        .low_ns = timing->low_ns + spare_ns / 2,
        .high_ns = timing->high_ns + spare_ns - spare_ns / 2,
        .due_ns = WIRES_NEVER,
        .scl_before = wires->scl,
    };
    controller->data_ns = controller->low_ns / 4;
    controller->idle_ns = period_ns > IDLE_NS / 2 ? 2 * period_ns : IDLE_NS;
    i2ctarget_wires_join(wires, &controller->participant);
}

/* Clears the results of an earlier transfer. */
static void forget(struct controller_message *message, uint64_t now_ns)
{
    message->started = message->called = message->addressed = false;
    message->nacked = message->stopped = false;
    message->cut_bits = message->recovery_clocks = 0;
    message->moved = 0;
    message->start_ns = now_ns;
    message->stop_ns = message->stretch_ns = 0;
}

void i2ctarget_controller_line_start(struct controller_line *controller, struct wires *wires,
                                     struct controller_message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        forget(&messages[i], wires->now_ns);
    controller->messages = messages;
    controller->current = messages;
    controller->count = count;
    controller->index = 0;
    controller->recovery = 0;
    controller->is_open = false;
    controller->result = CONTROLLER_RUNNING;
    controller->verdict = CONTROLLER_DONE;
    uint64_t from_ns = controller->free_ns > wires->now_ns ? controller->free_ns : wires->now_ns;
    i2ctarget_controller_at(controller, START, from_ns);
}

void i2ctarget_controller_line_continue(struct controller_line *controller, struct wires *wires,
                                        size_t count, bool is_open)
{
    for (size_t i = controller->count; i < count; i++)
        forget(&controller->messages[i], wires->now_ns);
    controller->count = count;
    controller->is_open = is_open;
    controller->is_paused = false;
    if (controller->participant.pulls.scl_low)
        i2ctarget_controller_go_on(controller, wires);
    else
        go_on_after_stop(controller);
}

void i2ctarget_controller_line_abort(struct controller_line *controller)
{
    if (i2ctarget_controller_line_busy(controller))
        controller->verdict = CONTROLLER_ABORTED;
}

bool i2ctarget_controller_line_is_stretched(const struct controller_line *controller,
                                            const struct wires *wires)
{
    return i2ctarget_controller_is_rising(controller) && !wires->scl;
}
