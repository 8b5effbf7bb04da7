/* SPDX-License-Identifier: MIT */
/*
 * The bus server's clients and bus in this process, at the other ends of socket pairs.  The peers
 * send valid frames, almost valid ones, or anything.  They come and go, read and do not read.
 *
 * server_loop.h replaces server.c (the loop around poll()) and the clock.
 *
 * Demanded: every frame that comes back is one of the protocol, with its events in order; nothing
 * waits for ever; an adapter has one answer for each message, at once if it gives it up, and never
 * later than its time; and when all peers have gone, a new controller, a new adapter and a new
 * target find a working bus.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "server_loop.h"

enum {
    PEERS_MAX = 6,
    OPERATIONS_MAX = 400,
    FRAME_BYTES = 512,
    INBOX_BYTES = 1 << 16,
    ADDRESS = 0x40,
    PATIENT_MS = 600000,
};

/* Our end of a connection, and what was received on it. */
struct peer_end {
    int fd; /* -1: none */
    bool is_file, is_welcome, is_refused;
    uint8_t inbox[INBOX_BYTES];
    size_t begin, end;
    /* The current message of a target, from its EVENTS. */
    uint32_t serial;
    bool is_open;
    uint32_t replies;
    int32_t result; /* of the last REPLY */
    bool is_owed;   /* the last EVENTS asked for an answer */
    /* A target's claims.  What it takes for certain is checked as if it had happened. */
    struct claim claim;
    uint32_t hold; /* that it may answer there; 0: none */
    bool takes_forecasts, is_accepted;
    uint8_t forecast[PROTOCOL_FORECAST_MAX];
    size_t forecast_bytes;
    struct {
        bool is_there;       /* this end is one */
        bool is_wild;        /* it has said what no adapter says: its answers are not checked */
        bool is_in_transfer; /* after the STEP that was answered last */
        bool is_asking, is_read, ends; /* the STEP that has no STEPPED yet */
        uint16_t length;
        uint32_t answers;
        int32_t result; /* of the last STEPPED */
    } adapter;
};

struct scene {
    struct input input;
    struct server_loop loop;
    struct peer_end ends[PEERS_MAX];
};

static void serve(struct scene *scene)
{
    server_loop_serve(&scene->loop);
}

/* ---- what comes back ------------------------------------------------------------------------- */

static size_t check_record(struct peer_end *end, const uint8_t *record, size_t left)
{
    DEMAND(left >= PROTOCOL_RECORD_BYTES);
    uint32_t serial = get_u32(record + 4), number = get_u32(record + 8);
    if (record[0] == I2CTARGET_ADDRESSED) {
        DEMAND(serial != end->serial && number <= 0x7F);
        end->serial = serial;
        end->is_open = true;
        return PROTOCOL_RECORD_BYTES;
    }
    DEMAND(end->is_open && serial == end->serial);
    if (record[0] == I2CTARGET_ENDED) {
        DEMAND(record[1] > I2CTARGET_OPEN && record[1] < I2CTARGET_CLOSED);
        end->is_open = false;
        return PROTOCOL_RECORD_BYTES;
    }
    DEMAND(number > 0);
    if (record[0] == I2CTARGET_REQUESTED)
        return PROTOCOL_RECORD_BYTES;
    DEMAND(record[0] == I2CTARGET_RECEIVED && number <= left - PROTOCOL_RECORD_BYTES);
    return PROTOCOL_RECORD_BYTES + number;
}

static void check_events(struct peer_end *end, const uint8_t *payload, size_t length)
{
    DEMAND(length > PROTOCOL_EVENTS_BYTES && get_u32(payload + 12) <= CLAIM_NUMBER_MAX);
    size_t forecast = get_u32(payload + 16);
    DEMAND(length - PROTOCOL_EVENTS_BYTES > forecast);
    DEMAND(forecast == 0 || (end->takes_forecasts && get_u32(payload + 12) != 0));
    DEMAND(forecast <= sizeof end->forecast);
    end->hold = get_u32(payload + 12);
    end->is_owed = end->hold != 0;
    end->is_accepted = false;
    end->forecast_bytes = forecast;
    memcpy(end->forecast, payload + length - forecast, forecast);
    for (size_t at = PROTOCOL_EVENTS_BYTES; at < length - forecast;)
        at += check_record(end, payload + at, length - forecast - at);
}

