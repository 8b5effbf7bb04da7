/* SPDX-License-Identifier: MIT */
/*
 * The contract of /dev/i2c-N with REQUEST payloads of any kind, and transfers with any result.
 *
 * Demanded: the wires can do whatever they are given (limits, addresses, valid memory); every call
 * ends with a reply that fits a frame; a failed transfer gives an error.
 */
#include <string.h>

#include "i2cdev/i2cdev.h"
#include "harness.h"

enum {
    REPEATS_MAX = 300,
    BLOCK_MAX = 32,
    HEAD_BYTES = PROTOCOL_REQUEST_BYTES,
    PAYLOAD_BYTES = 1024
};

struct scene {
    struct input input;
    struct i2cdev_adapter adapter;
    struct i2cdev_file file;
    struct i2cdev_request request;
};

/* ---- the wires ------------------------------------------------------------------------------- */

static void check_message(const struct controller_message *message)
{
    DEMAND(message->address <= 0x7F);
    DEMAND(message->length <= I2CDEV_LENGTH_MAX);
    DEMAND(message->length == 0 || message->buffer);
    DEMAND(!(message->flags & CONTROLLER_RECEIVE_LENGTH) || message->flags & CONTROLLER_READ);
}

/*
 * Fills the message in as the controller does: bytes of a read come from the input, bytes of a
 * write are all read.
 */
static void do_message(struct scene *scene, struct controller_message *message)
{
    static volatile uint8_t sink;
    bool is_read = message->flags & CONTROLLER_READ;
    message->started = message->addressed = true;
    for (uint32_t i = 0; i < message->length; i++) {
        if (is_read)
            message->buffer[i] = input_byte(&scene->input);
        else
            sink = message->buffer[i];
        if (i == 0 && message->flags & CONTROLLER_RECEIVE_LENGTH) {
            message->buffer[0] %= BLOCK_MAX + 1;
            message->length += message->buffer[0];
        }
    }
    (void)sink;
    message->moved = message->length;
}

