/* SPDX-License-Identifier: MIT */
/*
 * The core between an application that calls in any order, with any arguments, and a port that
 * interrupts wherever a port may: after every unlock(), in poll(), wait(), now_us() and
 * set_addresses().  Addresses come and go meanwhile.
 *
 * The port mostly raises what a bus can do, and sometimes invalid events.  Demanded: every answer
 * fits its event; only what is owed is answered; the bytes of a message arrive in order, none lost,
 * none twice; after a close nothing is held for the request; when an address has gone, nobody hears
 * of it any more, and its call is not held; calls that never became requests are counted; every call
 * ends.
 */
#include <string.h>

#include "harness.h"
#include "i2ctarget/device.h"
#include "i2ctarget/port.h"

enum {
    BUFFER_BYTES = 8,
    EVENTS_IN_A_WAIT = 4,
    FIRST_ADDRESS = 0x40,
    ADDRESSES = 6,
    SERVED_MAX = 4
};

/* What was on the wires in the current message. */
struct message {
    bool is_open, is_read, is_refused;
    bool in_flight; /* a byte was given, and it is not yet known whether its ninth clock rose */
    uint8_t address;
    uint8_t owed;   /* enum i2ctarget_event_kind: it was answered with HOLD */
    uint32_t moved; /* bytes ACKed */
    uint32_t given; /* bytes given, the one on the wires included */
};

struct scene {
    struct input input;
    struct i2ctarget target;
    struct i2ctarget_request request;
    struct i2ctarget_device device;
    struct message message;
    bool is_locked, is_port_open, is_lawful;
    uint8_t next_byte;                /* the next one that the controller writes */
    uint32_t read_serial, read_count; /* bytes of this request that read() has returned */
    uint32_t cancelled;               /* calls that were held, and never became requests */
    struct i2ctarget_address_set served, device_served; /* what the port listens to; the device's */
    uint16_t removing;                                  /* an address; 0: none */
    int64_t now_us;
};

static struct scene *the_scene; /* a port has its instance, but devices have none */

/* ---- the bus --------------------------------------------------------------------------------- */

static void note_answer(struct message *message, uint8_t kind, int answer)
{
    message->owed = I2CTARGET_NO_EVENT;
    if (kind == I2CTARGET_REQUESTED)
        DEMAND(answer == I2CTARGET_RELEASE || (answer >= 0 && answer <= 0xFF));
    else
        DEMAND(answer == I2CTARGET_ACK || answer == I2CTARGET_NACK);
    if (kind == I2CTARGET_ADDRESSED && answer == I2CTARGET_NACK)
        message->is_open = false;
    else if (answer == I2CTARGET_NACK || answer == I2CTARGET_RELEASE)
        message->is_refused = true;
    else if (kind == I2CTARGET_RECEIVED)
        message->moved++;
    else if (kind == I2CTARGET_REQUESTED)
        message->given++;
    message->in_flight = kind == I2CTARGET_REQUESTED && !message->is_refused;
}

static void raise(struct scene *scene, const struct i2ctarget_event *event)
{
    scene->message.in_flight = false;
    scene->cancelled += scene->message.owed == I2CTARGET_ADDRESSED;
    int answer = i2ctarget_raise_event(&scene->target, event);
    if (event->kind == I2CTARGET_ENDED)
        scene->message = (struct message){0};
    else if (answer == I2CTARGET_HOLD)
        scene->message.owed = event->kind;
    else
        note_answer(&scene->message, event->kind, answer);
}

static void raise_addressed(struct scene *scene, uint8_t choice)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_ADDRESSED,
                                    .address = FIRST_ADDRESS + choice / 8 % ADDRESSES,
                                    .is_read = choice & 2,
                                    .is_restart = choice & 4};
    if (!i2ctarget_address_set_has(&scene->served, event.address))
        event.address = FIRST_ADDRESS + (choice & 1);
    if (!i2ctarget_address_set_has(&scene->served, event.address))
        return;
    scene->message = (struct message){
        .is_open = true, .is_read = event.is_read, .address = (uint8_t)event.address};
    scene->next_byte = 0;
    raise(scene, &event);
}

