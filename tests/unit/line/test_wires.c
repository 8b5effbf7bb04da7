/* SPDX-License-Identifier: MIT */
/*
 * Two wires: wired-AND of any number of participants, virtual time, and which participant is called
 * when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/wires.h"
#include "scripted.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Records its calls. */
struct witness {
    struct wires_participant participant; /* first member */
    unsigned steps;
    uint64_t at_ns[16];
    bool scl[16], sda[16];
};

static void witness_step(struct wires_participant *self, struct wires *wires)
{
    struct witness *witness = (struct witness *)self;
    assert_true(witness->steps < 16);
    witness->at_ns[witness->steps] = wires->now_ns;
    witness->scl[witness->steps] = wires->scl;
    witness->sda[witness->steps++] = wires->sda;
}

static void witness_join(struct witness *witness, struct wires *wires)
{
    *witness = (struct witness){.participant = {.step = witness_step, .wake_ns = WIRES_NEVER}};
    i2ctarget_wires_join(wires, &witness->participant);
}

struct looker {
    struct wires_observer observer; /* first member */
    unsigned looks;
};

static void look(struct wires_observer *self, const struct wires *wires)
{
    (void)wires;
    ((struct looker *)self)->looks++;
}

static struct line_pulls pulls_of(bool scl_low, bool sda_low)
{
    return (struct line_pulls){scl_low, sda_low};
}

static void lines_are_high_until_somebody_pulls(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    assert_true(wires.scl && wires.sda);
    struct witness one;
    witness_join(&one, &wires);
    struct witness two;
    witness_join(&two, &wires);
    i2ctarget_wires_pull(&wires, &one.participant, pulls_of(true, false));
    i2ctarget_wires_pull(&wires, &two.participant, pulls_of(true, true));
    i2ctarget_wires_settle(&wires);
    assert_true(!wires.scl && !wires.sda);
    assert_int_equal(wires.scl_pulls, 2);
    assert_int_equal(wires.sda_pulls, 1);
    i2ctarget_wires_pull(&wires, &one.participant, pulls_of(false, false));
    i2ctarget_wires_settle(&wires);
    assert_true(!wires.scl && !wires.sda); /* the other one still does */
    i2ctarget_wires_pull(&wires, &two.participant, pulls_of(false, false));
    i2ctarget_wires_settle(&wires);
    assert_true(wires.scl && wires.sda);
}

/*
 * Many participants at random: a line is high exactly when no participant pulls it, and the counts
 * are right.
 */
static void wired_and_of_many(void **state)
{
    static struct witness witnesses[40];
    unsigned scl_pulls, sda_pulls, seed = 1;
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    for (size_t i = 0; i < COUNT(witnesses); i++)
        witness_join(&witnesses[i], &wires);
    for (int round = 0; round < 5000; round++) {
        seed = seed * 1664525 + 1013904223;
        struct wires_participant *one = &witnesses[(seed >> 8) % COUNT(witnesses)].participant;
        i2ctarget_wires_pull(
            &wires, one,
            pulls_of(seed >> 20 & seed >> 21 & 1, seed >> 24 & seed >> 25 & seed >> 26 & 1));
        i2ctarget_wires_settle(&wires);
        scl_pulls = sda_pulls = 0;
        for (size_t i = 0; i < COUNT(witnesses); i++) {
            scl_pulls += witnesses[i].participant.pulls.scl_low;
            sda_pulls += witnesses[i].participant.pulls.sda_low;
            witnesses[i].steps = 0;
        }
        assert_int_equal(wires.scl_pulls, scl_pulls);
        assert_int_equal(wires.sda_pulls, sda_pulls);
        assert_int_equal(wires.scl, scl_pulls == 0);
        assert_int_equal(wires.sda, sda_pulls == 0);
    }
}

