/* SPDX-License-Identifier: MIT */
/*
 * A message is a header of three 32-bit words in the machine's byte order (request, flags, size of
 * what follows), then a payload.  File descriptors may come with the header.
 */
#include "vhost/vhost_user.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum request {
    GET_FEATURES = 1,
    SET_FEATURES = 2,
    SET_OWNER = 3,
    SET_MEM_TABLE = 5,
    SET_VRING_NUM = 8,
    SET_VRING_ADDR = 9,
    SET_VRING_BASE = 10,
    GET_VRING_BASE = 11,
    SET_VRING_KICK = 12,
    SET_VRING_CALL = 13,
    SET_VRING_ERR = 14,
    GET_PROTOCOL_FEATURES = 15,
    SET_PROTOCOL_FEATURES = 16,
    GET_QUEUE_NUM = 17,
    SET_VRING_ENABLE = 18,
    GET_CONFIG = 24,
};

enum { VERSION = 1, IS_REPLY = 4, WANTS_REPLY = 8 };
enum { QUEUE_INDEX = 0xFF, NO_DESCRIPTOR = 0x100 };

#define FEATURE_PROTOCOL (UINT64_C(1) << 30)
#define FEATURE_VERSION_1 (UINT64_C(1) << 32)
#define PROTOCOL_MQ (UINT64_C(1) << 0)
#define PROTOCOL_REPLY_ACK (UINT64_C(1) << 3)
#define PROTOCOL_CONFIG (UINT64_C(1) << 9)

struct header {
    uint32_t request, flags, size;
};

struct vring_state {
    uint32_t index, number;
};

struct vring_addresses {
    uint32_t index, flags;
    uint64_t descriptors, used, available, log;
};

struct memory_table {
    uint32_t count, padding;
    struct {
        uint64_t physical, size, user, offset;
    } regions[GUEST_REGIONS];
};

struct config_space {
    uint32_t offset, size, flags;
    uint8_t bytes[VHOST_USER_CONFIG_BYTES];
};

struct message {
    struct header header;
    union {
        uint64_t number;
        struct vring_state state;
        struct vring_addresses addresses;
        struct memory_table table;
        struct config_space config;
    } payload;
    int fds[GUEST_REGIONS];
    unsigned fd_count; /* those that are not used are closed */
};

/* ---- bytes ----------------------------------------------------------------------------------- */

static int read_fully(int socket, void *bytes, size_t size)
{
    ssize_t got = recv(socket, bytes, size, MSG_WAITALL);
    return got == (ssize_t)size ? 1 : got == 0 ? 0 : -1;
}

/* Nothing but descriptors can come: no option of the socket asks for anything else. */
static void take_descriptors(struct message *message, struct msghdr *received)
{
    const struct cmsghdr *control = CMSG_FIRSTHDR(received);
    if (!control)
        return;
    message->fd_count = (unsigned)((control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(message->fds, CMSG_DATA(control), message->fd_count * sizeof(int));
}

static int receive(int socket, struct message *message)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof message->fds)];
    struct iovec place = {&message->header, sizeof message->header};
    struct msghdr received = {.msg_iov = &place,
                              .msg_iovlen = 1,
                              .msg_control = control,
                              .msg_controllen = sizeof control};
    memset(message, 0, sizeof *message);
    ssize_t got = recvmsg(socket, &received, MSG_WAITALL | MSG_CMSG_CLOEXEC);
    if (got <= 0)
        return got == 0 || errno == ECONNRESET ? 0 : -1;
    take_descriptors(message, &received);
    if (got != sizeof message->header || message->header.size > sizeof message->payload)
        return -1;
    return message->header.size ? read_fully(socket, &message->payload, message->header.size) : 1;
}

static int reply(int socket, struct message *message, uint32_t size)
{
    message->header.flags = VERSION | IS_REPLY;
    message->header.size = size;
    struct iovec parts[] = {{&message->header, sizeof message->header}, {&message->payload, size}};
    struct msghdr sent = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(socket, &sent, MSG_NOSIGNAL) == (ssize_t)(sizeof message->header + size) ? 1
                                                                                            : -1;
}