static void raise_ended(struct scene *scene, uint8_t choice)
{
    static const uint8_t faults[] = {I2CTARGET_TIMEOUT, I2CTARGET_BUS_ERROR, I2CTARGET_PORT_LOST};
    static const uint8_t causes[] = {I2CTARGET_STOP, I2CTARGET_RESTART, I2CTARGET_CONTROLLER_NACK,
                                     I2CTARGET_ARBITRATION_LOST};
    const struct message *message = &scene->message;
    bool is_fault = message->owed != I2CTARGET_NO_EVENT || choice % 8 == 0;
    struct i2ctarget_event event = {.kind = I2CTARGET_ENDED};
    event.value = is_fault ? faults[choice % 3] : causes[choice % (message->is_read ? 4 : 2)];
    event.moved = message->is_read ? message->given : message->moved;
    if (message->in_flight && event.value != I2CTARGET_CONTROLLER_NACK && choice & 16)
        event.moved--; /* cut short */
    raise(scene, &event);
}

static void raise_byte(struct scene *scene)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_REQUESTED};
    if (!scene->message.is_read)
        event = (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED, .value = scene->next_byte++};
    raise(scene, &event);
}

/* Any event.  The core must survive it; nothing more is demanded of this message. */
static void raise_nonsense(struct scene *scene)
{
    struct i2ctarget_event event = {.kind = input_byte(&scene->input) % 6,
                                    .value = input_byte(&scene->input),
                                    .is_read = input_byte(&scene->input) & 1,
                                    .moved = input_byte(&scene->input)};
    scene->is_lawful = false;
    i2ctarget_raise_event(&scene->target, &event);
}

/* Raises an event that the bus can make now, or none. */
static void interrupt(struct scene *scene)
{
    struct message *message = &scene->message;
    uint8_t choice = input_byte(&scene->input);
    if (scene->is_locked || !scene->is_port_open || choice % 4 == 0)
        return;
    if (choice == 0xFF || !scene->is_lawful)
        raise_nonsense(scene);
    else if (!message->is_open)
        raise_addressed(scene, choice >> 2);
    else if (message->owed != I2CTARGET_NO_EVENT ? choice % 16 == 1 : choice % 4 == 1)
        raise_ended(scene, choice >> 2);
    else if (message->owed == I2CTARGET_NO_EVENT && !message->is_refused)
        raise_byte(scene);
}

/* ---- the port -------------------------------------------------------------------------------- */

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    struct scene *scene = the_scene;
    (void)sda, (void)smbus;
    DEMAND(target == &scene->target);
    if (scl->number == 1)
        return -I2CTARGET_EBUSY;
    scene->is_port_open = true;
    scene->served = *addresses;
    *instance = scene;
    return 0;
}

static void port_close(void *instance)
{
    struct scene *scene = instance;
    DEMAND(scene->is_port_open && !scene->is_locked);
    scene->is_port_open = false;
    scene->message = (struct message){0};
    scene->served = scene->device_served = (struct i2ctarget_address_set){{0}};
    scene->cancelled = 0;
}

/* Events come for the old set, and for the new one before the core has it. */
static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct scene *scene = instance;
    DEMAND(!scene->is_locked && scene->is_port_open);
    DEMAND(i2ctarget_address_set_count(addresses) <= SERVED_MAX);
    interrupt(scene);
    if (input_byte(&scene->input) % 16 == 15)
        return -I2CTARGET_EIO;
    scene->served = *addresses;
    interrupt(scene);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct scene *scene = instance;
    DEMAND(scene->is_locked && answer != I2CTARGET_HOLD);
    if (!scene->is_lawful)
        return;
    DEMAND(scene->message.owed != I2CTARGET_NO_EVENT);
    DEMAND(!scene->removing || (scene->message.owed == I2CTARGET_ADDRESSED &&
                                scene->message.address == scene->removing));
    scene->cancelled += scene->removing != 0;
    note_answer(&scene->message, scene->message.owed, answer);
}

static void port_lock(void *instance)
{
    struct scene *scene = instance;
    DEMAND(!scene->is_locked && scene->is_port_open);
    scene->is_locked = true;
}

static void port_unlock(void *instance)
{
    struct scene *scene = instance;
    DEMAND(scene->is_locked);
    scene->is_locked = false;
    interrupt(scene);
}

