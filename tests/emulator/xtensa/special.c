/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/special.h"

#include <stdio.h>
#include <string.h>

#include "emulator/xtensa/core.h"
#include "emulator/xtensa/exceptions.h"

/* ---- which there are ------------------------------------------------------------------------- */

enum access { READ = 1, WRITE = 2, BOTH = READ | WRITE };

struct special {
    const char *name; /* with %u if there are several */
    uint8_t number, first, last;
    uint8_t access;
    uint32_t mask; /* the bits that it has */
};

#define ALL UINT32_MAX
static const struct special specials[] = {
    {"SAR", SAR, 0, 0, BOTH, 0x3F},
    {"SCOMPARE1", SCOMPARE1, 0, 0, BOTH, ALL},
    {"WINDOWBASE", WINDOWBASE, 0, 0, BOTH, 0xF},
    {"WINDOWSTART", WINDOWSTART, 0, 0, BOTH, 0xFFFF},
    {"ATOMCTL", ATOMCTL, 0, 0, BOTH, 0x3F},
    {"EPC%u", EPC, 1, 7, BOTH, ALL},
    {"DEPC", DEPC, 0, 0, BOTH, ALL},
    {"EPS%u", EPS, 2, 7, BOTH, ALL},
    {"EXCSAVE%u", EXCSAVE, 1, 7, BOTH, ALL},
    {"CPENABLE", CPENABLE, 0, 0, BOTH, 0xFF},
    {"INTERRUPT", INTERRUPT, 0, 0, BOTH, ALL},
    {"INTCLEAR", INTCLEAR, 0, 0, WRITE, ALL},
    {"INTENABLE", INTENABLE, 0, 0, BOTH, ALL},
    {"PS", PS, 0, 0, BOTH, 0x70F3F},
    {"VECBASE", VECBASE, 0, 0, BOTH, ALL},
    {"EXCCAUSE", EXCCAUSE, 0, 0, BOTH, ALL},
    {"CCOUNT", CCOUNT, 0, 0, BOTH, ALL},
    {"PRID", PRID, 0, 0, READ, ALL},
    {"EXCVADDR", EXCVADDR, 0, 0, BOTH, ALL},
    {"CCOMPARE%u", CCOMPARE, 0, 2, BOTH, ALL},
    {"MISC%u", MISC, 0, 3, BOTH, ALL},
};
enum { KINDS = sizeof specials / sizeof specials[0] };

static const struct special *special_at(unsigned number)
{
    for (const struct special *special = specials; special < specials + KINDS; special++) {
        if (number >= (unsigned)special->number + special->first &&
            number <= (unsigned)special->number + special->last)
            return special;
    }
    return NULL;
}

/* Does this core have it? */
static bool is_configured(const struct xtensa *core, const struct special *special, unsigned number)
{
    const struct xtensa_configuration *configuration = core->configuration;
    unsigned index = number - special->number;
    switch (special->number) {
    case SCOMPARE1:
    case ATOMCTL:
        return configuration->has_compare;
    case WINDOWBASE:
    case WINDOWSTART:
        return configuration->has_windows;
    case CPENABLE:
        return configuration->has_coprocessors;
    case CCOMPARE:
        return index < configuration->timer_count;
    case MISC:
        return index < configuration->misc_count;
    default:
        return index <= configuration->epc_count;
    }
}

static bool allows(const struct xtensa *core, unsigned number, enum access access)
{
    const struct special *special = special_at(number);
    return special && (special->access & access) && is_configured(core, special, number);
}

bool special_is_readable(const struct xtensa *core, unsigned number)
{
    return allows(core, number, READ);
}

bool special_is_writable(const struct xtensa *core, unsigned number)
{
    return allows(core, number, WRITE);
}

int special_number(const char *name)
{
    for (const struct special *special = specials; special < specials + KINDS; special++) {
        for (unsigned index = special->first; index <= special->last; index++) {
            char text[16];
            snprintf(text, sizeof text, special->name, index);
            if (strcmp(text, name) == 0)
                return (int)(special->number + index);
        }
    }
    return -1;
}

/* ---- timers ---------------------------------------------------------------------------------- */

#define TURN (UINT64_C(1) << 32)

/* A match is when CCOUNT comes there, not when it is there already. */
static void aim_timer(struct xtensa *core, unsigned index)
{
    uint32_t count = special_read(core, CCOUNT);
    uint32_t distance = core->special[CCOMPARE + index] - count;
    core->match_cycle[index] = core->base.cycles + (distance ? distance : TURN);
    core_look_again(&core->base);
}

static void aim_timers(struct xtensa *core)
{
    for (unsigned index = 0; index < core->configuration->timer_count; index++)
        aim_timer(core, index);
}

void special_run_timers(struct xtensa *core)
{
    for (unsigned index = 0; index < core->configuration->timer_count; index++) {
        if (core->base.cycles < core->match_cycle[index])
            continue;
        core->pending |= UINT32_C(1) << core->configuration->timers[index];
        core->match_cycle[index] += TURN;
    }
}

uint64_t special_next_match(const struct xtensa *core)
{
    uint64_t next = UINT64_MAX;
    for (unsigned index = 0; index < core->configuration->timer_count; index++) {
        if (core->match_cycle[index] < next)
            next = core->match_cycle[index];
    }
    return next;
}

static void set_compare(struct xtensa *core, unsigned index, uint32_t value)
{
    core->special[CCOMPARE + index] = value;
    core->pending &= ~(UINT32_C(1) << core->configuration->timers[index]);
    aim_timer(core, index);
}

static void set_count(struct xtensa *core, uint32_t value)
{
    core->count_base = value - (uint32_t)core->base.cycles;
    aim_timers(core);
}

/* ---- access ---------------------------------------------------------------------------------- */

uint32_t special_read(const struct xtensa *core, unsigned number)
{
    switch (number) {
    case CCOUNT:
        return (uint32_t)core->base.cycles + core->count_base;
    case INTERRUPT:
        return exceptions_requested(core);
    case PRID:
        return core->prid;
    default:
        return core->special[number];
    }
}

void special_write(struct xtensa *core, unsigned number, uint32_t value)
{
    const struct xtensa_configuration *configuration = core->configuration;
    switch (number) {
    case CCOUNT:
        set_count(core, value);
        break;
    case CCOMPARE:
    case CCOMPARE + 1:
    case CCOMPARE + 2:
        set_compare(core, number - CCOMPARE, value);
        break;
    case INTSET:
        core->pending |= value & configuration->by_software;
        break;
    case INTCLEAR:
        core->pending &= ~(value & (configuration->by_software | configuration->by_edge));
        break;
    default:
        core->special[number] = value & special_at(number)->mask;
    }
    core_look_again(&core->base);
}
