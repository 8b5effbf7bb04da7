/* SPDX-License-Identifier: MIT */
/*
 * An attached adapter in this process: kernels that say what vhci-hcd and i2c-tiny-usb say, nearly
 * that, or anything; that take requests back, go away in the middle, and come again; a target that
 * answers, refuses or holds; buses that are none, and say anything; and time.
 *
 * Demanded: every request gets one result at most, of the form that the kernel accepts (anything
 * else costs it the port); every UNLINK gets its answer, whatever the bus does; nobody is waited for
 * for ever; a bus of ours never says what it must not; and when all have gone, a new kernel reads a
 * byte from the target.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/gate.h"
#include "adapter/usbip.h"
#include "harness.h"
#include "server_loop.h"

enum {
    OPERATIONS_MAX = 200,
    PENDING_MAX = 64,
    INBOX_BYTES = 1 << 17,
    ADDRESS = 0x40,
    SUBMITTED = 3,
    UNLINKED = 4,
};
#define SECOND_NS UINT64_C(1000000000)

/* A request that the kernel waits for. */
struct pending {
    uint32_t seqnum; /* 0: this entry is free */
    bool is_unlink, is_in;
    uint32_t length;
    uint32_t unlinked; /* of an UNLINK */
};

/* Our end of the stream, and what is to come. */
struct linux_end {
    int stream_fd;       /* -1: gone */
    bool is_wild;        /* it has sent invalid bytes, so answers to it are not checked */
    bool has_broken_off; /* a request was sent only in part, so nothing can follow */
    uint32_t seqnum;
    struct pending pending[PENDING_MAX];
    uint8_t inbox[INBOX_BYTES];
    size_t have;
    uint32_t status, length; /* of the last result */
    uint8_t byte;            /* the first byte of its data */
};

struct scene {
    struct input input;
    struct server_loop loop;
    struct link link;
    struct gate *gate; /* NULL: nothing is attached */
    int stranger_fd;   /* it poses as the bus; -1: the bus is ours */
    struct linux_end end;
    struct bus_target target;
    int answer; /* the target's answer to everything */
    bool is_owed;
};

/* ---- the target ------------------------------------------------------------------------------ */

static struct scene scene;

static int answer_event(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    if (event->kind == I2CTARGET_ENDED) {
        scene.is_owed = false;
        return 0;
    }
    scene.is_owed = scene.answer == I2CTARGET_HOLD;
    return scene.answer;
}

static void on_rest(struct bus_target *target)
{
    (void)target;
}

static bool on_revoked(struct bus_target *target)
{
    (void)target;
    return true;
}

static void join(void)
{
    static const struct i2ctarget_address_set addresses = {{[ADDRESS / 32] = 1u << ADDRESS % 32}};
    scene.target.rested = on_rest;
    scene.target.revoked = on_revoked;
    bus_join(&scene.loop.service.bus, &scene.target, &addresses, false, answer_event);
}

static void answer_late(int answer)
{
    if (scene.is_owed) {
        scene.is_owed = false;
        bus_answer(&scene.loop.service.bus, &scene.target, answer);
    }
}

/* ---- what comes back ------------------------------------------------------------------------- */

