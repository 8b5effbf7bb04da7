/* SPDX-License-Identifier: MIT */
/*
 * What is asked of a register while a message is under way is in the device: its row, the byte in
 * it, and the word that is given or that comes.  So an answer costs a shift; only a pointer costs a
 * search.
 *
 * Of a byte that is read nobody knows that it was clocked before the next one is wanted, or the
 * message has ended.  So the device moves on, and counts a register as read, at these moments.
 */
#include "i2ctarget/devices/regmap.h"

static struct i2ctarget_regmap *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_regmap *)device;
}

static const struct i2ctarget_regmap_register *row_of(const struct i2ctarget_regmap *regmap)
{
    return &regmap->table->registers[regmap->index];
}

/* ---- the register at the pointer ------------------------------------------------------------- */

static uint32_t key_of(const struct i2ctarget_regmap_register *row)
{
    return (uint32_t)row->page << 16 | row->address;
}

static bool has(const struct i2ctarget_regmap_table *table,
                const struct i2ctarget_regmap_register *row, uint32_t key)
{
    uint32_t addresses = table->bytes_have_addresses ? row->bytes : 1;
    return key >= key_of(row) && key - key_of(row) < addresses;
}

static uint32_t search(const struct i2ctarget_regmap_table *table, uint32_t key)
{
    uint32_t low = 0, high = table->register_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (key_of(&table->registers[middle]) <= key)
            low = middle;
        else
            high = middle;
    }
    return has(table, &table->registers[low], key) ? low : I2CTARGET_REGMAP_NO_REGISTER;
}

static uint32_t page_of(const struct i2ctarget_regmap *regmap)
{
    uint32_t value = regmap->values.config.values[regmap->table->page_value].now;
    return (value & regmap->table->page_mask) >> regmap->table->page_shift;
}

static void go_to(struct i2ctarget_regmap *regmap, uint32_t index)
{
    regmap->index = index;
    regmap->byte = 0;
    if (index != I2CTARGET_REGMAP_NO_REGISTER)
        regmap->byte = (uint8_t)(regmap->pointer - row_of(regmap)->address);
    regmap->is_latched = false;
    regmap->came = 0;
}

static void look_up(struct i2ctarget_regmap *regmap)
{
    const struct i2ctarget_regmap_table *table = regmap->table;
    uint32_t index = search(table, regmap->pointer);
    uint32_t page = table->has_pages ? page_of(regmap) : UINT16_MAX;
    if (index == I2CTARGET_REGMAP_NO_REGISTER && page < UINT16_MAX)
        index = search(table, (page + 1) << 16 | regmap->pointer);
    go_to(regmap, index);
}

/* ---- to the next byte ------------------------------------------------------------------------ */

static bool is_last_byte(const struct i2ctarget_regmap *regmap)
{
    return regmap->index == I2CTARGET_REGMAP_NO_REGISTER ||
           regmap->byte + 1 == row_of(regmap)->bytes;
}

static void step_pointer(struct i2ctarget_regmap *regmap)
{
    const struct i2ctarget_regmap_table *table = regmap->table;
    uint16_t next = (uint16_t)(regmap->pointer + 1);
    for (uint32_t i = 0; i < table->range_count; i++) {
        if (table->ranges[i].last == regmap->pointer)
            next = table->ranges[i].first;
    }
    regmap->pointer = next & table->pointer_mask;
}

/* What came of the register takes effect. */
static void store(struct i2ctarget_regmap *regmap)
{
    uint32_t word = regmap->word & regmap->came;
    bool can_be_written =
        i2ctarget_regmap_values_write(&regmap->values, regmap->index, word, regmap->came);
    if (can_be_written && regmap->written)
        regmap->written(regmap, regmap->index, word);
    regmap->came = 0;
}

/* Without a search, if the next row is that of the pointer on every page. */
static void enter_next(struct i2ctarget_regmap *regmap)
{
    uint32_t next = regmap->index + 1;
    bool is_near = regmap->index != I2CTARGET_REGMAP_NO_REGISTER &&
                   next < regmap->table->register_count &&
                   regmap->table->registers[next].page == I2CTARGET_REGMAP_EVERY_PAGE &&
                   regmap->table->registers[next].address == regmap->pointer;
    if (is_near)
        go_to(regmap, next);
    else
        look_up(regmap);
}

static void move_on(struct i2ctarget_regmap *regmap)
{
    bool is_last = is_last_byte(regmap), have_addresses = regmap->table->bytes_have_addresses;
    uint32_t following = regmap->pointer + 1u;
    if (regmap->is_advancing && (is_last || have_addresses))
        step_pointer(regmap);
    if (!is_last && (!have_addresses || regmap->pointer == following)) {
        regmap->byte++;
        return;
    }
    if (regmap->came)
        store(regmap);
    enter_next(regmap);
}

/* ---- a write --------------------------------------------------------------------------------- */

static bool take_pointer(struct i2ctarget_regmap *regmap, uint8_t byte)
{
    const struct i2ctarget_regmap_table *table = regmap->table;
    uint16_t before = regmap->pointer;
    regmap->word = regmap->word << 8 | byte;
    if (--regmap->pointer_left > 0)
        return true;
    regmap->pointer = (uint16_t)regmap->word & table->pointer_mask;
    look_up(regmap);
    if (regmap->index == I2CTARGET_REGMAP_NO_REGISTER && table->refuses) {
        regmap->pointer = before;
        return false;
    }
    regmap->is_advancing =
        table->advances && (regmap->word & table->advancing_bits) == table->advancing_bits;
    return true;
}

static unsigned shift_of(const struct i2ctarget_regmap_register *row, unsigned byte)
{
    return 8u * (row->is_little ? byte : row->bytes - 1u - byte);
}

