/* SPDX-License-Identifier: MIT */
/*
 * TC0..7 of the SAM D5x/E5x model: counters of 16 bits, or of 32 in pairs, that run up for ever and
 * compare (data sheet 48).  A pair is even and odd; the even one has the registers.
 *
 * Registers of the counter are synchronised to its clock.  COUNT reads what the last READSYNC took.
 * Not modelled: 8 bits, waveforms, capture, one-shot, counting down, events, buffers, DMA.
 */
#include "chips/samd5x/model/samd5x_parts.h"

enum {
    CTRLA = 0x00,
    CTRLBCLR = 0x04,
    CTRLBSET = 0x05,
    EVCTRL = 0x06,
    INTENCLR = 0x08,
    INTENSET = 0x09,
    INTFLAG = 0x0A,
    STATUS = 0x0B,
    WAVE = 0x0C,
    DRVCTRL = 0x0D,
    DBGCTRL = 0x0F,
    SYNCBUSY = 0x10,
    COUNT = 0x14,
    CC = 0x1C,
    CCBUF = 0x30
};
enum { SWRST = 1, ENABLE = 2, MODE_16 = 0 << 2, MODE_32 = 2 << 2, MODE = 3 << 2 };
enum { BUSY_CTRLB = 4, BUSY_COUNT = 0x10, BUSY_CC0 = 0x40, BUSY_CC1 = 0x80 };
enum { RETRIGGER = 1, STOP = 2, READSYNC = 4, OVF = 1, ERR = 2, MC0 = 0x10, MC1 = 0x20 };
enum { CTRLA_PLAIN = MODE | 0xF0 | 7 << 8, STATUS_STOP = 1, STATUS_SECOND = 2 };

static const struct samd5x_register registers[] = {
    {SYNCBUSY, 4, SAMD5X_R, 1},   {COUNT, 4, SAMD5X_RW, 1},       {CTRLBCLR, 1, SAMD5X_RW, 2},
    {INTFLAG, 1, SAMD5X_RW, 1},   {CC, 4, SAMD5X_RW, 2},          {CTRLA, 4, SAMD5X_RW, 1},
    {EVCTRL, 2, SAMD5X_RW, 1},    {INTENCLR, 1, SAMD5X_RW, 2},    {STATUS, 1, SAMD5X_RW, 1},
    {WAVE, 1, SAMD5X_RW, 1},      {DRVCTRL, 1, SAMD5X_EXISTS, 1}, {DBGCTRL, 1, SAMD5X_RW, 1},
    {CCBUF, 4, SAMD5X_EXISTS, 2},
};

/* asf4 instance headers: TCx_GCLK_ID; SVD, MCLK. */
static const uint8_t channels[SAMD5X_TCS] = {9, 9, 26, 26, 30, 30, 39, 39};
static const struct {
    uint8_t bus, bit;
} masks[SAMD5X_TCS] = {
    {SAMD5X_APBA, 14}, {SAMD5X_APBA, 15}, {SAMD5X_APBB, 13}, {SAMD5X_APBB, 14},
    {SAMD5X_APBC, 5},  {SAMD5X_APBC, 6},  {SAMD5X_APBD, 5},  {SAMD5X_APBD, 6},
};

static void fault(struct samd5x *chip, enum samd5x_fault kind, unsigned instance, uint32_t offset)
{
    samd5x_fault(chip, kind, samd5x_address(&samd5x_tc, instance, offset));
}

/* ---- counting -------------------------------------------------------------------------------- */

static uint32_t top_of(const struct samd5x_tc *tc)
{
    return (tc->ctrla & MODE) == MODE_32 ? UINT32_MAX : UINT16_MAX;
}

static uint32_t prescaler(const struct samd5x_tc *tc)
{
    static const uint16_t factors[] = {1, 2, 4, 8, 16, 64, 256, 1024};
    return factors[tc->ctrla >> 8 & 7];
}

