/* SPDX-License-Identifier: MIT */
/*
 * All channels of the process are in one pool.  A call takes a free channel of its bus and gives it
 * back.  So there are as many connections as there ever were calls at the same time.  They are
 * never closed.
 *
 * read() and write() may be called in signal handlers (signal-safety(7)).  So nothing here uses the
 * heap or waits for a lock: the pool grows by pages, and one atomic exchange takes a channel.
 *
 * The program does not know of these descriptors.  So three things can go wrong:
 * - The program closes one ("close all from 3 on") and opens something else under its number.  So
 *   the cookie is compared before each use.
 * - A child shares it.  After fork() it is closed in the child.  A child that was made without
 *   fork() (clone(), _Fork()) has another process id than the one that connected.
 * - The program wants its number.  So it is moved up to where few programs have descriptors.
 */
#include "shim/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "front/file.h"
#include "front/place.h"
#include "shim/signals.h"

enum {
    HIGH_FD = 768, /* below the usual limit of 1024 */
    PAGE_CHANNELS = 16,
    PATIENCE_US = 100 * 1000,
};

struct channel {
    atomic_bool is_taken;
    pid_t pid; /* the process that connected it; 0: it was never used */
    uint64_t cookie;
    struct link link;
};

struct page {
    struct page *_Atomic next;
    struct channel channels[PAGE_CHANNELS];
};

static struct page pool;

/*
 * Closes the descriptor if it is still our socket.  A child that has only a copy closes its
 * copy.
 */
static void disconnect(struct channel *channel)
{
    if (channel->link.fd >= 0 && file_cookie(channel->link.fd) != channel->cookie)
        channel->link.fd = -1;
    i2ctarget_link_close(&channel->link);
}

static bool is_connected(const struct channel *channel)
{
    return channel->link.fd >= 0 && channel->pid == getpid() &&
           file_cookie(channel->link.fd) == channel->cookie;
}

static void move_up(struct link *link)
{
    int fd = fcntl(link->fd, F_DUPFD_CLOEXEC, HIGH_FD);
    if (fd < 0)
        return;
    close(link->fd);
    link->fd = fd;
}

static int connect_channel(struct channel *channel, unsigned bus)
{
    int result =
        i2ctarget_link_open_in(&channel->link, place_directory(), bus, PROTOCOL_CONTROLLER, NULL);
    /* A server that ends during the handshake, or speaks another protocol, counts as no server. */
    if (result == -ENOENT || result == -EPIPE || result == -EPROTO || result == -ETIMEDOUT)
        return -ENODEV;
    if (result < 0)
        return result;
    move_up(&channel->link);
    channel->cookie = file_cookie(channel->link.fd);
    return 0;
}

/* The pool. */

/* A channel that was connected to a bus stays that bus's. */
static bool take(struct channel *channel, unsigned bus)
{
    if (atomic_exchange_explicit(&channel->is_taken, true, memory_order_acquire))
        return false;
    if (channel->pid == 0)
        channel->link = (struct link){.fd = -1, .bus = bus};
    if (channel->link.bus == bus)
        return true;
    channel_give(channel);
    return false;
}

static struct page *next_page(struct page *page)
{
    struct page *next = atomic_load_explicit(&page->next, memory_order_acquire), *made;
    if (next)
        return next;
    made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return NULL;
    if (atomic_compare_exchange_strong(&page->next, &next, made))
        return made;
    munmap(made, sizeof *made); /* another thread was faster */
    return next;
}

static struct channel *find(unsigned bus)
{
    for (struct page *page = &pool; page; page = next_page(page)) {
        for (size_t i = 0; i < PAGE_CHANNELS; i++) {
            if (take(&page->channels[i], bus))
                return &page->channels[i];
        }
    }
    return NULL;
}

struct channel *channel_take(unsigned bus, int *error)
{
    struct channel *channel = find(bus);
    *error = -ENOMEM;
    if (!channel)
        return NULL;
    if (is_connected(channel))
        return channel;
    disconnect(channel);
    channel->pid = getpid();
    *error = connect_channel(channel, bus);
    if (*error == 0)
        return channel;
    channel_give(channel);
    return NULL;
}

void channel_give(struct channel *channel)
{
    atomic_store_explicit(&channel->is_taken, false, memory_order_release);
}

/*
 * Only the thread that forked exists in the child, so the other threads' channels are free.  This
 * thread's own channels are not in use: it holds signals while it uses one, so no handler could
 * fork then.
 */
void channel_forked(void)
{
    for (struct page *page = &pool; page; page = atomic_load(&page->next)) {
        for (size_t i = 0; i < PAGE_CHANNELS; i++) {
            if (page->channels[i].pid != 0)
                disconnect(&page->channels[i]);
            channel_give(&page->channels[i]);
        }
    }
}

/* Asking. */

static int send_request(struct channel *channel, const struct iovec *parts, size_t count)
{
    unsigned bus = channel->link.bus;
    int result = i2ctarget_link_send_parts(&channel->link, PROTOCOL_REQUEST, parts, count);
    if (result != -EPIPE)
        return result;
    /* The server ended since the last call.  There may be a new server that knows the file. */
    disconnect(channel);
    result = connect_channel(channel, bus);
    return result < 0 ? result
                      : i2ctarget_link_send_parts(&channel->link, PROTOCOL_REQUEST, parts, count);
}

static int receive_reply(struct link *link, struct link_frame *reply, const sigset_t *before)
{
    int result = i2ctarget_link_receive(link, reply, i2ctarget_link_now_us() + PATIENCE_US);
    if (result == -ETIMEDOUT)
        signals_let_end(before);
    /* EINTR: the process was stopped and goes on. */
    while (result == -ETIMEDOUT || result == -EINTR)
        result = i2ctarget_link_receive(link, reply, INT64_MAX);
    if (result < 0)
        return result;
    return reply->type == PROTOCOL_REPLY && reply->length >= PROTOCOL_REPLY_BYTES ? 0 : -EPROTO;
}

int channel_ask(struct channel *channel, const struct iovec *parts, size_t count,
                struct link_frame *reply, const sigset_t *before)
{
    int result = send_request(channel, parts, count);
    if (result == 0)
        result = receive_reply(&channel->link, reply, before);
    if (result == 0)
        return 0;
    /* Nobody knows where the next reply begins. */
    disconnect(channel);
    return result == -EFAULT || result == -ENOMEM ? result : -ENODEV;
}
