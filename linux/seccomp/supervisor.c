/* SPDX-License-Identifier: MIT */
#include "seccomp/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "front/place.h"
#include "seccomp/listing.h"
#include "seccomp/paths.h"
#include "seccomp/transfers.h"

/* How often to look whether the callers of transfers under way are alive: the kernel does not say. */
enum { LOOK_US = 100 * 1000 };

/*
 * Caller and supervisor wait for each other, so each should run where the other was.  Linux 6.6 and
 * its headers know this; before that the ioctl fails, and calls take longer.
 */
enum { SYNC_WAKE_UP = 1 };
#define NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)

static void serve(struct supervisor *supervisor)
{
    struct notified call;
    if (!notified_receive(supervisor->listener, &call))
        return;
    if (paths_has(call.kind))
        paths_serve(supervisor, &call);
    else if (call.kind == ABI_GETDENTS)
        listing_serve(&call);
    else
        transfers_serve(supervisor, &call);
}

/* Receiving would wait if nothing has come. */
static void on_ready(struct watch *watch)
{
    struct supervisor *supervisor = (struct supervisor *)watch;
    struct pollfd poller = {.fd = supervisor->listener, .events = POLLIN};
    if (poll(&poller, 1, 0) != 1)
        return;
    if (poller.revents & POLLIN)
        serve(supervisor);
    else
        supervisor->loop.is_over = true; /* POLLHUP: nobody has the filter any more */
}

static int make_calls(struct supervisor *supervisor)
{
    const unsigned *buses;
    supervisor->count = place_buses(&buses);
    supervisor->calls = calloc(supervisor->count + 1, sizeof *supervisor->calls);
    if (!supervisor->calls)
        return -ENOMEM;
    for (size_t i = 0; i < supervisor->count; i++) {
        struct calls *calls = &supervisor->calls[i];

        calls->loop = &supervisor->loop;
        calls->bus = buses[i];
        strcpy(calls->directory, place_directory());
    }
    return 0;
}

int supervisor_init(struct supervisor *supervisor, int listener)
{
    *supervisor = (struct supervisor){.watch.ready = on_ready, .listener = listener};
    ioctl(listener, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
    int result = make_calls(supervisor);
    if (result == 0)
        result = loop_init(&supervisor->loop);
    return result < 0 ? result : loop_watch(&supervisor->loop, listener, &supervisor->watch);
}

static int64_t deadline_us(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        if (supervisor->calls[i].busy)
            return i2ctarget_link_now_us() + LOOK_US;
    }
    return INT64_MAX;
}

void supervisor_run(struct supervisor *supervisor)
{
    int64_t look_us = 0;
    while (!supervisor->loop.is_over) {
        loop_turn(&supervisor->loop, deadline_us(supervisor));
        if (i2ctarget_link_now_us() < look_us)
            continue;
        transfers_give_up(supervisor);
        look_us = i2ctarget_link_now_us() + LOOK_US;
    }
    for (size_t i = 0; i < supervisor->count; i++)
        calls_end(&supervisor->calls[i]);
    free(supervisor->calls);
    files_free(&supervisor->files);
    close(supervisor->listener);
    close(supervisor->loop.fd);
}

struct calls *supervisor_calls(struct supervisor *supervisor, unsigned bus)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        if (supervisor->calls[i].bus == bus)
            return &supervisor->calls[i];
    }
    return NULL;
}
