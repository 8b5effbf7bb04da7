/* SPDX-License-Identifier: MIT */
/*
 * A sequence is a function of the time, or of how often its value was read.  So nothing has to run
 * between messages, and a value is right however long nobody has asked for it.
 */
#include "i2ctarget/devices/regmap_values.h"

static const struct i2ctarget_regmap_register *row_of(const struct i2ctarget_regmap_values *values,
                                                      uint32_t index)
{
    return &values->config.table->registers[index];
}

static uint32_t mask_of(const struct i2ctarget_regmap_register *row)
{
    return row->bytes < I2CTARGET_REGMAP_BYTES_MAX ? (UINT32_C(1) << 8 * row->bytes) - 1
                                                   : UINT32_MAX;
}

static int64_t clock_us(const struct i2ctarget_regmap_values *values)
{
    return values->config.now_us ? values->config.now_us() : 0;
}

/* ---- sequences ------------------------------------------------------------------------------- */

/* After so many turns the same values come again; 0: after 2^32 or more, or never. */
static uint32_t cycle_of(const struct i2ctarget_regmap_sequence *sequence)
{
    uint32_t last = sequence->count - 1;
    switch (sequence->kind) {
    case I2CTARGET_REGMAP_NOISE:
        return 0;
    case I2CTARGET_REGMAP_RAMP:
        if (last == 0)
            return 1;
        return last <= UINT32_MAX / 2 ? 2 * last : 0;
    default:
        return sequence->count;
    }
}

/* There and back: 0 1 2 3 2 1 for 4. */
static uint32_t bounced(uint32_t turn, uint32_t count)
{
    return turn < count ? turn : 2 * (count - 1) - turn;
}

/* A number that looks random, of a seed and a turn (the finaliser of MurmurHash3). */
static uint32_t scrambled(uint32_t seed, uint32_t turn)
{
    uint32_t x = seed * 0x9E3779B9u + turn;
    x = (x ^ x >> 16) * 0x85EBCA6Bu;
    x = (x ^ x >> 13) * 0xC2B2AE35u;
    return x ^ x >> 16;
}

static uint32_t noise(const struct i2ctarget_regmap_sequence *sequence, uint32_t turn)
{
    uint64_t product = scrambled(sequence->seed, turn) * ((uint64_t)sequence->step + 1);
    return sequence->start + (uint32_t)(product >> 32);
}

/* `turn`: in the cycle. */
static uint32_t value_at(const struct i2ctarget_regmap_sequence *sequence, uint32_t turn)
{
    switch (sequence->kind) {
    case I2CTARGET_REGMAP_RAMP:
        return sequence->start + sequence->step * bounced(turn, sequence->count);
    case I2CTARGET_REGMAP_LIST:
        return sequence->values[turn];
    case I2CTARGET_REGMAP_NOISE:
        return noise(sequence, turn);
    default:
        return sequence->start + sequence->step * turn;
    }
}

/* The turns are counted with 64 bits: with 32 a cycle of 3 would jump after 2^32 of them. */
static uint32_t turn_of(const struct i2ctarget_regmap_values *values, uint32_t i)
{
    const struct i2ctarget_regmap_sequence_state *state = &values->config.sequences[i];
    const struct i2ctarget_regmap_sequence *sequence = &values->config.table->sequences[i];
    uint32_t cycle = cycle_of(sequence);
    if (!sequence->period_us)
        return cycle ? state->reads % cycle : state->reads;
    int64_t turns = (values->now_us - state->began_us) / sequence->period_us;
    return (uint32_t)(cycle ? turns % cycle : turns);
}

static void run_sequences(struct i2ctarget_regmap_values *values)
{
    const struct i2ctarget_regmap_table *table = values->config.table;
    for (uint32_t i = 0; i < table->sequence_count; i++) {
        const struct i2ctarget_regmap_sequence *sequence = &table->sequences[i];
        if (!values->config.sequences[i].is_over)
            values->config.values[sequence->value].now =
                value_at(sequence, turn_of(values, i)) &
                values->config.values[sequence->value].mask;
    }
}

static void begin_sequences(struct i2ctarget_regmap_values *values, int64_t began_us)
{
    for (uint32_t i = 0; i < values->config.table->sequence_count; i++)
        values->config.sequences[i] =
            (struct i2ctarget_regmap_sequence_state){.began_us = began_us};
    run_sequences(values);
}

static void end_sequence(struct i2ctarget_regmap_values *values, uint32_t value)
{
    for (uint32_t i = 0; i < values->config.table->sequence_count; i++) {
        if (values->config.table->sequences[i].value == value)
            values->config.sequences[i].is_over = true;
    }
}