static int port_poll(void *instance)
{
    DEMAND(!((struct scene *)instance)->is_locked);
    interrupt(instance);
    return 0;
}

/* At any time, what the core says it will answer must be valid. */
static void check_commitment(const struct scene *scene)
{
    struct i2ctarget_commitment commitment;
    i2ctarget_get_commitment(&scene->target, &commitment);
    DEMAND(commitment.count == 0 || commitment.bytes);
    DEMAND(commitment.acks == 0 || commitment.count == 0);
    DEMAND(commitment.then >= I2CTARGET_NACK && commitment.then <= I2CTARGET_HOLD);
    DEMAND(commitment.count <= BUFFER_BYTES && commitment.acks <= BUFFER_BYTES);
    DEMAND(!scene->is_lawful || !commitment.waiting || scene->message.is_open);
}

static int port_wait(void *instance, int64_t until_us)
{
    struct scene *scene = instance;
    DEMAND(!scene->is_locked);
    check_commitment(scene);
    if (scene->input.left == 0)
        return -I2CTARGET_EIO;
    for (unsigned i = input_below(&scene->input, EVENTS_IN_A_WAIT); i > 0; i--)
        interrupt(scene);
    scene->now_us += input_byte(&scene->input);
    if (scene->now_us >= until_us)
        return -I2CTARGET_ETIMEDOUT;
    return input_byte(&scene->input) % 16 == 15 ? -I2CTARGET_EINTR : 0;
}

static int64_t port_now_us(void *instance)
{
    interrupt(instance);
    return the_scene->now_us;
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    DEMAND(instance == the_scene);
    counters->glitches = 1;
}

static void port_ahead(void *instance)
{
    struct scene *scene = instance;
    DEMAND(scene->is_locked);
    check_commitment(scene);
}

static const struct i2ctarget_port_ops port = {
    .capabilities = {.address_count_max = SERVED_MAX, .smbus = true},
    .open = port_open,
    .close = port_close,
    .set_addresses = port_set_addresses,
    .answer = port_answer,
    .lock = port_lock,
    .unlock = port_unlock,
    .poll = port_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = port_counters,
    .ahead = port_ahead,
};

/* ---- a device at all addresses but the first ------------------------------------------------- */

static bool device_addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                             bool is_restart)
{
    (void)device, (void)is_read, (void)is_restart;
    DEMAND(!the_scene->is_lawful || i2ctarget_address_set_has(&the_scene->device_served, address));
    return input_byte(&the_scene->input) % 4;
}

static bool device_received(struct i2ctarget_device *device, uint8_t byte)
{
    (void)device, (void)byte;
    return input_byte(&the_scene->input) % 4;
}

static int device_requested(struct i2ctarget_device *device)
{
    (void)device;
    return input_byte(&the_scene->input) * 2 - 128;
}

static void device_ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)device, (void)moved;
    DEMAND(cause > I2CTARGET_OPEN && cause <= I2CTARGET_CLOSED);
}

static const struct i2ctarget_device_ops device_ops = {
    .addressed = device_addressed,
    .received = device_received,
    .requested = device_requested,
    .ended = device_ended,
};

/* ---- the application ------------------------------------------------------------------------- */

static void call_init(struct scene *scene)
{
    static const uint8_t addresses[] = {0x40, 0x41, 0x00, 0x7F, 0x80};
    struct i2ctarget_pin scl = {.port = &port, .number = input_byte(&scene->input) % 16};
    struct i2ctarget_pin sda = scl;
    if (scene->is_port_open)
        return;
    /* 5 addresses are too many, and one of them is invalid. */
    size_t count = input_below(&scene->input, 8) > 5 ? 5 : 2;
    int result = i2ctarget_init(&scene->target, &scl, &sda, addresses, count, true);
    DEMAND((result == 0) == scene->is_port_open);
}

static void exchange_request(struct scene *scene)
{
    static const int64_t timeouts_us[] = {-1, -1, 0, 1, 100, INT64_MAX, INT64_MIN};
    int64_t timeout_us = timeouts_us[input_below(&scene->input, 7)];
    bool was_open = scene->is_port_open;
    int result = i2ctarget_next_request(&scene->target, &scene->request, timeout_us);
    if (!was_open)
        DEMAND(result == -I2CTARGET_EBADF);
    else if (result == 0)
        DEMAND(timeout_us < 0);
    else if (result == 1)
        DEMAND(scene->request.target == &scene->target &&
               (!scene->is_lawful ||
                i2ctarget_address_set_has(&scene->served, scene->request.address)));
    else
        DEMAND(result == -I2CTARGET_ETIMEDOUT || result == -I2CTARGET_EINTR ||
               result == -I2CTARGET_EIO);
}

