/* SPDX-License-Identifier: MIT */
/*
 * The bits of the messages' addresses and bytes.  Functions are called when SCL was just pulled
 * low.
 */
#include "line/controller_parts.h"

enum { BLOCK_MAX = 32 };

static bool is_read(const struct controller_message *message)
{
    return message->flags & CONTROLLER_READ;
}

/* ---- bits ------------------------------------------------------------------------------------ */

/*
 * SCL was just pulled low.  The bit is put out data_ns later, and SCL is released when t_LOW is
 * over.
 */
static void begin_bit(struct controller_line *controller, struct wires *wires, bool sda_low)
{
    controller->sda_low = sda_low;
    if (controller->participant.pulls.sda_low == sda_low)
        i2ctarget_controller_at(controller, LET_GO, wires->now_ns + controller->low_ns);
    else
        i2ctarget_controller_at(controller, DATA, wires->now_ns + controller->data_ns);
}

static void begin_sending(struct controller_line *controller, struct wires *wires, uint8_t byte)
{
    controller->bit = 0;
    controller->shift = byte;
    begin_bit(controller, wires, !(byte & 0x80));
}

static void begin_receiving(struct controller_line *controller, struct wires *wires)
{
    controller->bit = 0;
    controller->shift = 0;
    begin_bit(controller, wires, false);
}

static void begin_address(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    controller->in_address = true;
    begin_sending(controller, wires,
                  (uint8_t)(current->address << 1 | i2ctarget_controller_calls_for_read(current)));
}

void i2ctarget_controller_mark_started(struct controller_line *controller,
                                       const struct wires *wires)
{
    struct controller_message *current = &controller->messages[controller->index];
    controller->current = current;
    current->started = true;
    current->start_ns = wires->now_ns;
    controller->recovery = 0;
}

/* ---- messages -------------------------------------------------------------------------------- */

/* SCL is low between two messages: continue with or without Sr, wait for more, or make STOP. */
void i2ctarget_controller_go_on(struct controller_line *controller, struct wires *wires)
{
    if (controller->index == controller->count) {
        if (controller->is_open)
            i2ctarget_controller_pause(controller);
        else
            i2ctarget_controller_stop(controller, wires, CONTROLLER_DONE);
    } else if (controller->messages[controller->index].flags & CONTROLLER_NO_START) {
        i2ctarget_controller_mark_started(controller, wires);
        i2ctarget_controller_begin_message(controller, wires);
    } else {
        i2ctarget_controller_at(controller, RESTART_DATA, wires->now_ns + controller->data_ns);
    }
}

/* The message is done. */
static void next_message(struct controller_line *controller, struct wires *wires)
{
    controller->index++;
    if (controller->current->flags & CONTROLLER_STOP)
        i2ctarget_controller_stop(controller, wires, CONTROLLER_DONE);
    else
        i2ctarget_controller_go_on(controller, wires);
}

static void begin_data(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    controller->in_address = false;
    if (controller->position == current->length)
        next_message(controller, wires);
    else if (is_read(current))
        begin_receiving(controller, wires);
    else
        begin_sending(controller, wires, current->buffer[controller->position]);
}

/* SCL is low, and the START (or what replaces it) is made. */
void i2ctarget_controller_begin_message(struct controller_line *controller, struct wires *wires)
{
    bool skip_address = controller->current->flags & CONTROLLER_NO_START;
    controller->position = 0;
    controller->current->addressed = skip_address;
    if (skip_address)
        begin_data(controller, wires);
    else
        begin_address(controller, wires);
}

static void count_byte(struct controller_line *controller, bool ack)
{
    struct controller_message *current = controller->current;
    uint8_t mask = (uint8_t)(1u << current->moved % 8);
    if (current->acks && ack)
        current->acks[current->moved / 8] |= mask;
    else if (current->acks)
        current->acks[current->moved / 8] &= (uint8_t)~mask;
    current->moved++;
    controller->position++;
}

/* Notes the ninth clock: `ack` means that SDA is low. */
static void note_ninth(struct controller_line *controller, bool ack)
{
    struct controller_message *current = controller->current;
    if (controller->in_address) {
        current->called = true;
        current->addressed = ack;
    } else {
        count_byte(controller, ack);
        current->nacked = !ack && !is_read(current);
    }
}

static void on_acknowledge_bit(struct controller_line *controller, struct wires *wires, bool ack)
{
    note_ninth(controller, ack);
    if (ack || (controller->current->flags & CONTROLLER_IGNORE_NACK))
        begin_data(controller, wires);
    else
        i2ctarget_controller_stop(controller, wires,
                                  controller->in_address ? CONTROLLER_ADDRESS_NACK
                                                         : CONTROLLER_DATA_NACK);
}

/* The first byte of a CONTROLLER_RECEIVE_LENGTH message is the number of bytes that follow. */
static bool take_length(struct controller_message *current)
{
    uint8_t count = current->buffer[0];
    if (count > BLOCK_MAX)
        return false;
    current->length += count;
    return true;
}

