/* SPDX-License-Identifier: MIT */
/*
 * A target on the remote port, whose server sends anything: valid EVENTS, invalid EVENTS, other
 * frames, half frames, and the end of the connection.
 *
 * The server is the other end of a socket pair, which is filled beforehand.  The linker replaces
 * i2ctarget_link_open() by __wrap_i2ctarget_link_open().  The application calls what the input
 * says.
 *
 * Demanded: every call ends, all results are documented in its header, a lost server ends
 * everything, and the target sends only valid frames.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "i2ctarget/bus.h"
#include "i2ctarget/device.h"
#include "link/claim.h"
#include "link/link.h"

enum { FRAMES_MAX = 40, CALLS_MAX = 200, FRAME_BYTES = 1024, BUFFER_BYTES = 16 };

struct scene {
    struct input input;
    struct i2ctarget target;
    struct i2ctarget_request request;
    struct i2ctarget_device device;
    bool accepts;   /* the device, every byte of this message */
    unsigned gives; /* the next byte of the device; 0x100: it does not know */
    uint32_t seen;  /* the sum of all bytes that it was asked about */
    int server_fd, target_fd;
    uint32_t serial;
};

static struct scene scene;

int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name);
int __wrap_i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role,
                               const char *name)
{
    (void)name;
    DEMAND(role == PROTOCOL_TARGET);
    *link = (struct link){.fd = scene.target_fd, .bus = bus, .scl_hz = 100000};
    return 0;
}

/* Does the answer come in time?  Mostly it does. */
bool __wrap_i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer);
bool __wrap_i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer)
{
    DEMAND(claim->word && number > 0);
    DEMAND(answer == CLAIM_ACK || answer == CLAIM_NACK);
    return input_byte(&scene.input) % 8 != 7;
}

/* Is the server going to look?  If so, the accepted call is not told. */
bool __wrap_i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number);
bool __wrap_i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number)
{
    DEMAND(claim->word && number > 0);
    return scene.serial % 2 == 0;
}

/* May the target go through what was forecast?  Mostly it may. */
bool __wrap_i2ctarget_claim_go_through(struct claim *claim, uint32_t number);
bool __wrap_i2ctarget_claim_go_through(struct claim *claim, uint32_t number)
{
    DEMAND(claim->word && number > 0);
    return input_byte(&scene.input) % 8 != 7;
}

/* ---- the server ------------------------------------------------------------------------------ */

static void say(const uint8_t *bytes, size_t size)
{
    (void)send(scene.server_fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void say_frame(uint16_t type, const uint8_t *payload, size_t length)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + FRAME_BYTES] = {0};
    put_u32(frame, (uint32_t)length);
    put_u16(frame + 4, type);
    if (length > 0)
        memcpy(frame + PROTOCOL_HEADER_BYTES, payload, length);
    say(frame, PROTOCOL_HEADER_BYTES + length);
}

