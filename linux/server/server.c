/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/client.h"
#include "server/owner.h"
#include "server/rendezvous.h"
#include "server/retirement.h"
#include "server/watch.h"
#include "link/stops.h"

enum {
    STREAMS,
    FILES,
    LISTENERS,
    OTHERS = 1 + LISTENERS, /* besides clients */
    ACCEPTS_AT_A_TIME = 64
};

struct server {
    const struct bus_options *options;
    struct rendezvous place;
    struct retirement retirement;
    struct service service;
    struct client *clients;
    size_t client_count;
    struct watch watch;
    struct watched starter, listeners[LISTENERS];
    int spare_fd; /* it is closed to accept and refuse a client when no descriptors are left */
    sigset_t signals_while_waiting;
};

static volatile sig_atomic_t must_stop;

static void on_stop_signal(int signal)
{
    (void)signal;
    must_stop = 1;
}

/* ---- the process ----------------------------------------------------------------------------- */

static void take_signals(struct server *server)
{
    must_stop = 0;
    i2ctarget_stops_handle(on_stop_signal, &server->signals_while_waiting);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a full trace is an error, not the end */
}

/*
 * Raises the limit of descriptors as far as allowed.  And makes the server yield when it wakes up:
 * a peer that sends should not be interrupted before it waits, or sends more (sched(7): SCHED_BATCH
 * does not preempt on wake-up).  The server also works without either.
 */
static void settle_in(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
}

/* ---- clients come and go --------------------------------------------------------------------- */

/*
 * No descriptors are left.  The new connection is accepted and closed at once; otherwise epoll
 * would report it for ever.
 */
static void turn_away(struct server *server, int listener)
{
    close(server->spare_fd);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    server->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (server->options->verbose)
        fprintf(stderr, "i2ctarget bus: somebody was turned away: no descriptors left\n");
}

static void add_client(struct server *server, struct client *client)
{
    client->next = server->clients;
    server->clients = client;
    server->client_count++;
}

/* False: no more connections are waiting. */
static bool accept_one(struct server *server, int listener, bool is_file)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            turn_away(server, listener);
        return errno == ECONNABORTED || errno == EINTR;
    }
    struct client *client = watch_reserve(&server->watch, OTHERS + server->client_count + 1)
                                ? client_new(&server->service, fd, is_file)
                                : NULL;
    if (!client) {
        close(fd);
        return true;
    }
    add_client(server, client);
    client_check_user(client);
    return true;
}

static void accept_all(struct server *server, int listener, bool is_file)
{
    for (int i = 0; i < ACCEPTS_AT_A_TIME; i++) {
        if (!accept_one(server, listener, is_file))
            return;
    }
}