static bool counts(const struct samd5x_tc *tc)
{
    return tc->is_running && !tc->is_stopped && tc->hz;
}

static uint64_t ticks(const struct samd5x_tc *tc, uint64_t now_ns)
{
    return counts(tc) ? samd5x_cycles_in(now_ns - tc->base_ns, tc->hz) / prescaler(tc) : 0;
}

static uint32_t count_at(const struct samd5x_tc *tc, uint64_t now_ns)
{
    return (tc->base_count + (uint32_t)ticks(tc, now_ns)) & top_of(tc);
}

static uint64_t tick_ns(const struct samd5x_tc *tc, uint64_t tick)
{
    return tc->base_ns + samd5x_cycles_ns(tick * prescaler(tc), tc->hz);
}

/* When the count becomes this value; one that it has now is a whole round away. */
static uint64_t becomes_ns(const struct samd5x_tc *tc, uint32_t value, uint64_t now_ns)
{
    if (!counts(tc) || value > top_of(tc))
        return WIRES_NEVER;
    uint64_t ahead = (value - count_at(tc, now_ns)) & top_of(tc);
    return tick_ns(tc, ticks(tc, now_ns) + (ahead ? ahead : (uint64_t)top_of(tc) + 1));
}

static void plan(struct samd5x_tc *tc, uint64_t now_ns)
{
    for (unsigned i = 0; i < 2; i++)
        tc->match_ns[i] = becomes_ns(tc, tc->cc[i], now_ns);
    tc->overflow_ns = becomes_ns(tc, 0, now_ns);
}

/* From now on it counts from here. */
static void count_from(struct samd5x_tc *tc, uint32_t count, uint64_t now_ns)
{
    tc->base_count = count & top_of(tc);
    tc->base_ns = now_ns;
    plan(tc, now_ns);
}

/* ---- what is synchronised -------------------------------------------------------------------- */

static bool is_due(uint64_t *at_ns, uint64_t now_ns)
{
    if (now_ns < *at_ns)
        return false;
    *at_ns = WIRES_NEVER;
    return true;
}

static void switch_on_or_off(struct samd5x_tc *tc, uint64_t now_ns)
{
    uint32_t count = count_at(tc, now_ns);
    tc->is_running = tc->ctrla & ENABLE;
    tc->is_stopped = false;
    count_from(tc, count, now_ns);
}

/* §48, CMD: executed at the next tick. */
static void execute(struct samd5x_tc *tc, uint64_t now_ns)
{
    uint32_t count = count_at(tc, now_ns);
    if (tc->command == READSYNC)
        tc->count_read = count;
    if (tc->command == RETRIGGER || tc->command == STOP) {
        tc->is_stopped = tc->command == STOP;
        count_from(tc, tc->command == STOP ? count : 0, now_ns);
    }
    tc->command = 0;
}

static void take_compare(struct samd5x *chip, struct samd5x_tc *tc, unsigned index)
{
    uint64_t now_ns = chip->wires->now_ns;
    tc->cc[index] = tc->cc_written[index];
    tc->match_ns[index] = becomes_ns(tc, tc->cc[index], now_ns);
    if (chip->readings.compare_of_now_matches && counts(tc) &&
        tc->cc[index] == count_at(tc, now_ns))
        tc->intflag |= (uint32_t)MC0 << index;
}

static void take_writes(struct samd5x *chip, struct samd5x_tc *tc)
{
    uint64_t now_ns = chip->wires->now_ns;
    if (is_due(&tc->enable_ns, now_ns))
        switch_on_or_off(tc, now_ns);
    if (is_due(&tc->ctrlb_ns, now_ns))
        execute(tc, now_ns);
    if (is_due(&tc->count_ns, now_ns))
        count_from(tc, tc->count_written, now_ns);
    for (unsigned i = 0; i < 2; i++) {
        if (is_due(&tc->cc_ns[i], now_ns))
            take_compare(chip, tc, i);
    }
}