static void count_read(struct i2ctarget_regmap_values *values, uint32_t value)
{
    for (uint32_t i = 0; i < values->config.table->sequence_count; i++) {
        if (values->config.table->sequences[i].value == value)
            values->config.sequences[i].reads++;
    }
    if (values->config.table->sequence_count)
        run_sequences(values);
}

/* ---- reactions ------------------------------------------------------------------------------- */

/* Of several registers with one value the first counts, so it is the last to be looked at. */
static void reset(struct i2ctarget_regmap_values *values, int64_t began_us)
{
    const struct i2ctarget_regmap_table *table = values->config.table;
    for (uint32_t i = table->register_count; i-- > 0;)
        values->config.values[row_of(values, i)->value].now = row_of(values, i)->reset;
    for (uint32_t i = 0; i < table->reaction_count; i++)
        values->config.reactions[i].is_waiting = false;
    begin_sequences(values, began_us);
}

static void act(struct i2ctarget_regmap_values *values, uint32_t i, int64_t now_us)
{
    const struct i2ctarget_regmap_reaction *reaction = &values->config.table->reactions[i];
    uint32_t *changed = &values->config.values[reaction->changed].now;
    values->config.reactions[i].is_waiting = false;
    if (reaction->action == I2CTARGET_REGMAP_RESET) {
        reset(values, now_us);
        return;
    }
    end_sequence(values, reaction->changed);
    *changed = (*changed & ~reaction->action_mask) |
               (values->config.reactions[i].bits & reaction->action_mask);
}

static void begin_reaction(struct i2ctarget_regmap_values *values, uint32_t i, uint32_t word)
{
    const struct i2ctarget_regmap_reaction *reaction = &values->config.table->reactions[i];
    struct i2ctarget_regmap_reaction_state *state = &values->config.reactions[i];
    state->bits = reaction->action == I2CTARGET_REGMAP_COPY ? word : reaction->bits;
    if (!reaction->delay_us) {
        act(values, i, values->now_us);
        return;
    }
    state->due_us = clock_us(values) + reaction->delay_us;
    state->is_waiting = true;
}

static void cause(struct i2ctarget_regmap_values *values, uint32_t value, bool is_read,
                  uint32_t word)
{
    const struct i2ctarget_regmap_table *table = values->config.table;
    for (uint32_t i = 0; i < table->reaction_count; i++) {
        const struct i2ctarget_regmap_reaction *reaction = &table->reactions[i];
        if (reaction->value == value && reaction->is_on_read == is_read &&
            (word & reaction->mask) == reaction->equal)
            begin_reaction(values, i, word);
    }
}

/* The reaction whose time has come first; I2CTARGET_REGMAP_NO_REGISTER: none. */
static uint32_t first_due(const struct i2ctarget_regmap_values *values)
{
    const struct i2ctarget_regmap_reaction_state *states = values->config.reactions;
    uint32_t first = I2CTARGET_REGMAP_NO_REGISTER;
    for (uint32_t i = 0; i < values->config.table->reaction_count; i++) {
        if (states[i].is_waiting && states[i].due_us <= values->now_us &&
            (first == I2CTARGET_REGMAP_NO_REGISTER || states[i].due_us < states[first].due_us))
            first = i;
    }
    return first;
}

static void pass_time(struct i2ctarget_regmap_values *values)
{
    values->now_us = clock_us(values);
    for (uint32_t i = first_due(values); i != I2CTARGET_REGMAP_NO_REGISTER; i = first_due(values))
        act(values, i, values->config.reactions[i].due_us);
    run_sequences(values);
}

/* ---- messages -------------------------------------------------------------------------------- */

void i2ctarget_regmap_values_begin(struct i2ctarget_regmap_values *values)
{
    pass_time(values);
    values->is_open = true;
}

static void apply_changes(struct i2ctarget_regmap_values *values)
{
    for (uint32_t i = 0; values->waiting; i++) {
        struct i2ctarget_regmap_value *value = &values->config.values[i];
        if (!value->is_waiting)
            continue;
        value->now = value->later;
        value->is_waiting = false;
        values->waiting--;
    }
}

void i2ctarget_regmap_values_end(struct i2ctarget_regmap_values *values)
{
    values->is_open = false;
    apply_changes(values);
}

