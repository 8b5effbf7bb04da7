/* SPDX-License-Identifier: MIT */
#include "front/calls.h"

#include <errno.h>
#include <stdlib.h>

enum { PATIENCE_US = 200000, IDLE_MAX = 8 };

/* ---- one ------------------------------------------------------------------------------------- */

static void unlist(struct call **list, struct call *call)
{
    while (*list != call)
        list = &(*list)->next;
    *list = call->next;
}

static void list(struct call **list, struct call *call)
{
    call->next = *list;
    *list = call;
}

static void free_call(struct call *call)
{
    ioctl_call_free(&call->ioctl);
    i2ctarget_link_close(&call->link);
    free(call);
}

/* The call must not be in any list any more. */
static void finish(struct call *call, int error, const struct link_frame *reply)
{
    call->answered(call, error, reply);
    if (error < 0) { /* nobody knows where the next reply begins */
        free_call(call);
        return;
    }
    call->answered = NULL;
    call_give(call);
}

static void answer(struct call *call, int error, const struct link_frame *reply)
{
    unlist(&call->calls->busy, call);
    finish(call, error, reply);
}

/*
 * Either a waiting call got its reply, or the server ended.  An idle connection sees the latter,
 * too.
 */
static void on_ready(struct watch *watch)
{
    struct call *call = (struct call *)watch;
    struct link_frame reply;
    int result = i2ctarget_link_poll(&call->link, &reply);
    if (result == 0 || result == -EINTR)
        return;
    if (call->answered) {
        answer(call, result < 0 ? -ENODEV : 0, &reply);
        return;
    }
    unlist(&call->calls->idle, call);
    call->calls->idle_count--;
    free_call(call);
}

static struct call *new_call(struct calls *calls, int *error)
{
    struct call *call = calloc(1, sizeof *call);
    *error = -ENOMEM;
    if (!call)
        return NULL;
    call->watch.ready = on_ready;
    call->calls = calls;
    *error = i2ctarget_link_open_in(&call->link, calls->directory, calls->bus, PROTOCOL_CONTROLLER,
                                    NULL);
    if (*error == 0)
        *error = loop_watch(calls->loop, call->link.fd, &call->watch);
    if (*error == 0)
        return call;
    if (*error == -ENOENT || *error == -EPIPE || *error == -EPROTO || *error == -ETIMEDOUT)
        *error = -ENODEV;
    free_call(call);
    return NULL;
}

struct call *calls_take(struct calls *calls, int *error)
{
    struct call *call = calls->idle;
    if (call) {
        calls->idle = call->next;
        calls->idle_count--;
    } else {
        call = new_call(calls, error);
    }
    if (call)
        call->give_up_us = INT64_MAX;
    return call;
}

void call_give(struct call *call)
{
    struct calls *calls = call->calls;
    if (calls->idle_count == IDLE_MAX) {
        free_call(call);
        return;
    }
    ioctl_call_free(&call->ioctl);
    list(&calls->idle, call);
    calls->idle_count++;
}

void call_send(struct call *call,
               void (*answered)(struct call *call, int error, const struct link_frame *reply))
{
    call->answered = answered;
    list(&call->calls->busy, call);
    int error = i2ctarget_link_send_parts(&call->link, PROTOCOL_REQUEST, call->request.parts,
                                          call->request.count);
    if (error < 0)
        answer(call, -ENODEV, NULL);
}

void call_interrupt(struct call *call)
{
    if (call->give_up_us == INT64_MAX)
        call->give_up_us = i2ctarget_link_now_us() + PATIENCE_US;
}

/* ---- all ------------------------------------------------------------------------------------- */

int64_t calls_deadline_us(const struct calls *calls)
{
    int64_t deadline_us = INT64_MAX;
    for (const struct call *call = calls->busy; call; call = call->next) {
        if (call->give_up_us < deadline_us)
            deadline_us = call->give_up_us;
    }
    return deadline_us;
}

void calls_give_up(struct calls *calls)
{
    int64_t now_us = i2ctarget_link_now_us();
    for (struct call *call = calls->busy, *next; call; call = next) {
        next = call->next;
        if (call->give_up_us <= now_us)
            answer(call, -EINTR, NULL);
    }
}

void calls_end(struct calls *calls)
{
    struct call *call, *next;
    for (call = calls->busy; call; call = next) {
        next = call->next;
        finish(call, -ENODEV, NULL);
    }
    for (call = calls->idle; call; call = next) {
        next = call->next;
        free_call(call);
    }
    calls->busy = calls->idle = NULL;
    calls->idle_count = 0;
}
