/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "line/checker.h"
#include "support/bench.h"
#include "support/line_player.h"

/* ---- which rigs there are -------------------------------------------------------------------- */

enum { TABLES_MAX = 16 };

static struct {
    const struct rig_kind *kinds;
    size_t count;
} tables[TABLES_MAX];
static size_t table_count;

void rig_register(const struct rig_kind *kinds, size_t count)
{
    if (table_count == TABLES_MAX)
        abort();
    tables[table_count].kinds = kinds;
    tables[table_count].count = count;
    table_count++;
}

const struct rig_kind *rig_kind_named(const char *name)
{
    for (size_t i = 0; i < table_count; i++) {
        for (size_t j = 0; j < tables[i].count; j++) {
            if (strcmp(tables[i].kinds[j].name, name) == 0)
                return &tables[i].kinds[j];
        }
    }
    return NULL;
}

void rig_print_names(FILE *file)
{
    for (size_t i = 0; i < table_count; i++) {
        for (size_t j = 0; j < tables[i].count; j++)
            fprintf(file, " %s", tables[i].kinds[j].name);
    }
    fputc('\n', file);
}

/* ---- what a rig can do ----------------------------------------------------------------------- */

uint32_t rig_scl_hz_max(const struct rig_kind *kind)
{
    const struct bench_chip *chip = kind->chip;
    return chip && chip->scl_hz_max ? chip->scl_hz_max(kind) : kind->port->capabilities.scl_hz_max;
}

unsigned rig_abilities(const struct rig_kind *kind)
{
    enum { SPIKE_NS = 50 }; /* t_SP, UM10204 Table 10 */
    unsigned abilities = kind->abilities | RIG_HEARS_OTHERS | RIG_SEES_EDGES | RIG_COUNTS_SPIKES;

    if (kind->port->capabilities.spike_ns >= SPIKE_NS)
        abilities |= RIG_FILTER;
    abilities &= ~kind->lacks;
    if (abilities & RIG_PROMPT && kind->scl_hz <= rig_scl_hz_max(kind))
        abilities |= RIG_DEVICES_AT_ONCE;
    return abilities;
}

/* ---- one rig --------------------------------------------------------------------------------- */

void rig_open(struct rig *rig, const struct rig_kind *kind)
{
    *rig = (struct rig){.kind = kind};
    kind->ops->open(rig);
}

static struct i2ctarget **slot_of(struct rig *rig, const struct i2ctarget *target)
{
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        if (rig->targets[i] == target)
            return &rig->targets[i];
    }
    fail_msg("more than %d targets on a rig, or one that is not on it", RIG_TARGETS_MAX);
    return NULL;
}

int rig_init(struct rig *rig, struct i2ctarget *target, unsigned chip, const uint8_t *addresses,
             size_t count, bool smbus)
{
    struct i2ctarget_pin scl = rig->kind->ops->scl(rig, chip), sda = rig->kind->ops->sda(rig, chip);
    int result = i2ctarget_init(target, &scl, &sda, addresses, count, smbus);
    if (result == 0) {
        *slot_of(rig, NULL) = target;
        rig->kind->ops->joined(rig, target);
    }
    return result;
}

static void deinit(struct rig *rig, struct i2ctarget *target)
{
    rig->kind->ops->leaving(rig, target);
    *slot_of(rig, target) = NULL;
    i2ctarget_deinit(target);
}

static void check_order(const struct i2ctarget *target)
{
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(target, &counters);
    assert_int_equal(counters.order_errors, 0);
}

void rig_deinit(struct rig *rig, struct i2ctarget *target)
{
    check_order(target);
    deinit(rig, target);
}

/*
 * If something is wrong, everything is closed before the test fails, so that the next test is not
 * affected.
 */
void rig_close(struct rig *rig)
{
    const struct rig_ops *ops = rig->kind->ops;
    const char *before = ops->check(rig), *after;
    uint32_t order_errors = 0;
    for (unsigned i = 0; i < RIG_TARGETS_MAX; i++) {
        struct i2ctarget_counters counters;
        if (!rig->targets[i])
            continue;
        i2ctarget_get_counters(rig->targets[i], &counters);
        order_errors += counters.order_errors;
        deinit(rig, rig->targets[i]);
    }
    after = ops->check(rig); /* leaving must not be seen on the bus either */
    ops->close(rig);
    if (before || after)
        fail_msg("%s", before ? before : after);
    assert_int_equal(order_errors, 0);
}

void rig_start(struct rig *rig, struct rig_message *messages, size_t count)
{
    assert_false(rig->transferring);
    rig->transferring = true;
    rig->kind->ops->start(rig, messages, count);
}

int rig_finish(struct rig *rig)
{
    assert_true(rig->transferring);
    rig->transferring = false;
    return rig->kind->ops->finish(rig);
}

bool rig_busy(struct rig *rig)
{
    return rig->transferring && rig->kind->ops->busy(rig);
}

bool rig_can(const struct rig *rig, unsigned abilities)
{
    return (rig_abilities(rig->kind) & abilities) == abilities;
}

void rig_sleep_us(struct rig *rig, uint32_t us)
{
    rig->kind->ops->sleep_us(rig, us);
}

uint64_t rig_now_ns(struct rig *rig)
{
    return rig->kind->ops->now_ns(rig);
}

void rig_pass_ns(struct rig *rig, uint64_t ns)
{
    rig->kind->ops->pass_ns(rig, ns);
}

void rig_play(struct rig *rig, const char *script)
{
    assert_false(rig->playing);
    rig->playing = true;
    line_player_start(rig->kind->ops->player(rig), rig->kind->ops->wires(rig), script);
}

unsigned rig_finish_play(struct rig *rig, const uint8_t **bytes)
{
    const struct line_player *player = rig->kind->ops->player(rig);
    assert_true(rig->playing);
    rig->playing = false;
    if (!rig->kind->ops->finish_play(rig))
        fail_msg("the script waits at word %u: a target holds SCL", player->moves[player->at].word);
    if (player->error[0])
        fail_msg("%s", player->error);
    if (bytes)
        *bytes = player->bytes;
    return player->byte_count;
}

bool rig_is_broken(const struct rig *rig, const struct checker_violation *violation)
{
    enum { BROKEN_NS = 1000 };
    return rig->broken_ns && violation->at_ns >= rig->broken_ns &&
           violation->at_ns < rig->broken_ns + BROKEN_NS;
}

static unsigned count_violations(const struct rig *rig, const struct checker *checker,
                                 rig_excuse is_excused)
{
    unsigned count = 0;
    for (unsigned i = 0; i < checker->violation_count && i < CHECKER_VIOLATIONS_MAX; i++) {
        const struct checker_violation *violation = &checker->violations[i];
        if (violation->at_ns < rig->spoiled_until_ns || is_excused(rig, violation))
            continue;
        print_error("at %llu ns: %s (%llu ns)\n", (unsigned long long)violation->at_ns,
                    i2ctarget_checker_rule_name(violation->rule),
                    (unsigned long long)violation->measured_ns);
        count++;
    }
    return count;
}

const char *rig_check_wires(struct rig *rig, const struct checker *checker, rig_excuse is_excused)
{
    const struct rig_ops *ops = rig->kind->ops;
    const struct wires *wires = ops->wires(rig);
    if (!rig->is_spiked && count_violations(rig, checker, is_excused) > 0)
        return "the bus specification was violated";
    if (ops->busy(rig) || ops->player(rig)->running)
        return "a transfer is not over";
    if (!wires->scl || !wires->sda)
        return wires->scl ? "SDA is low" : "SCL is low";
    return NULL;
}
