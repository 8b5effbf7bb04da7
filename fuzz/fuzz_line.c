/* SPDX-License-Identifier: MIT */
/*
 * One or two targets on wires, and a hostile participant that does what the input says: well-formed
 * STARTs, bytes and STOPs, single edges, spikes, pauses; with late answers, and cuts.
 *
 * Demanded: the engine pulls SCL, and changes SDA, only while it sees SCL low; events come in the
 * order of event.h; the bytes add up; and when the hostile participant releases the lines, a
 * well-behaved controller reads and writes as usual.
 */
#include <string.h>

#include "harness.h"
#include "line/controller_line.h"
#include "line/wired_target.h"

enum { ADDRESS = 0x40, TARGETS_MAX = 2, DATA = 0x5A, QUARTER_NS = 2500, RECOVERIES_MAX = 3 };

struct subject {
    struct wires_observer observer; /* first member */
    struct wired_target wired;
    struct scene *scene;
    struct line_pulls pulls; /* as last seen */
    /* The current message, as the events report it. */
    bool is_open, is_read, is_refused;
    uint8_t owed; /* enum i2ctarget_event_kind: answered with HOLD, and not since */
    uint32_t answered;
};

struct scene {
    struct wires wires;
    struct wires_participant hostile;
    struct subject subjects[TARGETS_MAX];
    unsigned count;
    struct input input;
    bool is_healthy; /* the input is over: all participants keep the rules */
};

/* ---- what is demanded of a target ------------------------------------------------------------ */

/*
 * SDA changes while SCL is low, after the hold time.  But a target that is cut releases it at once.
 */
static void check_pulls(struct wires_observer *observer, const struct wires *wires)
{
    struct subject *subject = (struct subject *)observer;
    const struct line_driver *driver = &subject->wired.driver;
    const struct line_pulls *now = &subject->wired.participant.pulls;
    bool is_held = wires->now_ns >= driver->scl_fell_ns + driver->timing.hold_ns;
    if (now->scl_low && !subject->pulls.scl_low)
        DEMAND(!driver->line.scl);
    if (now->sda_low && !subject->pulls.sda_low)
        DEMAND(!driver->raw_scl && is_held);
    if (!now->sda_low && subject->pulls.sda_low)
        DEMAND((!driver->raw_scl && is_held) || i2ctarget_target_line_is_deaf(&driver->line));
    DEMAND(now->scl_low || !driver->stretching.is_on ||
           i2ctarget_target_line_is_deaf(&driver->line));
    subject->pulls = *now;
}

static bool is_cut(uint8_t cause)
{
    return cause == I2CTARGET_TIMEOUT || cause == I2CTARGET_BUS_ERROR;
}

static void check_end(const struct subject *subject, const struct i2ctarget_event *event)
{
    DEMAND(subject->is_open);
    DEMAND(event->value > I2CTARGET_OPEN && event->value <= I2CTARGET_BUS_ERROR);
    DEMAND(subject->owed == I2CTARGET_NO_EVENT || is_cut(event->value));
    if (!subject->is_read)
        DEMAND(event->moved == subject->answered);
    else /* the last byte may have been cut */
        DEMAND(event->moved == subject->answered || event->moved + 1 == subject->answered);
    if (event->value == I2CTARGET_CONTROLLER_NACK)
        DEMAND(subject->is_read && (event->moved == subject->answered));
}

