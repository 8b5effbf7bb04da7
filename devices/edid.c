/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/edid.h"

enum { SEGMENT_BYTES = 256, SEGMENT_MASK = 0x7F, NOTHING = 0xFF };

static struct i2ctarget_edid *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_edid *)device;
}

/* A segment can only be written. */
static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_edid *edid = from(device);
    if (!is_restart)
        edid->segment = 0;
    edid->is_read = is_read;
    edid->is_pointer = address == I2CTARGET_EDID_SEGMENT_ADDRESS;
    edid->is_complete = false;
    edid->next = edid->offset;
    return !edid->is_pointer || !is_read;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_edid *edid = from(device);
    if (edid->is_complete)
        return false;
    edid->is_complete = true;
    if (edid->is_pointer)
        edid->segment = byte & SEGMENT_MASK;
    else
        edid->offset = byte;
    return true;
}

static uint8_t byte_at(const struct i2ctarget_edid *edid, uint32_t offset)
{
    uint32_t place = edid->segment * (uint32_t)SEGMENT_BYTES + offset;
    return place < edid->size_bytes ? edid->bytes[place] : NOTHING;
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_edid *edid = from(device);
    return byte_at(edid, edid->next++);
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_edid *edid = from(device);
    if (edid->is_read)
        edid->offset = (uint8_t)(edid->offset + moved);
    if (cause != I2CTARGET_RESTART)
        edid->segment = 0;
}

/* ---- what comes next ------------------------------------------------------------------------- */

static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    (void)bytes;
    return count == 1 && !from(device)->is_complete;
}

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_edid *edid = from(device);
    for (size_t i = 0; i < size; i++)
        bytes[i] = byte_at(edid, (uint8_t)(edid->next + i));
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

int i2ctarget_edid_init(struct i2ctarget_edid *edid, const uint8_t *bytes, uint32_t size_bytes)
{
    if (!edid || !bytes || size_bytes == 0 || size_bytes > I2CTARGET_EDID_SIZE_BYTES_MAX)
        return -I2CTARGET_EINVAL;
    *edid =
        (struct i2ctarget_edid){.device = {.ops = &ops}, .bytes = bytes, .size_bytes = size_bytes};
    return 0;
}
