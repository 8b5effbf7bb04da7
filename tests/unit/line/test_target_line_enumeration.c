/* SPDX-License-Identifier: MIT */
/*
 * Every reachable state of the target's bit engine with every input, breadth first.
 *
 * There are two environments.
 *
 * - Physical wires: a line is low when the environment or the engine pulls it.  Beside the engine
 *    runs the `judge`: the specification written a second time, as a bus decoder that knows nothing
 *    of the engine's internals.  What it expects (event, its fields, both pulls, how `moved` grows)
 *    must be what the engine does, on every transition.  Both are enumerated as one product, so the
 *    judge's rules are proved, not sampled.  From every state a controller that releases SDA and
 *    clocks gets SDA back within nine clocks (UM10204 §3.1.16), and START and eight clocks then
 *    raise ADDRESSED (§3.1.10 note 4).
 * - Arbitrary samples, answers, resumes and releases, in any order: no invalid state is reached,
 *    SDA and SCL change only while SCL is low, and START and eight clocks always lead to ADDRESSED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/target_line.h"

/*
 * `moved` can grow without limit.  So every transition starts from this value, and only the change
 * is checked.
 */
#define MOVED_BEFORE 1000u

/* ---- a set of states, and the queue of those still to be looked at --------------------------- */

#define STATE_BYTES 12
#define STATES_MAX (1u << 22)
#define SLOTS (1u << 23)

struct state_key {
    uint8_t bytes[STATE_BYTES];
};

struct states {
    struct state_key *keys; /* in the order found: this is also the queue of the search */
    uint32_t *slots;        /* index + 1 into keys; 0: free */
    uint32_t count;
};

static void states_open(struct states *states)
{
    states->keys = malloc(STATES_MAX * sizeof *states->keys);
    states->slots = calloc(SLOTS, sizeof *states->slots);
    states->count = 0;
    assert_non_null(states->keys);
    assert_non_null(states->slots);
}

static void states_close(struct states *states)
{
    free(states->keys);
    free(states->slots);
}