static void check_event(const struct subject *subject, const struct i2ctarget_event *event)
{
    bool goes_on = subject->is_open && !subject->is_refused && subject->owed == I2CTARGET_NO_EVENT;
    switch (event->kind) {
    case I2CTARGET_ADDRESSED:
        DEMAND(!subject->is_open && event->address == ADDRESS);
        break;
    case I2CTARGET_RECEIVED:
        DEMAND(goes_on && !subject->is_read);
        break;
    case I2CTARGET_REQUESTED:
        DEMAND(goes_on && subject->is_read);
        break;
    default:
        DEMAND(event->kind == I2CTARGET_ENDED);
        check_end(subject, event);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

static int choose_answer(struct scene *scene, uint8_t kind)
{
    if (scene->is_healthy)
        return kind == I2CTARGET_REQUESTED ? DATA : I2CTARGET_ACK;
    uint8_t choice = input_byte(&scene->input);
    if (kind == I2CTARGET_REQUESTED)
        return choice % 8 == 0 ? I2CTARGET_RELEASE : choice;
    return choice % 8 == 0 ? I2CTARGET_NACK : I2CTARGET_ACK;
}

static void note_answer(struct subject *subject, uint8_t kind, int answer)
{
    subject->owed = I2CTARGET_NO_EVENT;
    if (answer == I2CTARGET_HOLD)
        subject->owed = kind;
    else if (answer == I2CTARGET_NACK && kind == I2CTARGET_ADDRESSED)
        subject->is_open = false;
    else if (answer == I2CTARGET_NACK || answer == I2CTARGET_RELEASE)
        subject->is_refused = true;
    else if (kind != I2CTARGET_ADDRESSED)
        subject->answered++;
}

static int on_event(void *owner, const struct i2ctarget_event *event)
{
    struct subject *subject = owner;
    check_event(subject, event);
    if (event->kind == I2CTARGET_ENDED) {
        subject->is_open = false;
        subject->owed = I2CTARGET_NO_EVENT;
        return 0;
    }
    if (event->kind == I2CTARGET_ADDRESSED) {
        subject->is_open = true;
        subject->is_read = event->is_read;
        subject->is_refused = false;
        subject->answered = 0;
    }
    bool holds = !subject->scene->is_healthy && input_byte(&subject->scene->input) % 4 == 0;
    int answer = holds ? I2CTARGET_HOLD : choose_answer(subject->scene, event->kind);
    note_answer(subject, event->kind, answer);
    return answer;
}

static void answer_late(struct scene *scene, struct subject *subject)
{
    uint8_t kind = subject->owed;
    if (kind == I2CTARGET_NO_EVENT)
        return;
    int answer = choose_answer(scene, kind);
    note_answer(subject, kind, answer);
    i2ctarget_wired_target_answer(&subject->wired, &scene->wires, answer);
}

/* ---- the hostile one ------------------------------------------------------------------------- */

static void hear_nothing(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

static void pass(struct scene *scene, uint64_t ns)
{
    i2ctarget_wires_pass(&scene->wires, scene->wires.now_ns + ns);
}

/* `true` is high, unless others pull the line. */
static void set(struct scene *scene, bool scl, bool sda)
{
    i2ctarget_wires_pull(&scene->wires, &scene->hostile, (struct line_pulls){!scl, !sda});
    i2ctarget_wires_settle(&scene->wires);
}

static bool scl_of(const struct scene *scene)
{
    return !scene->hostile.pulls.scl_low;
}

static bool sda_of(const struct scene *scene)
{
    return !scene->hostile.pulls.sda_low;
}

static void start(struct scene *scene)
{
    set(scene, scl_of(scene), true);
    pass(scene, QUARTER_NS);
    set(scene, true, true);
    pass(scene, QUARTER_NS);
    set(scene, true, false);
    pass(scene, QUARTER_NS);
    set(scene, false, false);
    pass(scene, QUARTER_NS);
}

static void stop(struct scene *scene)
{
    set(scene, scl_of(scene), false);
    pass(scene, QUARTER_NS);
    set(scene, true, false);
    pass(scene, QUARTER_NS);
    set(scene, true, true);
    pass(scene, QUARTER_NS);
}

static void clock_bit(struct scene *scene, bool sda)
{
    set(scene, false, sda_of(scene));
    pass(scene, QUARTER_NS);
    set(scene, false, sda);
    pass(scene, QUARTER_NS);
    set(scene, true, sda);
    pass(scene, 2 * QUARTER_NS);
    set(scene, false, sda);
}

static void clock_byte(struct scene *scene, uint8_t byte, bool acknowledge)
{
    for (int bit = 7; bit >= 0; bit--)
        clock_bit(scene, byte >> bit & 1);
    clock_bit(scene, !acknowledge);
}

/* A pulse on one line. */
static void spike(struct scene *scene, uint8_t choice)
{
    bool scl = scl_of(scene);
    bool sda = sda_of(scene);
    set(scene, choice & 1 ? !scl : scl, choice & 1 ? sda : !sda);
    pass(scene, 1 + choice % 64u);
    set(scene, scl, sda);
}

/* Pauses around every time limit. */
static void pause(struct scene *scene)
{
    static const uint32_t pauses_ns[] = {1,      49,      50,       51,       119,     120,  121,
                                         249,    250,     299,      300,      301,     1000, 5000,
                                         100000, 9000000, 24999999, 25000000, 25000001};
    pass(scene, pauses_ns[input_below(&scene->input, sizeof pauses_ns / sizeof *pauses_ns)]);
}

static struct subject *any(struct scene *scene)
{
    return &scene->subjects[input_below(&scene->input, scene->count)];
}

static void act(struct scene *scene)
{
    uint8_t choice = input_byte(&scene->input);
    switch (choice % 16) {
    case 0:
        start(scene);
        break;
    case 1:
        stop(scene);
        break;
    case 2:
        clock_byte(scene, ADDRESS << 1 | (choice >> 4 & 1), false);
        break;
    case 3:
        clock_byte(scene, input_byte(&scene->input), choice & 16);
        break;
    case 4: /* reads */
    case 5:
        clock_byte(scene, 0xFF, choice & 16);
        break;
    case 6:
        clock_bit(scene, choice & 16);
        break;
    case 7:
        set(scene, !scl_of(scene), sda_of(scene));
        break;
    case 8:
        set(scene, scl_of(scene), !sda_of(scene));
        break;
    case 9:
        set(scene, choice & 16, choice & 32);
        break;
    case 10:
        spike(scene, input_byte(&scene->input));
        break;
    case 11:
    case 12:
        pause(scene);
        break;
    case 13:
    case 14:
        answer_late(scene, any(scene));
        break;
    default:
        if (choice & 16)
            i2ctarget_wired_target_cut(&any(scene)->wired, &scene->wires, I2CTARGET_BUS_ERROR);
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void set_up(struct scene *scene)
{
    static const struct i2ctarget_address_set addresses = {{0, 0, 1u << (ADDRESS & 31), 0}};
    uint8_t choice = input_byte(&scene->input);
    struct line_driver_timing timing = {.filter_ns = choice & 1 ? 50 : 0,
                                        .hold_ns = choice & 2 ? 300 : 120,
                                        .setup_ns = choice & 4 ? 1250 : 100};
    i2ctarget_wires_init(&scene->wires);
    scene->hostile = (struct wires_participant){.step = hear_nothing, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(&scene->wires, &scene->hostile);
    set(scene, !(choice & 32), !(choice & 64)); /* the bus may be in use at the start */
    scene->count = choice & 128 ? 2 : 1;
    for (unsigned i = 0; i < scene->count; i++) {
        struct subject *subject = &scene->subjects[i];
        subject->scene = scene;
        subject->observer.edge = check_pulls;
        i2ctarget_wired_target_init(&subject->wired, &scene->wires, &timing, &addresses, choice & 8,
                                    on_event, subject);
        i2ctarget_wires_observe(&scene->wires, &subject->observer);
    }
}

static bool transfer(struct scene *scene, struct controller_line *controller)
{
    uint8_t written[2] = {0x12, 0xED}, read[2] = {0, 0};
    struct controller_message messages[] = {
        {.address = ADDRESS, .length = sizeof written, .buffer = written},
        {.address = ADDRESS, .flags = CONTROLLER_READ, .length = sizeof read, .buffer = read},
    };
    uint32_t recovery_clocks = controller->recovery_clocks;
    i2ctarget_controller_line_start(controller, &scene->wires, messages, 2);
    for (int steps = 0; i2ctarget_controller_line_busy(controller); steps++) {
        DEMAND(steps < 100000);
        DEMAND(i2ctarget_wires_step(&scene->wires, WIRES_NEVER));
    }
    return controller->result == CONTROLLER_DONE &&
           controller->recovery_clocks == recovery_clocks && read[0] == DATA && read[1] == DATA;
}

/* After anything: a transfer succeeds after a few attempts, each of which ends with a STOP. */
static void check_health(struct scene *scene)
{
    struct controller_line controller;
    scene->is_healthy = true;
    for (unsigned i = 0; i < scene->count; i++)
        answer_late(scene, &scene->subjects[i]);
    set(scene, true, true);
    pass(scene, 100000);
    i2ctarget_controller_line_init(&controller, &scene->wires, 100000);
    for (int tries = 0; !transfer(scene, &controller); tries++)
        DEMAND(tries < RECOVERIES_MAX);
    pass(scene, 100000);
    DEMAND(scene->wires.scl && scene->wires.sda);
    for (unsigned i = 0; i < scene->count; i++)
        DEMAND(!scene->subjects[i].is_open && scene->subjects[i].owed == I2CTARGET_NO_EVENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct scene scene = {.input = {bytes, size}};
    set_up(&scene);
    while (scene.input.left > 0)
        act(&scene);
    check_health(&scene);
    return 0;
}