static void time_goes_from_wake_to_wake(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    assert_int_equal(i2ctarget_wires_next_ns(&wires), WIRES_NEVER);
    assert_false(i2ctarget_wires_step(&wires, WIRES_NEVER)); /* no participant wants a step */
    struct scripted one;
    SCRIPTED_JOIN(&one, &wires, {{100, true, false}, {300, false, false}});
    struct scripted two;
    SCRIPTED_JOIN(&two, &wires, {{200, false, true}, {250, false, false}});
    assert_int_equal(i2ctarget_wires_next_ns(&wires), 100);
    assert_false(i2ctarget_wires_step(&wires, 99));
    assert_int_equal(wires.now_ns, 0); /* left alone */
    assert_true(i2ctarget_wires_step(&wires, 100));
    assert_int_equal(wires.now_ns, 100);
    assert_true(!wires.scl && wires.sda);
    assert_true(i2ctarget_wires_step(&wires, 1000));
    assert_int_equal(wires.now_ns, 200);
    assert_true(!wires.scl && !wires.sda);
    i2ctarget_wires_pass(&wires, 299);
    assert_int_equal(wires.now_ns, 299);
    assert_true(!wires.scl && wires.sda);
    i2ctarget_wires_pass(&wires, 1000);
    assert_int_equal(wires.now_ns, 1000);
    assert_true(wires.scl && wires.sda);
    i2ctarget_wires_pass(&wires, 500); /* time does not go back */
    assert_int_equal(wires.now_ns, 1000);
}

static void everybody_sees_every_change_of_level_at_once(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    struct witness first;
    witness_join(&first, &wires);
    struct scripted puller;
    SCRIPTED_JOIN(&puller, &wires, {{10, true, false}, {20, true, true}, {30, false, false}});
    struct witness last;
    witness_join(&last, &wires);
    i2ctarget_wires_pass(&wires, 100);
    assert_int_equal(first.steps, 3);
    assert_int_equal(last.steps, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(first.at_ns[i], 10 * (i + 1));
        assert_int_equal(first.scl[i], last.scl[i]);
        assert_int_equal(first.sda[i], last.sda[i]);
    }
    assert_true(first.scl[2] && first.sda[2]); /* both rose, and were seen to rise together */
}

static void a_pull_on_a_low_line_is_no_edge_but_observers_see_it(void **state)
{
    struct looker looker = {.observer = {.edge = look}};
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    struct witness witness;
    witness_join(&witness, &wires);
    i2ctarget_wires_observe(&wires, &looker.observer);
    struct scripted one;
    SCRIPTED_JOIN(&one, &wires, {{10, true, false}, {40, false, false}});
    struct scripted two;
    SCRIPTED_JOIN(&two, &wires, {{20, true, false}, {30, false, false}});
    i2ctarget_wires_pass(&wires, 100);
    assert_int_equal(witness.steps, 2);
    assert_int_equal(looker.looks, 4);
    i2ctarget_wires_unobserve(&wires, &looker.observer);
    i2ctarget_wires_pull(&wires, &one.participant, pulls_of(true, true));
    i2ctarget_wires_settle(&wires);
    assert_int_equal(looker.looks, 4);
}

/* The others stay; one that is not there may leave, too. */
static void an_observer_that_left_is_told_nothing(void **state)
{
    struct looker lookers[4];
    struct wires wires;
    struct wires_participant participant = {.step = NULL, .ignores = WIRES_ALL_EDGES};
    (void)state;
    for (size_t left = 0; left < COUNT(lookers); left++) {
        i2ctarget_wires_init(&wires);
        i2ctarget_wires_join(&wires, &participant);
        for (size_t i = 0; i < COUNT(lookers); i++) {
            lookers[i] = (struct looker){.observer = {.edge = look}};
            if (i < COUNT(lookers) - 1)
                i2ctarget_wires_observe(&wires, &lookers[i].observer);
        }
        i2ctarget_wires_unobserve(&wires, &lookers[left].observer);
        i2ctarget_wires_pull(&wires, &participant, pulls_of(true, false));
        i2ctarget_wires_settle(&wires);
        for (size_t i = 0; i < COUNT(lookers); i++)
            assert_int_equal(lookers[i].looks, i != left && i < COUNT(lookers) - 1);
    }
}

