/* SPDX-License-Identifier: MIT */
/*
 * The short ways of the simulation against the long way: edges that are not told, clocks that are
 * made in a row at once, bystanders that sleep.
 *
 * The same random life is played on two buses, of which one takes the long way: transfers, two
 * controllers at once, spikes and edges of a hostile participant, late answers, cuts, targets that
 * join, leave and change their addresses.  Every change of a line or of a pull, every event and
 * every result must be the same, to the nanosecond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/bystanders.h"
#include "line/checker.h"
#include "line/controller_line.h"
#include "line/faults.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    TARGETS = 6,
    CONTROLLERS = 2,
    MESSAGES_MAX = 3,
    BYTES_MAX = 12,
    RECORDS_MAX = 200000,
    LIVES = 3000,
    DEEDS = 150
};

/* What one of the two buses has shown.  Everything is a number, so that records are compared whole. */
struct record {
    uint64_t at_ns;
    uint32_t what, who, value, detail;
};

enum { EDGE = 1, EVENT, RESULT, VIOLATION, STATE };

struct life;

struct subject {
    struct wired_target wired; /* first member */
    struct life *life;
    uint32_t number;
    uint32_t choices; /* the state of its own dice */
    bool is_there, owes;
    uint8_t owed;
};

struct talker {
    struct controller_line line;
    struct controller_message messages[MESSAGES_MAX];
    uint8_t bytes[MESSAGES_MAX][BYTES_MAX + 32];
    size_t count;
};

struct life {
    struct wires_observer observer; /* first member */
    struct wires wires;
    struct bystanders bystanders;
    struct wires_participant hostile;
    struct faults faults;
    struct checker checker;
    struct subject subjects[TARGETS];
    struct talker talkers[CONTROLLERS];
    struct line_driver_timing timing;
    uint32_t dice, whims;
    uint32_t grid_ns;
    uint32_t talker_count; /* beside an idle controller nobody acts alone */
    uint32_t target_count; /* of the subjects, those that ever join */
    bool is_watched;       /* by observers: else levels that nobody sees need not be made */
    bool is_rough;         /* with a hostile participant, faults, and perhaps a second controller */
    size_t count;
    struct record records[RECORDS_MAX];
};

/* On a grid that the controllers' times are on, too, many things happen at the same moment. */
static uint64_t on_grid(const struct life *life, uint64_t ns)
{
    return (ns + life->grid_ns - 1) / life->grid_ns * life->grid_ns;
}

static uint32_t roll(uint32_t *dice, uint32_t below)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 17;
    *dice ^= *dice << 5;
    return *dice % below;
}

static void note(struct life *life, uint32_t what, uint32_t who, uint32_t value, uint32_t detail)
{
    assert_true(life->count < RECORDS_MAX);
    life->records[life->count++] = (struct record){life->wires.now_ns, what, who, value, detail};
}

static void note_edge(struct wires_observer *observer, const struct wires *wires)
{
    struct life *life = (struct life *)observer;
    note(life, EDGE, wires->scl_pulls << 8 | wires->sda_pulls, wires->scl, wires->sda);
}

/* ---- targets --------------------------------------------------------------------------------- */

static int choose(struct subject *subject, uint8_t kind)
{
    uint32_t choice = roll(&subject->choices, 256);
    if (kind == I2CTARGET_REQUESTED)
        return choice % 16 == 0 ? I2CTARGET_RELEASE : (int)choice;
    return choice % 8 == 0 ? I2CTARGET_NACK : I2CTARGET_ACK;
}

static int on_event(void *owner, const struct i2ctarget_event *event)
{
    struct subject *subject = owner;
    note(subject->life, EVENT, subject->number, (uint32_t)event->kind << 8 | event->value,
         (uint32_t)event->moved << 16 | (uint32_t)event->address << 8 |
             (uint32_t)event->is_read << 1 | event->is_restart);
    subject->owes = false;
    if (event->kind == I2CTARGET_ENDED)
        return 0;
    subject->owes = roll(&subject->choices, 6) == 0;
    subject->owed = event->kind;
    return subject->owes ? I2CTARGET_HOLD : choose(subject, event->kind);
}

static struct i2ctarget_address_set some_addresses(uint32_t *dice)
{
    struct i2ctarget_address_set addresses = {0};
    for (uint32_t i = 0; i <= roll(dice, 2); i++)
        i2ctarget_address_set_add(&addresses, (uint16_t)(0x40 + roll(dice, 5)));
    if (roll(dice, 8) == 0)
        i2ctarget_address_set_add(&addresses, 0);
    return addresses;
}

