/* SPDX-License-Identifier: MIT */
/*
 * One clock of a bit, and where the engine stands in it:
 *
 *            LOW          SETTLE      HIGH
 *     SCL ~~|________________________|~~~~~~~~~~~|___
 *           ^ fell        ^ SDA set   ^ let go … ^ sampled, pulled low again
 *                                       seen high
 *
 * A START is SDA falling while SCL is high; a repeated START lets SDA and SCL go first; a STOP
 * pulls SDA, lets SCL go, then SDA. Each phase names what is done when its time comes; the time of
 * the next one is the participant's wake.
 *
 * An open transfer stops between two phases: after the last clock of its last message, SCL low, or,
 * if that message had a STOP of its own, on a free bus.
 */
#include "line/controller_line.h"

enum phase {
    IDLE,
    START,          /* bus free, or t_SU;STA over: pull SDA */
    START_HELD,     /* t_HD;STA over: pull SCL */
    DATA,           /* SDA takes the bit's value */
    LET_GO,         /* t_LOW over: release SCL */
    RISING,         /* until SCL is high: a target may stretch */
    SAMPLE,         /* t_HIGH over: read SDA, pull SCL */
    RESTART_DATA,   /* SCL is low: release SDA */
    RESTART_LET_GO, /* release SCL */
    RESTART_RISING,
    STOP_DATA, /* SCL is low: release SDA, to see whether it follows */
    STOP_LOOK, /* it did: pull it; it did not: a target holds it, clock it free (UM10204 §3.1.16) */
    STOP_LET_GO, /* release SCL */
    STOP_RISING,
    STOP_SETUP, /* t_SU;STO over: release SDA */
    STOPPED,    /* has SDA risen?  If not, a late target holds it: clock it free after all */
    FREE_LET_GO,
    FREE_RISING,
    FREE_SAMPLE
};

enum { ACK_BIT = 8, RECOVERY_CLOCKS_MAX = 9, BLOCK_MAX = 32 };

/* Waiting for SCL to be high: the only time an edge matters. */
static bool is_rising(const struct controller_line *controller)
{
    return controller->phase == RISING || controller->phase == RESTART_RISING ||
           controller->phase == STOP_RISING || controller->phase == FREE_RISING;
}

static void at(struct controller_line *controller, enum phase phase, uint64_t wake_ns)
{
    controller->phase = (uint8_t)phase;
    controller->due_ns = wake_ns;
    controller->participant.wake_ns = wake_ns;
    controller->participant.ignores_edges = !is_rising(controller);
}

static void pull(struct controller_line *controller, struct wires *wires, bool scl_low,
                 bool sda_low)
{
    wires_pull(wires, &controller->participant, (struct line_pulls){scl_low, sda_low});
}

static bool is_read(const struct controller_message *message)
{
    return message->flags & CONTROLLER_READ;
}

/* ---- bits --------------------------------------------------------------------------------- */

/* SCL was just pulled low: the bit goes out data_ns later, SCL up when t_LOW is over. */
static void begin_bit(struct controller_line *controller, struct wires *wires, bool sda_low)
{
    controller->sda_low = sda_low;
    if (controller->participant.pulls.sda_low == sda_low)
        at(controller, LET_GO, wires->now_ns + controller->low_ns);
    else
        at(controller, DATA, wires->now_ns + controller->data_ns);
}

static void begin_sending(struct controller_line *controller, struct wires *wires, uint8_t byte)
{
    controller->bit = 0;
    controller->shift = byte;
    begin_bit(controller, wires, !(byte & 0x80));
}

static void begin_receiving(struct controller_line *controller, struct wires *wires)
{
    controller->bit = 0;
    controller->shift = 0;
    begin_bit(controller, wires, false);
}

/* ---- START, Sr, STOP ---------------------------------------------------------------------- */

/* From SCL low. */
static void stop(struct controller_line *controller, struct wires *wires,
                 enum controller_result verdict)
{
    controller->verdict = verdict;
    controller->recovery = 0;
    at(controller, STOP_DATA, wires->now_ns + controller->data_ns);
}