static void two_due_at_one_time_act_on_the_same_levels(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    struct witness witness;
    witness_join(&witness, &wires);
    struct scripted one;
    SCRIPTED_JOIN(&one, &wires, {{10, true, false}, {20, false, false}});
    struct scripted two;
    SCRIPTED_JOIN(&two, &wires, {{10, false, true}, {20, true, false}});
    i2ctarget_wires_pass(&wires, 15);
    assert_int_equal(witness.steps, 1); /* one edge of both lines */
    assert_true(!witness.scl[0] && !witness.sda[0]);
    i2ctarget_wires_pass(&wires, 100);
    assert_int_equal(witness.steps, 2); /* another participant took SCL over: it did not rise */
    assert_true(!witness.scl[1] && witness.sda[1]);
}

/* Pulls SDA at once when SCL falls, and releases it when SCL rises. */
static void echo_step(struct wires_participant *self, struct wires *wires)
{
    i2ctarget_wires_pull(wires, self, pulls_of(false, !wires->scl));
}

static void a_reaction_makes_an_edge_of_its_own(void **state)
{
    struct wires_participant echo = {.step = echo_step, .wake_ns = WIRES_NEVER};
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    i2ctarget_wires_join(&wires, &echo);
    struct witness witness;
    witness_join(&witness, &wires);
    struct scripted puller;
    SCRIPTED_JOIN(&puller, &wires, {{10, true, false}, {20, false, false}});
    i2ctarget_wires_pass(&wires, 100);
    assert_int_equal(witness.steps, 4); /* SCL, then SDA, at the same nanosecond */
    assert_true(!witness.scl[0] && witness.sda[0]);
    assert_true(!witness.scl[1] && !witness.sda[1]);
    assert_true(witness.scl[2] && !witness.sda[2]);
    assert_true(witness.scl[3] && witness.sda[3]);
    assert_int_equal(witness.at_ns[1], 10);
}

static void leaving_lets_go(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    struct witness witness;
    witness_join(&witness, &wires);
    struct scripted puller;
    SCRIPTED_JOIN(&puller, &wires, {{10, true, true}, {50, false, false}});
    i2ctarget_wires_pass(&wires, 20);
    assert_true(!wires.scl && !wires.sda);
    i2ctarget_wires_leave(&wires, &puller.participant);
    assert_true(wires.scl && wires.sda);
    assert_int_equal(wires.scl_pulls, 0);
    assert_int_equal(witness.steps, 2);
    assert_int_equal(i2ctarget_wires_next_ns(&wires), WIRES_NEVER);
    i2ctarget_wires_leave(&wires, &puller.participant); /* again: nothing */
    assert_ptr_equal(wires.participants, &witness.participant);
}