static void say_listening(void)
{
    static int claim_fd = -1;
    uint8_t header[PROTOCOL_HEADER_BYTES] = {0};
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof claim_fd)];
    } control = {.header = {CMSG_LEN(sizeof claim_fd), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec part = {header, sizeof header};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    if (claim_fd < 0)
        DEMAND(i2ctarget_claim_create(&(struct claim){0}, &claim_fd) == 0);
    put_u16(header + 4, PROTOCOL_LISTENING);
    memcpy(CMSG_DATA(&control.header), &claim_fd, sizeof claim_fd);
    DEMAND(sendmsg(scene.server_fd, &message, 0) == (ssize_t)sizeof header);
}

/*
 * Writes a record; returns its length.  The kinds follow each other as the input says: in order, by
 * chance, or not.
 */
static size_t put_record(uint8_t *record)
{
    struct input *input = &scene.input;
    uint8_t choice = input_byte(input);
    uint8_t size = input_byte(input);
    uint32_t number = size % 8;
    size_t bytes = 0;
    memset(record, 0, PROTOCOL_RECORD_BYTES);
    record[0] = choice == 0xFF ? input_byte(input) : (uint8_t)(I2CTARGET_ADDRESSED + choice % 4);
    if (record[0] == I2CTARGET_ADDRESSED) {
        scene.serial++;
        record[2] = choice >> 3 & 1;
        record[3] = choice >> 4 & 1;
        number = 0x40 + (choice >> 2 & 1);
    } else if (record[0] == I2CTARGET_ENDED) {
        record[1] = input_byte(input) % 9;
    } else if (record[0] == I2CTARGET_RECEIVED) {
        bytes = number;
        memset(record + PROTOCOL_RECORD_BYTES, choice, bytes);
    }
    put_u32(record + 4, scene.serial);
    put_u32(record + 8, size >= 0xF0 ? input_u32(input) % 20000 : number);
    return PROTOCOL_RECORD_BYTES + bytes;
}

/* What the protocol says; now and then another byte.  Returns its length. */
static size_t put_forecast(uint8_t *records)
{
    uint8_t choice = input_byte(&scene.input), count = 1 + choice % 8, *at = records;
    at[0] = I2CTARGET_RECEIVED;
    put_u32(at + 4, scene.serial);
    put_u32(at + 8, count);
    at += PROTOCOL_RECORD_BYTES + count;
    at[0] = I2CTARGET_ENDED;
    at[1] = I2CTARGET_RESTART;
    put_u32(at + 4, scene.serial);
    put_u32(at + 8, count);
    at += PROTOCOL_RECORD_BYTES;
    at[0] = I2CTARGET_ADDRESSED;
    at[2] = choice >> 5 & 1;
    at[3] = 1;
    put_u32(at + 4, ++scene.serial);
    put_u32(at + 8, 0x40 + (choice >> 6 & 1));
    at += PROTOCOL_RECORD_BYTES;
    if ((choice >> 3 & 3) == 0)
        records[input_below(&scene.input, (unsigned)(at - records))] = input_byte(&scene.input);
    return (size_t)(at - records);
}

static void say_events(void)
{
    uint8_t payload[FRAME_BYTES] = {0}, choice = input_byte(&scene.input);
    size_t length = PROTOCOL_EVENTS_BYTES;
    put_u32(payload + 12, choice & 1);
    for (unsigned i = choice / 2 % 6 + 1u; i > 0; i--)
        length += put_record(payload + length);
    if (choice & 1 && choice & 64) {
        size_t bytes = put_forecast(payload + length);
        length += bytes;
        put_u32(payload + 16, choice >= 0xF8 ? input_u32(&scene.input) : (uint32_t)bytes);
    }
    say_frame(PROTOCOL_EVENTS, payload, length);
}

static void say_bytes(void)
{
    const uint8_t *bytes;
    size_t size = input_bytes(&scene.input, &bytes, input_byte(&scene.input));
    if (size > 0)
        say(bytes, size);
}

static void say_something(void)
{
    uint8_t choice = input_byte(&scene.input);
    if (choice % 16 == 15)
        say_bytes();
    else if (choice % 16 == 14)
        say_frame(choice & 128 ? PROTOCOL_ADDRESSES_SET : choice / 16, NULL, 0);
    else
        say_events();
}

/* The target may send only frames of its role. */
static void hear(void)
{
    static uint8_t bytes[1 << 20];
    size_t size = 0;
    ssize_t got;
    while ((got = recv(scene.server_fd, bytes + size, sizeof bytes - size, MSG_DONTWAIT)) > 0)
        size += (size_t)got;
    for (size_t at = 0; size - at >= PROTOCOL_HEADER_BYTES;) {
        size_t length = get_u32(bytes + at);
        uint16_t type = get_u16(bytes + at + 4);
        if (length > size - at - PROTOCOL_HEADER_BYTES)
            break; /* the socket was full */
        const uint8_t *payload = bytes + at + PROTOCOL_HEADER_BYTES;
        bool is_set = at > 0 && type == PROTOCOL_ADDRESSES;
        DEMAND(is_set || type == (at == 0 ? PROTOCOL_LISTEN : PROTOCOL_COMMIT));
        DEMAND(!is_set || length == PROTOCOL_ADDRESS_SET_BYTES);
        DEMAND(at == 0 || is_set ||
               (payload[4] <= PROTOCOL_ADDRESS_NACK && payload[5] <= PROTOCOL_THEN_REFUSE &&
                payload[6] < PROTOCOL_REASON_COUNT && payload[7] <= 1));
        DEMAND(at == 0 || is_set || length == PROTOCOL_COMMIT_BYTES ||
               length == PROTOCOL_COMMIT_BYTES + get_u32(payload + 12));
        at += PROTOCOL_HEADER_BYTES + length;
    }
}

/* ---- a device at 0x41 ------------------------------------------------------------------------ */

static bool device_addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                             bool is_restart)
{
    (void)device, (void)address, (void)is_read, (void)is_restart;
    uint8_t choice = input_byte(&scene.input);
    scene.accepts = choice & 4;
    scene.gives = choice & 8 ? choice : 0x100;
    return choice % 4;
}