static enum i2cdev_next do_transfer(struct scene *scene, bool may_retry)
{
    struct i2cdev_request *request = &scene->request;
    uint8_t choice = input_byte(&scene->input);
    enum controller_result result = CONTROLLER_DONE;
    size_t done = request->count;
    DEMAND(request->count >= 1 && request->count <= I2CDEV_MESSAGES_MAX);
    for (size_t i = 0; i < request->count; i++)
        check_message(&request->messages[i]);
    if (choice % 4 == 0) {
        result = CONTROLLER_ADDRESS_NACK + choice / 4 % 5u;
        done = input_below(&scene->input, (unsigned)request->count);
    }
    for (size_t i = 0; i < done; i++)
        do_message(scene, &request->messages[i]);
    return i2cdev_end(request, result, done, may_retry);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void check_reply(const struct i2cdev_request *request)
{
    DEMAND(request->reply && request->reply_bytes >= PROTOCOL_REPLY_BYTES);
    DEMAND(request->reply_bytes <= PROTOCOL_PAYLOAD_MAX);
    int32_t result = (int32_t)get_u32(request->reply);
    DEMAND(result >= -4095 && result <= I2CDEV_LENGTH_MAX);
    DEMAND(get_u32(request->reply + 4) == 0);
    static volatile uint8_t sink;
    for (size_t i = 0; i < request->reply_bytes; i++)
        sink = request->reply[i];
    (void)sink;
}

static void run(struct scene *scene, enum i2cdev_next next)
{
    for (int repeats = 0; next == I2CDEV_RUN; repeats++) {
        DEMAND(repeats <= REPEATS_MAX);
        next = do_transfer(scene, repeats < REPEATS_MAX);
    }
    if (next == I2CDEV_REPLY)
        check_reply(&scene->request);
}

static size_t put_smbus(struct scene *scene, uint8_t *payload)
{
    uint8_t *at = payload + HEAD_BYTES;
    put_u32(payload + 12, input_below(&scene->input, 10));
    at[0] = input_byte(&scene->input) % 3;
    at[1] = input_byte(&scene->input);
    at[2] = input_byte(&scene->input) % 8 != 0;
    at[4] = input_byte(&scene->input) % 36; /* a block's count */
    for (int i = 1; i < PROTOCOL_SMBUS_DATA_BYTES; i++)
        at[4 + i] = input_byte(&scene->input);
    return HEAD_BYTES + 4 + PROTOCOL_SMBUS_DATA_BYTES;
}

static uint16_t choose_length(struct scene *scene)
{
    static const uint16_t lengths[] = {0, 1, 2, 3, 32, 33, 34, 35, 8191, 8192, 8193, 65535};
    uint8_t choice = input_byte(&scene->input);
    return choice & 1 ? lengths[choice / 2 % 12u] : choice / 2;
}

/* Valid message headers; the bytes that follow are random. */
static size_t put_messages(struct scene *scene, uint8_t *payload)
{
    uint32_t count = input_below(&scene->input, 44);
    uint8_t *at = payload + HEAD_BYTES;
    put_u32(payload + 12, count);
    for (uint32_t i = 0; i < count; i++, at += PROTOCOL_RDWR_MESSAGE_BYTES) {
        uint8_t flags = input_byte(&scene->input);
        put_u16(at, input_byte(&scene->input) & 0xBF);
        put_u16(at + 2, (uint16_t)((flags & 1) | (flags & 0x7E) << 9 | (flags & 0x80) >> 3));
        put_u16(at + 4, choose_length(scene));
        put_u16(at + 6, 0);
    }
    const uint8_t *bytes;
    size_t size = input_bytes(&scene->input, &bytes, input_byte(&scene->input) * 2u);
    if (size > 0)
        memcpy(at, bytes, size);
    return (size_t)(at - payload) + size;
}

static size_t put_set(struct scene *scene, uint8_t *payload)
{
    put_u32(payload + 12, 0x0700 + input_byte(&scene->input) % 16u);
    put_u64(payload + HEAD_BYTES, input_byte(&scene->input));
    if (input_byte(&scene->input) % 4 == 0)
        put_u64(payload + HEAD_BYTES, (uint64_t)input_u32(&scene->input) << 16);
    return HEAD_BYTES + 8;
}

static size_t put_bytes(struct scene *scene, uint8_t *payload)
{
    const uint8_t *bytes;
    uint8_t choice = input_byte(&scene->input);
    size_t size = input_bytes(&scene->input, &bytes, choice);
    put_u32(payload + 12, choice % 4 ? (uint32_t)size : choice * 300u);
    if (size > 0)
        memcpy(payload + HEAD_BYTES, bytes, size);
    return HEAD_BYTES + size;
}

static size_t make_payload(struct scene *scene, uint8_t *payload)
{
    uint8_t choice = input_byte(&scene->input);
    put_u32(payload + 8, choice % 8u);
    switch (choice % 8) {
    case PROTOCOL_OP_SET:
        return put_set(scene, payload);
    case PROTOCOL_OP_SMBUS:
        return put_smbus(scene, payload);
    case PROTOCOL_OP_RDWR:
        return put_messages(scene, payload);
    case PROTOCOL_OP_READ:
    case PROTOCOL_OP_WRITE:
        return put_bytes(scene, payload);
    default:
        return HEAD_BYTES + choice / 8u;
    }
}

/* The payload is in memory of exactly its size, which may be cut short. */
static void request(struct scene *scene)
{
    uint8_t payload[PAYLOAD_BYTES] = {0};
    size_t size = make_payload(scene, payload);
    uint8_t choice = input_byte(&scene->input);
    DEMAND(size <= sizeof payload);
    if (choice % 8 == 0)
        size -= choice / 8 % size;
    if (size < PROTOCOL_REQUEST_BYTES)
        size = PROTOCOL_REQUEST_BYTES;
    uint8_t *exact = malloc(size);
    DEMAND(exact);
    memcpy(exact, payload, size);
    enum i2cdev_next next =
        i2cdev_begin(&scene->request, &scene->adapter, &scene->file, exact, size);
    free(exact);
    run(scene, next);
}

static void plain_write(struct scene *scene)
{
    const uint8_t *bytes;
    size_t size = input_bytes(&scene->input, &bytes, input_byte(&scene->input));
    enum i2cdev_next next =
        i2cdev_begin_write(&scene->request, &scene->adapter, &scene->file, bytes, size);
    DEMAND(next != I2CDEV_NONSENSE);
    run(scene, next);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct scene scene;
    scene = (struct scene){.input = {bytes, size}};
    i2cdev_adapter_init(&scene.adapter);
    i2cdev_request_init(&scene.request);
    while (scene.input.left > 0) {
        if (input_byte(&scene.input) % 8 == 0)
            plain_write(&scene);
        else
            request(&scene);
        DEMAND(scene.adapter.timeout_ms >= 10);
    }
    i2cdev_request_free(&scene.request);
    return 0;
}