/* A participant that has left may join again, as the last one. */
static void leaving_and_coming_back(void **state)
{
    (void)state;
    struct wires wires;
    i2ctarget_wires_init(&wires);
    struct witness one;
    witness_join(&one, &wires);
    struct witness two;
    witness_join(&two, &wires);
    struct witness three;
    witness_join(&three, &wires);
    i2ctarget_wires_leave(&wires, &two.participant);
    i2ctarget_wires_leave(&wires, &one.participant);
    i2ctarget_wires_join(&wires, &two.participant);
    i2ctarget_wires_join(&wires, &one.participant);
    assert_ptr_equal(wires.participants, &three.participant);
    assert_ptr_equal(three.participant.next, &two.participant);
    assert_ptr_equal(two.participant.next, &one.participant);
    assert_null(one.participant.next);
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* Asks when its time comes, and pulls nothing. */
struct talker {
    struct wires_participant participant; /* first member */
    struct wires_run run;
    uint64_t first_ns;
    bool may_run;
};

static void ask(struct wires_participant *self, struct wires *wires)
{
    struct talker *talker = (struct talker *)self;
    talker->may_run = i2ctarget_wires_begin_run(wires, self, &talker->run, talker->first_ns);
    if (talker->may_run)
        i2ctarget_wires_end_run(wires, self, &talker->run);
}

struct other {
    struct wires_participant participant; /* first member */
    unsigned followed;
};

static void ignore_step(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

static bool join_three(const struct wires_participant *self, struct wires_run *run)
{
    (void)self;
    run->clocks = 3;
    return true;
}

static bool join_none(const struct wires_participant *self, struct wires_run *run)
{
    (void)self;
    (void)run;
    return false;
}

static void count_follow(struct wires_participant *self, const struct wires_run *run)
{
    (void)run;
    ((struct other *)self)->followed++;
}

/* The talker asks at 100 ns.  Its first clock is over at first_over_ns. */
static struct talker ask_beside(struct other *other, uint64_t first_over_ns, uint64_t step_until_ns)
{
    struct wires wires;
    struct talker talker = {
        .participant = {.step = ask, .wake_ns = 100},
        .run = {.low_ns = 60, .data_ns = 10, .high_ns = 55, .clocks = 9},
        .first_ns = first_over_ns - 100,
    };
    i2ctarget_wires_init(&wires);
    other->participant.step = ignore_step;
    i2ctarget_wires_join(&wires, &other->participant);
    i2ctarget_wires_join(&wires, &talker.participant);
    assert_true(i2ctarget_wires_step(&wires, step_until_ns));
    return talker;
}

static bool may_run_until(uint64_t first_over_ns, uint64_t step_until_ns, uint64_t other_wake_ns)
{
    struct other other = {.participant = {.wake_ns = other_wake_ns, .ignores = WIRES_ALL_EDGES}};
    return ask_beside(&other, first_over_ns, step_until_ns).may_run;
}

static void a_run_ends_before_somebody_wakes(void **state)
{
    struct other other = {.participant = {.wake_ns = 900, .ignores = WIRES_ALL_EDGES}};
    (void)state;
    assert_true(may_run_until(500, WIRES_NEVER, WIRES_NEVER));
    assert_true(may_run_until(500, 500, 501));
    assert_false(may_run_until(500, 500, 500));
    assert_false(may_run_until(500, 499, 501));
    assert_int_equal(ask_beside(&other, 500, 1000).run.until_ns, 899);
    other.participant.wake_ns = 1001;
    assert_int_equal(ask_beside(&other, 500, 1000).run.until_ns, 1000);
}

/* Who hears the fall alone is told of the one that ends the first clock. */
static void a_run_without_those_who_hear(void **state)
{
    static const uint8_t heard[] = {WIRES_RISE, WIRES_DATA, WIRES_FALL, WIRES_CONDITION};
    static const unsigned clocks[] = {0, 0, 1, 9};
    (void)state;
    for (size_t i = 0; i < COUNT(heard); i++) {
        struct other other = {
            .participant = {.wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES ^ heard[i]}};
        struct talker talker = ask_beside(&other, 500, WIRES_NEVER);
        assert_int_equal(talker.may_run, clocks[i] > 0);
        if (talker.may_run)
            assert_int_equal(talker.run.clocks, clocks[i]);
    }
}

static void followers_narrow_a_run_and_follow_it(void **state)
{
    static const struct wires_follower three = {.join = join_three, .follow = count_follow};
    static const struct wires_follower none = {.join = join_none, .follow = count_follow};
    struct other other = {.participant = {.follower = &three, .wake_ns = WIRES_NEVER}};
    (void)state;
    struct talker talker = ask_beside(&other, 500, WIRES_NEVER);
    assert_true(talker.may_run);
    assert_int_equal(talker.run.clocks, 3);
    assert_int_equal(other.followed, 1);
    other.participant.follower = &none;
    assert_false(ask_beside(&other, 500, WIRES_NEVER).may_run);
    other.participant.ignores = WIRES_ALL_EDGES ^ WIRES_CONDITION;
    assert_true(ask_beside(&other, 500, WIRES_NEVER).may_run);
    assert_int_equal(other.followed, 1);
}

struct skipper {
    struct wires_participant participant; /* first member */
    bool may_skip;
};

/* SCL is low.  SDA falls, and the time goes on to 500 ns. */
static void ask_to_skip(struct wires_participant *self, struct wires *wires)
{
    i2ctarget_wires_pull(wires, self, (struct line_pulls){true, true});
    ((struct skipper *)self)->may_skip = i2ctarget_wires_skip(wires, self, 500);
    assert_int_equal(wires->now_ns, ((struct skipper *)self)->may_skip ? 500 : 100);
    assert_int_equal(wires->sda, !((struct skipper *)self)->may_skip);
}

static bool may_skip_beside(uint64_t other_wake_ns, uint8_t ignores, uint64_t step_until_ns)
{
    struct wires wires;
    struct skipper skipper = {
        .participant = {.step = ask_to_skip, .wake_ns = 100, .ignores = WIRES_ALL_EDGES}};
    struct other other = {
        .participant = {.step = ignore_step, .wake_ns = other_wake_ns, .ignores = ignores}};
    i2ctarget_wires_init(&wires);
    i2ctarget_wires_join(&wires, &skipper.participant);
    i2ctarget_wires_join(&wires, &other.participant);
    i2ctarget_wires_pull(&wires, &skipper.participant, (struct line_pulls){true, false});
    i2ctarget_wires_settle(&wires);
    assert_true(i2ctarget_wires_step(&wires, step_until_ns));
    return skipper.may_skip;
}

static void time_is_skipped_where_nobody_has_anything_to_do(void **state)
{
    (void)state;
    assert_true(may_skip_beside(WIRES_NEVER, WIRES_DATA, WIRES_NEVER));
    assert_true(may_skip_beside(501, WIRES_DATA, 500));
    assert_false(may_skip_beside(500, WIRES_DATA, WIRES_NEVER));
    assert_false(may_skip_beside(501, WIRES_DATA, 499));
    assert_false(may_skip_beside(501, (uint8_t)(WIRES_ALL_EDGES ^ WIRES_DATA), WIRES_NEVER));
}

static void resuming_twice_is_once(void **state)
{
    struct wires wires;
    struct other other = {.participant = {.step = ignore_step, .wake_ns = WIRES_NEVER}};
    (void)state;
    i2ctarget_wires_init(&wires);
    i2ctarget_wires_join(&wires, &other.participant);
    i2ctarget_wires_resume(&wires, &other.participant);
    assert_ptr_equal(wires.participants, &other.participant);
    assert_null(other.participant.next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_high_until_somebody_pulls),
        cmocka_unit_test(wired_and_of_many),
        cmocka_unit_test(time_goes_from_wake_to_wake),
        cmocka_unit_test(everybody_sees_every_change_of_level_at_once),
        cmocka_unit_test(a_pull_on_a_low_line_is_no_edge_but_observers_see_it),
        cmocka_unit_test(an_observer_that_left_is_told_nothing),
        cmocka_unit_test(two_due_at_one_time_act_on_the_same_levels),
        cmocka_unit_test(a_reaction_makes_an_edge_of_its_own),
        cmocka_unit_test(leaving_lets_go),
        cmocka_unit_test(leaving_and_coming_back),
        cmocka_unit_test(a_run_ends_before_somebody_wakes),
        cmocka_unit_test(a_run_without_those_who_hear),
        cmocka_unit_test(followers_narrow_a_run_and_follow_it),
        cmocka_unit_test(time_is_skipped_where_nobody_has_anything_to_do),
        cmocka_unit_test(resuming_twice_is_once),
    };
    return cmocka_run_group_tests_name("wires", tests, NULL, NULL);
}