static uint32_t get_big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_big(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static struct pending *find_pending(struct linux_end *end, uint32_t seqnum)
{
    for (size_t i = 0; i < PENDING_MAX; i++) {
        if (end->pending[i].seqnum == seqnum)
            return &end->pending[i];
    }
    return NULL;
}

static void on_unlinked(struct linux_end *end, const struct pending *unlink, int32_t status)
{
    DEMAND(unlink->is_unlink);
    DEMAND(status == USBIP_UNLINKED || status == USBIP_OK);
    struct pending *taken_back = find_pending(end, unlink->unlinked);
    bool is_waited_for = taken_back && taken_back->seqnum && !taken_back->is_unlink;
    /* Either its result has come, or it never will. */
    DEMAND(is_waited_for == (status == USBIP_UNLINKED));
    if (is_waited_for)
        taken_back->seqnum = 0;
}

/* The length of one answer; 0: it is not complete. */
static size_t take_answer(struct linux_end *end, const uint8_t *at, size_t have)
{
    if (have < USBIP_HEADER_BYTES)
        return 0;
    uint32_t command = get_big(at), seqnum = get_big(at + 4);
    int32_t status = (int32_t)get_big(at + 0x14);
    uint32_t length = get_big(at + 0x18);
    struct pending *pending = find_pending(end, seqnum);
    DEMAND(seqnum != 0 && pending);
    if (command == UNLINKED) {
        on_unlinked(end, pending, status);
        pending->seqnum = 0;
        return USBIP_HEADER_BYTES;
    }
    DEMAND(command == SUBMITTED && !pending->is_unlink);
    DEMAND(status == USBIP_OK || (status == USBIP_STALL && length == 0));
    DEMAND(length <= pending->length);
    DEMAND(pending->is_in || status != USBIP_OK || length == pending->length);
    size_t size = USBIP_HEADER_BYTES + (pending->is_in ? length : 0);
    if (have < size)
        return 0;
    end->status = (uint32_t)status;
    end->length = length;
    end->byte = size > USBIP_HEADER_BYTES ? at[USBIP_HEADER_BYTES] : 0;
    pending->seqnum = 0;
    return size;
}

static void forget_all(struct linux_end *end)
{
    memset(end->pending, 0, sizeof end->pending);
    end->have = 0;
}

static void hang_up(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void drain(struct linux_end *end)
{
    while (end->stream_fd >= 0) {
        ssize_t got =
            recv(end->stream_fd, end->inbox + end->have, INBOX_BYTES - end->have, MSG_DONTWAIT);
        if (got == 0)
            hang_up(&end->stream_fd); /* as vhci-hcd does */
        if (got <= 0)
            break;
        end->have += (size_t)got;
        if (end->is_wild) {
            end->have = 0;
            continue;
        }
        size_t at = 0, size;
        while ((size = take_answer(end, end->inbox + at, end->have - at)) > 0)
            at += size;
        memmove(end->inbox, end->inbox + at, end->have - at);
        end->have -= at;
    }
    if (end->stream_fd < 0)
        forget_all(end);
}

/* ---- the attaching process ------------------------------------------------------------------- */

static void detach(void)
{
    gate_free(scene.gate);
    scene.gate = NULL;
    i2ctarget_link_close(&scene.link);
    hang_up(&scene.stranger_fd);
}

/* True: there was something to do. */
static bool pump(void)
{
    struct pollfd polls[2];
    if (!scene.gate)
        return false;
    gate_wish(scene.gate, polls);
    if (poll(polls, 2, 0) <= 0)
        return false;
    enum gate_state state = gate_pump(scene.gate);
    DEMAND(state != GATE_VIOLATED || scene.end.is_wild || scene.stranger_fd >= 0);
    if (state != GATE_OPEN)
        detach();
    return true;
}

static void serve(void)
{
    bool any = true;
    for (int rounds = 0; any; rounds++) {
        DEMAND(rounds < SERVER_LOOP_ROUNDS_MAX);
        server_loop_serve(&scene.loop);
        any = pump();
        drain(&scene.end);
    }
}

static void send_hello(void)
{
    uint8_t hello[PROTOCOL_HELLO_BYTES] = {0};
    struct link_frame frame;
    put_u32(hello, PROTOCOL_MAGIC);
    put_u16(hello + 4, PROTOCOL_VERSION);
    put_u16(hello + 6, PROTOCOL_ADAPTER);
    DEMAND(i2ctarget_link_send(&scene.link, PROTOCOL_HELLO, hello, sizeof hello, NULL, 0) == 0);
    server_loop_serve(&scene.loop);
    DEMAND(i2ctarget_link_poll(&scene.link, &frame) == 1 && frame.type == PROTOCOL_WELCOME);
}

static void attach(struct linux_end *end, bool is_to_stranger)
{
    int bus[2], stream[2];
    detach();
    hang_up(&end->stream_fd);
    forget_all(end);
    end->is_wild = end->has_broken_off = false;
    DEMAND(socketpair(AF_UNIX, SOCK_STREAM, 0, bus) == 0);
    DEMAND(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0);
    scene.link = (struct link){.fd = bus[1], .bus = 1};
    if (is_to_stranger) {
        scene.stranger_fd = bus[0];
    } else {
        server_loop_add(&scene.loop, bus[0], false);
        send_hello();
    }
    scene.gate = gate_new(1, stream[0], &scene.link);
    DEMAND(scene.gate);
    end->stream_fd = stream[1];
}

/* ---- what the kernel says -------------------------------------------------------------------- */

static void say(struct linux_end *end, const uint8_t *bytes, size_t size)
{
    if (end->stream_fd >= 0 && send(end->stream_fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        end->is_wild = true; /* nobody reads: a part may be lost */
}

/* Sends a request as the kernel makes it, if there is an entry to remember it. */
static void submit(struct linux_end *end, const uint8_t setup[8], bool is_in, size_t cut)
{
    uint8_t bytes[USBIP_HEADER_BYTES + 64] = {0};
    struct pending *place = find_pending(end, 0);
    uint16_t length = get_u16(setup + 6);
    size_t size = USBIP_HEADER_BYTES + (is_in ? 0u : length);
    if (!place || size > sizeof bytes || end->has_broken_off)
        return;
    end->seqnum += 2;
    *place = (struct pending){.seqnum = end->seqnum, .is_in = is_in, .length = length};
    put_big(bytes, 1);
    put_big(bytes + 0x04, end->seqnum);
    put_big(bytes + 0x0c, is_in);
    put_big(bytes + 0x18, length);
    memcpy(bytes + 0x28, setup, 8);
    if (cut > 0 && cut < size) {
        size = cut;
        place->seqnum = 0;
        end->has_broken_off = true;
    }
    say(end, bytes, size);
}

static void submit_message(struct linux_end *end, uint8_t address, bool is_read, uint8_t bits,
                           uint16_t flags, uint16_t length)
{
    uint8_t setup[8] = {is_read ? 0xc1 : 0x41, (uint8_t)(4 + bits)};
    put_u16(setup + 2, (uint16_t)(flags | is_read));
    put_u16(setup + 4, address);
    put_u16(setup + 6, length);
    submit(end, setup, is_read, 0);
}

static void unlink_one(struct linux_end *end, uint32_t seqnum)
{
    uint8_t bytes[USBIP_HEADER_BYTES] = {0};
    struct pending *place = find_pending(end, 0);
    if (!place || end->has_broken_off)
        return;
    end->seqnum += 2;
    *place = (struct pending){.seqnum = end->seqnum, .is_unlink = true, .unlinked = seqnum};
    put_big(bytes, 2);
    put_big(bytes + 0x04, end->seqnum);
    put_big(bytes + 0x14, seqnum);
    say(end, bytes, sizeof bytes);
}

/* ---- what happens ---------------------------------------------------------------------------- */

static void say_request(struct linux_end *end, struct input *input)
{
    static const uint8_t types[] = {0x80, 0xc1, 0x41, 0x00, 0x81, 0x01};
    uint8_t setup[8];
    for (int i = 0; i < 8; i++)
        setup[i] = input_byte(input);
    if (setup[0] % 4)
        setup[0] = types[setup[0] / 4 % sizeof types];
    setup[1] %= 16;
    if (setup[2] % 4)
        setup[7] = 0;
    submit(end, setup, setup[0] & 0x80, input_byte(input) % 16 ? 0 : input_byte(input));
}

static void say_message(struct linux_end *end, struct input *input)
{
    uint8_t choice = input_byte(input), flags = input_byte(input);
    uint8_t address = choice & 0x80 ? ADDRESS + 1 : ADDRESS;
    uint16_t length = choice >> 3 & 15;
    if (flags % 4 != 3)
        flags = 0;
    submit_message(end, address, choice & 1, choice >> 1 & 3, (uint16_t)(flags << 8), length);
}

static void say_anything(struct linux_end *end, struct input *input)
{
    const uint8_t *bytes;
    size_t size = input_bytes(input, &bytes, input_byte(input));
    end->is_wild = true;
    say(end, bytes, size);
}

/* Something like an answer, or anything. */
static void say_as_stranger(struct input *input)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + PROTOCOL_STEPPED_BYTES + 16] = {0};
    uint8_t choice = input_byte(input);
    size_t size = PROTOCOL_STEPPED_BYTES + (choice & 15);
    if (scene.stranger_fd < 0)
        return;
    put_u32(frame, (uint32_t)size);
    put_u16(frame + 4, choice & 16 ? input_byte(input) : PROTOCOL_STEPPED);
    frame[6] = (choice & 0xe0) == 0xe0;
    put_u32(frame + PROTOCOL_HEADER_BYTES,
            (choice & 0x60) == 0x60 ? (uint32_t)-input_byte(input) : 0);
    send(scene.stranger_fd, frame, PROTOCOL_HEADER_BYTES + size, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (choice & 0x80 && recv(scene.stranger_fd, frame, sizeof frame, MSG_DONTWAIT) > 0)
        ;
}

static void act(struct linux_end *end, struct input *input)
{
    static const int answers[] = {I2CTARGET_ACK, I2CTARGET_HOLD, I2CTARGET_NACK, I2CTARGET_ACK};
    switch (input_below(input, 13)) {
    case 0:
    case 1:
        say_request(end, input);
        break;
    case 2:
    case 3:
    case 4:
        say_message(end, input);
        break;
    case 5:
        unlink_one(end, end->seqnum - 2u * input_below(input, 6));
        break;
    case 6:
        scene.answer = answers[input_below(input, 4)];
        break;
    case 7:
        answer_late(I2CTARGET_ACK);
        break;
    case 8:
        fake_ns += input_byte(input) * SECOND_NS / 64;
        break;
    case 9:
        if (input_byte(input) % 8 == 0)
            say_anything(end, input);
        break;
    case 10:
        if (input_byte(input) % 4 == 0)
            attach(end, input_byte(input) % 4 == 0);
        break;
    case 11:
        say_as_stranger(input);
        break;
    default:
        if (input_byte(input) % 8)
            break;
        if (input_byte(input) % 2)
            detach();
        else
            hang_up(&end->stream_fd);
        break;
    }
    if (input_byte(input) % 4)
        serve();
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Whatever the target does: all requests are answered, and the bus is free. */
static void check_patience(struct linux_end *end)
{
    for (int i = 0; i < 4; i++) {
        serve();
        fake_ns += 3 * SECOND_NS;
    }
    serve();
    DEMAND(!scene.loop.service.bus.active && !scene.loop.service.bus.first);
    for (size_t i = 0; i < PENDING_MAX; i++) {
        const struct pending *pending = &end->pending[i];
        bool may_wait = end->is_wild || (scene.stranger_fd >= 0 && !pending->is_unlink);
        DEMAND(may_wait || pending->seqnum == 0);
    }
}

static void check_all_gone(struct linux_end *end)
{
    detach();
    hang_up(&end->stream_fd);
    for (int i = 0; scene.loop.clients || scene.loop.service.bus.active; i++) {
        DEMAND(i < 10);
        serve();
        fake_ns += 3 * SECOND_NS;
    }
    DEMAND(!scene.loop.service.bus.first);
    DEMAND(scene.loop.service.bus.wires.scl && scene.loop.service.bus.wires.sda);
}

static void check_health(struct linux_end *end)
{
    attach(end, false);
    scene.answer = I2CTARGET_ACK;
    submit_message(end, ADDRESS, false, 1, 0, 1);
    serve();
    DEMAND(end->status == USBIP_OK && end->length == 1);
    scene.answer = I2CTARGET_HOLD;
    submit_message(end, ADDRESS, true, 2, 0, 1);
    serve();
    scene.answer = 0x5a;
    answer_late(I2CTARGET_ACK);
    serve();
    DEMAND(end->status == USBIP_OK && end->length == 1 && end->byte == 0x5a);
    submit_message(end, ADDRESS + 1, false, 3, 0, 0);
    serve();
    const uint8_t get_status[8] = {0xc1, 3, 0, 0, 0, 0, 1, 0};
    submit(end, get_status, true, 0);
    serve();
    DEMAND(end->byte == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memset(&scene, 0, sizeof scene);
    scene.input = (struct input){bytes, size};
    scene.end.stream_fd = scene.link.fd = scene.stranger_fd = -1;
    scene.answer = I2CTARGET_ACK;
    server_loop_init(&scene.loop);
    join();
    attach(&scene.end, false);
    for (int i = 0; scene.input.left > 0 && i < OPERATIONS_MAX; i++)
        act(&scene.end, &scene.input);
    check_patience(&scene.end);
    check_all_gone(&scene.end);
    check_health(&scene.end);
    check_all_gone(&scene.end);
    bus_leave(&scene.loop.service.bus, &scene.target);
    monitors_free(&scene.loop.service.monitors);
    return 0;
}