static void tell_why(const struct server *server, const struct client *client)
{
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    if (!server->options->verbose || !client->peer.why)
        return;
    getsockopt(client->peer.fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    fprintf(stderr, "i2ctarget bus: %s \"%s\" (process %ld) dropped: %s\n", client->role->name,
            client->name, (long)peer.pid, client->peer.why);
}

/* Whoever is gone has called for a visit. */
static bool is_anyone_gone(const struct server *server)
{
    for (const struct visit *visit = server->service.visits.first; visit; visit = visit->next) {
        if (((const struct client *)visit->owner)->peer.gone)
            return true;
    }
    return false;
}

/* Removes clients that are gone.  True: there were some. */
static bool reap(struct server *server)
{
    if (!is_anyone_gone(server))
        return false;
    struct client **at = &server->clients;
    while (*at) {
        struct client *client = *at;
        if (!client->peer.gone) {
            at = &client->next;
            continue;
        }
        *at = client->next;
        tell_why(server, client);
        client_free(&server->service, client);
        server->client_count--;
    }
    return true;
}

/* ---- waiting --------------------------------------------------------------------------------- */

/* Is the bus not needed any more? */
static bool wants_to_retire(const struct server *server)
{
    return server->retirement.is_due && server->client_count == 0;
}

/* When the server must go on even if no client sends anything; 0: at once. */
static uint64_t wake_ns(const struct server *server, bool rests)
{
    uint64_t bus_ns = rests ? bus_wake_ns(&server->service.bus) : 0;
    uint64_t pause_ns = wants_to_retire(server) ? bus_real_ns() + RETIREMENT_PAUSE_NS : WATCH_NEVER;
    return bus_ns < pause_ns ? bus_ns : pause_ns;
}

static struct pollfd listener_wish(const struct server *server, size_t which)
{
    int fd = which == FILES ? server->place.file_fd : server->place.stream_fd;
    return (struct pollfd){.fd = fd, .events = POLLIN};
}

/*
 * A client wishes for more only after a round in which it was due.  Nobody is gone here, so only
 * those who wait for an open file stay due.
 */
static void wish_for_clients(struct server *server)
{
    struct visit *next;
    for (struct visit *visit = server->service.visits.first; visit; visit = next) {
        struct client *client = visit->owner;
        next = visit->next;
        if (!client->waits)
            visits_dismiss(&server->service.visits, visit);
        client->watched.is_file = client->role->is_file;
        client->watched.asks = client->role->number != PROTOCOL_TARGET;
        if (!watch_wish(&server->watch, &client->watched, client_wish(client)))
            peer_drop(&client->peer, "no memory to wait for it");
    }
}

static void wish(struct server *server)
{
    for (size_t i = 0; i < LISTENERS; i++)
        watch_wish(&server->watch, &server->listeners[i], listener_wish(server, i));
    server->starter.asks = true; /* its files are seen to be gone, too */
    watch_wish(&server->watch, &server->starter, retirement_wish(&server->retirement));
    wish_for_clients(server);
}

/* ---- serving --------------------------------------------------------------------------------- */

static void serve_those(struct server *server, bool files)
{
    for (struct visit *visit = server->service.visits.first; visit; visit = visit->next) {
        struct client *client = visit->owner;
        if (client->watched.ready && client->watched.is_file == files)
            client_ready(&server->service, client,
                         watch_take(&server->watch, &client->watched, client_wish(client)));
    }
}

static void serve_clients(struct server *server)
{
    struct pollfd starter = retirement_wish(&server->retirement);
    retirement_ready(&server->retirement, watch_take(&server->watch, &server->starter, starter));
    serve_those(server, true);
    serve_those(server, false);
    for (size_t i = 0; i < LISTENERS; i++) {
        struct pollfd listener = listener_wish(server, i);
        if (watch_take(&server->watch, &server->listeners[i], listener))
            accept_all(server, listener.fd, i == FILES);
    }
}

/* What clients have sent while an exchange was under way, theirs or another one's. */
static void serve_waiting(struct server *server)
{
    for (struct visit *visit = server->service.visits.first; visit; visit = visit->next)
        client_serve(&server->service, visit->owner);
}

/* Runs the bus as far as it gets with what the clients have sent.  True: it is at rest. */
static bool run_bus(struct server *server)
{
    bool rests;
    struct controller_context *controllers = &server->service.controllers;
    reap(server);
    do {
        rests = bus_run(&server->service.bus);
        bool may_go_on = controllers->has_answered;
        controllers->has_answered = false;
        if (may_go_on)
            serve_waiting(server);
        /* Who was served may have run the bus, and so let others go on. */
    } while (reap(server) || controllers->has_answered);
    return rests && (server->service.bus.active || !server->service.bus.first);
}

/*
 * True: the server ends.  Under the lock nobody starts a bus, so whoever has found this one is
 * waiting to be accepted by now.
 */
static bool retires(struct server *server)
{
    if (!wants_to_retire(server) ||
        !retirement_lock(&server->retirement, server->place.directory_fd))
        return false;
    accept_all(server, server->place.stream_fd, false);
    accept_all(server, server->place.file_fd, true);
    reap(server); /* another user's is gone already */
    if (server->client_count == 0)
        return true;
    retirement_unlock(&server->retirement);
    return false;
}

/* The starter has gone, and others use the bus. */
static void tell_starter(struct server *server)
{
    if (!server->retirement.is_awaited || server->client_count == 0)
        return;
    server->retirement.is_awaited = false;
    server->options->stays();
}

static void serve(struct server *server)
{
    bool rests = true;
    while (!must_stop && !retires(server)) {
        tell_starter(server);
        wish(server);
        watch_wait(&server->watch, wake_ns(server, rests), &server->signals_while_waiting);
        serve_clients(server);
        rests = run_bus(server);
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void begin_faults(struct service *service, const struct bus_options *options)
{
    char why[I2CTARGET_FAULT_WHY_MAX];
    for (unsigned i = 0; i < options->fault_count; i++)
        bus_add_fault(&service->bus, &options->faults[i], why);
}

static bool start_service(struct server *server)
{
    const struct bus_options *options = server->options;
    struct service *service = &server->service;
    service->bus_number = options->bus;
    service->clients = &server->clients;
    service->scl_hz = options->scl_hz;
    bus_init(&service->bus, options->scl_hz);
    begin_faults(service, options);
    i2cdev_adapter_init(&service->controllers.adapter);
    if (options->timeout_ms)
        service->controllers.adapter.timeout_ms = options->timeout_ms;
    service->controllers.bus = &service->bus;
    if (options->trace) {
        int result = trace_open(&service->trace, &service->bus, options->trace);
        if (result < 0) {
            fprintf(stderr, "i2ctarget bus: cannot write the trace: %s: %s\n", options->trace,
                    strerror(-result));
            return false;
        }
    }
    monitors_init(&service->monitors, &service->bus, &service->trace);
    return true;
}

static bool end_service(struct server *server)
{
    for (struct client *client = server->clients; client; client = client->next)
        peer_drop(&client->peer, NULL);
    reap(server);
    bus_abort(&server->service.bus);
    bool is_traced = trace_close(&server->service.trace);
    monitors_free(&server->service.monitors);
    return is_traced;
}

static bool open_watch(struct server *server)
{
    bool is_open = watch_open(&server->watch);
    server->watch.visits = &server->service.visits;
    if (is_open && watch_reserve(&server->watch, OTHERS))
        return true;
    perror("i2ctarget bus: cannot wait for clients");
    return false;
}

static void leave_place(struct server *server)
{
    rendezvous_close(&server->place);
    if (server->options->is_private)
        rmdir(server->place.directory);
    retirement_unlock(&server->retirement);
}

static bool take_place(struct server *server)
{
    retirement_init(&server->retirement, server->options->starter_fd);
    if (rendezvous_open(&server->place, server->options->bus))
        return true;
    leave_place(server);
    return false;
}

int bus_serve(const struct bus_options *options)
{
    static struct server server; /* too big for the stack, and there is only one */
    server = (struct server){.options = options};
    take_signals(&server);
    if (!owner_become() || !open_watch(&server) || !take_place(&server))
        return EXIT_FAILURE;
    settle_in();
    server.spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool is_well = start_service(&server);
    if (is_well) {
        is_well = options->ready(options);
        if (is_well)
            serve(&server);
        is_well = end_service(&server) && is_well;
    }
    leave_place(&server);
    close(server.spare_fd);
    watch_close(&server.watch);
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