static void check_transfer(const uint8_t *payload, size_t length)
{
    DEMAND(length >= PROTOCOL_TRANSFER_BYTES);
    uint32_t messages = get_u32(payload + 36);
    size_t at = PROTOCOL_TRANSFER_BYTES;
    DEMAND(messages >= 1 && messages <= BUS_MESSAGES_MAX);
    for (uint32_t i = 0; i < messages && at < length; i++) {
        DEMAND(length - at >= PROTOCOL_MESSAGE_BYTES && payload[at + 2] < PROTOCOL_REASON_COUNT);
        at += (size_t)protocol_message_bytes(get_u32(payload + at + 4));
    }
    DEMAND(at == length);
}

/* STEPPED: one for each STEP, with all bytes of a read or none. */
static void check_stepped(struct peer_end *end, const uint8_t *payload, size_t length)
{
    DEMAND(length >= PROTOCOL_STEPPED_BYTES);
    end->adapter.result = (int32_t)get_u32(payload);
    end->adapter.answers++;
    DEMAND(end->adapter.result <= 0);
    if (end->adapter.is_wild)
        return;
    bool is_done = end->adapter.result == 0;
    DEMAND(end->adapter.is_asking);
    DEMAND(length - PROTOCOL_STEPPED_BYTES ==
           (is_done && end->adapter.is_read ? end->adapter.length : 0));
    end->adapter.is_asking = false;
    end->adapter.is_in_transfer = is_done && !end->adapter.ends;
}

static void check_frame(struct peer_end *end, uint16_t type, const uint8_t *payload, size_t length)
{
    DEMAND(end->is_welcome || type == PROTOCOL_WELCOME || type == PROTOCOL_REFUSED);
    DEMAND(!end->is_refused);
    switch (type) {
    case PROTOCOL_WELCOME:
        DEMAND(!end->is_welcome && length == PROTOCOL_WELCOME_BYTES);
        end->is_welcome = true;
        break;
    case PROTOCOL_REFUSED:
        DEMAND(length > PROTOCOL_REFUSED_BYTES);
        end->is_refused = true;
        break;
    case PROTOCOL_REPLY:
        DEMAND(length >= PROTOCOL_REPLY_BYTES);
        end->result = (int32_t)get_u32(payload);
        end->replies++;
        break;
    case PROTOCOL_LISTENING:
    case PROTOCOL_ADDRESSES_SET:
        DEMAND(length == 0);
        break;
    case PROTOCOL_EVENTS:
        check_events(end, payload, length);
        break;
    case PROTOCOL_STEPPED:
        check_stepped(end, payload, length);
        break;
    default:
        DEMAND(type == PROTOCOL_TRANSFER);
        check_transfer(payload, length);
    }
}

static void check_frames(struct peer_end *end)
{
    while (end->end - end->begin >= PROTOCOL_HEADER_BYTES) {
        const uint8_t *at = end->inbox + end->begin;
        size_t length = get_u32(at);
        DEMAND(length <= PROTOCOL_PAYLOAD_MAX && get_u16(at + 6) == 0);
        DEMAND(length + PROTOCOL_HEADER_BYTES <=
               INBOX_BYTES); /* enough for what is requested here */
        if (end->end - end->begin - PROTOCOL_HEADER_BYTES < length)
            break;
        check_frame(end, get_u16(at + 4), at + PROTOCOL_HEADER_BYTES, length);
        end->begin += PROTOCOL_HEADER_BYTES + length;
    }
    memmove(end->inbox, end->inbox + end->begin, end->end - end->begin);
    end->end -= end->begin;
    end->begin = 0;
}

/* LISTENING brings the memory of claims. */
static ssize_t hear(struct peer_end *end)
{
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {end->inbox + end->end, INBOX_BYTES - end->end};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(end->fd, &message, MSG_DONTWAIT);
    if (got > 0 && CMSG_FIRSTHDR(&message)) {
        int fd;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        DEMAND(!end->claim.word && i2ctarget_claim_join(&end->claim, fd) == 0);
        close(fd);
    }
    return got;
}

