/* SPDX-License-Identifier: MIT */
#include "server/monitors.h"

#include <stdlib.h>

#include "i2cdev/i2cdev.h"

static bool follows_stop(const struct bus_transfer *transfer, size_t index)
{
    return index == 0 || transfer->messages[index - 1].stopped;
}

static uint8_t flags_of(const struct bus_transfer *transfer, size_t index)
{
    const struct controller_message *message = &transfer->messages[index];
    bool has_address = !(message->flags & CONTROLLER_NO_START);
    unsigned flags = 0;
    if (i2ctarget_controller_calls_for_read(message))
        flags |= PROTOCOL_MESSAGE_READ;
    if (!follows_stop(transfer, index))
        flags |= has_address ? PROTOCOL_MESSAGE_RESTART : PROTOCOL_MESSAGE_NO_START;
    if (!has_address)
        flags |= PROTOCOL_MESSAGE_NO_ADDRESS;
    if (message->called)
        flags |= PROTOCOL_MESSAGE_CALLED;
    if (message->called && message->addressed)
        flags |= PROTOCOL_MESSAGE_ADDRESS_ACK;
    if (!i2ctarget_controller_has_ninth_clock(message))
        flags |= PROTOCOL_MESSAGE_NO_NINTH;
    if (message->stopped)
        flags |= PROTOCOL_MESSAGE_STOP;
    return (uint8_t)flags;
}

static size_t count_started(const struct bus_transfer *transfer)
{
    size_t count = 0;
    while (count < transfer->count && transfer->messages[count].started)
        count++;
    return count;
}

static uint32_t in_us(uint64_t time_ns)
{
    return time_ns / 1000 < UINT32_MAX ? (uint32_t)(time_ns / 1000) : UINT32_MAX;
}

static size_t size_of(const struct controller_message *message)
{
    return (size_t)protocol_message_bytes(message->moved);
}

static void put_message(uint8_t *at, const struct bus_report *report, size_t index)
{
    const struct controller_message *message = &report->transfer->messages[index];
    at[0] = message->address;
    at[1] = flags_of(report->transfer, index);
    at[2] = report->reasons[index];
    at[3] = message->cut_bits;
    put_u32(at + 4, message->moved);
    put_u32(at + 8, in_us(message->stretch_ns));
    put_u16(at + 12, message->cut_bits ? message->cut : 0);
    at[14] = message->recovery_clocks;
    at[15] = 0;
    if (message->moved == 0)
        return;
    memcpy(at + PROTOCOL_MESSAGE_BYTES, message->buffer, message->moved);
    memcpy(at + PROTOCOL_MESSAGE_BYTES + message->moved, message->acks, (message->moved + 7) / 8);
}

/* False: no memory. */
static bool make_record(struct monitors *monitors, const struct bus_report *report)
{
    struct peer_buffer *record = &monitors->record;
    size_t count = count_started(report->transfer);
    size_t total = PROTOCOL_TRANSFER_BYTES;
    for (size_t i = 0; i < count; i++)
        total += size_of(&report->transfer->messages[i]);
    record->begin = record->end = 0;
    if (!peer_buffer_reserve(record, total))
        return false;
    uint8_t *at = record->bytes;
    record->end = total;
    put_u64(at, report->number);
    put_u64(at + 8, report->wall_ns);
    put_u64(at + 16, trace_time_ns(monitors->trace, report->start_ns));
    put_u64(at + 24, report->duration_ns);
    put_u32(at + 32, (uint32_t)i2cdev_error(report->result));
    put_u32(at + 36, (uint32_t)count);
    put_u32(at + 40, report->recovery_clocks);
    put_u32(at + 44, 0);
    put_u32(at + 48, (uint32_t)(report->transfer->timeout_ns / 1000000));
    at += PROTOCOL_TRANSFER_BYTES;
    for (size_t i = 0; i < count; i++) {
        put_message(at, report, i);
        at += size_of(&report->transfer->messages[i]);
    }
    return true;
}

static void tell(struct monitor *monitor, struct peer_buffer *record)
{
    if (peer_queued_bytes(monitor->peer) + record->end + PROTOCOL_HEADER_BYTES > PEER_QUEUE_MAX) {
        monitor->missed++;
        return;
    }
    put_u32(record->bytes + 44, monitor->missed);
    monitor->missed = 0;
    peer_send(monitor->peer, PROTOCOL_TRANSFER, record->bytes, record->end, NULL, 0);
}

static void on_finished(struct bus_watcher *watcher, const struct bus_report *report)
{
    struct monitors *monitors = (struct monitors *)watcher;
    if (!monitors->first)
        return;
    bool is_made = make_record(monitors, report);
    for (struct monitor *monitor = monitors->first; monitor; monitor = monitor->next) {
        if (is_made)
            tell(monitor, &monitors->record);
        else
            monitor->missed++;
    }
}

void monitors_init(struct monitors *monitors, struct bus *bus, const struct trace *trace)
{
    *monitors = (struct monitors){.watcher.finished = on_finished, .trace = trace};
    bus_watch(bus, &monitors->watcher);
}

void monitors_free(struct monitors *monitors)
{
    free(monitors->record.bytes);
}

struct monitor *monitors_add(struct monitors *monitors, struct peer *peer)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return NULL;
    monitor->peer = peer;
    monitor->next = monitors->first;
    monitors->first = monitor;
    return monitor;
}

void monitors_remove(struct monitors *monitors, struct monitor *monitor)
{
    struct monitor **at = &monitors->first;
    while (*at && *at != monitor)
        at = &(*at)->next;
    if (*at)
        *at = monitor->next;
    free(monitor);
}
