/* SPDX-License-Identifier: MIT */
/*
 * A byte that is written is in the memory at once.  Of a byte that is read nobody knows that it was
 * clocked before the next one is wanted, or the message has ended; until then `next` runs ahead of
 * the pointer.
 *
 * All code that runs before an answer is short, and has no loop, because a microcontroller has only
 * about a microsecond for it.
 */
#include "i2ctarget/devices/memory.h"

static struct i2ctarget_memory *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_memory *)device;
}

static uint32_t after(const struct i2ctarget_memory *memory, uint32_t offset)
{
    return offset + 1 < memory->config.size_bytes ? offset + 1 : 0;
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_memory *memory = from(device);
    (void)address;
    (void)is_restart;
    memory->is_open = true;
    memory->is_read = is_read;
    memory->pointer_left = memory->config.pointer_bytes;
    if (!memory->pointer_left)
        memory->pointer = 0;
    memory->next = is_read ? memory->pointer : 0;
    memory->given = 0;
    memory->end = 0;
    return true;
}

static bool take_pointer(struct i2ctarget_memory *memory, uint8_t byte)
{
    memory->next = memory->next << 8 | byte;
    if (--memory->pointer_left > 0)
        return true;
    if (memory->next >= memory->config.size_bytes)
        return false;
    memory->pointer = memory->next;
    return true;
}

static bool is_read_only(const struct i2ctarget_memory *memory, uint32_t offset)
{
    const uint8_t *map = memory->config.read_only;
    return map && (map[offset / 8] >> offset % 8 & 1);
}

static void note_written(struct i2ctarget_memory *memory, uint32_t offset)
{
    if (memory->end == 0 || offset < memory->begin)
        memory->begin = offset;
    if (offset >= memory->end)
        memory->end = offset + 1;
}

static void take_data(struct i2ctarget_memory *memory, uint8_t byte)
{
    uint32_t offset = memory->pointer;
    memory->pointer = after(memory, offset);
    if (is_read_only(memory, offset))
        return;
    memory->config.bytes[offset] = byte;
    note_written(memory, offset);
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_memory *memory = from(device);
    if (memory->pointer_left)
        return take_pointer(memory, byte);
    take_data(memory, byte);
    return true;
}

/* The byte before was clocked. */
static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_memory *memory = from(device);
    uint32_t offset = memory->next;
    memory->pointer = offset;
    memory->next = after(memory, offset);
    memory->given++;
    return memory->config.bytes[offset];
}

/* ---- the end of a message -------------------------------------------------------------------- */

static void apply(struct i2ctarget_memory *memory, const struct i2ctarget_memory_change *change)
{
    for (uint32_t i = 0; i < change->count; i++)
        memory->config.bytes[change->offset + i] = change->bytes[i];
}

static void apply_all(struct i2ctarget_memory *memory)
{
    for (const struct i2ctarget_memory_change *change = memory->changes; change;
         change = change->next)
        apply(memory, change);
    memory->changes = NULL;
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_memory *memory = from(device);
    (void)cause;
    memory->is_open = false;
    if (memory->is_read && moved == memory->given)
        memory->pointer = memory->next;
    if (memory->end && memory->config.written)
        memory->config.written(memory, memory->begin, memory->end - memory->begin);
    apply_all(memory);
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* Can these address bytes lead to a place that is not there? */
static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    const struct i2ctarget_memory *memory = from(device);
    uint32_t pointer = memory->next;
    if (count < memory->pointer_left)
        return true;
    for (unsigned i = 0; i < memory->pointer_left; i++)
        pointer = pointer << 8 | bytes[i];
    return !memory->pointer_left || pointer < memory->config.size_bytes;
}

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_memory *memory = from(device);
    uint32_t offset = memory->next;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = memory->config.bytes[offset];
        offset = after(memory, offset);
    }
    return size;
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

static bool is_sound(const struct i2ctarget_memory_config *config)
{
    uint32_t size_max = config->pointer_bytes == 1 ? 256 : I2CTARGET_MEMORY_SIZE_BYTES_MAX;
    return config->bytes && config->size_bytes > 0 && config->size_bytes <= size_max &&
           config->pointer_bytes <= I2CTARGET_MEMORY_POINTER_BYTES_MAX;
}

int i2ctarget_memory_init(struct i2ctarget_memory *memory,
                          const struct i2ctarget_memory_config *config)
{
    if (!memory || !config || !is_sound(config))
        return -I2CTARGET_EINVAL;
    *memory = (struct i2ctarget_memory){.device = {.ops = &ops}, .config = *config};
    return 0;
}

void i2ctarget_memory_protect(uint8_t *read_only, uint32_t offset, uint32_t count)
{
    for (uint32_t i = offset; i < offset + count; i++)
        read_only[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool is_inside(const struct i2ctarget_memory *memory,
                      const struct i2ctarget_memory_change *change)
{
    return change->offset <= memory->config.size_bytes &&
           change->count <= memory->config.size_bytes - change->offset;
}

static void put_last(struct i2ctarget_memory *memory, struct i2ctarget_memory_change *change)
{
    struct i2ctarget_memory_change **place = &memory->changes;
    while (*place)
        place = &(*place)->next;
    *place = change;
}

int i2ctarget_memory_update(struct i2ctarget_memory *memory, struct i2ctarget_memory_change *change)
{
    if (!is_inside(memory, change))
        return -I2CTARGET_EINVAL;
    change->next = NULL;
    put_last(memory, change);
    if (memory->is_open)
        return 0;
    apply_all(memory);
    return 1;
}

bool i2ctarget_memory_is_changing(const struct i2ctarget_memory *memory)
{
    return memory->changes != NULL;
}
