/* SPDX-License-Identifier: MIT */
/*
 * A message that the server has been asked for is in a table until it has been answered, and, if the
 * kernel has taken it back, until the server has confirmed that as well.
 *
 *     FREE ──► ASKED ──result──► FREE
 *                │
 *                └─UNLINK─► TAKEN_BACK ──────────────────────────────confirmed──► FREE
 *                               └─result, for nobody─► ANSWERED_LATE ─confirmed─►
 *
 * With the table full, the next message is refused: the server has had its chance.
 */
#include "adapter/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/tiny_usb.h"
#include "adapter/usbip.h"

enum { QUESTIONS_MAX = 8, WHOLE_MAX = USBIP_HEADER_BYTES + USBIP_DATA_MAX, STATUS_MAX = 2 };

struct question {
    enum { FREE, ASKED, TAKEN_BACK, ANSWERED_LATE } state;
    uint32_t seqnum, unlink_seqnum;
    bool is_in, is_status;
    uint32_t wanted; /* bytes that a good answer moves */
};

struct end {
    int fd;
    size_t in_bytes, out_bytes;
    uint8_t in[WHOLE_MAX], out[2 * WHOLE_MAX];
};

struct gate {
    enum gate_state state;
    const char *why;
    struct tiny_usb device;
    struct end kernel, server;
    struct question questions[QUESTIONS_MAX];
};

static void violate(struct gate *gate, const char *why)
{
    gate->state = GATE_VIOLATED;
    gate->why = why;
}

/* ---- bytes --------------------------------------------------------------------------------- */

/* For whatever may have to be said next. */
static bool has_room(const struct end *end)
{
    return sizeof end->out - end->out_bytes >= WHOLE_MAX;
}

static void put(struct end *end, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    memcpy(end->out + end->out_bytes, bytes, size);
    end->out_bytes += size;
}

static void take(struct end *end, size_t size)
{
    end->in_bytes -= size;
    memmove(end->in, end->in + size, end->in_bytes);
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* False: nobody is there any more. */
static bool fill(struct end *end)
{
    if (end->in_bytes == sizeof end->in)
        return true;
    ssize_t got =
        recv(end->fd, end->in + end->in_bytes, sizeof end->in - end->in_bytes, MSG_DONTWAIT);
    if (got > 0)
        end->in_bytes += (size_t)got;
    return got > 0 || (got < 0 && would_block());
}

static bool flush(struct end *end)
{
    if (end->out_bytes == 0)
        return true;
    ssize_t sent = send(end->fd, end->out, end->out_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
        end->out_bytes -= (size_t)sent;
        memmove(end->out, end->out + sent, end->out_bytes);
    }
    return sent >= 0 || would_block();
}

/* ---- answers to the kernel ----------------------------------------------------------------- */

static void answer(struct gate *gate, uint32_t seqnum, int32_t status, uint32_t moved,
                   const uint8_t *data, size_t size)
{
    uint8_t header[USBIP_HEADER_BYTES];
    usbip_put_result(header, seqnum, status, moved);
    put(&gate->kernel, header, sizeof header);
    put(&gate->kernel, data, size);
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

/* ---- what the kernel asks ------------------------------------------------------------------ */

static struct question *find(struct gate *gate, uint32_t seqnum, bool is_unlink)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++) {
        struct question *question = &gate->questions[i];
        if (is_unlink && question->state >= TAKEN_BACK && question->unlink_seqnum == seqnum)
            return question;
        if (!is_unlink && (question->state == ASKED || question->state == TAKEN_BACK) &&
            question->seqnum == seqnum)
            return question;
    }
    return NULL;
}

static struct question *find_free(struct gate *gate)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++) {
        if (gate->questions[i].state == FREE)
            return &gate->questions[i];
    }
    return NULL;
}

static void pass_on(struct gate *gate, const struct usbip_request *request,
                    const struct tiny_usb_request *asked, const uint8_t *bytes, size_t size)
{
    struct question *question = find_free(gate);
    if (!question || request->length > USBIP_DATA_MAX) {
        answer(gate, request->seqnum, USBIP_STALL, 0, NULL, 0);
        return;
    }
    *question = (struct question){.state = ASKED,
                                  .seqnum = request->seqnum,
                                  .is_in = request->is_in,
                                  .is_status = asked->is_status,
                                  .wanted = request->length};
    put(&gate->server, bytes, size);
}

static void on_submit(struct gate *gate, const struct usbip_request *request, const uint8_t *bytes,
                      size_t size)
{
    struct tiny_usb_request asked = {0};
    enum tiny_usb_action action = TINY_USB_STALL;
    if (request->endpoint == 0)
        action = tiny_usb_setup(&gate->device, request->setup, request->is_in, &asked);
    bool is_status = asked.is_status && request->is_in && request->length == 1;
    if (asked.is_message || is_status)
        pass_on(gate, request, &asked, bytes, size);
    else if (action == TINY_USB_ANSWER)
        answer_setup(gate, request, &asked);
    else
        answer(gate, request->seqnum, USBIP_STALL, 0, NULL, 0);
}