static void join(struct life *life, struct subject *subject)
{
    static const uint16_t holds_ns[] = {0,   1,   20,  50,  51,  52,  60,  100,  104,  105, 119,
                                        120, 154, 155, 156, 250, 400, 700, 1200, 1250, 2000};
    struct i2ctarget_address_set addresses = some_addresses(&life->dice);
    bool smbus = roll(&life->dice, 3) == 0;
    struct line_driver_timing timing = life->timing;
    if (roll(&life->dice, 12) == 0)
        timing.filter_ns = roll(&life->dice, 2) ? 0 : 20;
    if (roll(&life->dice, 6) == 0)
        timing.hold_ns = holds_ns[roll(&life->dice, COUNT(holds_ns))];
    i2ctarget_wired_target_init(&subject->wired, &life->wires, &timing, &addresses, smbus, on_event,
                                subject);
    if (roll(&life->dice, 5) != 0)
        i2ctarget_wired_target_stand_by(&subject->wired, &life->bystanders);
    i2ctarget_checker_watch(&life->checker, &subject->wired.participant, true);
    i2ctarget_faults_adopt(&life->faults, &subject->wired);
    subject->is_there = true;
    subject->owes = false;
}

static void leave(struct life *life, struct subject *subject)
{
    i2ctarget_faults_disown(&life->faults, &subject->wired);
    i2ctarget_checker_unwatch(&life->checker, &subject->wired.participant);
    i2ctarget_wired_target_leave(&subject->wired, &life->wires);
    subject->is_there = false;
}

/* Now and then an answer that nobody waits for any more, which must change nothing. */
static void answer_late(struct life *life, struct subject *subject)
{
    if (!subject->owes && roll(&life->dice, 2) != 0)
        return;
    subject->owes = false;
    i2ctarget_wired_target_answer(&subject->wired, &life->wires, choose(subject, subject->owed));
}

static void disturb(struct life *life, struct subject *subject)
{
    struct i2ctarget_address_set addresses = some_addresses(&life->dice);
    uint32_t choice = roll(&life->dice, 24);
    if (!subject->is_there)
        join(life, subject);
    else if (choice == 0)
        leave(life, subject);
    else if (choice == 1)
        i2ctarget_wired_target_cut(&subject->wired, &life->wires, I2CTARGET_BUS_ERROR);
    else if (choice == 2)
        i2ctarget_wired_target_set_addresses(&subject->wired, &addresses);
    else
        answer_late(life, subject);
}

/* ---- controllers, and the hostile one -------------------------------------------------------- */

/* Now and then by itself, in the middle of whatever goes on. */
static void interfere(struct wires_participant *self, struct wires *wires)
{
    struct life *life = (struct life *)((char *)self - offsetof(struct life, hostile));
    bool scl_low = roll(&life->whims, 6) == 0, sda_low = roll(&life->whims, 6) == 0;
    i2ctarget_wires_pull(wires, self, (struct line_pulls){scl_low, sda_low});
    uint32_t limit_ns = scl_low || sda_low ? 4000 : 400000;
    self->wake_ns = on_grid(life, wires->now_ns + 1 + roll(&life->whims, limit_ns));
}

static void pass(struct life *life, uint64_t ns)
{
    i2ctarget_wires_pass(&life->wires, on_grid(life, life->wires.now_ns + ns));
}

static void pull(struct life *life, bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(&life->wires, &life->hostile, (struct line_pulls){scl_low, sda_low});
    i2ctarget_wires_settle(&life->wires);
}

static void note_result(struct life *life, uint32_t number)
{
    struct talker *talker = &life->talkers[number];
    note(life, RESULT, number, talker->line.result, (uint32_t)talker->line.index);
    for (size_t i = 0; i < talker->count; i++) {
        const struct controller_message *message = &talker->messages[i];
        note(life, RESULT, number, message->moved,
             (uint32_t)message->addressed << 8 | message->nacked);
        note(life, RESULT, (uint32_t)message->start_ns, (uint32_t)message->stretch_ns,
             (uint32_t)message->cut << 8 | message->cut_bits);
        for (size_t at = 0; at < BYTES_MAX; at++)
            note(life, RESULT, number, talker->bytes[i][at], (uint32_t)at);
    }
}