/* It keeps its word. */
static bool device_received(struct i2ctarget_device *device, uint8_t byte)
{
    (void)device, (void)byte;
    return scene.accepts || input_byte(&scene.input) % 4;
}

static int device_requested(struct i2ctarget_device *device)
{
    (void)device;
    return scene.gives < 0x100 ? (int)scene.gives++ : input_byte(&scene.input) * 2;
}

static void device_ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)device, (void)cause, (void)moved;
}

static bool device_accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    (void)device;
    DEMAND(count >= 1 && count <= PROTOCOL_FORECAST_MAX);
    for (size_t i = 0; i < count; i++)
        scene.seen += bytes[i];
    return scene.accepts;
}

static size_t device_peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    size_t count = 0;
    (void)device;
    while (count < size && scene.gives + count < 0x100) {
        bytes[count] = (uint8_t)(scene.gives + count);
        count++;
    }
    return count;
}

static const struct i2ctarget_foresight foresight = {device_accepts, device_peek};
static const struct i2ctarget_device_ops device_ops = {device_addressed, device_received,
                                                       device_requested, device_ended, &foresight};

/* ---- the application ------------------------------------------------------------------------- */

static void check_result(int result)
{
    DEMAND(result >= 0 || result == -I2CTARGET_EBADF || result == -I2CTARGET_EACCES ||
           result == -I2CTARGET_EINVAL || result == -I2CTARGET_EIO ||
           result == -I2CTARGET_ETIMEDOUT);
    DEMAND(result <= BUFFER_BYTES);
}

static void change_addresses(uint8_t choice)
{
    uint16_t address = 0x40 + (choice >> 5 & 3);
    int result = choice & 128 ? i2ctarget_add_address(&scene.target, address)
                              : i2ctarget_remove_address(&scene.target, address);
    DEMAND(result == 0 || result == -I2CTARGET_EIO || result == -I2CTARGET_ENODEV);
}

static void call(void)
{
    static uint8_t buffer[BUFFER_BYTES]; /* static, because an interrupted call keeps it */
    uint8_t choice = input_byte(&scene.input);
    size_t size = choice / 8 % (BUFFER_BYTES + 1u);
    switch (choice % 8) {
    case 0:
    case 1:
        check_result(i2ctarget_next_request(&scene.target, &scene.request, 0));
        break;
    case 2:
        check_result(i2ctarget_next_request(&scene.target, &scene.request, -1));
        break;
    case 3:
    case 4:
        check_result(i2ctarget_read(&scene.request, buffer, size, choice & 128));
        break;
    case 5:
        check_result(i2ctarget_write(&scene.request, buffer, size));
        break;
    case 6:
        check_result(i2ctarget_ack(&scene.request, choice & 8));
        if (choice & 16)
            change_addresses(choice);
        break;
    default:
        check_result(i2ctarget_close(&scene.request));
    }
}

/* The server is gone: all calls report it, and none of them waits. */
static void check_lost(void)
{
    int result;
    for (int calls = 0; (result = i2ctarget_next_request(&scene.target, &scene.request, 0)) == 1;
         calls++)
        DEMAND(calls < FRAMES_MAX * 8);
    DEMAND(result == -I2CTARGET_EIO);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t addresses[] = {0x40, 0x41};
    int fds[2];
    scene = (struct scene){.input = {bytes, size}, .device.ops = &device_ops};
    DEMAND(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    scene.server_fd = fds[0];
    scene.target_fd = fds[1]; /* then a full socket is an error and does not wait */
    say_listening();
    DEMAND(i2ctarget_init(&scene.target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1), addresses, 2,
                          false) == 0);
    if (input_byte(&scene.input) & 1)
        DEMAND(i2ctarget_attach(&scene.target, 0x41, &scene.device) == 0);
    for (unsigned i = input_below(&scene.input, FRAMES_MAX); i > 0; i--)
        say_something();
    shutdown(scene.server_fd, SHUT_WR);
    for (int i = 0; i < CALLS_MAX && scene.input.left > 0; i++)
        call();
    check_lost();
    i2ctarget_deinit(&scene.target);
    hear();
    close(scene.server_fd);
    return 0;
}
