/* SPDX-License-Identifier: MIT */
/*
 * The server answers each STEP once, in order.  So what it was asked is a queue.  The kernel waits
 * for the last one at most: what it took back before stays in the queue until its answer has come,
 * and that is for nobody.
 *
 *     STEP ──► asked ──► asked ──► asked        answers come for the first
 *              taken     taken     the kernel
 *              back      back      waits
 *
 * With the queue full, the next message is refused: the server has had its chance.
 */
#include "adapter/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/tiny_usb.h"
#include "adapter/usbip.h"

enum {
    QUESTIONS_MAX = 8,
    WHOLE_MAX = USBIP_HEADER_BYTES + USBIP_DATA_MAX,
    ANSWER_MAX = USBIP_HEADER_BYTES + TINY_USB_LENGTH_MAX,
    STEP_MAX = PROTOCOL_HEADER_BYTES + PROTOCOL_STEP_BYTES + TINY_USB_LENGTH_MAX,
    /* No question brings more than three of these along. */
    GIVE_UPS_MAX = 3 * PROTOCOL_HEADER_BYTES,
    ERRNO_MAX = 4095,
};

struct question {
    uint32_t seqnum;
    bool is_taken_back;
    bool is_read;
    uint16_t length;
};

struct gate {
    enum gate_state state;
    const char *why;
    struct tiny_usb device;
    struct link *server;
    bool is_open; /* the kernel has begun a transfer, and not ended it */
    struct question questions[QUESTIONS_MAX];
    size_t question_count;
    int kernel_fd;
    size_t in_bytes, out_bytes, steps_bytes;
    uint8_t in[WHOLE_MAX];                                    /* from the kernel */
    uint8_t out[8 * ANSWER_MAX];                              /* to the kernel */
    uint8_t steps[QUESTIONS_MAX * (STEP_MAX + GIVE_UPS_MAX)]; /* to the server */
};

