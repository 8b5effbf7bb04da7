/* SPDX-License-Identifier: MIT */
#include "emulator/board/bridge.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "i2ctarget/event.h"
#include "link/link.h"

enum { LEAST_MS = 1000 };

struct bridge {
    struct board *board;
    struct link target, monitor;
    bool is_open;      /* between START and STOP on the board's wires */
    bool is_alive;     /* a message that the board has accepted */
    bool owes_ack;     /* a byte was read; the virtual bus has not said yet whether it wants more */
    uint32_t position; /* bytes of the message that were answered */
    /*
     * Transfers that began and that ended, as each connection reports them: one may be ahead of
     * the other.
     */
    unsigned begun, over;
    int64_t last_us;
};

/* ---- on the board's wires -------------------------------------------------------------------- */

static void stop(struct bridge *bridge)
{
    if (bridge->is_open)
        board_hand_stop(bridge->board);
    bridge->is_open = false;
}

static void stop_if_over(struct bridge *bridge)
{
    if (!bridge->is_alive && bridge->over >= bridge->begun)
        stop(bridge);
}

/* While nothing happens, emulated time passes as real time does; one second at most. */
static void catch_up(struct bridge *bridge)
{
    enum { MOST_US = 1000000, NS_PER_US = 1000 };
    int64_t now_us = i2ctarget_link_now_us();
    int64_t past_us = now_us - bridge->last_us;
    if (!bridge->is_open && past_us > 0)
        board_run(bridge->board, (uint64_t)(past_us < MOST_US ? past_us : MOST_US) * NS_PER_US);
    bridge->last_us = now_us;
}

static bool addressed(struct bridge *bridge, uint8_t address, bool is_read, bool is_restart)
{
    if (!is_restart) {
        stop(bridge);
        if (bridge->over > bridge->begun)
            bridge->over = bridge->begun; /* what nobody called us for */
        bridge->begun++;
    }
    catch_up(bridge);
    board_hand_start(bridge->board);
    bridge->is_open = true;
    bridge->is_alive = board_hand_write(bridge->board, (uint8_t)(address << 1 | is_read));
    return bridge->is_alive;
}

static uint8_t requested(struct bridge *bridge)
{
    if (bridge->owes_ack)
        board_hand_clock(bridge->board, false);
    bridge->owes_ack = true;
    return board_hand_read_bits(bridge->board);
}

static void ended(struct bridge *bridge, uint8_t cause)
{
    if (bridge->owes_ack)
        board_hand_clock(bridge->board, true);
    bridge->owes_ack = false;
    bridge->is_alive = false;
    if (cause != I2CTARGET_RESTART && cause != I2CTARGET_CONTROLLER_NACK)
        stop(bridge);
    stop_if_over(bridge);
}

/* ---- on the virtual bus ---------------------------------------------------------------------- */

struct record {
    uint8_t kind, cause;
    bool is_read, is_restart;
    uint32_t serial, number;
    const uint8_t *bytes;
};

static int commit(struct bridge *bridge, uint32_t serial, uint8_t address, uint8_t then,
                  uint32_t count, const uint8_t *byte)
{
    uint8_t head[PROTOCOL_COMMIT_BYTES] = {0};
    put_u32(head, serial);
    head[4] = address;
    head[5] = then;
    head[6] = then == PROTOCOL_THEN_REFUSE ? PROTOCOL_REASON_APPLICATION : PROTOCOL_REASON_NONE;
    head[7] = 1; /* tell at once when something is to be answered */
    put_u32(head + 8, bridge->position);
    put_u32(head + 12, count);
    bridge->position += count;
    return i2ctarget_link_send(&bridge->target, PROTOCOL_COMMIT, head, sizeof head, byte,
                               byte ? 1 : 0);
}

static int answer(struct bridge *bridge, const struct record *record)
{
    uint8_t byte;
    bool is_acked;
    switch (record->kind) {
    case I2CTARGET_ADDRESSED:
        bridge->position = 0;
        is_acked = addressed(bridge, (uint8_t)record->number, record->is_read, record->is_restart);
        return commit(bridge, record->serial,
                      is_acked ? PROTOCOL_ADDRESS_ACK : PROTOCOL_ADDRESS_NACK, PROTOCOL_THEN_HOLD,
                      0, NULL);
    case I2CTARGET_RECEIVED:
        is_acked = board_hand_write(bridge->board, record->bytes[record->number - 1]);
        return commit(bridge, record->serial, PROTOCOL_ADDRESS_ACK,
                      is_acked ? PROTOCOL_THEN_HOLD : PROTOCOL_THEN_REFUSE, is_acked, NULL);
    case I2CTARGET_REQUESTED:
        byte = requested(bridge);
        return commit(bridge, record->serial, PROTOCOL_ADDRESS_ACK, PROTOCOL_THEN_HOLD, 1, &byte);
    case I2CTARGET_ENDED:
        ended(bridge, record->cause);
        return 0;
    default:
        return -EPROTO;
    }
}

