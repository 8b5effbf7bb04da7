/* SPDX-License-Identifier: MIT */
/*
 * What fuzzers of the bus server have instead of server.c: its loop around poll(), which runs until
 * there is nothing left to do; and their own clock (the linker replaces clock_gettime() by
 * __wrap_clock_gettime()), so that time-outs take no real time.
 *
 * It visits all clients.  Demanded: those that are not due, whom server.c would not visit, have
 * nothing to do, and wish for nothing new.
 *
 * Include it in one source file of a fuzzer.
 */
#ifndef FUZZ_SERVER_LOOP_H
#define FUZZ_SERVER_LOOP_H

#include <poll.h>
#include <string.h>
#include <time.h>

#include "server/client.h"
#include "harness.h"

enum { SERVER_LOOP_ROUNDS_MAX = 20000 };

struct server_loop {
    struct service service;
    struct client *clients;
};

static uint64_t fake_ns; /* both clocks */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    fake_ns += 1000;
    *now = (struct timespec){.tv_sec = (time_t)(fake_ns / 1000000000u),
                             .tv_nsec = (long)(fake_ns % 1000000000u)};
    return 0;
}

/* A new service, at 400 kHz, without clients. */
static inline void server_loop_init(struct server_loop *loop)
{
    struct service *service = &loop->service;
    fake_ns = UINT64_C(5000000000);
    service->bus_number = 1;
    service->scl_hz = 400000;
    service->clients = &loop->clients;
    bus_init(&service->bus, service->scl_hz);
    i2cdev_adapter_init(&service->controllers.adapter);
    service->controllers.bus = &service->bus;
    monitors_init(&service->monitors, &service->bus, &service->trace);
}

static inline void server_loop_add(struct server_loop *loop, int fd, bool is_file)
{
    struct client *client = client_new(&loop->service, fd, is_file);
    DEMAND(client);
    client->next = loop->clients;
    loop->clients = client;
}

static inline bool server_loop_reap(struct server_loop *loop)
{
    bool any = false;
    for (struct client **at = &loop->clients; *at;) {
        struct client *client = *at;
        if (!client->peer.gone) {
            at = &client->next;
            continue;
        }
        any = true;
        DEMAND(client->peer.visit.is_due);
        DEMAND(!client->peer.why || !strstr(client->peer.why, "did not happen"));
        *at = client->next;
        client_free(&loop->service, client);
    }
    return any;
}

/* True: there was something to do. */
static inline bool server_loop_serve_client(struct server_loop *loop, struct client *client)
{
    struct pollfd wish = client_wish(client);
    if (client->peer.gone || poll(&wish, 1, 0) <= 0)
        return false;
    peer_call(&client->peer);
    client_ready(&loop->service, client, wish.revents);
    return true;
}

static inline void server_loop_serve_waiting(struct server_loop *loop, struct client *client)
{
    size_t begin = client->peer.in.begin;
    bool is_due = client->peer.visit.is_due;
    client_serve(&loop->service, client);
    DEMAND(is_due || client->peer.in.begin == begin);
}

static inline void server_loop_wish(struct server_loop *loop)
{
    for (struct client *client = loop->clients; client; client = client->next) {
        struct pollfd wish = client_wish(client);
        short events = wish.fd < 0 ? 0 : wish.events;
        DEMAND(client->peer.visit.is_due || !(events & ~client->watched.reported));
        client->watched.reported = events;
        if (!client->waits)
            visits_dismiss(&loop->service.visits, &client->peer.visit);
    }
}

static inline void server_loop_run_bus(struct server_loop *loop)
{
    struct controller_context *controllers = &loop->service.controllers;
    server_loop_reap(loop);
    for (int rounds = 0;; rounds++) {
        DEMAND(rounds < SERVER_LOOP_ROUNDS_MAX);
        controllers->has_answered = false;
        bool rests = bus_run(&loop->service.bus);
        for (struct client *client = loop->clients; client; client = client->next)
            server_loop_serve_waiting(loop, client);
        bool is_stuck = rests && (loop->service.bus.active || !loop->service.bus.first);
        if (!server_loop_reap(loop) && is_stuck && !controllers->has_answered)
            break;
    }
}

static inline void server_loop_serve(struct server_loop *loop)
{
    bool any = true;
    for (int rounds = 0; any; rounds++) {
        DEMAND(rounds < SERVER_LOOP_ROUNDS_MAX);
        any = false;
        server_loop_wish(loop);
        for (struct client *client = loop->clients; client; client = client->next)
            any |= server_loop_serve_client(loop, client);
        server_loop_run_bus(loop);
    }
}

#endif