static int reply_number(int socket, struct message *message, uint64_t number)
{
    message->payload.number = number;
    return reply(socket, message, sizeof number);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void unmap(struct guest_memory *memory)
{
    for (unsigned i = 0; i < memory->count; i++)
        munmap(memory->regions[i].mapping, memory->regions[i].mapping_size);
    memory->count = 0;
}

static bool map(struct guest_memory *memory, const struct message *message)
{
    const struct memory_table *table = &message->payload.table;
    unmap(memory);
    if (table->count > GUEST_REGIONS || table->count != message->fd_count)
        return false;
    for (unsigned i = 0; i < table->count; i++) {
        size_t size = table->regions[i].size + table->regions[i].offset;
        struct stat file;
        if (size < table->regions[i].size || fstat(message->fds[i], &file) != 0 ||
            size > (uint64_t)file.st_size)
            return false;
        void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, message->fds[i], 0);
        if (mapping == MAP_FAILED)
            return false;
        memory->regions[memory->count++] =
            (struct guest_region){.physical = table->regions[i].physical,
                                  .user = table->regions[i].user,
                                  .size = table->regions[i].size,
                                  .base = (uint8_t *)mapping + table->regions[i].offset,
                                  .mapping = mapping,
                                  .mapping_size = size};
    }
    return true;
}

/* ---- queues ---------------------------------------------------------------------------------- */

/* The rings are in the machine's memory, so a new memory map makes the old places invalid. */
static bool place_rings(struct vhost_user *machine, struct virtqueue *queue,
                        const struct vring_addresses *addresses)
{
    uint64_t size = queue->size;
    if (size == 0)
        return false;
    queue->descriptors = guest_at_user(&machine->memory, addresses->descriptors, 16 * size);
    queue->available = guest_at_user(&machine->memory, addresses->available, 4 + 2 * size);
    queue->used = guest_at_user(&machine->memory, addresses->used, 4 + 8 * size);
    queue->broken = !queue->descriptors || !queue->available || !queue->used;
    return !queue->broken && addresses->available % 2 == 0 && addresses->used % 4 == 0;
}

static void forget_rings(struct vhost_user *machine)
{
    for (unsigned i = 0; i < VHOST_USER_QUEUES; i++)
        machine->queues[i].available = NULL;
}

/* The rings were checked with the old size, so they must be placed again. */
static bool resize(struct virtqueue *queue, uint32_t size)
{
    queue->available = NULL;
    queue->size = size;
    return size > 0 && size <= VIRTQUEUE_SIZE_MAX;
}

static void replace_fd(int *fd, int fresh)
{
    if (*fd >= 0)
        close(*fd);
    *fd = fresh;
}

static void take_fd(struct message *message, int *fd)
{
    bool has_one = message->fd_count && !(message->payload.number & NO_DESCRIPTOR);
    replace_fd(fd, has_one ? message->fds[--message->fd_count] : -1);
}

static bool serve_queue(struct vhost_user *machine, struct message *message,
                        struct virtqueue *queue)
{
    const struct vring_state *state = &message->payload.state;
    switch (message->header.request) {
    case SET_VRING_NUM:
        return resize(queue, state->number);
    case SET_VRING_BASE:
        queue->taken = queue->given = (uint16_t)state->number;
        return true;
    case SET_VRING_ADDR:
        return place_rings(machine, queue, &message->payload.addresses);
    case SET_VRING_ENABLE:
        queue->enabled = state->number != 0;
        return true;
    case SET_VRING_KICK:
        take_fd(message, &queue->kick_fd);
        return true;
    case SET_VRING_CALL:
        take_fd(message, &queue->call_fd);
        return true;
    default: /* SET_VRING_ERR: errors are not reported */
        return true;
    }
}