static uint64_t state_hash(const struct state_key *key)
{
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < STATE_BYTES; i++)
        hash = (hash ^ key->bytes[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

static void states_add(struct states *states, const struct state_key *key)
{
    uint64_t slot = state_hash(key) % SLOTS;
    while (states->slots[slot] != 0) {
        if (memcmp(&states->keys[states->slots[slot] - 1], key, sizeof *key) == 0)
            return;
        slot = (slot + 1) % SLOTS;
    }
    if (states->count == STATES_MAX)
        fail_msg("more than %u states: something in them grows without end", STATES_MAX);
    states->keys[states->count++] = *key;
    states->slots[slot] = states->count;
}

/* ---- the engine's state as bytes ------------------------------------------------------------- */

static uint8_t flags(const bool *values, size_t count)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits = (uint8_t)(bits | (values[i] ? 1u << i : 0u));
    return bits;
}

#define LINE_BYTES 6

static void line_to_bytes(const struct target_line *line, uint8_t *bytes)
{
    const bool first[] = {line->scl,  line->sda,  line->in_transfer, line->event.is_read,
                          line->open, line->fill, line->lost};
    const bool second[] = {line->pulls.scl_low, line->pulls.sda_low, line->event.is_restart};
    bytes[0] = line->phase;
    bytes[1] = line->owed;
    bytes[2] = line->clocks;
    bytes[3] = line->shift;
    bytes[4] = flags(first, 7);
    bytes[5] = flags(second, 3);
}

static struct target_line line_from_bytes(const uint8_t *bytes)
{
    struct target_line line;
    memset(&line, 0, sizeof line);
    line.phase = bytes[0];
    line.owed = bytes[1];
    line.clocks = bytes[2];
    line.shift = bytes[3];
    line.scl = bytes[4] & 1;
    line.sda = bytes[4] >> 1 & 1;
    line.in_transfer = bytes[4] >> 2 & 1;
    line.event.is_read = bytes[4] >> 3 & 1;
    line.open = bytes[4] >> 4 & 1;
    line.fill = bytes[4] >> 5 & 1;
    line.lost = bytes[4] >> 6 & 1;
    line.pulls.scl_low = bytes[5] & 1;
    line.pulls.sda_low = bytes[5] >> 1 & 1;
    line.event.is_restart = bytes[5] >> 2 & 1;
    line.event.value = 0xA5; /* the last event's kind and value must not matter any more */
    line.event.moved = MOVED_BEFORE;
    return line;
}

/* ---- the judge: the specification, written a second time ------------------------------------- */

enum mode { DEAF, ADDRESS, WRITE, READ, FILL };

struct judge {
    uint8_t mode;
    uint8_t clocks;     /* SCL rises since START or the last ninth fall, 0..9 */
    uint8_t bits;       /* ADDRESS, WRITE: the bits so far; READ: the whole byte given */
    uint8_t owed;       /* enum i2ctarget_event_kind: its answer is owed */
    bool seen;          /* there was a sample: before it no edge can be seen */
    bool scl, sda;      /* the last sample */
    bool in_transfer;   /* START was seen, or SCL low without one, and no STOP since */
    bool open;          /* an ADDRESSED was not NACKed and has not ended */
    bool answered_read; /* the address byte's R/W bit */
    bool contradicted;  /* READ: this bit is 1, and SDA was low at its rise */
    bool sda_low;       /* what we must pull */
    bool scl_low;
};

struct expectation {
    struct i2ctarget_event event;
    uint32_t moved;    /* added to `moved` */
    bool resets_moved; /* a message begins */
};

static bool bit_of(uint8_t byte, unsigned clocks)
{
    return byte >> (7 - clocks) & 1;
}

static void judge_ends(struct judge *judge, struct expectation *expected, enum i2ctarget_end cause)
{
    if (judge->open) {
        expected->event.kind = I2CTARGET_ENDED;
        expected->event.value = (uint8_t)cause;
    }
    judge->open = false;
    judge->mode = DEAF;
}

static void judge_start(struct judge *judge, struct expectation *expected)
{
    judge_ends(judge, expected, I2CTARGET_RESTART);
    judge->mode = ADDRESS;
    judge->clocks = 0;
    judge->bits = 0;
    judge->contradicted = judge->sda_low = false;
    /*
     * ADDRESSED reports whether it was a repeated START; until then this is kept in
     * `answered_read`.
     */
    judge->answered_read = judge->in_transfer;
    judge->in_transfer = true;
}

static void judge_rise(struct judge *judge, bool sda, struct expectation *expected)
{
    judge->clocks++;
    if (judge->clocks <= 8 && (judge->mode == ADDRESS || judge->mode == WRITE))
        judge->bits = (uint8_t)(judge->bits << 1 | sda);
    if (judge->clocks <= 8 && judge->mode == READ && bit_of(judge->bits, judge->clocks - 1u) &&
        !sda)
        judge->contradicted = true;
    if (judge->clocks == 9 && judge->mode == READ)
        expected->moved = 1; /* "read bytes whose ninth clock rose" */
    if (judge->clocks == 9 && (judge->mode == READ || judge->mode == FILL) && sda)
        judge_ends(judge, expected, I2CTARGET_CONTROLLER_NACK);
}

static void judge_owes(struct judge *judge, enum i2ctarget_event_kind kind)
{
    judge->owed = (uint8_t)kind;
    judge->scl_low = true;
}

static void judge_eighth_fall(struct judge *judge, struct expectation *expected)
{
    struct i2ctarget_event *event = &expected->event;
    if (judge->mode == ADDRESS) {
        *event = (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED,
                                          .address = judge->bits >> 1,
                                          .is_read = judge->bits & 1,
                                          .is_restart = judge->answered_read};
        judge->answered_read = judge->bits & 1;
        expected->resets_moved = true;
        judge_owes(judge, I2CTARGET_ADDRESSED);
    } else if (judge->mode == WRITE) {
        *event = (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED, .value = judge->bits};
        judge_owes(judge, I2CTARGET_RECEIVED);
    }
    judge->sda_low = false;
}

static void judge_ninth_fall(struct judge *judge, struct expectation *expected)
{
    judge->clocks = 0;
    judge->bits = 0;
    judge->sda_low = false;
    if (judge->mode == ADDRESS)
        judge->mode = judge->answered_read ? READ : WRITE;
    if (judge->mode == READ) {
        expected->event.kind = I2CTARGET_REQUESTED;
        judge_owes(judge, I2CTARGET_REQUESTED);
    }
}

static void judge_fall(struct judge *judge, struct expectation *expected)
{
    if (judge->mode == DEAF)
        return;
    if (judge->contradicted) {
        judge_ends(judge, expected, I2CTARGET_ARBITRATION_LOST);
        judge->contradicted = false;
        judge->sda_low = false;
    } else if (judge->clocks == 8) {
        judge_eighth_fall(judge, expected);
    } else if (judge->clocks == 9) {
        judge_ninth_fall(judge, expected);
    } else if (judge->mode == READ) {
        judge->sda_low = !bit_of(judge->bits, judge->clocks);
    }
}

/* One sample of the wires: what must the engine report? */
static struct expectation judge_sample(struct judge *judge, bool scl, bool sda)
{
    struct expectation expected = {.event = {.kind = I2CTARGET_NO_EVENT}};
    bool scl_changed = judge->seen && scl != judge->scl;
    bool sda_changed = judge->seen && sda != judge->sda;
    if (scl_changed && scl)
        judge_rise(judge, sda, &expected);
    else if (scl_changed)
        judge_fall(judge, &expected);
    else if (sda_changed && scl && !sda)
        judge_start(judge, &expected);
    else if (sda_changed && scl) {
        judge_ends(judge, &expected, I2CTARGET_STOP);
        judge->in_transfer = judge->contradicted = judge->sda_low = false;
    }
    if (judge->mode == DEAF) { /* the clocks do not matter any more */
        judge->clocks = judge->bits = 0;
        judge->contradicted = judge->answered_read = false;
    }
    if (!scl)
        judge->in_transfer = true;
    judge->seen = true;
    judge->scl = scl;
    judge->sda = sda;
    return expected;
}

static bool refuses(int answer)
{
    return answer == I2CTARGET_NACK;
}

/* The answer is on SDA from now on.  SCL is released at once, or by the resume. */
static uint32_t judge_answer(struct judge *judge, int answer)
{
    uint8_t owed = judge->owed;
    uint32_t moved = 0;
    judge->owed = I2CTARGET_NO_EVENT;
    if (owed == I2CTARGET_ADDRESSED) {
        judge->open = !refuses(answer);
        judge->sda_low = judge->open;
    } else if (owed == I2CTARGET_RECEIVED) {
        judge->sda_low = !refuses(answer);
        moved = refuses(answer) ? 0 : 1;
    } else if (answer == I2CTARGET_RELEASE) {
        judge->mode = FILL;
    } else {
        judge->bits = (uint8_t)answer;
        judge->sda_low = !bit_of(judge->bits, 0);
    }
    if (owed != I2CTARGET_REQUESTED && refuses(answer)) {
        judge->mode = DEAF; /* if it was open, it still is: ENDED comes with the Sr or STOP */
        judge->clocks = judge->bits = 0;
        judge->answered_read = false;
    }
    return moved;
}

static void judge_release(struct judge *judge)
{
    judge->mode = DEAF;
    judge->clocks = judge->bits = 0;
    judge->owed = I2CTARGET_NO_EVENT;
    judge->open = judge->answered_read = judge->contradicted = false;
    judge->sda_low = judge->scl_low = false;
}

/* ---- the product: engine, judge and what the environment pulls ------------------------------- */

struct world {
    struct target_line line;
    struct judge judge;
    bool scl, sda;   /* released by all others */
    bool resume_due; /* a late answer is on SDA, SCL is still held */
};

static struct state_key world_key(const struct world *world)
{
    const struct judge *judge = &world->judge;
    const bool first[] = {judge->seen, judge->scl,           judge->sda,         judge->in_transfer,
                          judge->open, judge->answered_read, judge->contradicted};
    const bool second[] = {judge->sda_low, judge->scl_low, world->scl, world->sda,
                           world->resume_due};
    struct state_key key;
    memset(&key, 0, sizeof key);
    line_to_bytes(&world->line, key.bytes);
    key.bytes[LINE_BYTES] = judge->mode;
    key.bytes[LINE_BYTES + 1] = judge->clocks;
    key.bytes[LINE_BYTES + 2] = judge->bits;
    key.bytes[LINE_BYTES + 3] = judge->owed;
    key.bytes[LINE_BYTES + 4] = flags(first, 7);
    key.bytes[LINE_BYTES + 5] = flags(second, 5);
    return key;
}

static struct world world_from_key(const struct state_key *key)
{
    uint8_t first = key->bytes[LINE_BYTES + 4], second = key->bytes[LINE_BYTES + 5];
    struct world world;
    memset(&world, 0, sizeof world);
    world.line = line_from_bytes(key->bytes);
    world.judge = (struct judge){
        .mode = key->bytes[LINE_BYTES],
        .clocks = key->bytes[LINE_BYTES + 1],
        .bits = key->bytes[LINE_BYTES + 2],
        .owed = key->bytes[LINE_BYTES + 3],
        .seen = first & 1,
        .scl = first >> 1 & 1,
        .sda = first >> 2 & 1,
        .in_transfer = first >> 3 & 1,
        .open = first >> 4 & 1,
        .answered_read = first >> 5 & 1,
        .contradicted = first >> 6 & 1,
        .sda_low = second & 1,
        .scl_low = second >> 1 & 1,
    };
    world.scl = second >> 2 & 1;
    world.sda = second >> 3 & 1;
    world.resume_due = second >> 4 & 1;
    return world;
}

/*
 * How often each proved fact was seen.  A proof of "always" about something that never happened
 * would be worth nothing.
 */
struct facts {
    uint64_t transitions, addressed, received, requested, ended[I2CTARGET_CLOSED + 1];
    uint64_t ack_low_at_ninth_rise, ack_high_at_ninth_rise, starts_mid_byte, stops_mid_byte,
        both_lines_at_once, recovered, clocks_that_act, clocks_that_do_not, bits_given, bits_taken;
};

static struct facts facts;

static void describe(const struct world *world)
{
    const struct target_line *line = &world->line;
    const struct judge *judge = &world->judge;
    print_error(
        "engine: phase %u owed %u clocks %u shift %02x scl %d sda %d in_transfer %d read %d "
        "open %d fill %d pulls %d%d event %u/%u\n",
        line->phase, line->owed, line->clocks, line->shift, line->scl, line->sda, line->in_transfer,
        line->event.is_read, line->open, line->fill, line->pulls.scl_low, line->pulls.sda_low,
        line->event.kind, line->event.value);
    print_error("judge:  mode %u owed %u clocks %u bits %02x scl %d sda %d in_transfer %d open %d "
                "pulls %d%d\n",
                judge->mode, judge->owed, judge->clocks, judge->bits, judge->scl, judge->sda,
                judge->in_transfer, judge->open, judge->scl_low, judge->sda_low);
}

#define DEMAND(world, condition)        \
    do {                                \
        if (!(condition)) {             \
            describe(world);            \
            fail_msg("%s", #condition); \
        }                               \
    } while (0)

static void demand_pulls(const struct world *world, struct line_pulls pulls)
{
    DEMAND(world, pulls.scl_low == world->judge.scl_low);
    DEMAND(world, pulls.sda_low == world->judge.sda_low);
    DEMAND(world, pulls.scl_low == world->line.pulls.scl_low &&
                      pulls.sda_low == world->line.pulls.sda_low);
    DEMAND(world,
           i2ctarget_target_line_owes(&world->line) == (world->judge.owed != I2CTARGET_NO_EVENT));
}

static void demand_event(const struct world *world, const struct expectation *expected)
{
    const struct i2ctarget_event *got = &world->line.event, *want = &expected->event;
    uint32_t moved = (expected->resets_moved ? 0 : MOVED_BEFORE) + expected->moved;
    DEMAND(world, got->kind == want->kind);
    DEMAND(world, world->line.event.moved == moved);
    if (got->kind == I2CTARGET_ADDRESSED)
        DEMAND(world, got->is_read == want->is_read && got->is_restart == want->is_restart);
    if (got->kind == I2CTARGET_ADDRESSED || got->kind == I2CTARGET_RECEIVED)
        DEMAND(world, got->value == want->value);
    if (got->kind == I2CTARGET_ENDED)
        DEMAND(world, got->value == want->value && got->moved == moved);
}

static void count_facts(const struct judge *before, const struct world *world, bool scl, bool sda)
{
    const struct i2ctarget_event *event = &world->line.event;
    bool scl_changed = before->scl != scl, sda_changed = before->sda != sda;
    facts.addressed += event->kind == I2CTARGET_ADDRESSED;
    facts.received += event->kind == I2CTARGET_RECEIVED;
    facts.requested += event->kind == I2CTARGET_REQUESTED;
    if (event->kind == I2CTARGET_ENDED)
        facts.ended[event->value]++;
    facts.both_lines_at_once += scl_changed && sda_changed;
    if (scl && sda_changed && !scl_changed && before->clocks > 0)
        *(sda ? &facts.stops_mid_byte : &facts.starts_mid_byte) += 1;
    if (scl && scl_changed && before->clocks == 8 &&
        (before->mode == ADDRESS || before->mode == WRITE)) {
        DEMAND(world, !sda); /* answered ACK: low at the ninth clock, whatever the others do */
        facts.ack_low_at_ninth_rise++;
    }
    facts.ack_high_at_ninth_rise +=
        scl && scl_changed && before->mode == DEAF && before->open && sda;
}

/* One sample.  The engine must do what the judge expects. */
static void world_sample(struct world *world)
{
    bool scl = world->scl && !world->line.pulls.scl_low;
    bool sda = world->sda && !world->line.pulls.sda_low;
    struct judge before = world->judge;
    struct line_pulls old = world->line.pulls, pulls;
    world->line.event.moved = MOVED_BEFORE;
    pulls = i2ctarget_target_line_step(&world->line, scl, sda);
    struct expectation expected = judge_sample(&world->judge, scl, sda);
    facts.transitions++;
    demand_event(world, &expected);
    demand_pulls(world, pulls);
    DEMAND(world, pulls.sda_low == old.sda_low || !scl);  /* UM10204 §3.1.3 */
    DEMAND(world, !pulls.scl_low || old.scl_low || !scl); /* §3.1.9 */
    DEMAND(world, pulls.scl_low || !old.scl_low ||
                      expected.event.kind); /* it never releases SCL by itself */
    count_facts(&before, world, scl, sda);
}

/* Our own pulls change the wires: sample until the wires do not change any more. */
static void world_settle(struct world *world)
{
    for (int i = 0; i < 4; i++) {
        bool scl = world->scl && !world->line.pulls.scl_low,
             sda = world->sda && !world->line.pulls.sda_low;
        if (scl == world->judge.scl && sda == world->judge.sda)
            return;
        DEMAND(world, !i2ctarget_target_line_owes(&world->line) || !scl);
        world_sample(world);
    }
    fail_msg("the wires do not come to rest");
}

/* The answer, directly after the step or after HOLD. */
static void world_answer(struct world *world, int answer, bool at_once)
{
    world->line.event.moved = MOVED_BEFORE;
    struct line_pulls pulls = i2ctarget_target_line_answer(&world->line, answer);
    uint32_t moved = judge_answer(&world->judge, answer);
    world->judge.scl_low = !at_once;
    facts.transitions++;
    demand_pulls(world, pulls);
    DEMAND(world, world->line.event.moved == MOVED_BEFORE + moved);
    world->resume_due = !at_once;
    world_settle(world);
}

static void world_hold(struct world *world)
{
    struct line_pulls pulls = i2ctarget_target_line_answer(&world->line, I2CTARGET_HOLD);
    facts.transitions++;
    demand_pulls(world, pulls);
    world_settle(world);
}

static void world_resume(struct world *world)
{
    struct line_pulls pulls = i2ctarget_target_line_resume(&world->line);
    world->judge.scl_low = false;
    world->resume_due = false;
    facts.transitions++;
    demand_pulls(world, pulls);
    world_settle(world);
}

static void world_release(struct world *world)
{
    struct line_pulls pulls = i2ctarget_target_line_release(&world->line);
    judge_release(&world->judge);
    world->resume_due = false;
    facts.transitions++;
    demand_pulls(world, pulls);
    world->line.event.kind = I2CTARGET_NO_EVENT;
    world_settle(world);
}

/* ---- the search over physical wires ---------------------------------------------------------- */

static const int address_answers[] = {I2CTARGET_ACK, I2CTARGET_NACK};

static int answer_of(uint8_t owed, int index) /* -1: there is no such answer */
{
    if (owed == I2CTARGET_REQUESTED)
        return index < 256 ? index : index == 256 ? I2CTARGET_RELEASE : -1;
    return index < 2 ? address_answers[index] : -1;
}

static void add_world(struct states *states, const struct world *world)
{
    struct state_key key = world_key(world);
    states_add(states, &key);
}

static void follow_answers(struct states *states, const struct world *from, bool at_once)
{
    for (int i = 0; answer_of(from->judge.owed, i) >= 0; i++) {
        struct world world = *from;
        world_answer(&world, answer_of(from->judge.owed, i), at_once);
        add_world(states, &world);
    }
}

static void follow_samples(struct states *states, const struct world *from)
{
    for (unsigned levels = 0; levels < 4; levels++) {
        struct world world = *from;
        bool owed = world.judge.owed != I2CTARGET_NO_EVENT;

        world.scl = levels & 1;
        world.sda = levels >> 1;
        world_sample(&world);
        if (world.judge.owed != I2CTARGET_NO_EVENT && !owed) {
            follow_answers(states, &world, true);
            world_hold(&world);
        }
        add_world(states, &world);
    }
}

/* The same levels again must change nothing. */
static void check_idle_sample(const struct world *from)
{
    struct world world = *from;
    if (!from->judge.seen)
        return;
    struct line_pulls pulls =
        i2ctarget_target_line_step(&world.line, from->judge.scl, from->judge.sda);
    DEMAND(from,
           pulls.scl_low == from->line.pulls.scl_low && pulls.sda_low == from->line.pulls.sda_low);
    DEMAND(from, world.line.event.kind == I2CTARGET_NO_EVENT);
    DEMAND(from, world.line.phase == from->line.phase && world.line.owed == from->line.owed);
    DEMAND(from, world.line.clocks == from->line.clocks && world.line.shift == from->line.shift);
    DEMAND(from, world.line.event.moved == from->line.event.moved);
}

/*
 * The controller sets both lines.  What the engine asks gets the worst answer: the engine pulls SDA
 * low wherever it may.
 */
static void drive(struct world *world, bool scl, bool sda)
{
    if (world->judge.owed != I2CTARGET_NO_EVENT)
        world_answer(world, world->judge.owed == I2CTARGET_REQUESTED ? 0x00 : I2CTARGET_ACK, false);
    if (world->resume_due)
        world_resume(world);
    world->scl = scl;
    world->sda = sda;
    world_sample(world);
    if (world->judge.owed != I2CTARGET_NO_EVENT)
        world_answer(world, world->judge.owed == I2CTARGET_REQUESTED ? 0x00 : I2CTARGET_ACK, true);
    world_settle(world);
}

static void drive_bit(struct world *world, bool bit)
{
    drive(world, false, bit);
    drive(world, true, bit);
    drive(world, false, bit);
}

/*
 * UM10204 §3.1.16 and §3.1.10 note 4, from any state: nine clocks free SDA, and START and an
 * address then reach the engine.
 */
static void check_recovery(const struct world *from)
{
    struct world world = *from;
    int clocks = 0;
    drive(&world, world.scl, true);
    if (!world.judge
             .scl) /* SDA never changes while SCL is high: that would be a START or STOP of ours */
        drive(&world, true, true);
    for (; !world.judge.sda && clocks < 9; clocks++)
        drive_bit(&world, true), drive(&world, true, true);
    DEMAND(from, world.judge.sda);
    drive(&world, true, false);
    drive(&world, false, false);
    for (int i = 7; i >= 0; i--) {
        DEMAND(from, world.judge.owed == I2CTARGET_NO_EVENT);
        drive(&world, false, 0x4A >> i & 1);
        drive(&world, true, 0x4A >> i & 1);
        if (i > 0)
            drive(&world, false, 0x4A >> i & 1);
    }
    world.scl = false;
    world_sample(&world);
    DEMAND(from, world.line.event.kind == I2CTARGET_ADDRESSED && world.line.event.address == 0x25 &&
                     !world.line.event.is_read);
    facts.recovered++;
}

static void check_twin(const struct world *from, const struct target_line *clocked,
                       const struct target_line *stepped)
{
    DEMAND(from, clocked->phase == stepped->phase && clocked->owed == stepped->owed &&
                     clocked->clocks == stepped->clocks && clocked->shift == stepped->shift &&
                     clocked->scl == stepped->scl && clocked->sda == stepped->sda &&
                     clocked->in_transfer == stepped->in_transfer &&
                     clocked->open == stepped->open && clocked->fill == stepped->fill &&
                     clocked->lost == stepped->lost);
    DEMAND(from, clocked->pulls.scl_low == stepped->pulls.scl_low &&
                     clocked->pulls.sda_low == stepped->pulls.sda_low);
    const struct i2ctarget_event *event = &clocked->event, *expected = &stepped->event;
    DEMAND(from, event->kind == expected->kind && event->value == expected->value &&
                     event->address == expected->address && event->is_read == expected->is_read &&
                     event->is_restart == expected->is_restart && event->moved == expected->moved);
}

/* In a clock of a byte that goes out SDA shows our bit, or nothing is sent. */
static bool gives_bit(const struct target_line *line, bool bit)
{
    return line->phase == TARGET_LINE_TRANSMIT && line->clocks < TARGET_LINE_BYTE_CLOCKS &&
           (line->fill || line->pulls.sda_low || bit);
}

/* Two steps of one clock, and the one call that stands for them, lead to the same state and event. */
static void check_clock(const struct world *from, bool bit, bool sda)
{
    struct target_line stepped = from->line, clocked = from->line;
    i2ctarget_target_line_step(&stepped, true, bit);
    unsigned raised = stepped.event.kind;
    i2ctarget_target_line_step(&stepped, false, sda);
    DEMAND(from, raised == I2CTARGET_NO_EVENT || stepped.event.kind == I2CTARGET_NO_EVENT);
    stepped.event.kind = (uint8_t)(raised | stepped.event.kind);
    if (i2ctarget_target_line_acts(&clocked)) {
        i2ctarget_target_line_clock(&clocked, bit, sda);
        facts.clocks_that_act++;
    } else {
        i2ctarget_target_line_take_bit(&clocked, bit, sda);
        facts.clocks_that_do_not++;
    }
    check_twin(from, &clocked, &stepped);
    if (gives_bit(&from->line, bit)) {
        struct target_line given = from->line;
        i2ctarget_target_line_give_bits(&given, 1, sda);
        check_twin(from, &given, &stepped);
        facts.bits_given++;
    }
}

/* Clocks in a row that show our bits: their steps, and the one call that stands for them. */
static void check_bits_given(const struct world *from)
{
    struct target_line stepped = from->line;
    for (unsigned clocks = 1; from->line.clocks + clocks <= TARGET_LINE_BYTE_CLOCKS; clocks++) {
        bool bit = !stepped.pulls.sda_low;
        struct target_line given = from->line;
        i2ctarget_target_line_step(&stepped, true, bit);
        i2ctarget_target_line_step(&stepped, false, bit);
        i2ctarget_target_line_give_bits(&given, clocks, bit);
        check_twin(from, &given, &stepped);
        facts.bits_given++;
    }
}

/* The same of clocks that bring bits. */
static void check_bits_taken(const struct world *from, uint32_t pattern)
{
    for (unsigned clocks = 1; from->line.clocks + clocks < TARGET_LINE_BYTE_CLOCKS; clocks++) {
        uint32_t bits = pattern & ((1u << clocks) - 1);
        struct target_line stepped = from->line;
        for (unsigned i = clocks; i-- > 0;) {
            i2ctarget_target_line_step(&stepped, true, bits >> i & 1);
            i2ctarget_target_line_step(&stepped, false, bits >> i & 1);
        }
        struct target_line taken = from->line;
        i2ctarget_target_line_take_bits(&taken, clocks, bits);
        check_twin(from, &taken, &stepped);
        facts.bits_taken++;
    }
}

static void check_bits_in_a_row(const struct world *from)
{
    if (from->line.phase == TARGET_LINE_TRANSMIT) {
        check_bits_given(from);
    } else {
        check_bits_taken(from, 0x35);
        check_bits_taken(from, 0x4A);
    }
}

static void check_clocks(const struct world *from)
{
    const struct target_line *line = &from->line;
    if (line->scl || line->pulls.scl_low || i2ctarget_target_line_is_deaf(line))
        return;
    for (int levels = 0; levels < 4; levels++)
        check_clock(from, levels & 1, levels & 2);
    if (line->owed == 0)
        check_bits_in_a_row(from);
}

static void look_from(struct states *states, const struct world *from)
{
    check_idle_sample(from);
    check_clocks(from);
    check_recovery(from);
    follow_samples(states, from);
    if (from->judge.owed != I2CTARGET_NO_EVENT)
        follow_answers(states, from, false);
    struct world world;
    if (from->resume_due) {
        world = *from;
        world_resume(&world);
        add_world(states, &world);
    }
    world = *from;
    world_release(&world);
    add_world(states, &world);
}

static void every_state_on_physical_wires_obeys_the_specification(void **unused)
{
    (void)unused;
    memset(&facts, 0, sizeof facts);
    struct states states;
    states_open(&states);
    struct world world;
    memset(&world, 0, sizeof world);
    i2ctarget_target_line_init(&world.line);
    world.line.event.moved = MOVED_BEFORE;
    world.scl = world.sda = true;
    add_world(&states, &world);
    for (uint32_t i = 0; i < states.count; i++) {
        world = world_from_key(&states.keys[i]);
        look_from(&states, &world);
    }
    print_message("physical wires: %u states, %llu transitions\n", states.count,
                  (unsigned long long)facts.transitions);
    print_message("  ADDRESSED %llu, RECEIVED %llu, REQUESTED %llu, "
                  "ENDED: STOP %llu, Sr %llu, NACK %llu, arbitration %llu\n",
                  (unsigned long long)facts.addressed, (unsigned long long)facts.received,
                  (unsigned long long)facts.requested,
                  (unsigned long long)facts.ended[I2CTARGET_STOP],
                  (unsigned long long)facts.ended[I2CTARGET_RESTART],
                  (unsigned long long)facts.ended[I2CTARGET_CONTROLLER_NACK],
                  (unsigned long long)facts.ended[I2CTARGET_ARBITRATION_LOST]);
    print_message(
        "  ninth clock: ACK low %llu, NACK high %llu; mid-byte START %llu, STOP %llu; "
        "both lines in one sample %llu; recovered %llu\n",
        (unsigned long long)facts.ack_low_at_ninth_rise,
        (unsigned long long)facts.ack_high_at_ninth_rise, (unsigned long long)facts.starts_mid_byte,
        (unsigned long long)facts.stops_mid_byte, (unsigned long long)facts.both_lines_at_once,
        (unsigned long long)facts.recovered);
    assert_true(states.count > 10000);
    /* Every address byte, after START and after a repeated one. */
    assert_true(facts.addressed - facts.recovered >= 256 * 2);
    assert_true(facts.received >= 256);
    assert_true(facts.requested > 0 && facts.ack_low_at_ninth_rise > 0 &&
                facts.ack_high_at_ninth_rise > 0);
    assert_true(facts.ended[I2CTARGET_STOP] > 0 && facts.ended[I2CTARGET_RESTART] > 0);
    assert_true(facts.ended[I2CTARGET_CONTROLLER_NACK] > 0 &&
                facts.ended[I2CTARGET_ARBITRATION_LOST] > 0);
    assert_true(facts.starts_mid_byte > 0 && facts.stops_mid_byte > 0 &&
                facts.both_lines_at_once > 0);
    assert_true(facts.clocks_that_act > 1000 && facts.clocks_that_do_not > 1000);
    assert_true(facts.bits_given > 1000 && facts.bits_taken > 1000);
    assert_int_equal(facts.recovered, states.count);
    states_close(&states);
}

/* ---- the search over arbitrary samples ------------------------------------------------------- */

static const int any_answers[] = {
    0x00,           0x01, 0x55,          0x80,           0xAA,
    0xFE,           0xFF, I2CTARGET_ACK, I2CTARGET_NACK, I2CTARGET_RELEASE,
    I2CTARGET_HOLD, -1,   1000};

static struct state_key line_key(const struct target_line *line)
{
    struct state_key key;
    memset(&key, 0, sizeof key);
    line_to_bytes(line, key.bytes);
    return key;
}

#define DEMAND_LINE(engine, condition)                \
    do {                                              \
        if (!(condition)) {                           \
            struct world shown = {.line = *(engine)}; \
            describe(&shown);                         \
            fail_msg("%s", #condition);               \
        }                                             \
    } while (0)

static void demand_sane(const struct target_line *line, const struct target_line *before, bool scl)
{
    DEMAND_LINE(line, line->clocks <= 9);
    DEMAND_LINE(line, line->event.kind <= I2CTARGET_ENDED);
    DEMAND_LINE(line, line->event.kind != I2CTARGET_ENDED ||
                          (line->event.value > I2CTARGET_OPEN &&
                           line->event.value <= I2CTARGET_ARBITRATION_LOST));
    DEMAND_LINE(line, line->event.kind != I2CTARGET_ENDED ||
                          before->open); /* only an open message ends */
    DEMAND_LINE(line, line->event.moved <= MOVED_BEFORE + 1);
    DEMAND_LINE(line, line->pulls.sda_low == before->pulls.sda_low || !scl || !line->pulls.sda_low);
    DEMAND_LINE(line, !line->pulls.scl_low || before->pulls.scl_low || !scl);
}

static struct target_line stepped(const struct target_line *from, bool scl, bool sda)
{
    struct target_line line = *from;
    line.event.moved = MOVED_BEFORE;
    i2ctarget_target_line_step(&line, scl, sda);
    facts.transitions++;
    demand_sane(&line, from, scl);
    return line;
}

/* Answers what is owed and releases SCL: a late interrupt finds that the bus has moved on. */
static struct target_line answered(struct target_line line)
{
    if (i2ctarget_target_line_owes(&line))
        i2ctarget_target_line_answer(&line, I2CTARGET_NACK);
    i2ctarget_target_line_resume(&line);
    DEMAND_LINE(&line, !line.pulls.scl_low && !i2ctarget_target_line_owes(&line));
    return line;
}

static void check_start_reaches(const struct target_line *from)
{
    struct target_line line = answered(*from);
    line = answered(stepped(&line, true, line.sda));
    line = answered(stepped(&line, true, true));
    line = answered(stepped(&line, true, false));
    line = answered(stepped(&line, false, false));
    for (int i = 7; i >= 0; i--) {
        bool bit = 0x4A >> i & 1;
        line = stepped(&line, false, bit);
        line = stepped(&line, true, bit);
        line = stepped(&line, false, bit);
        DEMAND_LINE(&line, (line.event.kind == I2CTARGET_ADDRESSED) == (i == 0));
    }
    DEMAND_LINE(&line, line.event.address == 0x25 && !line.event.is_read &&
                           i2ctarget_target_line_owes(&line));
    facts.recovered++;
}

static void add_line(struct states *states, const struct target_line *line)
{
    struct state_key key = line_key(line);
    states_add(states, &key);
}

static void wander_from(struct states *states, const struct target_line *from)
{
    check_start_reaches(from);
    struct target_line line;
    for (unsigned levels = 0; levels < 4; levels++) {
        line = stepped(from, levels & 1, levels >> 1);
        add_line(states, &line);
    }
    for (size_t i = 0; i < sizeof any_answers / sizeof *any_answers; i++) {
        line = *from;
        i2ctarget_target_line_answer(&line, any_answers[i]);
        facts.transitions++;
        DEMAND_LINE(&line, i2ctarget_target_line_owes(from) ||
                               (line.pulls.sda_low == from->pulls.sda_low &&
                                line.pulls.scl_low == from->pulls.scl_low));
        add_line(states, &line);
    }
    line = *from;
    i2ctarget_target_line_resume(&line);
    DEMAND_LINE(&line, line.pulls.sda_low == from->pulls.sda_low);
    add_line(states, &line);
    line = *from;
    i2ctarget_target_line_release(&line);
    DEMAND_LINE(&line, !line.pulls.scl_low && !line.pulls.sda_low &&
                           !i2ctarget_target_line_owes(&line) && !line.open);
    add_line(states, &line);
    facts.transitions += 2;
}

static void no_samples_whatever_lead_to_an_invalid_state(void **unused)
{
    (void)unused;
    memset(&facts, 0, sizeof facts);
    struct states states;
    states_open(&states);
    struct target_line line;
    i2ctarget_target_line_init(&line);
    add_line(&states, &line);
    for (uint32_t i = 0; i < states.count; i++) {
        line = line_from_bytes(states.keys[i].bytes);
        wander_from(&states, &line);
    }
    print_message("arbitrary samples: %u states, %llu transitions, a START reached from %llu\n",
                  states.count, (unsigned long long)facts.transitions,
                  (unsigned long long)facts.recovered);
    assert_true(states.count > 5000);
    assert_int_equal(facts.recovered, states.count);
    states_close(&states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_on_physical_wires_obeys_the_specification),
        cmocka_unit_test(no_samples_whatever_lead_to_an_invalid_state),
    };
    return cmocka_run_group_tests_name("target_line_enumeration", tests, NULL, NULL);
}