static void talk(struct life *life, uint32_t number)
{
    static const uint16_t flags[] = {
        0,
        0,
        0,
        0,
        CONTROLLER_IGNORE_NACK,
        CONTROLLER_IGNORE_NACK,
        CONTROLLER_STOP,
        CONTROLLER_REVERSE_DIRECTION,
        CONTROLLER_IGNORE_NACK | CONTROLLER_REVERSE_DIRECTION,
        CONTROLLER_NO_READ_ACK,
        CONTROLLER_RECEIVE_LENGTH,
        CONTROLLER_NO_START,
    };
    struct talker *talker = &life->talkers[number];
    if (i2ctarget_controller_line_busy(&talker->line)) {
        if (roll(&life->dice, 4) == 0)
            i2ctarget_controller_line_abort(&talker->line);
        return;
    }
    note_result(life, number);
    talker->count = 1 + roll(&life->dice, MESSAGES_MAX);
    for (size_t i = 0; i < talker->count; i++) {
        for (size_t at = 0; at < BYTES_MAX; at++)
            talker->bytes[i][at] = (uint8_t)roll(&life->dice, 256);
        talker->messages[i] = (struct controller_message){
            .address = (uint8_t)(roll(&life->dice, 8) == 0 ? 0 : 0x40 + roll(&life->dice, 6)),
            .flags = flags[roll(&life->dice, COUNT(flags))] | (uint16_t)roll(&life->dice, 2),
            .length = roll(&life->dice, BYTES_MAX + 1),
            .buffer = talker->bytes[i],
        };
    }
    i2ctarget_controller_line_start(&talker->line, &life->wires, talker->messages, talker->count);
}

static void spike(struct life *life)
{
    static const uint16_t widths_ns[] = {1, 20, 49, 50, 51, 52, 120, 299, 300, 301, 2000};
    bool scl_low = roll(&life->dice, 2), sda_low = roll(&life->dice, 2);
    pull(life, scl_low, sda_low);
    pass(life, widths_ns[roll(&life->dice, COUNT(widths_ns))]);
    pull(life, false, false);
}

static void set_filter(struct life *life)
{
    life->timing.filter_ns = 50;
    i2ctarget_bystanders_wake_all(&life->bystanders, &life->wires);
    for (uint32_t i = 0; i < TARGETS; i++) {
        if (life->subjects[i].is_there)
            i2ctarget_wired_target_set_filter(&life->subjects[i].wired, &life->wires, 50);
    }
}

/* Something goes wrong on demand, or no longer. */
static void go_wrong(struct life *life)
{
    static const char *const texts[] = {
        "0x40 nack once",
        "any nack",
        "0x41 nack-after 1",
        "any stretch 100us at 1.3",
        "any hold-scl 200us",
        "any hold-sda 150us at 1.6",
        "0x42 flip at 1.5 read",
        "any flip at 1.ack write once",
        "0x40 lose-arbitration at 1.4 write",
        "any drop at 1.3 once",
        "0x41 no-stop once",
        "any glitch-sda 40ns at 1.7 write",
        "any glitch-scl 40ns at 1.3",
        "any clock 20000 once",
    };
    struct i2ctarget_fault fault;
    char why[I2CTARGET_FAULT_WHY_MAX];
    uint32_t choice = roll(&life->dice, 2 * COUNT(texts));
    if (choice == COUNT(texts))
        set_filter(life);
    if (choice >= COUNT(texts)) {
        i2ctarget_faults_remove(&life->faults, &life->wires, 0);
        return;
    }
    if (!i2ctarget_fault_parse(texts[choice], &fault, why))
        fail_msg("%s: %s", texts[choice], why);
    i2ctarget_faults_add(&life->faults, &life->wires, &fault, why);
}

/* SCL is low for about as long as SMBus allows, and something happens meanwhile. */
static void hold_clock(struct life *life)
{
    static const uint32_t times_ns[] = {9000000, 24980000, 24999999, 25000000, 25000001};
    uint64_t until_ns = life->wires.now_ns;
    pull(life, true, false);
    until_ns += times_ns[roll(&life->dice, COUNT(times_ns))];
    pass(life, roll(&life->dice, 3000));
    disturb(life, &life->subjects[roll(&life->dice, life->target_count)]);
    i2ctarget_wires_pass(&life->wires, until_ns);
    pull(life, false, roll(&life->dice, 4) == 0);
}

