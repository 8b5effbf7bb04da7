/* SPDX-License-Identifier: MIT */
/*
 * A target, its addresses, and the message on the bus.
 *
 * The message goes through these phases.  The arrows are the events, and what the application or a
 * device answers:
 *
 *     QUIET ─ADDRESSED─► ADDRESS_OWED ─request()─► FLOWING ─RECEIVED──► BYTE_OWED ─┐
 *       ▲                                          ▲  │ │  ─REQUESTED─► DATA_OWED ─┤ read(),
 *       │                                          └──┼─┴────────────────────────┘ write(), ack()
 *       └───────────ENDED────────────── REFUSED ◄─────┘ NACK, or 0xFF from here on
 *
 * In ADDRESS_OWED, BYTE_OWED and DATA_OWED an answer is owed and SCL is held, so only a fault can
 * follow.  A device answers at once, so its messages are never in these phases.  The application's
 * request outlives the message: `alive` says whether the two still belong together.
 *
 * This file is the event side and may run in an interrupt.  requests.c is the application's side.
 * The port's lock separates them.
 */
#include "core/events.h"

_Static_assert(sizeof(void *) > 4 || sizeof(struct i2ctarget) <= 128, "RAM budget per target");

/* ---- set-up ---------------------------------------------------------------------------------- */

static bool take_addresses(struct i2ctarget *target, const uint8_t *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (addresses[i] > I2CTARGET_ADDRESS_MAX)
            return false;
        i2ctarget_address_set_add(&target->addresses, addresses[i]);
    }
    return true;
}

static bool can_serve(const struct i2ctarget_capabilities *port, size_t address_count, bool smbus)
{
    return address_count <= port->address_count_max && (port->smbus || !smbus);
}

static const struct i2ctarget_port_ops *port_of(const struct i2ctarget_pin *scl,
                                                const struct i2ctarget_pin *sda)
{
    const struct i2ctarget_port_ops *port = scl->port;
    const struct i2ctarget_port_ops *other = port->choose ? port->choose(scl, sda) : NULL;
    return other ? other : port;
}

int i2ctarget_init(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                   const struct i2ctarget_pin *sda, const uint8_t *addresses, size_t address_count,
                   bool smbus)
{
    if (!target)
        return -I2CTARGET_EINVAL;
    *target = (struct i2ctarget){0};
    if (!scl || !sda || !scl->port || scl->port != sda->port)
        return -I2CTARGET_EINVAL;
    if (!addresses || address_count == 0 || address_count > I2CTARGET_ADDRESS_COUNT_MAX)
        return -I2CTARGET_EINVAL;
    const struct i2ctarget_port_ops *port = port_of(scl, sda);
    if (!can_serve(&port->capabilities, address_count, smbus) ||
        !take_addresses(target, addresses, address_count))
        return -I2CTARGET_EINVAL;
    int error = port->open(target, scl, sda, &target->addresses, smbus, &target->instance);
    if (error)
        return error;
    target->serial = (uint32_t)port->now_us(target->instance); /* not a serial of an earlier life */
    target->port = port;
    return 0;
}

/* No event comes any more.  A device learns of the end of each message that it has accepted. */
static void end_for_device(struct i2ctarget *target)
{
    struct i2ctarget_device *device = target->answerer;
    if (device && target->phase != QUIET)
        device->ops->ended(device, I2CTARGET_CLOSED, target->moved);
}

/* The devices are free again, and the request is not valid any more. */
void i2ctarget_deinit(struct i2ctarget *target)
{
    if (!target || !target->port)
        return;
    target->port->close(target->instance);
    end_for_device(target);
    while (target->devices) {
        struct i2ctarget_device *device = target->devices;
        target->devices = device->next;
        *device = (struct i2ctarget_device){.ops = device->ops};
    }
    *target = (struct i2ctarget){0};
}

void i2ctarget_lock(struct i2ctarget *target)
{
    if (target && target->port)
        lock(target);
}

void i2ctarget_unlock(struct i2ctarget *target)
{
    if (target && target->port)
        unlock(target);
}

void i2ctarget_get_counters(const struct i2ctarget *target, struct i2ctarget_counters *counters)
{
    *counters = target->counters;
    if (target->port)
        target->port->counters(target->instance, counters);
}

const struct i2ctarget_capabilities *i2ctarget_get_capabilities(const struct i2ctarget *target)
{
    return target->port ? &target->port->capabilities : NULL;
}

/* ---- devices --------------------------------------------------------------------------------- */

static void link_device(struct i2ctarget *target, uint16_t address, struct i2ctarget_device *device)
{
    i2ctarget_address_set_add(&device->addresses, address);
    if (device->target)
        return;
    device->target = target;
    device->next = target->devices;
    target->devices = device;
}