/* When OVF is set. */
static uint64_t overflow_told_ns(const struct samd5x *chip, const struct samd5x_tc *tc)
{
    if (!chip->readings.overflow_is_late || tc->overflow_ns == WIRES_NEVER)
        return tc->overflow_ns;
    return tc->overflow_ns + samd5x_cycles_ns(prescaler(tc), tc->hz);
}

static void run(struct samd5x *chip, struct samd5x_tc *tc)
{
    uint64_t now_ns = chip->wires->now_ns;
    take_writes(chip, tc);
    for (unsigned i = 0; i < 2; i++) {
        if (now_ns < tc->match_ns[i])
            continue;
        tc->intflag |= (uint32_t)MC0 << i;
        tc->match_ns[i] = becomes_ns(tc, tc->cc[i], now_ns);
    }
    if (now_ns >= overflow_told_ns(chip, tc)) {
        tc->intflag |= OVF;
        tc->overflow_ns = becomes_ns(tc, 0, now_ns);
    }
}

void samd5x_run_tcs(struct samd5x *chip)
{
    for (unsigned i = 0; chip->tcs_in_use >> i; i++) {
        if (chip->tcs_in_use >> i & 1)
            run(chip, &chip->tcs[i]);
    }
}

/* Flags whose interrupts are off need no waking: run() finds them when somebody looks. */
static uint64_t next_ns(const struct samd5x *chip, const struct samd5x_tc *tc)
{
    uint64_t at_ns = samd5x_sooner(samd5x_sooner(tc->enable_ns, tc->ctrlb_ns), tc->count_ns);
    for (unsigned i = 0; i < 2; i++) {
        at_ns = samd5x_sooner(at_ns, tc->cc_ns[i]);
        if (tc->enabled_interrupts & (uint32_t)MC0 << i)
            at_ns = samd5x_sooner(at_ns, tc->match_ns[i]);
    }
    return tc->enabled_interrupts & OVF ? samd5x_sooner(at_ns, overflow_told_ns(chip, tc)) : at_ns;
}

uint64_t samd5x_tcs_ns(const struct samd5x *chip)
{
    uint64_t at_ns = WIRES_NEVER;
    for (unsigned i = 0; chip->tcs_in_use >> i; i++) {
        if (chip->tcs_in_use >> i & 1)
            at_ns = samd5x_sooner(at_ns, next_ns(chip, &chip->tcs[i]));
    }
    return at_ns;
}

uint32_t samd5x_tc_requests(const struct samd5x *chip)
{
    uint32_t requests = 0;
    for (unsigned i = 0; chip->tcs_in_use >> i; i++)
        requests |= (uint32_t) !!(chip->tcs[i].intflag & chip->tcs[i].enabled_interrupts) << i;
    return requests;
}