/* The bytes must be 0, 1, 2 … of the message: none lost, none twice. */
static void check_bytes(const struct scene *scene, const uint8_t *buffer, int count,
                        uint32_t before)
{
    for (int i = 0; scene->is_lawful && i < count; i++)
        DEMAND(buffer[i] == (uint8_t)(before + (uint32_t)i));
}

static void check_result(const struct scene *scene, int result, size_t size)
{
    if (result >= 0)
        DEMAND((size_t)result <= size);
    else
        DEMAND(result == -I2CTARGET_EBADF || result == -I2CTARGET_EACCES ||
               result == -I2CTARGET_EINVAL || result == -I2CTARGET_EINTR ||
               result == -I2CTARGET_EIO);
    DEMAND(!scene->is_locked);
}

/* Repeats exactly the same call until no signal interrupts it, or the port is gone. */
static void call_read(struct scene *scene, uint8_t choice)
{
    uint8_t buffer[BUFFER_BYTES];
    size_t size = choice % (BUFFER_BYTES + 1u);
    if (scene->request.serial != scene->read_serial)
        scene->read_count = 0;
    scene->read_serial = scene->request.serial;
    int result;
    do {
        result = i2ctarget_read(&scene->request, buffer, size, choice & 64);
    } while (result == -I2CTARGET_EINTR && scene->input.left > 0);
    check_result(scene, result, size);
    check_bytes(scene, buffer, result, scene->read_count);
    scene->read_count += result > 0 ? (uint32_t)result : 0;
    if (result == -I2CTARGET_EINTR || result == -I2CTARGET_EIO)
        i2ctarget_close(&scene->request); /* otherwise the core would keep `buffer` */
}

static void exchange_write(struct scene *scene, uint8_t choice)
{
    uint8_t buffer[BUFFER_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};
    size_t size = choice % (BUFFER_BYTES + 1u);
    int result;
    do {
        result = i2ctarget_write(&scene->request, buffer, size);
    } while (result == -I2CTARGET_EINTR && scene->input.left > 0);
    check_result(scene, result, size);
    if (result == -I2CTARGET_EINTR || result == -I2CTARGET_EIO)
        i2ctarget_close(&scene->request);
}

static uint16_t choose_address(uint8_t choice)
{
    return FIRST_ADDRESS + choice % ADDRESSES;
}

static void call_attach(struct scene *scene, uint16_t address)
{
    int expected = 0;
    if (address == FIRST_ADDRESS) /* the application's */
        return;
    if (!scene->is_port_open)
        expected = -I2CTARGET_EBADF;
    else if (!i2ctarget_address_set_has(&scene->served, address))
        expected = -I2CTARGET_ENODEV;
    else if (i2ctarget_address_set_has(&scene->device_served, address))
        expected = -I2CTARGET_EBUSY;
    else
        i2ctarget_address_set_add(&scene->device_served, address);
    DEMAND(i2ctarget_attach(&scene->target, address, &scene->device) == expected);
}

static void call_add(struct scene *scene, uint16_t address)
{
    int result = i2ctarget_add_address(&scene->target, address);
    if (!scene->is_port_open)
        DEMAND(result == -I2CTARGET_EBADF);
    else if (i2ctarget_address_set_has(&scene->served, address))
        DEMAND(result == 0);
    else
        DEMAND(result == -I2CTARGET_EIO ||
               (result == -I2CTARGET_EINVAL &&
                i2ctarget_address_set_count(&scene->served) == SERVED_MAX));
}

