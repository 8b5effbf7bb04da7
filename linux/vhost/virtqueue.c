/* SPDX-License-Identifier: MIT */
#include "vhost/virtqueue.h"

#include <endian.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { HAS_NEXT = 1, IS_WRITABLE = 2, NO_INTERRUPT = 1 };

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct used_element {
    uint32_t head, length;
};

static void *within(const struct guest_region *region, uint64_t begin, uint64_t address,
                    uint64_t size)
{
    if (address < begin || address - begin > region->size ||
        size > region->size - (address - begin))
        return NULL;
    return region->base + (address - begin);
}

void *guest_at_physical(const struct guest_memory *memory, uint64_t address, uint64_t size)
{
    void *found = NULL;
    for (unsigned i = 0; i < memory->count && !found; i++)
        found = within(&memory->regions[i], memory->regions[i].physical, address, size);
    return found;
}

void *guest_at_user(const struct guest_memory *memory, uint64_t address, uint64_t size)
{
    void *found = NULL;
    for (unsigned i = 0; i < memory->count && !found; i++)
        found = within(&memory->regions[i], memory->regions[i].user, address, size);
    return found;
}

static struct descriptor descriptor_at(const struct virtqueue *queue, uint16_t index)
{
    struct descriptor raw;
    memcpy(&raw, (const uint8_t *)queue->descriptors + index * sizeof raw, sizeof raw);
    return (struct descriptor){le64toh(raw.address), le32toh(raw.length), le16toh(raw.flags),
                               le16toh(raw.next)};
}

/*
 * Gets one descriptor's bytes.  The room for the answer must be one piece: this driver does not ask
 * for more.
 */
static bool collect(const struct virtqueue *queue, const struct descriptor *descriptor,
                    struct virtqueue_chain *chain)
{
    uint8_t *bytes = guest_at_physical(queue->memory, descriptor->address, descriptor->length);
    if (!bytes)
        return false;
    if (descriptor->flags & IS_WRITABLE) {
        if (chain->in)
            return false;
        chain->in = bytes;
        chain->in_bytes = descriptor->length;
        return true;
    }
    if (chain->in || descriptor->length > sizeof chain->out - chain->out_bytes)
        return false;
    memcpy(chain->out + chain->out_bytes, bytes, descriptor->length);
    chain->out_bytes += descriptor->length;
    return true;
}

static bool follow(const struct virtqueue *queue, struct virtqueue_chain *chain)
{
    uint16_t index = chain->head;
    for (uint32_t steps = 0; steps < queue->size; steps++) {
        if (index >= queue->size)
            return false;
        struct descriptor descriptor = descriptor_at(queue, index);
        if (!collect(queue, &descriptor, chain))
            return false;
        if (!(descriptor.flags & HAS_NEXT))
            return true;
        index = descriptor.next;
    }
    return false;
}

bool virtqueue_take(struct virtqueue *queue, struct virtqueue_chain *chain)
{
    if (!queue->enabled || queue->broken || !queue->available)
        return false;
    uint16_t filled = le16toh(queue->available[1]);
    atomic_thread_fence(memory_order_acquire);
    if (filled == queue->taken)
        return false;
    *chain =
        (struct virtqueue_chain){.head = le16toh(queue->available[2 + queue->taken % queue->size])};
    queue->taken++;
    queue->broken = !follow(queue, chain);
    return !queue->broken;
}

static void interrupt(const struct virtqueue *queue)
{
    uint64_t one = 1;
    atomic_thread_fence(memory_order_seq_cst);
    if (queue->call_fd >= 0 && !(le16toh(queue->available[0]) & NO_INTERRUPT)) {
        ssize_t written = write(queue->call_fd, &one, sizeof one);
        (void)written; /* if the counter is full, an interrupt is pending already */
    }
}

void virtqueue_give(struct virtqueue *queue, const struct virtqueue_chain *chain, const void *bytes,
                    size_t count)
{
    size_t length = count < chain->in_bytes ? count : chain->in_bytes;
    if (length)
        memcpy(chain->in, bytes, length);
    struct used_element element = {htole32(chain->head), htole32((uint32_t)length)};
    memcpy((uint8_t *)queue->used + 4 + queue->given % queue->size * sizeof element, &element,
           sizeof element);
    queue->given++;
    atomic_thread_fence(memory_order_release);
    queue->used[1] = htole16(queue->given);
    interrupt(queue);
}