/* Less than a bit, or a few bytes. */
static uint64_t some_time(uint32_t *dice)
{
    static const uint32_t limits_ns[] = {3000, 1500000, 20000000};
    uint32_t choice = roll(dice, 30);
    return roll(dice, limits_ns[choice == 0 ? 2 : choice < 20]);
}

/* At rest both ways have come to the same place, to the bit, also where nobody looks. */
static void note_place(struct life *life)
{
    note(life, STATE, life->wires.scl_pulls << 8 | life->wires.sda_pulls, life->wires.scl,
         life->wires.sda);
    for (uint32_t i = 0; i < life->talker_count; i++) {
        const struct controller_line *line = &life->talkers[i].line;
        note(life, STATE, (uint32_t)line->phase << 8 | line->bit,
             (uint32_t)line->seen << 8 | line->shift, (uint32_t)line->due_ns);
        note(life, STATE, (uint32_t)line->sda_low << 8 | line->sda_at_rise, line->position,
             (uint32_t)line->released_ns);
    }
}

static void do_something(struct life *life)
{
    uint32_t choice = roll(&life->dice, life->is_rough ? 12 : 8);
    if (choice < 4)
        talk(life, choice % life->talker_count);
    else if (choice < 8)
        disturb(life, &life->subjects[roll(&life->dice, life->target_count)]);
    else if (choice == 8)
        spike(life);
    else if (choice == 9)
        hold_clock(life);
    else if (choice == 10)
        go_wrong(life);
    else
        pull(life, roll(&life->dice, 8) == 0, roll(&life->dice, 8) == 0);
    pass(life, some_time(&life->dice));
    note_place(life);
}

/* ---- two lives ------------------------------------------------------------------------------- */

static void begin(struct life *life, uint32_t seed, bool takes_long_way)
{
    static const uint32_t speeds_hz[] = {10000, 33333, 70000, 100000, 400000, 1000000};
    memset(life, 0, offsetof(struct life, records));
    life->dice = seed * 2654435761u + 1;
    life->is_rough = roll(&life->dice, 2);
    life->grid_ns = roll(&life->dice, 2) ? 50 : 1;
    uint32_t scl_hz = speeds_hz[roll(&life->dice, COUNT(speeds_hz))];
    life->timing = i2ctarget_line_driver_timing_for(scl_hz);
    life->timing.filter_ns = roll(&life->dice, 2) ? 50 : 0;
    i2ctarget_wires_init(&life->wires);
    life->wires.takes_long_way = takes_long_way;
    life->is_watched = roll(&life->dice, 2);
    life->observer.edge = note_edge;
    if (life->is_watched) {
        i2ctarget_wires_observe(&life->wires, &life->observer);
        i2ctarget_checker_init(&life->checker, &life->wires, scl_hz, 0);
    }
    bool ear_is_first = roll(&life->dice, 2);
    if (ear_is_first)
        i2ctarget_bystanders_init(&life->bystanders, &life->wires, &life->timing);
    life->hostile = (struct wires_participant){
        .step = interfere, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES};
    life->whims = life->dice ^ 0x5A5A5A5A;
    if (life->is_rough && roll(&life->dice, 2))
        life->hostile.wake_ns = 0;
    i2ctarget_wires_join(&life->wires, &life->hostile);
    life->talker_count = life->is_rough && roll(&life->dice, 2) ? CONTROLLERS : 1;
    for (uint32_t i = 0; i < life->talker_count; i++)
        i2ctarget_controller_line_init(&life->talkers[i].line, &life->wires, scl_hz);
    i2ctarget_faults_init(&life->faults, &life->wires, &life->talkers[0].line, scl_hz);
    if (!ear_is_first)
        i2ctarget_bystanders_init(&life->bystanders, &life->wires, &life->timing);
    life->target_count = 1 + roll(&life->dice, TARGETS);
    for (uint32_t i = 0; i < life->target_count; i++) {
        life->subjects[i].life = life;
        life->subjects[i].number = i;
        life->subjects[i].choices = life->dice + i;
        if (roll(&life->dice, 4) != 0)
            join(life, &life->subjects[i]);
    }
}