static void call_remove(struct scene *scene, uint16_t address)
{
    const struct message *message = &scene->message;
    bool was_served = i2ctarget_address_set_has(&scene->served, address);
    scene->removing = address;
    int result = i2ctarget_remove_address(&scene->target, address);
    scene->removing = 0;
    if (!scene->is_port_open)
        DEMAND(result == -I2CTARGET_EBADF);
    else if (!was_served)
        DEMAND(result == -I2CTARGET_ENODEV);
    else
        DEMAND(result == 0 || result == -I2CTARGET_EIO);
    DEMAND(i2ctarget_address_set_has(&scene->served, address) == (result == -I2CTARGET_EIO));
    if (result == 0) {
        i2ctarget_address_set_remove(&scene->device_served, address);
        DEMAND(!scene->is_lawful || message->owed != I2CTARGET_ADDRESSED ||
               message->address != address);
    }
}

static void change_addresses(struct scene *scene)
{
    uint8_t choice = input_byte(&scene->input);
    uint16_t address = choose_address(choice / 2);
    if (choice & 1)
        call_add(scene, address);
    else
        call_remove(scene, address);
    DEMAND(!scene->is_port_open ||
           memcmp(&scene->target.addresses, &scene->served, sizeof scene->served) == 0);
}

static void call_bad(struct scene *scene)
{
    uint8_t byte;
    DEMAND(i2ctarget_read(NULL, &byte, 1, true) == -I2CTARGET_EBADF);
    DEMAND(i2ctarget_next_request(NULL, &scene->request, -1) == -I2CTARGET_EINVAL);
    DEMAND(i2ctarget_close(NULL) == -I2CTARGET_EINVAL);
    check_result(scene, i2ctarget_read(&scene->request, NULL, 1, true), 0);
    check_result(scene, i2ctarget_write(&scene->request, &byte, SIZE_MAX), 0);
    DEMAND(i2ctarget_add_address(&scene->target, 0x80) == -I2CTARGET_EINVAL);
    DEMAND(i2ctarget_remove_address(&scene->target, 0x80) == -I2CTARGET_EINVAL);
    i2ctarget_deinit(NULL);
}

static void check_counters(const struct scene *scene)
{
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&scene->target, &counters);
    DEMAND(!scene->is_lawful ||
           (counters.order_errors == 0 && counters.cancelled == scene->cancelled));
}

static void call_close(struct scene *scene)
{
    bool is_current = scene->request.target && scene->target.port &&
                      scene->request.serial == scene->target.serial;
    DEMAND(i2ctarget_close(&scene->request) == 0);
    DEMAND(!is_current || scene->request.end != I2CTARGET_OPEN);
}

/* After a close only an address may still be held. */
static void check_nothing_held(const struct scene *scene)
{
    uint8_t owed = scene->message.owed;
    DEMAND(!scene->is_lawful || owed == I2CTARGET_NO_EVENT || owed == I2CTARGET_ADDRESSED);
}

static void act(struct scene *scene)
{
    uint8_t choice = input_byte(&scene->input);
    scene->now_us += 10; /* the core assumes that time passes between deinit and the next init */
    switch (choice % 16) {
    case 0:
        call_init(scene);
        break;
    case 1:
        if (choice >= 0xE0)
            i2ctarget_deinit(&scene->target);
        break;
    case 2:
    case 3:
    case 4:
    case 5:
        exchange_request(scene);
        break;
    case 6:
    case 7:
    case 8:
        call_read(scene, input_byte(&scene->input));
        break;
    case 9:
    case 10:
    case 11:
        exchange_write(scene, input_byte(&scene->input));
        break;
    case 12:
        check_result(scene, i2ctarget_ack(&scene->request, choice & 16), 0);
        break;
    case 13:
        call_close(scene);
        check_nothing_held(scene);
        break;
    case 14:
        call_attach(scene, choose_address(input_byte(&scene->input)));
        break;
    default:
        change_addresses(scene);
        if (choice >= 0xC0)
            call_bad(scene);
        check_counters(scene);
    }
    interrupt(scene);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct scene scene = {.input = {bytes, size}, .is_lawful = true};
    the_scene = &scene;
    scene.device.ops = &device_ops;
    call_init(&scene);
    while (scene.input.left > 0)
        act(&scene);
    i2ctarget_close(&scene.request);
    check_nothing_held(&scene);
    i2ctarget_deinit(&scene.target);
    DEMAND(!scene.is_port_open);
    DEMAND(i2ctarget_next_request(&scene.target, &scene.request, -1) == -I2CTARGET_EBADF);
    return 0;
}