int i2ctarget_attach(struct i2ctarget *target, uint16_t address, struct i2ctarget_device *device)
{
    if (!target || !device || !device->ops || address > I2CTARGET_ADDRESS_MAX)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    if (!i2ctarget_address_set_has(&target->addresses, address))
        return -I2CTARGET_ENODEV;
    if ((device->target && device->target != target) || i2ctarget_core_device_at(target, address))
        return -I2CTARGET_EBUSY;
    lock(target);
    link_device(target, address, device);
    if (target->phase == ADDRESS_OWED && target->address == address) {
        target->answerer = device;
        int answer = i2ctarget_core_address(target, device);
        if (is_in_time(target, answer == I2CTARGET_ACK))
            target->port->answer(target->instance, answer);
    }
    unlock(target);
    return 0;
}

/* ---- events ---------------------------------------------------------------------------------- */

/* The message is over, whether the application or a device answered it. */
static void end_message(struct i2ctarget *target, uint8_t cause, uint32_t moved)
{
    target->counters.timeouts += cause == I2CTARGET_TIMEOUT;
    target->counters.arbitration_lost += cause == I2CTARGET_ARBITRATION_LOST;
    if (target->phase == ADDRESS_OWED) {
        target->counters.cancelled++;
    } else if (target->answerer) {
        target->answerer->ops->ended(target->answerer, (enum i2ctarget_end)cause, moved);
    } else if (target->alive) {
        target->alive = false;
        target->delivered = false;
        target->end = cause;
        target->request_moved = moved;
    }
    target->phase = QUIET;
    target->moved = 0;
    target->given = false;
    target->closed = false;
}

int i2ctarget_core_out_of_order(struct i2ctarget *target, int safe_answer)
{
    target->counters.order_errors++;
    if (target->phase != QUIET)
        end_message(target, I2CTARGET_BUS_ERROR, target->moved);
    return safe_answer;
}

static int give(struct i2ctarget *target, int byte)
{
    target->phase = FLOWING;
    target->given = true;
    return byte;
}

static int acknowledge(struct i2ctarget *target)
{
    target->phase = FLOWING;
    target->moved++;
    return I2CTARGET_ACK;
}

/* The byte is stored once; its ACK may have to wait for ack(). */
static int take_byte(struct i2ctarget *target)
{
    bool is_new = !target->delivered;
    target->delivered = is_new && !target->ack_last && target->done + 1 == target->size;
    if (!target->delivered && !is_in_time(target, true)) {
        target->delivered = !is_new;
        return I2CTARGET_HOLD;
    }
    if (is_new)
        target->buffer[target->done++] = target->byte;
    return target->delivered ? I2CTARGET_HOLD : acknowledge(target);
}

int i2ctarget_core_answer(struct i2ctarget *target)
{
    if (target->closed)
        return i2ctarget_core_refuse(target);
    if (target->operation < READING || target->done == target->size)
        return I2CTARGET_HOLD;
    return target->is_read ? give(target, target->buffer[target->done++]) : take_byte(target);
}

/*
 * The number of bytes must be right.  After a close it is not known here, because answers may have
 * been on their way already.  A fault may have come before ACKs that were on their way; then fewer
 * bytes have moved.  A byte that was sent to the controller has moved when the next one is requested.
 */
static bool is_count_right(const struct i2ctarget *target, const struct i2ctarget_event *event)
{
    bool may_be_fewer = event->value >= I2CTARGET_TIMEOUT && !target->is_read;
    return target->closed || event->moved - target->moved <= target->given ||
           (may_be_fewer && event->moved < target->moved);
}

/* While an answer is owed only a fault can end the message. */
static bool may_end(const struct i2ctarget *target, const struct i2ctarget_event *event)
{
    bool is_fault = event->value >= I2CTARGET_TIMEOUT;
    if (event->value == I2CTARGET_OPEN || event->value > I2CTARGET_PORT_LOST)
        return false; /* a port can not report this */
    return target->phase != QUIET && (is_fault || target->phase < ADDRESS_OWED) &&
           is_count_right(target, event);
}

static int on_ended(struct i2ctarget *target, const struct i2ctarget_event *event)
{
    if (!may_end(target, event))
        return i2ctarget_core_out_of_order(target, I2CTARGET_NACK);
    end_message(target, event->value, event->moved);
    return I2CTARGET_NACK;
}

/* ADDRESSED is tested first, because it needs the most work before its answer. */
int i2ctarget_raise_event(struct i2ctarget *target, const struct i2ctarget_event *event)
{
    if (event->kind == I2CTARGET_ADDRESSED)
        return i2ctarget_core_addressed(target, event,
                                        i2ctarget_core_device_at(target, event->address));
    if (event->kind == I2CTARGET_RECEIVED)
        return i2ctarget_core_received(target, event->value);
    if (event->kind == I2CTARGET_REQUESTED)
        return i2ctarget_core_requested(target);
    if (event->kind == I2CTARGET_ENDED)
        return on_ended(target, event);
    return i2ctarget_core_out_of_order(target, I2CTARGET_NACK);
}
