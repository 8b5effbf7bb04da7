/* SPDX-License-Identifier: MIT */
#include "devices/stage.h"

#include "devices/promise.h"
#include "support/rig_testbus.h"

/*
 * A spike filter delays what the target sees.  Without one its answers come as early as possible.
 */
static const struct rig_kind rig_100k = RIG_TESTBUS("100k", 100000, 0);
const struct rig_kind stage_rig_400k = RIG_TESTBUS("400k", 400000, 0);

struct stage_kind {
    const struct rig_kind *rig; /* NULL: bare events */
};
const struct stage_kind stage_events = {NULL}, stage_100k = {&rig_100k},
                        stage_400k = {&stage_rig_400k};

static struct {
    const struct stage_kind *kind;
    struct i2ctarget_device *device;
    uint8_t addresses[STAGE_ADDRESSES_MAX];
    unsigned address_count;
    int64_t now_us; /* of bare events */
    struct rig rig;
    struct i2ctarget target;
} stage;

int stage_set_up(void **state)
{
    stage.kind = *state;
    stage.device = NULL;
    stage.now_us = 0;
    if (stage.kind->rig)
        rig_open(&stage.rig, stage.kind->rig);
    return 0;
}

int stage_tear_down(void **state)
{
    (void)state;
    if (stage.kind->rig)
        rig_close(&stage.rig);
    return 0;
}

void put_on_stage_at(void **state, struct i2ctarget_device *device, const uint8_t *addresses,
                     unsigned count)
{
    (void)state;
    assert_true(count <= STAGE_ADDRESSES_MAX);
    stage.device = device;
    stage.address_count = count;
    memcpy(stage.addresses, addresses, count);
    if (!stage.kind->rig)
        return;
    memset(&stage.target, 0, sizeof stage.target);
    assert_int_equal(rig_init(&stage.rig, &stage.target, 0, addresses, count, false), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(i2ctarget_attach(&stage.target, addresses[i], device), 0);
    stage.rig.kind->ops->forbid_stretch(&stage.rig, &stage.target);
    stage.rig.kind->ops->ignore_stretch(&stage.rig, true);
}

void put_on_stage(void **state, struct i2ctarget_device *device, uint8_t address, unsigned count)
{
    uint8_t addresses[STAGE_ADDRESSES_MAX] = {0};
    for (unsigned i = 0; i < count; i++)
        addresses[i] = (uint8_t)(address + i);
    put_on_stage_at(state, device, addresses, count);
}

int64_t stage_now_us(void)
{
    return stage.kind->rig ? (int64_t)(rig_now_ns(&stage.rig) / 1000) : stage.now_us;
}

void stage_pass_us(int64_t us)
{
    if (stage.kind->rig)
        rig_sleep_us(&stage.rig, (uint32_t)us);
    else
        stage.now_us += us;
}

/* ---- bare events ----------------------------------------------------------------------------- */

static void write_events(struct rig_message *message)
{
    struct promise promise = {0};
    while (message->moved < message->length && !message->nacked) {
        const uint8_t *next = message->buffer + message->moved;
        promise_write(&promise, stage.device, next, message->length - message->moved);
        message->nacked = !stage.device->ops->received(stage.device, *next);
        promise_acknowledged(&promise, !message->nacked);
        message->moved++;
    }
}

static int next_answer(struct promise *promise)
{
    promise_read(promise, stage.device);
    int answer = stage.device->ops->requested(stage.device);
    promise_given(promise, answer);
    return answer;
}

static void read_events(struct rig_message *message)
{
    struct promise promise = {0};
    bool is_released = false;
    for (; message->moved < message->length; message->moved++) {
        int answer = is_released ? I2CTARGET_RELEASE : next_answer(&promise);
        is_released = answer < 0 || answer > 0xFF;
        message->buffer[message->moved] = is_released ? 0xFF : (uint8_t)answer;
    }
}

static bool play_events(struct rig_message *message, bool is_restart, bool is_last)
{
    const struct i2ctarget_device_ops *ops = stage.device->ops;
    enum i2ctarget_end end = is_last ? I2CTARGET_STOP : I2CTARGET_RESTART;
    message->addressed =
        memchr(stage.addresses, (int)message->address, stage.address_count) &&
        ops->addressed(stage.device, message->address, message->is_read, is_restart);
    if (!message->addressed)
        return false;
    if (message->is_read)
        read_events(message);
    else
        write_events(message);
    if (message->is_read && message->moved)
        end = I2CTARGET_CONTROLLER_NACK;
    else if (message->nacked)
        end = I2CTARGET_STOP;
    ops->ended(stage.device, end, message->moved - message->nacked);
    return !message->nacked;
}

unsigned stage_transfer(struct rig_message *messages, unsigned count)
{
    unsigned done = 0;
    assert_non_null(stage.device);
    if (stage.kind->rig) {
        rig_start(&stage.rig, messages, count);
        return (unsigned)rig_finish(&stage.rig);
    }
    while (done < count && play_events(&messages[done], done > 0, done + 1 == count))
        done++;
    return done;
}

/* ---- transfers ------------------------------------------------------------------------------- */

static struct rig_message writes(uint8_t address, const uint8_t *bytes, unsigned count)
{
    return (struct rig_message){
        .address = address, .length = count, .buffer = (uint8_t *)(uintptr_t)bytes};
}

static struct rig_message reads(uint8_t address, uint8_t *bytes, unsigned count)
{
    return (struct rig_message){
        .address = address, .is_read = true, .length = count, .buffer = bytes};
}

int stage_write(uint8_t address, const uint8_t *bytes, unsigned count)
{
    struct rig_message message = writes(address, bytes, count);
    stage_transfer(&message, 1);
    return message.addressed ? (int)(message.moved - message.nacked) : STAGE_NOBODY;
}

int stage_read(uint8_t address, uint8_t *bytes, unsigned count)
{
    struct rig_message message = reads(address, bytes, count);
    stage_transfer(&message, 1);
    return message.addressed ? (int)message.moved : STAGE_NOBODY;
}

bool stage_fetch(uint8_t address, const uint8_t *bytes, unsigned byte_count, uint8_t *got,
                 unsigned count)
{
    struct rig_message messages[] = {writes(address, bytes, byte_count),
                                     reads(address, got, count)};
    return stage_transfer(messages, 2) == 2;
}

bool stage_write_twice(uint8_t address, const uint8_t *first, unsigned first_count,
                       const uint8_t *second, unsigned second_count)
{
    struct rig_message messages[] = {writes(address, first, first_count),
                                     writes(address, second, second_count)};
    return stage_transfer(messages, 2) == 2;
}
