/* SPDX-License-Identifier: MIT */
/*
 * Channels are found without a lock: a thread keeps its own, one a bus.  A list of all of them
 * exists only so that a forked child can close its copies of its parent's.
 *
 * What can go wrong with a descriptor that the program does not know of:
 * - the program closes it ("close all from 3 on") and opens something else under its number: the
 *   cookie is compared before each use;
 * - a child shares it: with fork() it is closed in the child; whoever gets a copy past fork()
 *   (clone(), _Fork()) has another process id than the one that connected;
 * - it is in the way: it is moved up to where few programs have descriptors.
 *
 * A signal handler may ask while the call it interrupted is waiting for its reply.  The channel is
 * busy then, and the handler gets a spare one.
 */
#include "shim/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "front/file.h"
#include "shim/lock.h"
#include "shim/place.h"

enum { HIGH_FD = 768 }; /* below the usual limit of 1024 */

struct channel {
    struct channel *next;           /* of this thread */
    struct channel *before, *after; /* of this process */
    struct channel **thread;        /* whose it is: the address of its list */
    volatile sig_atomic_t is_busy;
    bool is_spare;
    pid_t pid;
    uint64_t cookie;
    struct link link;
};

static _Thread_local struct channel *mine;

static struct channel *all;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t
    key; /* has a value in threads that own channels, for the sake of its destructor */

/* The descriptor, if it still is what it was.  In a process that only has a copy, its copy. */
static void disconnect(struct channel *channel)
{
    if (channel->link.fd >= 0 && file_cookie(channel->link.fd) != channel->cookie)
        channel->link.fd = -1;
    link_close(&channel->link);
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
    int result = link_open_in(&channel->link, place_directory(), bus, PROTOCOL_CONTROLLER, NULL);

    /* A server that dies in the middle of the handshake, or speaks otherwise, is none. */
    if (result == -ENOENT || result == -EPIPE || result == -EPROTO || result == -ETIMEDOUT)
        return -ENODEV;
    if (result < 0)
        return result;
    move_up(&channel->link);
    channel->cookie = file_cookie(channel->link.fd);
    channel->pid = getpid();
    return 0;
}

/* Lists. */

static void enlist(struct channel *channel)
{
    lock_take();
    channel->before = NULL;
    channel->after = all;
    if (all)
        all->before = channel;
    all = channel;
    lock_give();
}

static void unlist(struct channel *channel)
{
    lock_take();
    if (channel->before)
        channel->before->after = channel->after;
    else
        all = channel->after;
    if (channel->after)
        channel->after->before = channel->before;
    lock_give();
}

static void discard(struct channel *channel)
{
    unlist(channel);
    disconnect(channel);
    free(channel);
}

static void thread_ends(void *unused)
{
    (void)unused;
    while (mine) {
        struct channel *channel = mine;

        mine = channel->next;
        discard(channel);
    }
}

static void make_key(void)
{
    pthread_key_create(&key, thread_ends);
}

static struct channel *new_channel(unsigned bus)
{
    struct channel *channel = calloc(1, sizeof *channel);

    if (!channel)
        return NULL;
    channel->link.fd = -1;
    channel->link.bus = bus;
    channel->thread = &mine;
    enlist(channel);
    return channel;
}

/* One that stays with the thread. */
static struct channel *own_channel(unsigned bus)
{
    struct channel *channel = mine;

    while (channel && channel->link.bus != bus)
        channel = channel->next;
    if (channel)
        return channel;
    channel = new_channel(bus);
    if (!channel)
        return NULL;
    pthread_once(&key_once, make_key);
    pthread_setspecific(key, &mine);
    channel->next = mine;
    mine = channel;
    return channel;
}

struct channel *channel_take(unsigned bus, int *error)
{
    struct channel *channel = own_channel(bus);

    if (channel && channel->is_busy) {
        channel = new_channel(bus);
        if (channel)
            channel->is_spare = true;
    }
    *error = -ENOMEM;
    if (!channel)
        return NULL;
    channel->is_busy = 1;
    if (is_connected(channel))
        return channel;
    disconnect(channel);
    *error = connect_channel(channel, bus);
    if (*error == 0)
        return channel;
    channel_give(channel);
    return NULL;
}

void channel_give(struct channel *channel)
{
    channel->is_busy = 0;
    if (channel->is_spare)
        discard(channel);
}

/* Asking. */

static int send_request(struct channel *channel, const struct iovec *parts, size_t count)
{
    unsigned bus = channel->link.bus;
    int result = link_send_parts(&channel->link, PROTOCOL_REQUEST, parts, count);

    if (result != -EPIPE)
        return result;
    /* The server ended since the last call; there may be a new one, and a file that it knows. */
    disconnect(channel);
    result = connect_channel(channel, bus);
    return result < 0 ? result : link_send_parts(&channel->link, PROTOCOL_REQUEST, parts, count);
}

static int receive_reply(struct link *link, struct link_frame *reply)
{
    int result;

    do
        result = link_receive(link, reply, INT64_MAX);
    while (result == -EINTR);
    if (result < 0)
        return result;
    return reply->type == PROTOCOL_REPLY && reply->length >= PROTOCOL_REPLY_BYTES ? 0 : -EPROTO;
}

int channel_ask(struct channel *channel, const struct iovec *parts, size_t count,
                struct link_frame *reply)
{
    int result = send_request(channel, parts, count);

    if (result == 0)
        result = receive_reply(&channel->link, reply);
    if (result == 0)
        return 0;
    /* Where the next reply begins is not known any more. */
    disconnect(channel);
    return result == -EFAULT || result == -ENOMEM ? result : -ENODEV;
}

/* fork() */

void channel_fork_prepare(void)
{
    lock_take();
}

void channel_fork_parent(void)
{
    lock_give();
}

/* Only the thread that forked lives on, with copies of everybody's channels. */
void channel_fork_child(void)
{
    struct channel *channel = all, *after;

    all = NULL;
    lock_give();
    for (; channel; channel = after) {
        after = channel->after;
        disconnect(channel);
        if (channel->thread == &mine)
            enlist(channel);
        else
            free(channel);
    }
}