static int take_events(struct bridge *bridge, const struct link_frame *frame)
{
    int status = 0;
    for (uint32_t at = PROTOCOL_EVENTS_BYTES; at < frame->length && status == 0;) {
        const uint8_t *head = frame->payload + at;
        struct record record = {.kind = head[0],
                                .cause = head[1],
                                .is_read = head[2],
                                .is_restart = head[3],
                                .serial = get_u32(head + 4),
                                .number = get_u32(head + 8),
                                .bytes = head + PROTOCOL_RECORD_BYTES};
        bool has_bytes = record.kind == I2CTARGET_RECEIVED;
        at += PROTOCOL_RECORD_BYTES + (has_bytes ? record.number : 0);
        status = answer(bridge, &record);
    }
    return status;
}

/* How many START a TRANSFER has that we were told of: nobody is called by the START byte. */
static unsigned starts(const struct link_frame *transfer)
{
    unsigned count = 0;
    uint32_t left = get_u32(transfer->payload + 36);
    for (uint64_t at = PROTOCOL_TRANSFER_BYTES; left > 0 && at < transfer->length; left--) {
        const uint8_t *message = transfer->payload + at;
        bool is_start_byte = message[0] == 0 && message[1] & PROTOCOL_MESSAGE_READ;
        bool begins = !(message[1] & (PROTOCOL_MESSAGE_RESTART | PROTOCOL_MESSAGE_NO_START));
        count += begins && !is_start_byte;
        at += protocol_message_bytes(get_u32(message + 4));
    }
    return count;
}

static int take_target(struct bridge *bridge)
{
    struct link_frame frame;
    int status;
    while ((status = i2ctarget_link_poll(&bridge->target, &frame)) == 1) {
        status = frame.type == PROTOCOL_EVENTS ? take_events(bridge, &frame) : 0;
        if (status < 0)
            return status;
    }
    return status;
}

static int take_monitor(struct bridge *bridge)
{
    struct link_frame frame;
    int status;
    while ((status = i2ctarget_link_poll(&bridge->monitor, &frame)) == 1) {
        if (frame.type != PROTOCOL_TRANSFER)
            continue;
        bridge->over += starts(&frame);
        stop_if_over(bridge);
    }
    return status;
}

/* ---- serving --------------------------------------------------------------------------------- */

static int listen_to_all(struct bridge *bridge)
{
    struct link_frame frame;
    uint8_t addresses[PROTOCOL_LISTEN_BYTES];
    memset(addresses, 0xFF, sizeof addresses);
    put_u32(addresses + PROTOCOL_ADDRESS_SET_BYTES, 0); /* no flags */
    int status =
        i2ctarget_link_send(&bridge->target, PROTOCOL_LISTEN, addresses, sizeof addresses, NULL, 0);
    if (status == 0)
        status = i2ctarget_link_receive(&bridge->target, &frame,
                                        i2ctarget_link_now_us() + LINK_PATIENCE_US);
    if (status == 1 && frame.type != PROTOCOL_LISTENING)
        status = -EPROTO;
    return status == 1 ? 0 : status;
}

static int open_links(struct bridge *bridge, const char *directory, unsigned number, char *text,
                      size_t size)
{
    static const char name[] = "emulated board";
    struct link *link = &bridge->target;
    int status = i2ctarget_link_open_in(link, directory, number, PROTOCOL_TARGET, name);
    if (status == 0) {
        link = &bridge->monitor;
        status = i2ctarget_link_open_in(link, directory, number, PROTOCOL_MONITOR, name);
    }
    if (status < 0)
        i2ctarget_link_explain(link, status, text, size);
    return status;
}

/* Until the bus ends: that is no error. */
static int serve(struct bridge *bridge, const volatile int *stops)
{
    int status = 0;
    while (status == 0 && !*stops) {
        struct pollfd fds[] = {{.fd = bridge->target.fd, .events = POLLIN},
                               {.fd = bridge->monitor.fd, .events = POLLIN}};
        if (poll(fds, 2, LEAST_MS) < 0 && errno != EINTR)
            return -errno;
        status = take_target(bridge);
        if (status == 0)
            status = take_monitor(bridge);
    }
    return status == -EPIPE ? 0 : status;
}

int bridge_serve(struct board *board, const char *directory, unsigned number,
                 const volatile int *stops, char *text, size_t size)
{
    struct bridge bridge = {.board = board, .target = {.fd = -1}, .monitor = {.fd = -1}};
    int status = open_links(&bridge, directory, number, text, size);
    if (status == 0) {
        status = listen_to_all(&bridge);
        bridge.last_us = i2ctarget_link_now_us();
        if (status == 0) {
            puts("the board listens");
            fflush(stdout);
            status = serve(&bridge, stops);
        }
        if (status < 0)
            snprintf(text, size, "%s", strerror(-status));
        else
            stop(&bridge);
    }
    i2ctarget_link_close(&bridge.target);
    i2ctarget_link_close(&bridge.monitor);
    return status;
}