static void take_data(struct i2ctarget_regmap *regmap, uint8_t byte)
{
    if (regmap->index != I2CTARGET_REGMAP_NO_REGISTER) {
        unsigned shift = shift_of(row_of(regmap), regmap->byte);
        uint32_t bits = 0xFFu << shift;
        regmap->word = (regmap->word & ~bits) | (uint32_t)byte << shift;
        regmap->came |= bits;
    }
    move_on(regmap);
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_regmap *regmap = from(device);
    if (regmap->pointer_left)
        return take_pointer(regmap, byte);
    if (regmap->index == I2CTARGET_REGMAP_NO_REGISTER && regmap->table->refuses)
        return false;
    take_data(regmap, byte);
    return true;
}

/* ---- a read ---------------------------------------------------------------------------------- */

static bool can_be_read(const struct i2ctarget_regmap *regmap)
{
    return regmap->index != I2CTARGET_REGMAP_NO_REGISTER && !row_of(regmap)->is_hidden;
}

/* The byte that was given was clocked. */
static void note_clocked(struct i2ctarget_regmap *regmap)
{
    if (can_be_read(regmap) && is_last_byte(regmap))
        i2ctarget_regmap_values_note_read(&regmap->values, regmap->index, regmap->word);
    move_on(regmap);
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_regmap *regmap = from(device);
    if (regmap->given++)
        note_clocked(regmap);
    if (!can_be_read(regmap))
        return regmap->table->fill;
    if (!regmap->is_latched)
        regmap->word = regmap->values.config.values[row_of(regmap)->value].now;
    regmap->is_latched = true;
    return (int)(regmap->word >> shift_of(row_of(regmap), regmap->byte) & 0xFF);
}

/* ---- messages -------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_regmap *regmap = from(device);
    (void)address;
    (void)is_restart;
    i2ctarget_regmap_values_begin(&regmap->values);
    regmap->is_read = is_read;
    regmap->pointer_left = is_read ? 0 : regmap->table->pointer_bytes;
    regmap->given = 0;
    regmap->word = 0;
    if (!regmap->table->pointer_bytes)
        regmap->pointer = 0;
    look_up(regmap);
    return true;
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_regmap *regmap = from(device);
    (void)cause;
    if (regmap->is_read && moved && moved == regmap->given)
        note_clocked(regmap);
    if (regmap->came && regmap->table->bytes_have_addresses)
        store(regmap);
    i2ctarget_regmap_values_end(&regmap->values);
}

/* ---- what comes next ------------------------------------------------------------------------- */

static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    (void)bytes;
    (void)count;
    return !from(device)->table->refuses;
}

/* The first register's bytes.  Behind them, what was read may change something. */
static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_regmap *regmap = from(device);
    if (regmap->given)
        return 0;
    if (!can_be_read(regmap)) {
        bytes[0] = regmap->table->fill;
        return 1;
    }
    const struct i2ctarget_regmap_register *row = row_of(regmap);
    uint32_t word = regmap->values.config.values[row->value].now;
    size_t count = regmap->table->bytes_have_addresses ? 1 : row->bytes;
    count = count < size ? count : size;
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(word >> shift_of(row, regmap->byte + (unsigned)i));
    return count;
}

static const struct i2ctarget_foresight foresight = {.accepts = accepts, .peek = peek};
static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
    .foresight = &foresight,
};

/* ---- the program ----------------------------------------------------------------------------- */

static bool is_sound_line(const struct i2ctarget_regmap_table *table)
{
    const struct i2ctarget_regmap_line *line = &table->line;
    return !line->is_there || (line->status < table->register_count &&
                               (!line->has_enable || line->enable < table->register_count));
}

static bool is_sound(const struct i2ctarget_regmap_table *table)
{
    return table && is_sound_line(table) &&
           table->pointer_bytes <= I2CTARGET_REGMAP_POINTER_BYTES_MAX && table->page_shift < 32 &&
           (!table->has_pages || table->page_value < table->value_count);
}

int i2ctarget_regmap_init(struct i2ctarget_regmap *regmap,
                          const struct i2ctarget_regmap_config *config,
                          i2ctarget_regmap_written *written)
{
    if (!regmap || !config || !is_sound(config->table))
        return -I2CTARGET_EINVAL;
    *regmap = (struct i2ctarget_regmap){
        .device = {.ops = &ops}, .table = config->table, .written = written};
    regmap->is_advancing = config->table->advances && !config->table->advancing_bits;
    return i2ctarget_regmap_values_init(&regmap->values, config);
}

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

uint32_t i2ctarget_regmap_find(const struct i2ctarget_regmap_table *table, const char *name)
{
    for (uint32_t i = 0; i < table->register_count; i++) {
        if (table->registers[i].name && is_same(table->registers[i].name, name))
            return i;
    }
    return I2CTARGET_REGMAP_NO_REGISTER;
}

void i2ctarget_regmap_set(struct i2ctarget_regmap *regmap, uint32_t index, uint32_t value)
{
    i2ctarget_regmap_values_set(&regmap->values, index, value);
}

uint32_t i2ctarget_regmap_get(struct i2ctarget_regmap *regmap, uint32_t index)
{
    return i2ctarget_regmap_values_get(&regmap->values, index);
}

bool i2ctarget_regmap_line_pin(struct i2ctarget_regmap *regmap)
{
    const struct i2ctarget_regmap_line *line = &regmap->table->line;
    if (!line->is_there)
        return true;
    uint32_t bits = i2ctarget_regmap_get(regmap, line->status) & line->mask;
    if (line->has_enable)
        bits &= i2ctarget_regmap_get(regmap, line->enable);
    return (bits != 0) == line->is_active_high;
}