static void end(struct life *life)
{
    for (uint32_t i = 0; i < TARGETS; i++) {
        const struct subject *subject = &life->subjects[i];
        const struct stretching *stretching = &subject->wired.driver.stretching;
        if (subject->is_there)
            note(life, STATE, i2ctarget_wired_target_glitches(&subject->wired), stretching->count,
                 (uint32_t)stretching->longest);
    }
    for (uint32_t i = 0; i < life->checker.violation_count && i < CHECKER_VIOLATIONS_MAX; i++)
        note(life, VIOLATION, life->checker.violations[i].rule,
             (uint32_t)life->checker.violations[i].at_ns,
             (uint32_t)life->checker.violations[i].measured_ns);
    for (uint32_t i = 0; i < CONTROLLERS; i++)
        note(life, RESULT, i, (uint32_t)life->talkers[i].line.bits,
             life->talkers[i].line.recovery_clocks);
}

static void play(struct life *life, uint32_t seed, bool takes_long_way)
{
    begin(life, seed, takes_long_way);
    for (int deed = 0; deed < DEEDS; deed++)
        do_something(life);
    end(life);
}

static void compare(uint32_t seed, const struct life *one, const struct life *other)
{
    size_t count = one->count < other->count ? one->count : other->count;
    for (size_t i = 0; i < count; i++) {
        const struct record *a = &one->records[i], *b = &other->records[i];
        if (memcmp(a, b, sizeof *a) != 0)
            fail_msg("life %u, record %zu: %llu ns: %u %x %x %x, the long way %llu ns: %u %x %x %x",
                     seed, i, (unsigned long long)a->at_ns, a->what, a->who, a->value, a->detail,
                     (unsigned long long)b->at_ns, b->what, b->who, b->value, b->detail);
    }
    assert_int_equal(one->count, other->count);
}

static uint32_t first_seed;
static struct life short_way, long_way;

/* And the lives are no idle ones: targets were addressed, and slept. */
static void both_ways_are_the_same(void **state)
{
    (void)state;
    unsigned events = 0;
    for (uint32_t seed = first_seed; seed < first_seed + LIVES; seed++) {
        play(&short_way, seed, false);
        play(&long_way, seed, true);
        compare(seed, &short_way, &long_way);
        for (size_t i = 0; i < long_way.count; i++)
            events += long_way.records[i].what == EVENT;
    }
    assert_true(events > 40 * LIVES);
}

static void clock_by_hand(struct life *life, bool bit)
{
    pull(life, true, !bit);
    pass(life, 5000);
    pull(life, false, !bit);
    pass(life, 5000);
}

/* Nobody is there but a target that keeps SMBus limits, and a hand that pulls. */
static void begin_with_one(struct life *life, struct subject *only)
{
    struct i2ctarget_address_set addresses = {0};
    memset(life, 0, offsetof(struct life, records));
    life->grid_ns = 1;
    life->timing = i2ctarget_line_driver_timing_for(100000);
    i2ctarget_wires_init(&life->wires);
    i2ctarget_bystanders_init(&life->bystanders, &life->wires, &life->timing);
    life->hostile = (struct wires_participant){.step = interfere, .wake_ns = WIRES_NEVER};
    life->hostile.ignores = WIRES_ALL_EDGES;
    i2ctarget_wires_join(&life->wires, &life->hostile);
    *only = (struct subject){.life = life, .choices = 1};
    i2ctarget_address_set_add(&addresses, 0x40);
    i2ctarget_wired_target_init(&only->wired, &life->wires, &life->timing, &addresses, true,
                                on_event, only);
    i2ctarget_wired_target_stand_by(&only->wired, &life->bystanders);
    i2ctarget_bystanders_enlist(&life->bystanders); /* who is alone never sleeps */
}

/*
 * The only sleeper keeps SMBus limits, and falls asleep where SCL is low in its address.  25 ms later
 * it has given up this message.
 */
static void a_limit_is_kept_by_the_only_sleeper(void **state)
{
    (void)state;
    struct life *life = &short_way;
    struct subject *subject = &life->subjects[0];
    begin_with_one(life, subject);
    pull(life, false, true);
    pass(life, 5000);
    pull(life, true, false);
    i2ctarget_wired_target_answer(&subject->wired, &life->wires, I2CTARGET_ACK);
    assert_true(subject->wired.is_asleep);
    pass(life, 25000000);
    for (int bit = 7; bit >= 0; bit--)
        clock_by_hand(life, 0x40 << 1 >> bit & 1);
    pull(life, true, false);
    assert_int_equal(life->count, 0);
}

/* The arguments are a first number of lives, to try others. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways_are_the_same),
                                       cmocka_unit_test(a_limit_is_kept_by_the_only_sleeper)};
    first_seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
