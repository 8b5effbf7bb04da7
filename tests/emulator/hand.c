/* SPDX-License-Identifier: MIT */
/*
 * Every action goes through the same phases, and leaves out those that it does not need:
 *
 *     MOVE_SDA   SCL is low: SDA gets the level it must have when SCL rises
 *     LET_GO     t_LOW is over: release SCL
 *     RISING     until SCL is high: the target may stretch
 *     ACT        START: pull SDA; clock: sample, pull SCL; STOP: release SDA
 *     HELD       START: t_HD;STA is over: pull SCL
 */
#include "emulator/hand.h"

enum move { START, CLOCK, STOP };
enum phase { MOVE_SDA, LET_GO, RISING, ACT, HELD };

static void at(struct hand *hand, enum phase phase, uint64_t due_ns)
{
    hand->phase = (uint8_t)phase;
    hand->due_ns = due_ns;
    hand->participant.wake_ns = due_ns;
}

static void pull(struct hand *hand, struct wires *wires, bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(wires, &hand->participant, (struct line_pulls){scl_low, sda_low});
}

static void done(struct hand *hand)
{
    hand->busy = false;
    hand->due_ns = WIRES_NEVER;
}

/* With both lines high, START waits t_SU;STA, a clock t_HIGH, STOP t_SU;STO. */
static uint32_t high_ns(const struct hand *hand)
{
    if (hand->move == START)
        return hand->timing->restart_setup_ns;
    return hand->move == STOP ? hand->timing->stop_setup_ns : hand->high_ns;
}

static void act(struct hand *hand, struct wires *wires)
{
    bool sda_low = hand->participant.pulls.sda_low;
    if (hand->move == START) {
        pull(hand, wires, false, true);
        at(hand, HELD, wires->now_ns + hand->timing->start_hold_ns);
    } else if (hand->move == CLOCK) {
        hand->sampled = wires->sda;
        pull(hand, wires, true, sda_low);
        done(hand);
    } else {
        pull(hand, wires, false, false);
        done(hand);
    }
}

static void make(struct hand *hand, struct wires *wires)
{
    switch ((enum phase)hand->phase) {
    case MOVE_SDA:
        pull(hand, wires, true, hand->sda_low);
        at(hand, LET_GO, wires->now_ns + hand->low_ns - hand->data_ns);
        break;
    case LET_GO:
        pull(hand, wires, false, hand->sda_low);
        at(hand, RISING, WIRES_NEVER);
        break;
    case RISING:
        at(hand, ACT, wires->now_ns + high_ns(hand));
        break;
    case ACT:
        act(hand, wires);
        break;
    case HELD:
        pull(hand, wires, true, true);
        done(hand);
        break;
    }
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct hand *hand = (struct hand *)self;
    bool risen = hand->phase == RISING && wires->scl;
    if (hand->busy && (wires->now_ns >= hand->due_ns || risen))
        make(hand, wires);
}

static void begin(struct hand *hand, struct wires *wires, enum move move, bool sda_low)
{
    hand->move = (uint8_t)move;
    hand->sda_low = sda_low;
    hand->busy = true;
    if (hand->participant.pulls.scl_low)
        at(hand, MOVE_SDA, wires->now_ns + hand->data_ns);
    else
        at(hand, ACT, wires->now_ns + hand->timing->free_ns);
}

void hand_init(struct hand *hand, struct wires *wires, uint32_t scl_hz)
{
    const struct bus_timing *timing = i2ctarget_bus_timing_for(scl_hz);
    uint32_t least_ns = timing->low_ns + timing->high_ns, period_ns = 1000000000u / scl_hz;
    uint32_t spare_ns = period_ns > least_ns ? period_ns - least_ns : 0;

    *hand = (struct hand){.participant = {.step = step, .wake_ns = WIRES_NEVER},
                          .timing = timing,
                          .low_ns = timing->low_ns + spare_ns / 2,
                          .high_ns = timing->high_ns + spare_ns / 2,
                          .data_ns = timing->low_ns / 4,
                          .due_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &hand->participant);
}

void hand_start(struct hand *hand, struct wires *wires)
{
    begin(hand, wires, START, false);
}

void hand_clock(struct hand *hand, struct wires *wires, bool bit)
{
    begin(hand, wires, CLOCK, !bit);
}

void hand_stop(struct hand *hand, struct wires *wires)
{
    begin(hand, wires, STOP, true);
}