static void violate(struct gate *gate, const char *why)
{
    gate->state = GATE_VIOLATED;
    gate->why = why;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* False: the peer is gone. */
static bool fill(struct gate *gate)
{
    size_t room = sizeof gate->in - gate->in_bytes;
    if (room == 0)
        return true;
    ssize_t got = recv(gate->kernel_fd, gate->in + gate->in_bytes, room, MSG_DONTWAIT);
    if (got > 0)
        gate->in_bytes += (size_t)got;
    return got > 0 || (got < 0 && would_block());
}

static bool flush(int fd, uint8_t *bytes, size_t *size)
{
    if (*size == 0)
        return true;
    ssize_t sent = send(fd, bytes, *size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
        *size -= (size_t)sent;
        memmove(bytes, bytes + sent, *size);
    }
    return sent >= 0 || would_block();
}

/* Is there room for the answer, and for that to the message which the kernel waits for? */
static bool may_ask(const struct gate *gate)
{
    return sizeof gate->out - gate->out_bytes >= 2 * ANSWER_MAX;
}

static void put(struct gate *gate, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(gate->out + gate->out_bytes, bytes, size);
    gate->out_bytes += size;
}

/* ---- answers to the kernel ------------------------------------------------------------------- */

static void answer(struct gate *gate, uint32_t seqnum, int32_t status, uint32_t moved,
                   const uint8_t *data, size_t size)
{
    uint8_t header[USBIP_HEADER_BYTES];
    usbip_put_result(header, seqnum, status, moved);
    put(gate, header, sizeof header);
    put(gate, data, size);
}

static void stall(struct gate *gate, uint32_t seqnum)
{
    answer(gate, seqnum, USBIP_STALL, 0, NULL, 0);
}

static void answer_setup(struct gate *gate, const struct usbip_request *request,
                         const struct tiny_usb_request *asked)
{
    size_t size = asked->answer_bytes < request->length ? asked->answer_bytes : request->length;
    if (request->is_in)
        answer(gate, request->seqnum, USBIP_OK, (uint32_t)size, asked->answer, size);
    else
        answer(gate, request->seqnum, USBIP_OK, request->length, NULL, 0);
}

/* ---- what the bus is asked ------------------------------------------------------------------- */

/* There is room, unless it answers what it has not read. */
static void tell_server(struct gate *gate, uint16_t type, const uint8_t *head, size_t head_bytes,
                        const uint8_t *tail, size_t tail_bytes)
{
    size_t size = PROTOCOL_HEADER_BYTES + head_bytes + tail_bytes;
    uint8_t *at = gate->steps + gate->steps_bytes;
    if (sizeof gate->steps - gate->steps_bytes < size) {
        violate(gate, "answers to what it has not read");
        return;
    }
    put_header(at, type, head_bytes + tail_bytes);
    if (head_bytes > 0)
        memcpy(at + PROTOCOL_HEADER_BYTES, head, head_bytes);
    if (tail_bytes > 0)
        memcpy(at + PROTOCOL_HEADER_BYTES + head_bytes, tail, tail_bytes);
    gate->steps_bytes += size;
}

/* Nobody waits for the transfer any more. */
static void give_up(struct gate *gate)
{
    gate->is_open = false;
    tell_server(gate, PROTOCOL_GIVE_UP, NULL, 0, NULL, 0);
}

/* The one that the kernel waits for, or NULL. */
static struct question *find_current(struct gate *gate)
{
    size_t count = gate->question_count;
    struct question *last = count > 0 ? &gate->questions[count - 1] : NULL;
    return last && !last->is_taken_back ? last : NULL;
}

static void ask(struct gate *gate, const struct usbip_request *request,
                const struct tiny_usb_request *asked)
{
    const struct controller_message *message = &asked->message;
    bool is_read = message->flags & CONTROLLER_READ;
    uint8_t head[PROTOCOL_STEP_BYTES];
    put_u16(head, message->address);
    put_u16(head + 2, message->flags);
    put_u16(head + 4, asked->length);
    put_u16(head + 6, (uint16_t)((asked->begins ? PROTOCOL_STEP_BEGINS : 0) |
                                 (asked->ends ? PROTOCOL_STEP_ENDS : 0)));
    gate->questions[gate->question_count++] =
        (struct question){.seqnum = request->seqnum, .is_read = is_read, .length = asked->length};
    gate->is_open = !asked->ends;
    tell_server(gate, PROTOCOL_STEP, head, sizeof head, request->data, is_read ? 0 : asked->length);
}

/* The kernel takes the refusal for the end of its transfer, and sends no more of it. */
static void refuse_message(struct gate *gate, uint32_t seqnum)
{
    stall(gate, seqnum);
    if (gate->is_open && !find_current(gate))
        give_up(gate);
}

static void on_message(struct gate *gate, const struct usbip_request *request,
                       const struct tiny_usb_request *asked)
{
    bool follows = asked->begins || gate->is_open;
    if (request->length != asked->length || !follows || find_current(gate) ||
        gate->question_count == QUESTIONS_MAX) {
        refuse_message(gate, request->seqnum);
        return;
    }
    if (gate->is_open && asked->begins)
        give_up(gate);
    ask(gate, request, asked);
}

/* ---- what the kernel asks -------------------------------------------------------------------- */

static void on_submit(struct gate *gate, const struct usbip_request *request)
{
    struct tiny_usb_request asked = {0};
    enum tiny_usb_action action = TINY_USB_STALL;
    if (request->endpoint == 0)
        action = tiny_usb_setup(&gate->device, request->setup, request->is_in, &asked);
    if (action == TINY_USB_MESSAGE)
        on_message(gate, request, &asked);
    else if (action == TINY_USB_ANSWER)
        answer_setup(gate, request, &asked);
    else if (asked.is_message)
        refuse_message(gate, request->seqnum);
    else
        stall(gate, request->seqnum);
}

static void on_unlink(struct gate *gate, const struct usbip_request *request)
{
    struct question *current = find_current(gate);
    uint8_t header[USBIP_HEADER_BYTES];
    bool is_in_time = current && current->seqnum == request->unlinked;
    usbip_put_unlinked(header, request->seqnum, is_in_time ? USBIP_UNLINKED : USBIP_OK);
    put(gate, header, sizeof header);
    if (!is_in_time)
        return;
    current->is_taken_back = true;
    give_up(gate);
}

/* A whole request, or 0. */
static size_t next_request(struct gate *gate)
{
    size_t size = usbip_request_bytes(gate->in, gate->in_bytes);
    if (size == 0)
        violate(gate, "the kernel has sent what is no request of USB/IP");
    return gate->in_bytes < size ? 0 : size;
}

static void take_request(struct gate *gate, size_t size)
{
    struct usbip_request request;
    usbip_parse(gate->in, &request);
    if (request.is_unlink)
        on_unlink(gate, &request);
    else
        on_submit(gate, &request);
    gate->in_bytes -= size;
    memmove(gate->in, gate->in + size, gate->in_bytes);
}

/*
 * As long as the answers find room.  Where they do not, the next turn comes when the kernel reads:
 * no request may be left here if nothing is left to send.  False: the kernel is gone.
 */
static bool serve_kernel(struct gate *gate)
{
    size_t size;
    while (gate->state == GATE_OPEN && (size = next_request(gate)) > 0) {
        if (!may_ask(gate) && !flush(gate->kernel_fd, gate->out, &gate->out_bytes))
            return false;
        if (!may_ask(gate))
            return true;
        take_request(gate, size);
    }
    return flush(gate->kernel_fd, gate->out, &gate->out_bytes);
}

/* ---- what the bus answers -------------------------------------------------------------------- */

/* All bytes of a read that worked, or none. */
static bool is_sound(const struct question *question, const struct link_frame *frame)
{
    if (frame->type != PROTOCOL_STEPPED || frame->length < PROTOCOL_STEPPED_BYTES)
        return false;
    int32_t result = (int32_t)get_u32(frame->payload);
    uint32_t bytes = question->is_read && result == 0 ? question->length : 0;
    return result <= 0 && result >= -ERRNO_MAX && frame->length == PROTOCOL_STEPPED_BYTES + bytes;
}

static enum controller_result result_of(int32_t error)
{
    if (error == 0)
        return CONTROLLER_DONE;
    return error == -ENXIO ? CONTROLLER_ADDRESS_NACK : CONTROLLER_DATA_NACK;
}

/* Of an address that nobody has, the bytes read are zeros. */
static void answer_message(struct gate *gate, const struct question *question, int32_t result,
                           const uint8_t *bytes)
{
    static const uint8_t zeros[TINY_USB_LENGTH_MAX];
    if (result != 0)
        gate->is_open = false;
    if (tiny_usb_finish(&gate->device, result_of(result)))
        answer(gate, question->seqnum, USBIP_OK, question->length, result == 0 ? bytes : zeros,
               question->is_read ? question->length : 0);
    else
        stall(gate, question->seqnum);
}

static void on_frame(struct gate *gate, const struct link_frame *frame)
{
    struct question question = gate->questions[0];
    if (gate->question_count == 0) {
        violate(gate, "an answer that nobody has asked for");
        return;
    }
    if (!is_sound(&question, frame)) {
        violate(gate, "an answer that an I2C adapter does not give");
        return;
    }
    gate->question_count--;
    memmove(gate->questions, gate->questions + 1, gate->question_count * sizeof question);
    if (!question.is_taken_back)
        answer_message(gate, &question, (int32_t)get_u32(frame->payload),
                       frame->payload + PROTOCOL_STEPPED_BYTES);
}

/* False: it is gone. */
static bool hear_server(struct gate *gate)
{
    struct link_frame frame;
    int result = i2ctarget_link_poll(gate->server, &frame);
    while (result > 0 && gate->state == GATE_OPEN) {
        on_frame(gate, &frame);
        result = i2ctarget_link_next(gate->server, &frame);
    }
    if (result == -EPROTO)
        violate(gate, "an answer that an I2C adapter does not give");
    return result >= 0 || result == -EPROTO;
}

/* ---- the whole ------------------------------------------------------------------------------- */

struct gate *gate_new(unsigned bus, int kernel_fd, struct link *server)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (!gate) {
        close(kernel_fd);
        return NULL;
    }
    tiny_usb_init(&gate->device, bus);
    gate->kernel_fd = kernel_fd;
    gate->server = server;
    return gate;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    close(gate->kernel_fd);
    free(gate);
}

