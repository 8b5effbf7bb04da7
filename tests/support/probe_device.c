/* SPDX-License-Identifier: MIT */
#include "support/probe_device.h"

static struct probe_device *probe_of(struct i2ctarget_device *device)
{
    return (struct probe_device *)device;
}

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct probe_device *probe = probe_of(device);
    probe->addressed++;
    probe->restarts += is_restart;
    probe->last_address = address;
    probe->is_read = is_read;
    probe->position = 0;
    probe->is_open = !probe->busy;
    return probe->is_open;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct probe_device *probe = probe_of(device);
    probe->received++;
    if (probe->accept_max && probe->position >= probe->accept_max)
        return false;
    if (probe->position++ == 0)
        probe->pointer = byte;
    else
        probe->memory[(uint8_t)(probe->pointer + probe->position - 2)] = byte;
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct probe_device *probe = probe_of(device);
    probe->requested++;
    if (probe->give_max && probe->position >= probe->give_max)
        return probe->refusal;
    return probe->memory[(uint8_t)(probe->pointer + probe->position++)];
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct probe_device *probe = probe_of(device);
    probe->ended++;
    probe->is_open = false;
    probe->end = cause;
    probe->moved = moved;
    if (probe->is_read)
        probe->pointer = (uint8_t)(probe->pointer + moved);
    else if (moved > 0)
        probe->pointer = (uint8_t)(probe->pointer + moved - 1);
}

static const struct i2ctarget_device_ops ops = {
    .addressed = addressed, .received = received, .requested = requested, .ended = ended};

void probe_device_init(struct probe_device *device)
{
    *device = (struct probe_device){.device = {.ops = &ops}, .refusal = I2CTARGET_RELEASE};
    for (unsigned i = 0; i < sizeof device->memory; i++)
        device->memory[i] = (uint8_t)(i ^ 0xA5);
}