static void begin_address(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    bool read_bit = is_read(current) != !!(current->flags & CONTROLLER_REVERSE_DIRECTION);
    controller->in_address = true;
    begin_sending(controller, wires, (uint8_t)(current->address << 1 | read_bit));
}

static void mark_started(struct controller_line *controller, const struct wires *wires)
{
    struct controller_message *current = &controller->messages[controller->index];
    controller->current = current;
    current->started = true;
    current->nacked = false;
    current->moved = 0;
    current->start_ns = wires->now_ns;
    current->stretch_ns = 0;
}

static void make_start(struct controller_line *controller, struct wires *wires)
{
    pull(controller, wires, false, true);
    mark_started(controller, wires);
    at(controller, START_HELD, wires->now_ns + controller->timing->start_hold_ns);
}

/* ---- messages ----------------------------------------------------------------------------- */

static void begin_message(struct controller_line *controller, struct wires *wires);

static void pause(struct controller_line *controller)
{
    controller->is_paused = true;
    at(controller, IDLE, WIRES_NEVER);
}

/* SCL is low between two messages: on by Sr or without, wait for more, or STOP. */
static void go_on(struct controller_line *controller, struct wires *wires)
{
    if (controller->index == controller->count) {
        if (controller->is_open)
            pause(controller);
        else
            stop(controller, wires, CONTROLLER_DONE);
    } else if (controller->messages[controller->index].flags & CONTROLLER_NO_START) {
        mark_started(controller, wires);
        begin_message(controller, wires);
    } else {
        at(controller, RESTART_DATA, wires->now_ns + controller->data_ns);
    }
}

/* The message is through. */
static void next_message(struct controller_line *controller, struct wires *wires)
{
    controller->index++;
    if (controller->current->flags & CONTROLLER_STOP)
        stop(controller, wires, CONTROLLER_DONE);
    else
        go_on(controller, wires);
}

static void begin_data(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    controller->in_address = false;
    if (controller->position == current->length)
        next_message(controller, wires);
    else if (is_read(current))
        begin_receiving(controller, wires);
    else
        begin_sending(controller, wires, current->buffer[controller->position]);
}

/* SCL is low, the START (or what stands for it) is made. */
static void begin_message(struct controller_line *controller, struct wires *wires)
{
    bool skip_address = controller->current->flags & CONTROLLER_NO_START;
    controller->position = 0;
    controller->current->addressed = skip_address;
    if (skip_address)
        begin_data(controller, wires);
    else
        begin_address(controller, wires);
}

static void on_acknowledge_bit(struct controller_line *controller, struct wires *wires, bool ack)
{
    struct controller_message *current = controller->current;
    if (controller->in_address) {
        current->addressed = ack;
    } else {
        current->moved++;
        controller->position++;
        current->nacked = !ack;
    }
    if (ack || (current->flags & CONTROLLER_IGNORE_NACK))
        begin_data(controller, wires);
    else
        stop(controller, wires,
             controller->in_address ? CONTROLLER_ADDRESS_NACK : CONTROLLER_DATA_NACK);
}

/* The first byte of a CONTROLLER_RECEIVE_LENGTH message says how many follow. */
static bool take_length(struct controller_message *current)
{
    uint8_t count = current->buffer[0];
    if (count > BLOCK_MAX)
        return false;
    current->length += count;
    return true;
}

static void end_read_byte(struct controller_line *controller, struct wires *wires)
{
    controller->current->moved++;
    controller->position++;
    if (controller->verdict == CONTROLLER_BAD_LENGTH)
        stop(controller, wires, CONTROLLER_BAD_LENGTH);
    else
        begin_data(controller, wires);
}

/*
 * Eight bits are in.  The acknowledge bit is ours: NACK the last byte only, so that the target lets
 * SDA go.
 */
static void on_read_byte(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    current->buffer[controller->position] = controller->shift;
    if (controller->position == 0 && (current->flags & CONTROLLER_RECEIVE_LENGTH) &&
        !take_length(current))
        controller->verdict = CONTROLLER_BAD_LENGTH;
    bool last =
        controller->position + 1 == current->length || controller->verdict == CONTROLLER_BAD_LENGTH;
    if (current->flags & CONTROLLER_NO_READ_ACK)
        end_read_byte(controller, wires);
    else
        begin_bit(controller, wires, !last);
}