void samd5x_tc_clocks_changed(struct samd5x *chip)
{
    uint64_t now_ns = chip->wires->now_ns;
    for (unsigned i = 0; i < SAMD5X_TCS; i++) {
        struct samd5x_tc *tc = &chip->tcs[i];
        uint32_t hz = samd5x_channel_hz(chip, channels[i]);
        uint32_t count = count_at(tc, now_ns);
        if (hz == tc->hz)
            continue;
        tc->hz = hz;
        count_from(tc, count, now_ns);
    }
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool is_second(const struct samd5x *chip, unsigned instance)
{
    return instance % 2 == 1 && (chip->tcs[instance - 1].ctrla & MODE) == MODE_32;
}

static uint32_t syncbusy(const struct samd5x *chip, const struct samd5x_tc *tc)
{
    return (chip->wires->now_ns < tc->reset_done_ns ? SWRST : 0) |
           (tc->enable_ns != WIRES_NEVER || tc->is_running != !!(tc->ctrla & ENABLE) ? ENABLE : 0) |
           (tc->command ? BUSY_CTRLB : 0) | (tc->command == READSYNC ? BUSY_COUNT : 0) |
           (tc->count_ns != WIRES_NEVER ? BUSY_COUNT : 0) |
           (tc->cc_ns[0] != WIRES_NEVER ? BUSY_CC0 : 0) |
           (tc->cc_ns[1] != WIRES_NEVER ? BUSY_CC1 : 0);
}

static uint32_t load(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    struct samd5x_tc *tc = &chip->tcs[instance];
    run(chip, tc);
    switch (offset) {
    case CTRLA:
        return tc->ctrla | (syncbusy(chip, tc) & SWRST);
    case CTRLBCLR:
    case CTRLBSET:
        return (uint32_t)tc->command << 5;
    case INTENCLR:
    case INTENSET:
        return tc->enabled_interrupts;
    case INTFLAG:
        return tc->intflag;
    case STATUS:
        return (!tc->is_running || tc->is_stopped ? STATUS_STOP : 0) |
               (is_second(chip, instance) ? STATUS_SECOND : 0);
    case SYNCBUSY:
        return syncbusy(chip, tc);
    case COUNT:
        /* §48: not while READSYNC is under way. */
        if (syncbusy(chip, tc) & BUSY_COUNT)
            fault(chip, SAMD5X_BUSY, instance, COUNT);
        return tc->count_read;
    case DBGCTRL:
        return tc->dbgctrl;
    case EVCTRL:
    case WAVE:
        return 0;
    default:
        return tc->cc_written[(offset - CC) / 4];
    }
}

/* When a write is through that this counter's clock has to see. */
static uint64_t through_ns(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    uint32_t hz = samd5x_channel_hz(chip, channels[instance]);
    if (hz == 0)
        fault(chip, SAMD5X_UNCLOCKED, instance, offset);
    return samd5x_synchronised_ns(chip, hz);
}

static void reset(struct samd5x *chip, struct samd5x_tc *tc)
{
    *tc = (struct samd5x_tc){
        .hz = tc->hz,
        .base_ns = chip->wires->now_ns,
        .enable_ns = WIRES_NEVER,
        .ctrlb_ns = WIRES_NEVER,
        .count_ns = WIRES_NEVER,
        .cc_ns = {WIRES_NEVER, WIRES_NEVER},
        .match_ns = {WIRES_NEVER, WIRES_NEVER},
        .overflow_ns = WIRES_NEVER,
    };
}

static void judge_mode(struct samd5x *chip, unsigned instance)
{
    const struct samd5x_tc *tc = &chip->tcs[instance];
    bool is_pair = (tc->ctrla & MODE) == MODE_32;
    if (tc->ctrla & ~(uint32_t)(CTRLA_PLAIN | ENABLE) ||
        ((tc->ctrla & MODE) != MODE_16 && !is_pair))
        fault(chip, SAMD5X_UNMODELLED, instance, CTRLA);
    if (!is_pair)
        return;
    /* §48: the odd one is the other half, so its bus clock has to run, too. */
    if (instance % 2 == 1)
        fault(chip, SAMD5X_RESERVED, instance, CTRLA);
    else if (!samd5x_is_clocked(chip, masks[instance + 1].bus, masks[instance + 1].bit))
        fault(chip, SAMD5X_UNCLOCKED, instance, CTRLA);
}

static void store_ctrla(struct samd5x *chip, unsigned instance, uint32_t value, uint32_t lanes)
{
    struct samd5x_tc *tc = &chip->tcs[instance];
    if (value & SWRST) {
        reset(chip, tc);
        tc->reset_done_ns = through_ns(chip, instance, CTRLA);
        return;
    }
    uint32_t before = tc->ctrla;
    uint32_t after = samd5x_merge(before, value, lanes);
    if (before & ENABLE && (before ^ after) & ~(uint32_t)ENABLE) {
        fault(chip, SAMD5X_PROTECTED, instance, CTRLA);
        after = (before & ~(uint32_t)ENABLE) | (after & ENABLE);
    }
    tc->ctrla = after;
    if (!((before ^ after) & ENABLE))
        return;
    if (after & ENABLE)
        judge_mode(chip, instance);
    chip->tcs_in_use |= SAMD5X_BIT(instance);
    tc->enable_ns = through_ns(chip, instance, CTRLA);
}

static void store_ctrlb(struct samd5x *chip, unsigned instance, uint32_t value)
{
    struct samd5x_tc *tc = &chip->tcs[instance];
    unsigned command = value >> 5 & 7;
    if (value & 7 || command > READSYNC || command == 3)
        fault(chip, SAMD5X_UNMODELLED, instance, CTRLBSET);
    if (command == 0 || tc->hz == 0)
        return;
    uint64_t through = through_ns(chip, instance, CTRLBSET);
    tc->command = command;
    tc->ctrlb_ns = counts(tc) ? tick_ns(tc, ticks(tc, through - 1) + 1) : through;
}

static void store_synchronised(struct samd5x *chip, unsigned instance, uint32_t offset,
                               uint32_t value, uint32_t lanes)
{
    struct samd5x_tc *tc = &chip->tcs[instance];
    unsigned index = (offset - CC) / 4;
    if (offset == COUNT) {
        tc->count_written = samd5x_merge(tc->count_read, value, lanes);
        tc->count_read = tc->count_written;
        tc->count_ns = through_ns(chip, instance, offset);
    } else {
        tc->cc_written[index] = samd5x_merge(tc->cc_written[index], value, lanes);
        tc->cc_ns[index] = through_ns(chip, instance, offset);
    }
    chip->tcs_in_use |= SAMD5X_BIT(instance);
}

static void store_flags(struct samd5x_tc *tc, uint32_t offset, uint32_t value)
{
    if (offset == INTENCLR)
        tc->enabled_interrupts &= ~value;
    else if (offset == INTENSET)
        tc->enabled_interrupts |= value & (OVF | ERR | MC0 | MC1);
    else
        tc->intflag &= ~value;
}

static uint32_t busy_bit(uint32_t offset)
{
    switch (offset) {
    case CTRLA:
        return SWRST | ENABLE;
    case CTRLBCLR:
    case CTRLBSET:
        return BUSY_CTRLB;
    case COUNT:
        return BUSY_COUNT;
    case CC:
        return BUSY_CC0;
    case CC + 4:
        return BUSY_CC1;
    default:
        return 0;
    }
}

static void store(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes)
{
    struct samd5x_tc *tc = &chip->tcs[instance];
    run(chip, tc);
    if (syncbusy(chip, tc) & (SWRST | busy_bit(offset))) {
        fault(chip, SAMD5X_BUSY, instance, offset);
        return;
    }
    if (is_second(chip, instance))
        fault(chip, SAMD5X_RESERVED, instance, offset);
    switch (offset) {
    case CTRLA:
        store_ctrla(chip, instance, value, lanes);
        break;
    case CTRLBCLR:
    case CTRLBSET:
        store_ctrlb(chip, instance, offset == CTRLBSET ? value : value & 7);
        break;
    case INTENCLR:
    case INTENSET:
    case INTFLAG:
        store_flags(tc, offset, value);
        break;
    case DBGCTRL:
        tc->dbgctrl = value & 1;
        break;
    case COUNT:
    case CC:
    case CC + 4:
        store_synchronised(chip, instance, offset, value, lanes);
        break;
    default: /* EVCTRL, STATUS, WAVE */
        if (value)
            fault(chip, SAMD5X_UNMODELLED, instance, offset);
    }
}

const struct samd5x_block samd5x_tc = {registers, sizeof registers / sizeof *registers, load,
                                       store};

void samd5x_reset_tcs(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_TCS; i++)
        reset(chip, &chip->tcs[i]);
}