static void on_unlink(struct gate *gate, const struct usbip_request *request, const uint8_t *bytes)
{
    struct question *question = find(gate, request->unlinked, false);
    uint8_t header[USBIP_HEADER_BYTES];
    bool is_in_time = question && question->state == ASKED;
    usbip_put_unlinked(header, request->seqnum, is_in_time ? USBIP_UNLINKED : USBIP_OK);
    put(&gate->kernel, header, sizeof header);
    if (!is_in_time)
        return;
    question->state = TAKEN_BACK;
    question->unlink_seqnum = request->seqnum;
    put(&gate->server, bytes, USBIP_HEADER_BYTES);
}

/* True: there was one. */
static bool next_request(struct gate *gate)
{
    struct end *kernel = &gate->kernel;
    struct usbip_request request;
    size_t size = usbip_request_bytes(kernel->in, kernel->in_bytes);
    if (size == 0)
        violate(gate, "the kernel has sent what is no request of USB/IP");
    if (size == 0 || kernel->in_bytes < size)
        return false;
    usbip_parse(kernel->in, &request);
    if (request.is_unlink)
        on_unlink(gate, &request, kernel->in);
    else
        on_submit(gate, &request, kernel->in, size);
    take(kernel, size);
    return true;
}

/* ---- what the server answers --------------------------------------------------------------- */

/* All bytes or a STALL; and a status that there is. */
static bool is_sound(const struct question *question, const struct usbip_result *result)
{
    if (result->status == USBIP_STALL)
        return result->length == 0;
    return result->status == USBIP_OK && result->length == question->wanted;
}

static void on_result(struct gate *gate, struct question *question,
                      const struct usbip_result *result, const uint8_t *data, size_t size)
{
    if (question->is_status && size > 0 && data[0] > STATUS_MAX) {
        violate(gate, "a status that there is not");
        return;
    }
    if (question->state == TAKEN_BACK) {
        question->state = ANSWERED_LATE;
        return;
    }
    question->state = FREE;
    answer(gate, result->seqnum, result->status, result->length, data, size);
}

/* True: there was one. */
static bool next_result(struct gate *gate)
{
    struct end *server = &gate->server;
    struct usbip_result result;
    if (server->in_bytes < USBIP_HEADER_BYTES)
        return false;
    bool is_result = usbip_parse_result(server->in, &result);
    struct question *question = is_result ? find(gate, result.seqnum, result.is_unlink) : NULL;
    if (!question) {
        violate(gate, "an answer that nobody has asked for");
        return false;
    }
    if (result.is_unlink) {
        question->state = FREE;
        take(server, USBIP_HEADER_BYTES);
        return true;
    }
    if (!is_sound(question, &result)) {
        violate(gate, "an answer that an I2C adapter does not give");
        return false;
    }
    size_t size = question->is_in ? result.length : 0;
    if (server->in_bytes < USBIP_HEADER_BYTES + size)
        return false;
    on_result(gate, question, &result, server->in + USBIP_HEADER_BYTES, size);
    take(server, USBIP_HEADER_BYTES + size);
    return true;
}

/* ---- the whole ----------------------------------------------------------------------------- */

struct gate *gate_new(unsigned bus, int kernel_fd, int server_fd)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (!gate) {
        close(kernel_fd);
        close(server_fd);
        return NULL;
    }
    tiny_usb_init(&gate->device, bus);
    gate->kernel.fd = kernel_fd;
    gate->server.fd = server_fd;
    return gate;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    close(gate->kernel.fd);
    close(gate->server.fd);
    free(gate);
}

static short wish(const struct end *end, bool may_read)
{
    return (short)((may_read ? POLLIN : 0) | (end->out_bytes > 0 ? POLLOUT : 0));
}

static bool may_answer(const struct gate *gate)
{
    return has_room(&gate->kernel);
}

static bool may_ask(const struct gate *gate)
{
    return has_room(&gate->kernel) && has_room(&gate->server);
}

void gate_wish(const struct gate *gate, struct pollfd polls[2])
{
    polls[0] = (struct pollfd){.fd = gate->kernel.fd, .events = wish(&gate->kernel, may_ask(gate))};
    polls[1] =
        (struct pollfd){.fd = gate->server.fd, .events = wish(&gate->server, may_answer(gate))};
}

static void pass(struct gate *gate)
{
    while (gate->state == GATE_OPEN && may_answer(gate) && next_result(gate))
        ;
    while (gate->state == GATE_OPEN && may_ask(gate) && next_request(gate))
        ;
}

enum gate_state gate_pump(struct gate *gate)
{
    if (gate->state != GATE_OPEN)
        return gate->state;
    bool has_server = fill(&gate->server), has_kernel = fill(&gate->kernel);
    pass(gate);
    has_server = flush(&gate->server) && has_server;
    has_kernel = flush(&gate->kernel) && has_kernel;
    if (gate->state == GATE_OPEN && !has_kernel)
        gate->state = GATE_KERNEL_GONE;
    else if (gate->state == GATE_OPEN && !has_server)
        gate->state = GATE_SERVER_GONE;
    return gate->state;
}

bool gate_has_kernel(struct gate *gate)
{
    struct end *kernel = &gate->kernel;
    ssize_t got;
    do
        got = recv(kernel->fd, kernel->in, sizeof kernel->in, MSG_DONTWAIT);
    while (got > 0);
    return got < 0 && would_block();
}

const char *gate_why(const struct gate *gate)
{
    return gate->why;
}