void gate_wish(const struct gate *gate, struct pollfd polls[2])
{
    polls[0] = (struct pollfd){.fd = gate->kernel_fd, .events = may_ask(gate) ? POLLIN : 0};
    polls[1] = (struct pollfd){.fd = gate->server->fd, .events = POLLIN};
    if (gate->out_bytes > 0)
        polls[0].events |= POLLOUT;
    if (gate->steps_bytes > 0)
        polls[1].events |= POLLOUT;
}

/* What each has sent is taken in, then all that there is to say is said. */
enum gate_state gate_pump(struct gate *gate)
{
    if (gate->state != GATE_OPEN)
        return gate->state;
    bool has_server = hear_server(gate), has_kernel = fill(gate);
    has_kernel = serve_kernel(gate) && has_kernel;
    has_server = flush(gate->server->fd, gate->steps, &gate->steps_bytes) && has_server;
    if (gate->state == GATE_OPEN && !has_kernel)
        gate->state = GATE_KERNEL_GONE;
    else if (gate->state == GATE_OPEN && !has_server)
        gate->state = GATE_SERVER_GONE;
    return gate->state;
}

bool gate_has_kernel(struct gate *gate)
{
    ssize_t got;
    do
        got = recv(gate->kernel_fd, gate->in, sizeof gate->in, MSG_DONTWAIT);
    while (got > 0);
    return got < 0 && would_block();
}

const char *gate_why(const struct gate *gate)
{
    return gate->why;
}