/* Sent when the queue is to stop.  Answers with our position in it. */
static int stop_queue(struct vhost_user *machine, struct message *message)
{
    uint32_t index = message->payload.state.index;
    if (index >= VHOST_USER_QUEUES)
        return -1;
    struct virtqueue *queue = &machine->queues[index];
    replace_fd(&queue->kick_fd, -1);
    replace_fd(&queue->call_fd, -1);
    queue->available = NULL;
    message->payload.state.number = queue->taken;
    return reply(machine->socket, message, sizeof message->payload.state);
}

/* ---- messages -------------------------------------------------------------------------------- */

static int give_config(const struct vhost_user *machine, struct message *message)
{
    struct config_space *config = &message->payload.config;
    if (config->offset > sizeof config->bytes ||
        config->size > sizeof config->bytes - config->offset)
        return -1;
    memcpy(config->bytes, machine->config + config->offset, config->size);
    return reply(machine->socket, message, message->header.size);
}

/* The requests that need an answer. */
static int answer(struct vhost_user *machine, struct message *message, bool *was_question)
{
    *was_question = true;
    switch (message->header.request) {
    case GET_FEATURES:
        return reply_number(machine->socket, message,
                            machine->device_features | FEATURE_PROTOCOL | FEATURE_VERSION_1);
    case GET_PROTOCOL_FEATURES:
        return reply_number(machine->socket, message,
                            PROTOCOL_MQ | PROTOCOL_REPLY_ACK | PROTOCOL_CONFIG);
    case GET_QUEUE_NUM:
        return reply_number(machine->socket, message, VHOST_USER_QUEUES);
    case GET_VRING_BASE:
        return stop_queue(machine, message);
    case GET_CONFIG:
        return give_config(machine, message);
    default:
        *was_question = false;
        return 1;
    }
}

static bool obey(struct vhost_user *machine, struct message *message)
{
    uint32_t request = message->header.request;
    switch (request) {
    case SET_FEATURES:
        machine->features = message->payload.number;
        return true;
    case SET_OWNER:
    case SET_PROTOCOL_FEATURES:
        return true;
    case SET_MEM_TABLE:
        forget_rings(machine);
        return map(&machine->memory, message);
    case SET_VRING_NUM:
    case SET_VRING_ADDR:
    case SET_VRING_BASE:
    case SET_VRING_ENABLE:
    case SET_VRING_KICK:
    case SET_VRING_CALL:
    case SET_VRING_ERR: {
        bool has_fd = request >= SET_VRING_KICK && request <= SET_VRING_ERR;
        uint32_t index = message->payload.state.index & (has_fd ? QUEUE_INDEX : UINT32_MAX);
        return index < VHOST_USER_QUEUES && serve_queue(machine, message, &machine->queues[index]);
    }
    default:
        return false;
    }
}

static int handle(struct vhost_user *machine, struct message *message)
{
    bool was_question;
    int result = answer(machine, message, &was_question);
    if (was_question)
        return result;
    bool done = obey(machine, message);
    if (message->header.flags & WANTS_REPLY)
        return reply_number(machine->socket, message, !done);
    return done ? 1 : -1;
}

int vhost_user_serve(struct vhost_user *machine)
{
    struct message message;
    int result = receive(machine->socket, &message);
    if (result > 0)
        result = handle(machine, &message);
    while (message.fd_count)
        close(message.fds[--message.fd_count]);
    return result;
}

void vhost_user_init(struct vhost_user *machine, int socket, uint64_t device_features,
                     const uint8_t config[VHOST_USER_CONFIG_BYTES])
{
    *machine = (struct vhost_user){.socket = socket, .device_features = device_features};
    memcpy(machine->config, config, VHOST_USER_CONFIG_BYTES);
    for (unsigned i = 0; i < VHOST_USER_QUEUES; i++) {
        machine->queues[i] =
            (struct virtqueue){.memory = &machine->memory, .kick_fd = -1, .call_fd = -1};
    }
}

void vhost_user_close(struct vhost_user *machine)
{
    forget_rings(machine);
    unmap(&machine->memory);
    for (unsigned i = 0; i < VHOST_USER_QUEUES; i++) {
        replace_fd(&machine->queues[i].kick_fd, -1);
        replace_fd(&machine->queues[i].call_fd, -1);
    }
}