static void drain(struct peer_end *end)
{
    uint8_t packet[64];
    if (end->fd < 0)
        return;
    if (end->is_file) {
        while (recv(end->fd, packet, sizeof packet, MSG_DONTWAIT) > 0)
            ;
        return;
    }
    for (;;) {
        ssize_t got = hear(end);
        DEMAND(got != 0 || !end->adapter.is_there || end->adapter.is_wild);
        if (got == 0)
            end->adapter.is_asking = false; /* nobody answers any more */
        if (got <= 0)
            return;
        end->end += (size_t)got;
        check_frames(end);
    }
}

/* ---- connections ----------------------------------------------------------------------------- */

static void hang_up(struct peer_end *end)
{
    if (end->fd >= 0)
        close(end->fd);
    i2ctarget_claim_close(&end->claim);
    *end = (struct peer_end){.fd = -1};
}

static void connect_end(struct scene *scene, struct peer_end *end, bool is_file)
{
    int fds[2];
    hang_up(end);
    DEMAND(socketpair(AF_UNIX, (is_file ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_NONBLOCK, 0, fds) ==
           0);
    server_loop_add(&scene->loop, fds[0], is_file);
    end->fd = fds[1];
    end->is_file = is_file;
}

/* ---- what peers say -------------------------------------------------------------------------- */

static void say_bytes(const struct peer_end *end, const uint8_t *bytes, size_t size)
{
    if (end->fd >= 0)
        (void)send(end->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* `payload` has room for a header in front of it. */
static void say(struct peer_end *end, uint16_t type, uint8_t *payload, size_t length)
{
    bool is_adapters = type == PROTOCOL_STEP || type == PROTOCOL_GIVE_UP;
    end->adapter.is_wild |= end->adapter.is_there && !is_adapters;
    uint8_t *frame = payload - PROTOCOL_HEADER_BYTES;
    put_u32(frame, (uint32_t)length);
    put_u16(frame + 4, type);
    put_u16(frame + 6, 0);
    say_bytes(end, frame, PROTOCOL_HEADER_BYTES + length);
}

struct frame {
    uint8_t header[PROTOCOL_HEADER_BYTES];
    uint8_t payload[FRAME_BYTES];
};

static void say_hello(struct peer_end *end, uint16_t role)
{
    struct frame frame = {0};
    put_u32(frame.payload, PROTOCOL_MAGIC);
    put_u16(frame.payload + 4, PROTOCOL_VERSION);
    put_u16(frame.payload + 6, role);
    memcpy(frame.payload + 8, "fuzz", 4);
    say(end, PROTOCOL_HELLO, frame.payload, PROTOCOL_HELLO_BYTES);
}

static void say_listen(struct peer_end *end, uint32_t first, uint32_t flags)
{
    struct frame frame = {0};
    put_u32(frame.payload, first);
    put_u32(frame.payload + 8, 3); /* 0x40, 0x41 */
    put_u32(frame.payload + 16, flags);
    say(end, PROTOCOL_LISTEN, frame.payload, PROTOCOL_LISTEN_BYTES);
}

/* Up to three; now and then too short. */
static void say_addresses(struct scene *scene, struct peer_end *end)
{
    struct frame frame = {0};
    uint8_t choice = input_byte(&scene->input);
    put_u32(frame.payload + 8, choice % 8);
    say(end, PROTOCOL_ADDRESSES, frame.payload, PROTOCOL_ADDRESS_SET_BYTES - (choice >= 0xF0));
}

static void say_commit(struct scene *scene, struct peer_end *end)
{
    struct frame frame = {0};
    struct input *input = &scene->input;
    uint8_t choice = input_byte(input);
    uint32_t count = input_below(input, 40);
    bool has_bytes = choice & 1;
    put_u32(frame.payload, choice < 240 ? end->serial : input_u32(input));
    frame.payload[4] = choice / 2 % 8 ? PROTOCOL_ADDRESS_ACK : input_byte(input);
    frame.payload[5] = choice / 16 % 4 == 3;
    frame.payload[6] = choice / 64;
    frame.payload[7] = choice / 4 % 2;
    put_u32(frame.payload + 8, input_byte(input) % 8 ? 0 : input_byte(input));
    put_u32(frame.payload + 12, count);
    for (uint32_t i = 0; has_bytes && i < count; i++)
        frame.payload[PROTOCOL_COMMIT_BYTES + i] = input_byte(input);
    say(end, PROTOCOL_COMMIT, frame.payload, PROTOCOL_COMMIT_BYTES + (has_bytes ? count : 0));
}

static void request_smbus(struct peer_end *end, uint64_t cookie, uint32_t size, bool is_read,
                          uint8_t command)
{
    struct frame frame = {0};
    uint8_t *at = frame.payload + PROTOCOL_REQUEST_BYTES;
    put_u64(frame.payload, cookie);
    put_u32(frame.payload + 8, PROTOCOL_OP_SMBUS);
    put_u32(frame.payload + 12, size);
    at[0] = is_read;
    at[1] = command;
    at[2] = size != I2C_SMBUS_QUICK;
    at[4] = 4;
    say(end, PROTOCOL_REQUEST, frame.payload,
        PROTOCOL_REQUEST_BYTES + 4 + PROTOCOL_SMBUS_DATA_BYTES);
}

static void request_set(struct peer_end *end, uint64_t cookie, uint32_t what, uint64_t value)
{
    struct frame frame = {0};
    put_u64(frame.payload, cookie);
    put_u32(frame.payload + 8, PROTOCOL_OP_SET);
    put_u32(frame.payload + 12, what);
    put_u64(frame.payload + PROTOCOL_REQUEST_BYTES, value);
    say(end, PROTOCOL_REQUEST, frame.payload, PROTOCOL_REQUEST_BYTES + 8);
}

/* Short messages to 0x40 and 0x41, with all flags. */
static void request_rdwr(struct scene *scene, struct peer_end *end)
{
    struct frame frame = {0};
    uint32_t count = 1 + input_below(&scene->input, 4);
    uint8_t *at = frame.payload + PROTOCOL_REQUEST_BYTES;
    put_u32(frame.payload + 8, PROTOCOL_OP_RDWR);
    put_u32(frame.payload + 12, count);
    size_t data = 0;
    for (uint32_t i = 0; i < count; i++, at += PROTOCOL_RDWR_MESSAGE_BYTES) {
        uint8_t choice = input_byte(&scene->input);
        uint16_t length = choice / 2 % 16u;
        uint8_t flags = input_byte(&scene->input);
        bool is_read = choice & 1;
        put_u16(at, ADDRESS + (choice >> 5 & 1));
        put_u16(at + 2, (uint16_t)(is_read | (flags % 4 == 3 ? flags << 8 & 0xF800 : 0)));
        put_u16(at + 4, length);
        data += is_read ? 0 : length;
    }
    memset(at, 0x11, data);
    say(end, PROTOCOL_REQUEST, frame.payload, (size_t)(at - frame.payload) + data);
}

static void say_request(struct scene *scene, struct peer_end *end)
{
    uint8_t choice = input_byte(&scene->input);
    uint64_t cookie = choice / 8 % 4 == 0 ? 1 + choice / 32u : 0;
    switch (choice % 8) {
    case 0:
        request_set(end, cookie, I2C_SLAVE, ADDRESS + choice / 128u);
        break;
    case 1: /* time-outs of up to eleven minutes */
        request_set(end, cookie, 0x0700 + input_byte(&scene->input) % 10u,
                    (uint64_t)input_byte(&scene->input) << 8);
        break;
    case 2:
    case 3:
        request_rdwr(scene, end);
        break;
    default:
        request_smbus(end, cookie, input_below(&scene->input, 9), choice & 1,
                      input_byte(&scene->input));
    }
}

static void say_message(struct peer_end *end, unsigned place, unsigned address, unsigned flags,
                        uint16_t length)
{
    struct frame frame = {0};
    bool is_read = flags & I2C_M_RD;
    end->adapter.is_wild |= end->adapter.is_asking;
    end->adapter.is_asking = true;
    end->adapter.is_read = is_read;
    end->adapter.ends = place & PROTOCOL_STEP_ENDS;
    end->adapter.length = length;
    put_u16(frame.payload, (uint16_t)address);
    put_u16(frame.payload + 2, (uint16_t)flags);
    put_u16(frame.payload + 4, length);
    put_u16(frame.payload + 6, (uint16_t)place);
    say(end, PROTOCOL_STEP, frame.payload, PROTOCOL_STEP_BYTES + (is_read ? 0u : length));
}

/* Now and then one that does not follow on what there is, or that is not allowed. */
static void say_step(struct scene *scene, struct peer_end *end)
{
    uint8_t choice = input_byte(&scene->input), shape = input_byte(&scene->input);
    bool begins = (shape == 0xF0) == end->adapter.is_in_transfer;
    unsigned place = (begins ? PROTOCOL_STEP_BEGINS : 0) | (shape & 0x10 ? PROTOCOL_STEP_ENDS : 0);
    unsigned flags = shape % 4 == 3 ? (unsigned)shape << 8 & 0xFC00 : 0;
    uint16_t length = choice == 0xFF ? I2CDEV_LENGTH_MAX + 1 : choice / 2 % 16u;
    say_message(end, place, ADDRESS + choice / 32 % 4u, flags | (choice & 1 ? I2C_M_RD : 0),
                length);
}

/* However long a target would hold the message: it has its answer at once. */
static void say_give_up(struct scene *scene, struct peer_end *end)
{
    struct frame frame = {0};
    say(end, PROTOCOL_GIVE_UP, frame.payload, 0);
    serve(scene);
    drain(end);
    DEMAND(end->adapter.is_wild || !end->adapter.is_asking);
    end->adapter.is_in_transfer = false;
}

static void act_as_adapter(struct scene *scene, struct peer_end *end)
{
    uint8_t choice = input_byte(&scene->input) % 16;
    if (!end->adapter.is_there)
        return;
    drain(end);
    if (choice < (end->adapter.is_asking ? 4 : 1))
        say_give_up(scene, end);
    else if (!end->adapter.is_asking || choice == 15)
        say_step(scene, end);
}

static void say_anything(struct scene *scene, struct peer_end *end)
{
    end->adapter.is_wild = true;
    const uint8_t *bytes;
    size_t size = input_bytes(&scene->input, &bytes, input_byte(&scene->input));
    say_bytes(end, bytes, size);
}

/* A frame of any type, with an unexpected payload. */
static void say_nonsense(struct scene *scene, struct peer_end *end)
{
    struct frame frame = {0};
    const uint8_t *bytes;
    uint16_t type = (uint16_t)input_below(&scene->input, PROTOCOL_ADDRESSES_SET + 2);
    size_t size = input_bytes(&scene->input, &bytes, input_byte(&scene->input));
    if (size > 0)
        memcpy(frame.payload, bytes, size);
    end->adapter.is_wild = true;
    say(end, type, frame.payload, size);
}

/* A frame that is too long.  Its sender must be dropped before it has sent all of it. */
static void check_too_long(struct scene *scene, struct peer_end *end, bool after_hello)
{
    uint8_t byte, header[PROTOCOL_HEADER_BYTES] = {0};
    connect_end(scene, end, false);
    if (after_hello)
        say_hello(end, PROTOCOL_MONITOR);
    serve(scene);
    drain(end);
    put_u32(header, PROTOCOL_PAYLOAD_MAX + 1);
    put_u16(header + 4, PROTOCOL_HELLO);
    say_bytes(end, header, sizeof header);
    serve(scene);
    while (recv(end->fd, &byte, 1, MSG_DONTWAIT) > 0)
        ;
    DEMAND(recv(end->fd, &byte, 1, MSG_DONTWAIT) == 0);
    hang_up(end);
}

static void say_file_hello(const struct peer_end *end, uint64_t cookie)
{
    uint8_t packet[PROTOCOL_FILE_HELLO_BYTES] = {0};
    put_u32(packet, PROTOCOL_MAGIC);
    put_u16(packet + 4, PROTOCOL_VERSION);
    put_u64(packet + 8, cookie);
    say_bytes(end, packet, sizeof packet);
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void go_through(struct peer_end *end)
{
    if (!i2ctarget_claim_go_through(&end->claim, end->hold))
        return;
    for (size_t at = 0; at < end->forecast_bytes;)
        at += check_record(end, end->forecast + at, end->forecast_bytes - at);
    end->hold = i2ctarget_claim_next(end->hold);
    end->forecast_bytes = 0;
    end->is_accepted = false;
}

/* A word that says nothing about this hold, nor about the next one. */
static void write_nonsense(struct scene *scene, const struct peer_end *end)
{
    uint32_t word = input_u32(&scene->input), number = word / 8;
    if (number != end->hold && number != i2ctarget_claim_next(end->hold))
        *end->claim.word = word;
}

/* What a target says in its claim, without a frame. */
static void claim(struct scene *scene, struct peer_end *end)
{
    uint8_t choice = input_byte(&scene->input);
    drain(end);
    if (!end->claim.word)
        return;
    if (choice % 16 == 15)
        write_nonsense(scene, end);
    else if (end->is_accepted && end->forecast_bytes > 0)
        go_through(end);
    else if (end->hold)
        end->is_accepted =
            i2ctarget_claim_take(&end->claim, end->hold, choice % 8 == 7 ? CLAIM_NACK : CLAIM_ACK);
}

/* ---- peers come and go ----------------------------------------------------------------------- */

/* A peer that keeps to the protocol. */
static void connect_role(struct scene *scene, struct peer_end *end, uint8_t choice)
{
    connect_end(scene, end, false);
    switch (choice % 4) {
    case 0:
        say_hello(end, PROTOCOL_TARGET);
        end->takes_forecasts = choice & 8;
        say_listen(end, 0,
                   (choice & 4 ? PROTOCOL_SMBUS : 0) | (choice & 8 ? PROTOCOL_FORECASTS : 0));
        break;
    case 1:
        say_hello(end, PROTOCOL_MONITOR);
        break;
    case 3:
        say_hello(end, PROTOCOL_ADAPTER);
        end->adapter.is_there = true;
        break;
    default:
        say_hello(end, PROTOCOL_CONTROLLER);
        request_set(end, 0, I2C_SLAVE, ADDRESS);
    }
}

/* Most inputs begin with peers that can do something. */
static void introduce(struct scene *scene)
{
    static const uint8_t roles[] = {8, 2, 4, 3, 1, 3}; /* connect_role()'s choices */
    uint8_t absent = input_byte(&scene->input);
    for (unsigned i = 0; i < sizeof roles; i++) {
        if (!(absent >> i & 1))
            connect_role(scene, &scene->ends[i], roles[i]);
    }
    serve(scene);
}

static void pass_time(uint8_t choice)
{
    static const uint32_t pauses_ms[] = {0, 1, 10, 24, 25, 26, 35, 100, 999, 1001, 5000};
    fake_ns += pauses_ms[choice % 11u] * UINT64_C(1000000);
}

static void act(struct scene *scene)
{
    uint8_t choice = input_byte(&scene->input);
    struct peer_end *end = &scene->ends[choice / 16 % PEERS_MAX];
    switch (choice % 16) {
    case 0:
        connect_end(scene, end, input_byte(&scene->input) & 1);
        break;
    case 1:
        connect_role(scene, end, input_byte(&scene->input));
        break;
    case 2:
        connect_end(scene, end, true);
        say_file_hello(end, 1 + input_below(&scene->input, 8));
        break;
    case 3:
        if (input_byte(&scene->input) % 4 == 0)
            hang_up(end);
        break;
    case 4:
        if (input_byte(&scene->input) % 16 == 0)
            check_too_long(scene, end, choice & 16);
        say_anything(scene, end);
        break;
    case 5:
        say_nonsense(scene, end);
        break;
    case 6:
        pass_time(input_byte(&scene->input));
        break;
    case 7:
    case 8:
        end = &scene->ends[choice & 16 ? 0 : 2]; /* mostly they are targets */
        /* fall through */
    case 9:
        if (choice % 16 != 8)
            claim(scene, end);
        if (choice % 16 != 7) {
            drain(end);
            say_commit(scene, end);
        }
        break;
    case 10:
        drain(end);
        say_addresses(scene, end);
        break;
    case 11:
    case 12:
        act_as_adapter(scene, &scene->ends[choice / 16 % 2 ? 3 : 5]);
        break;
    default:
        say_request(scene, end);
    }
    if (input_byte(&scene->input) % 4)
        serve(scene);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Each adapter has two seconds on the wires for its message, and two until its next one. */
static void check_adapters(struct scene *scene, bool is_free)
{
    serve(scene);
    for (int i = 0; i < PEERS_MAX; i++) {
        for (int rounds = 0; scene->ends[i].adapter.is_there && rounds < 2; rounds++) {
            fake_ns += 2100 * UINT64_C(1000000);
            serve(scene);
        }
    }
    for (int i = 0; i < PEERS_MAX; i++) {
        struct peer_end *end = &scene->ends[i];
        drain(end);
        if (!end->adapter.is_there)
            continue;
        DEMAND(!is_free || end->adapter.is_wild || !end->adapter.is_asking);
        hang_up(end);
    }
}

/* When a controller has left in the middle of a transfer, the targets can not hold it for long. */
static void check_patience(struct scene *scene)
{
    for (int i = 0; i < PEERS_MAX; i++) {
        struct peer_end *end = &scene->ends[i];
        drain(end);
        if (end->serial == 0 &&
            !end->adapter.is_there) /* not a target that has received anything */
            hang_up(end);
    }
    bool has_files = false;
    for (struct client *client = scene->loop.clients; client; client = client->next)
        has_files |= client->role->is_file;
    serve(scene);
    fake_ns += 1100 * UINT64_C(1000000);
    check_adapters(scene, !has_files);
    serve(scene);
    DEMAND(has_files || !scene->loop.service.bus.active);
}

static void check_all_gone(struct scene *scene)
{
    for (int i = 0; i < PEERS_MAX; i++) {
        drain(&scene->ends[i]);
        hang_up(&scene->ends[i]);
    }
    for (int rounds = 0; scene->loop.clients || scene->loop.service.bus.active; rounds++) {
        DEMAND(rounds < 200);
        serve(scene);
        fake_ns += 1100 * UINT64_C(1000000);
    }
    DEMAND(!scene->loop.service.bus.targets && !scene->loop.service.bus.first);
    DEMAND(scene->loop.service.bus.wires.scl && scene->loop.service.bus.wires.sda);
}

static void acknowledge_address(struct peer_end *target)
{
    struct frame commit = {0};
    DEMAND(target->is_owed);
    put_u32(commit.payload, target->serial);
    commit.payload[4] = PROTOCOL_ADDRESS_ACK;
    say(target, PROTOCOL_COMMIT, commit.payload, PROTOCOL_COMMIT_BYTES);
}

/* One address has a target, another has none: a controller must find out both. */
static void check_health(struct scene *scene)
{
    struct peer_end *target = &scene->ends[0], *controller = &scene->ends[1];
    connect_role(scene, target, 0);
    connect_role(scene, controller, 2);
    request_smbus(controller, 0, I2C_SMBUS_QUICK, false, 0);
    serve(scene);
    drain(target);
    drain(controller);
    DEMAND(controller->replies == 1 && controller->result == 0);
    acknowledge_address(target);
    serve(scene);
    drain(controller);
    DEMAND(controller->replies == 2 && controller->result == 0);
    hang_up(target);
    request_smbus(controller, 0, I2C_SMBUS_QUICK, false, 0);
    serve(scene);
    drain(controller);
    DEMAND(controller->replies == 3 && controller->result == -ENXIO);
}

/* The same for an adapter. */
static void check_adapters_health(struct scene *scene)
{
    struct peer_end *target = &scene->ends[0], *adapter = &scene->ends[1];
    connect_role(scene, target, 0);
    connect_role(scene, adapter, 3);
    say_message(adapter, PROTOCOL_STEP_BEGINS, ADDRESS, 0, 0);
    serve(scene);
    drain(target);
    acknowledge_address(target);
    serve(scene);
    drain(adapter);
    DEMAND(adapter->adapter.answers == 1 && adapter->adapter.result == 0);
    hang_up(target);
    say_message(adapter, PROTOCOL_STEP_ENDS, ADDRESS, 0, 0);
    serve(scene);
    drain(adapter);
    DEMAND(adapter->adapter.answers == 2 && adapter->adapter.result == -ENXIO);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct scene scene;
    struct service *service = &scene.loop.service;
    memset(&scene, 0, sizeof scene);
    scene.input = (struct input){bytes, size};
    for (int i = 0; i < PEERS_MAX; i++)
        scene.ends[i].fd = -1;
    server_loop_init(&scene.loop);
    if (input_byte(&scene.input) & 1)
        service->controllers.adapter.timeout_ms = PATIENT_MS;
    introduce(&scene);
    for (int i = 0; scene.input.left > 0 && i < OPERATIONS_MAX; i++)
        act(&scene);
    check_patience(&scene);
    check_all_gone(&scene);
    i2cdev_adapter_init(&service->controllers.adapter);
    check_health(&scene);
    check_all_gone(&scene);
    check_adapters_health(&scene);
    check_all_gone(&scene);
    monitors_free(&service->monitors);
    return 0;
}