/* ---- one clock, sampled ------------------------------------------------------------------- */

static bool is_sending(struct controller_line *controller)
{
    return controller->in_address || !is_read(controller->current);
}

static void on_sent_bit(struct controller_line *controller, struct wires *wires, bool sda)
{
    if (sda == controller->sda_low) {
        stop(controller, wires, CONTROLLER_ARBITRATION_LOST);
        return;
    }
    controller->shift = (uint8_t)(controller->shift << 1);
    controller->bit++;
    begin_bit(controller, wires, controller->bit < ACK_BIT && !(controller->shift & 0x80));
}

static void on_received_bit(struct controller_line *controller, struct wires *wires, bool sda)
{
    controller->shift = (uint8_t)(controller->shift << 1 | sda);
    controller->bit++;
    if (controller->bit < ACK_BIT)
        begin_bit(controller, wires, false);
    else
        on_read_byte(controller, wires);
}

static void sample(struct controller_line *controller, struct wires *wires)
{
    bool sda = wires->sda;
    pull(controller, wires, true, controller->participant.pulls.sda_low);
    controller->bits++;
    if (controller->verdict == CONTROLLER_ABORTED)
        stop(controller, wires, CONTROLLER_ABORTED);
    else if (controller->bit == ACK_BIT && is_sending(controller))
        on_acknowledge_bit(controller, wires, !sda);
    else if (controller->bit == ACK_BIT)
        end_read_byte(controller, wires);
    else if (is_sending(controller))
        on_sent_bit(controller, wires, sda);
    else
        on_received_bit(controller, wires, sda);
}

/* SCL is (taken to be) high: how long that took is the target's stretch. */
static void on_risen(struct controller_line *controller, struct wires *wires, enum phase next,
                     uint32_t after_ns)
{
    controller->current->stretch_ns += wires->now_ns - controller->released_ns;
    at(controller, next, wires->now_ns + after_ns);
}

/*
 * Lets SCL go.  Who ignores stretching takes it for high at once; who does not is told by the edge.
 */
static void let_go(struct controller_line *controller, struct wires *wires, enum phase rising)
{
    pull(controller, wires, false, controller->participant.pulls.sda_low);
    controller->released_ns = wires->now_ns;
    at(controller, rising, controller->ignore_stretch ? wires->now_ns : WIRES_NEVER);
}

/* ---- STOP, made sure of (UM10204 §3.1.16) -------------------------------------------------- */

static void look_before_stop(struct controller_line *controller, struct wires *wires)
{
    uint32_t rest_ns = controller->low_ns - controller->look_ns;
    if (!wires->sda && controller->recovery < RECOVERY_CLOCKS_MAX) {
        controller->recovery++;
        controller->recovery_clocks++;
        at(controller, FREE_LET_GO, wires->now_ns + rest_ns);
    } else {
        pull(controller, wires, true, true);
        at(controller, STOP_LET_GO, wires->now_ns + rest_ns);
    }
}

static void make_stop(struct controller_line *controller, struct wires *wires)
{
    pull(controller, wires, false, false);
    controller->free_ns = wires->now_ns + controller->timing->free_ns;
    at(controller, STOPPED, wires->now_ns + controller->timing->data_setup_ns);
}

/* The bus is free, by this transfer's own STOP. */
static void go_on_after_stop(struct controller_line *controller)
{
    if (controller->verdict == CONTROLLER_DONE && controller->index < controller->count) {
        at(controller, START, controller->free_ns);
    } else if (controller->verdict == CONTROLLER_DONE && controller->is_open) {
        pause(controller);
    } else {
        controller->result = controller->verdict;
        at(controller, IDLE, WIRES_NEVER);
    }
}

static void after_stop(struct controller_line *controller, struct wires *wires)
{
    if (!wires->sda && controller->recovery < RECOVERY_CLOCKS_MAX) {
        controller->recovery++;
        controller->recovery_clocks++;
        pull(controller, wires, true, false);
        at(controller, STOP_LOOK, wires->now_ns + controller->look_ns);
        return;
    }
    go_on_after_stop(controller);
}

/* ---- the engine --------------------------------------------------------------------------- */