static void end_read_byte(struct controller_line *controller, struct wires *wires, bool ack)
{
    count_byte(controller, ack);
    if (controller->verdict == CONTROLLER_BAD_LENGTH)
        i2ctarget_controller_stop(controller, wires, CONTROLLER_BAD_LENGTH);
    else
        begin_data(controller, wires);
}

/*
 * We sent a NACK, and SDA is low: our 1 became a 0.  If the target was told the opposite direction,
 * that is its ACK and correct.
 */
static bool is_overruled(const struct controller_line *controller, bool ack)
{
    return ack && !controller->sda_low && controller->verdict == CONTROLLER_DONE &&
           !(controller->current->flags & CONTROLLER_REVERSE_DIRECTION);
}

static void on_answered_byte(struct controller_line *controller, struct wires *wires, bool ack)
{
    if (is_overruled(controller, ack)) {
        count_byte(controller, ack);
        i2ctarget_controller_lose(controller, wires);
    } else {
        end_read_byte(controller, wires, ack);
    }
}

/*
 * Eight bits were read.  The acknowledge bit is ours: NACK only the last byte, so that the target
 * releases SDA.
 */
static void on_read_byte(struct controller_line *controller, struct wires *wires)
{
    struct controller_message *current = controller->current;
    current->buffer[controller->position] = controller->shift;
    if (controller->position == 0 && (current->flags & CONTROLLER_RECEIVE_LENGTH) &&
        !take_length(current))
        controller->verdict = CONTROLLER_BAD_LENGTH;
    bool last =
        controller->position + 1 == current->length || controller->verdict == CONTROLLER_BAD_LENGTH;
    if (current->flags & CONTROLLER_NO_READ_ACK)
        end_read_byte(controller, wires, false);
    else
        begin_bit(controller, wires, !last);
}

/* ---- one clock, sampled ---------------------------------------------------------------------- */

static void on_sent_bit(struct controller_line *controller, struct wires *wires)
{
    controller->shift = (uint8_t)(controller->shift << 1);
    controller->bit++;
    begin_bit(controller, wires, controller->bit < ACK_BIT && !(controller->shift & 0x80));
}

static void on_received_bit(struct controller_line *controller, struct wires *wires, bool sda)
{
    controller->shift = (uint8_t)(controller->shift << 1 | sda);
    controller->bit++;
    if (controller->bit < ACK_BIT)
        begin_bit(controller, wires, false);
    else
        on_read_byte(controller, wires);
}

/*
 * SDA moved while SCL was high: another participant's START or STOP.  Or we sent a bit, and SDA
 * shows another one.
 */
static bool is_lost(struct controller_line *controller, bool sda)
{
    if (sda != controller->sda_at_rise)
        return true;
    return controller->bit < ACK_BIT && i2ctarget_controller_is_sending(controller) &&
           sda == controller->sda_low;
}

/* The byte ends with the clock that was just sampled. */
static void cut_short(struct controller_line *controller)
{
    struct controller_message *current = controller->current;
    current->cut_bits = (uint8_t)(controller->bit + 1);
    current->cut = controller->seen & (uint16_t)((1u << current->cut_bits) - 1);
}

/* False: the transfer is over. */
static bool may_go_on(struct controller_line *controller, struct wires *wires, bool sda)
{
    if (controller->verdict == CONTROLLER_ABORTED)
        i2ctarget_controller_stop(controller, wires, CONTROLLER_ABORTED);
    else if (is_lost(controller, sda))
        i2ctarget_controller_lose(controller, wires);
    else
        return true;
    if (controller->bit == ACK_BIT)
        note_ninth(controller, !sda);
    else
        cut_short(controller);
    return false;
}

void i2ctarget_controller_sample(struct controller_line *controller, struct wires *wires)
{
    bool sda = wires->sda;
    i2ctarget_controller_pull(controller, wires, true, controller->participant.pulls.sda_low);
    controller->bits++;
    controller->seen = (uint16_t)(controller->seen << 1 | sda);
    if (!may_go_on(controller, wires, sda))
        return;
    if (controller->bit == ACK_BIT && i2ctarget_controller_is_sending(controller))
        on_acknowledge_bit(controller, wires, !sda);
    else if (controller->bit == ACK_BIT)
        on_answered_byte(controller, wires, !sda);
    else if (i2ctarget_controller_is_sending(controller))
        on_sent_bit(controller, wires);
    else
        on_received_bit(controller, wires, sda);
}

void i2ctarget_controller_take_bits(struct controller_line *controller, struct wires *wires,
                                    unsigned clocks, uint32_t bits)
{
    bool is_sending = i2ctarget_controller_is_sending(controller);
    uint32_t seen = controller->seen, shift = controller->shift;
    controller->bits += clocks;
    controller->seen = (uint16_t)(seen << clocks | bits);
    controller->bit = (uint8_t)(controller->bit + clocks);
    controller->shift = (uint8_t)(shift << clocks | (is_sending ? 0 : bits));
    if (controller->bit == ACK_BIT)
        on_read_byte(controller, wires);
    else
        begin_bit(controller, wires, is_sending && !(controller->shift & 0x80));
}