bool i2ctarget_regmap_values_write(struct i2ctarget_regmap_values *values, uint32_t index,
                                   uint32_t word, uint32_t came)
{
    const struct i2ctarget_regmap_register *row = row_of(values, index);
    uint32_t *now = &values->config.values[row->value].now;
    uint32_t changing = row->writable | row->one_clears | row->zero_clears | row->self_clearing;
    if (!(changing & came))
        return false;
    word &= came;
    end_sequence(values, row->value);
    *now = (*now & ~(row->writable & came)) | (word & row->writable);
    *now &= ~(word & row->one_clears) & ~(~word & came & row->zero_clears);
    *now &= ~(came & row->self_clearing);
    cause(values, row->value, false, word);
    return true;
}

void i2ctarget_regmap_values_note_read(struct i2ctarget_regmap_values *values, uint32_t index,
                                       uint32_t word)
{
    const struct i2ctarget_regmap_register *row = row_of(values, index);
    values->config.values[row->value].now &= ~row->read_clears;
    count_read(values, row->value);
    cause(values, row->value, true, word);
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool registers_are_sound(const struct i2ctarget_regmap_table *table)
{
    for (uint32_t i = 0; i < table->register_count; i++) {
        const struct i2ctarget_regmap_register *row = &table->registers[i];
        if (row->bytes < 1 || row->bytes > I2CTARGET_REGMAP_BYTES_MAX ||
            row->value >= table->value_count ||
            (table->bytes_have_addresses && row->address > UINT16_MAX - (row->bytes - 1u)))
            return false;
        uint32_t addresses = i && table->bytes_have_addresses ? row[-1].bytes : 1;
        if (i && (row->page < row[-1].page ||
                  (row->page == row[-1].page && row->address < row[-1].address + addresses)))
            return false;
    }
    return table->register_count > 0;
}

static bool is_sound_sequence(const struct i2ctarget_regmap_config *config,
                              const struct i2ctarget_regmap_sequence *sequence)
{
    bool is_list = sequence->kind == I2CTARGET_REGMAP_LIST;
    bool needs_count = is_list || sequence->kind == I2CTARGET_REGMAP_RAMP;
    return config->sequences && sequence->value < config->table->value_count &&
           sequence->kind <= I2CTARGET_REGMAP_NOISE && (!needs_count || sequence->count) &&
           (!is_list || sequence->values) && (!sequence->period_us || config->now_us);
}

static bool is_sound_reaction(const struct i2ctarget_regmap_config *config,
                              const struct i2ctarget_regmap_reaction *reaction)
{
    uint32_t value_count = config->table->value_count;
    return config->reactions && reaction->value < value_count && reaction->changed < value_count &&
           reaction->action <= I2CTARGET_REGMAP_RESET && (!reaction->delay_us || config->now_us);
}

static bool is_sound(const struct i2ctarget_regmap_config *config)
{
    const struct i2ctarget_regmap_table *table = config->table;
    bool is_good = table && config->values && registers_are_sound(table);
    for (uint32_t i = 0; is_good && i < table->sequence_count; i++)
        is_good = is_sound_sequence(config, &table->sequences[i]);
    for (uint32_t i = 0; is_good && i < table->reaction_count; i++)
        is_good = is_sound_reaction(config, &table->reactions[i]);
    return is_good;
}

int i2ctarget_regmap_values_init(struct i2ctarget_regmap_values *values,
                                 const struct i2ctarget_regmap_config *config)
{
    if (!is_sound(config))
        return -I2CTARGET_EINVAL;
    *values = (struct i2ctarget_regmap_values){.config = *config};
    for (uint32_t i = 0; i < config->table->value_count; i++)
        config->values[i] = (struct i2ctarget_regmap_value){0};
    for (uint32_t i = 0; i < config->table->register_count; i++)
        config->values[row_of(values, i)->value].mask |= mask_of(row_of(values, i));
    values->now_us = clock_us(values);
    reset(values, values->now_us);
    return 0;
}

void i2ctarget_regmap_values_set(struct i2ctarget_regmap_values *values, uint32_t index,
                                 uint32_t value)
{
    struct i2ctarget_regmap_value *place = &values->config.values[row_of(values, index)->value];
    if (!values->is_open)
        pass_time(values);
    end_sequence(values, row_of(values, index)->value);
    values->waiting += !place->is_waiting;
    place->is_waiting = true;
    place->later = value & place->mask;
    if (!values->is_open)
        apply_changes(values);
}

uint32_t i2ctarget_regmap_values_get(struct i2ctarget_regmap_values *values, uint32_t index)
{
    if (!values->is_open)
        pass_time(values);
    return values->config.values[row_of(values, index)->value].now;
}