static void act(struct controller_line *controller, struct wires *wires)
{
    uint64_t now_ns = wires->now_ns;
    switch ((enum phase)controller->phase) {
    case IDLE:
        break;
    case START:
        make_start(controller, wires);
        break;
    case START_HELD:
        pull(controller, wires, true, true);
        begin_message(controller, wires);
        break;
    case DATA:
        pull(controller, wires, true, controller->sda_low);
        at(controller, LET_GO, now_ns + controller->low_ns - controller->data_ns);
        break;
    case LET_GO:
        let_go(controller, wires, RISING);
        break;
    case RISING:
        on_risen(controller, wires, SAMPLE, controller->high_ns);
        break;
    case SAMPLE:
        sample(controller, wires);
        break;
    case RESTART_DATA:
        pull(controller, wires, true, false);
        at(controller, RESTART_LET_GO, now_ns + controller->low_ns - controller->data_ns);
        break;
    case RESTART_LET_GO:
        let_go(controller, wires, RESTART_RISING);
        break;
    case RESTART_RISING:
        on_risen(controller, wires, START, controller->timing->restart_setup_ns);
        break;
    case STOP_DATA:
        pull(controller, wires, true, false);
        at(controller, STOP_LOOK, now_ns + controller->look_ns - controller->data_ns);
        break;
    case STOP_LOOK:
        look_before_stop(controller, wires);
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
        after_stop(controller, wires);
        break;
    case FREE_LET_GO:
        let_go(controller, wires, FREE_RISING);
        break;
    case FREE_RISING:
        on_risen(controller, wires, FREE_SAMPLE, controller->high_ns);
        break;
    case FREE_SAMPLE:
        pull(controller, wires, true, false);
        controller->bits++;
        at(controller, STOP_LOOK, now_ns + controller->look_ns);
        break;
    }
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct controller_line *controller = (struct controller_line *)self;
    if (wires->now_ns >= controller->due_ns || (wires->scl && is_rising(controller)))
        act(controller, wires);
}

/* ---- what drivers call -------------------------------------------------------------------- */

void controller_line_init(struct controller_line *controller, struct wires *wires, uint32_t scl_hz)
{
    const struct bus_timing *timing = bus_timing_for(scl_hz);
    uint32_t period_ns = 1000000000u / scl_hz;
    uint32_t spare_ns = period_ns > timing->low_ns + timing->high_ns
                            ? period_ns - timing->low_ns - timing->high_ns
                            : 0;
    *controller = (struct controller_line){
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
        .timing = timing,
        .low_ns = timing->low_ns + spare_ns / 2,
        .high_ns = timing->high_ns + spare_ns - spare_ns / 2,
        .due_ns = WIRES_NEVER,
    };
    controller->data_ns = controller->low_ns / 4;
    controller->look_ns = controller->low_ns - controller->low_ns / 4;
    wires_join(wires, &controller->participant);
}

void controller_line_start(struct controller_line *controller, struct wires *wires,
                           struct controller_message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        messages[i].started = messages[i].addressed = false;
    controller->messages = messages;
    controller->current = messages;
    controller->count = count;
    controller->index = 0;
    controller->is_open = false;
    controller->result = CONTROLLER_RUNNING;
    controller->verdict = CONTROLLER_DONE;
    uint64_t from_ns = controller->free_ns > wires->now_ns ? controller->free_ns : wires->now_ns;
    at(controller, START, from_ns);
}

void controller_line_continue(struct controller_line *controller, struct wires *wires, size_t count,
                              bool is_open)
{
    for (size_t i = controller->count; i < count; i++)
        controller->messages[i].started = controller->messages[i].addressed = false;
    controller->count = count;
    controller->is_open = is_open;
    controller->is_paused = false;
    if (controller->participant.pulls.scl_low)
        go_on(controller, wires);
    else
        go_on_after_stop(controller);
}

void controller_line_abort(struct controller_line *controller)
{
    if (controller_line_busy(controller))
        controller->verdict = CONTROLLER_ABORTED;
}

bool controller_line_is_stretched(const struct controller_line *controller,
                                  const struct wires *wires)
{
    return is_rising(controller) && !wires->scl;
}
