/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "line/controller_line.h"
#include "line/faults.h"
#include "line/vcd.h"
#include "line/wired_target.h"
#include "programs.h"

enum {
    ACCESS_NS = 1000,
    RIVAL_HZ = 50, /* slow, so that a shell in the guest can disturb it in time */
    /* Against which times targets are checked: those of Standard-mode, the guest is no faster. */
    CHECKED_HZ = 100000,
    TRACE_TICK_NS = 100,
    TRACE_IDLE_NS = 1000000,
};

static const struct line_driver_timing timing = {.filter_ns = 50, .hold_ns = 300, .setup_ns = 250};

struct bench_target {
    struct wired_target wired; /* first member */
    struct i2ctarget *target;
    unsigned program;
    bool is_open;
    bool raised; /* an event was raised since wait() last returned */
};

enum { RIVAL_ADDRESS = 0x50 };

/* What it writes: a byte into the EEPROM's last page. */
static uint8_t rival_bytes[] = {0xFE, 0x5A};

static struct {
    struct wires wires;
    struct wires_participant guest;
    struct wires_observer observer;
    struct controller_line rival;
    struct controller_message rival_message;
    struct faults faults;
    uint32_t stuck[BENCH_LINES]; /* number of the fault by which a line is stuck */
    struct checker checker;
    struct vcd trace;
    FILE *heard;
    bool scl, sda; /* as last observed */
    struct bench_target targets[PROGRAMS_MAX];
    uint64_t began_ns, accesses, edges;
} bench;

/* ---- time ------------------------------------------------------------------------------------ */

static uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t now_ns(void)
{
    return clock_ns() - bench.began_ns + bench.accesses * ACCESS_NS;
}

int64_t bench_now_us(void)
{
    return (int64_t)(now_ns() / 1000);
}

void bench_sleep_us(int64_t us)
{
    uint64_t until_ns = now_ns() + (uint64_t)us * 1000;
    do
        programs_sleep(until_ns); /* events wake it, too */
    while (now_ns() < until_ns);
}

int64_t bench_idle_ns(void)
{
    uint64_t next_ns = i2ctarget_wires_next_ns(&bench.wires);
    if (programs_next_ns() < next_ns)
        next_ns = programs_next_ns();
    if (next_ns == WIRES_NEVER)
        return -1;
    uint64_t now = now_ns();
    return next_ns > now ? (int64_t)(next_ns - now) : 0;
}

void bench_catch_up(void)
{
    i2ctarget_wires_pass(&bench.wires, now_ns());
    programs_run(now_ns());
}

/* ---- the port -------------------------------------------------------------------------------- */

uintptr_t bench_unit(void)
{
    return programs_current();
}

/* In the words of sigrok's decoder. */
static void note(const struct i2ctarget_event *event)
{
    if (event->kind == I2CTARGET_ADDRESSED)
        fprintf(bench.heard, "Address %s: %02X\n", event->is_read ? "read" : "write",
                event->address);
    else if (event->kind == I2CTARGET_RECEIVED)
        fprintf(bench.heard, "Data write: %02X\n", event->value);
}

static int raise_event(void *owner, const struct i2ctarget_event *event)
{
    struct bench_target *self = owner;
    note(event);
    self->raised = true;
    programs_wake(self->program);
    return i2ctarget_raise_event(self->target, event);
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    if (scl->unit != sda->unit || scl->number != 0 || sda->number != 1)
        return -I2CTARGET_EINVAL;
    struct bench_target *self = &bench.targets[scl->unit];
    if (self->is_open)
        return -I2CTARGET_EBUSY;
    *self =
        (struct bench_target){.target = target, .program = (unsigned)scl->unit, .is_open = true};
    *instance = self;
    i2ctarget_wired_target_init(&self->wired, &bench.wires, &timing, addresses, smbus, raise_event,
                                self);
    i2ctarget_faults_adopt(&bench.faults, &self->wired);
    i2ctarget_checker_watch(&bench.checker, &self->wired.participant, true);
    return 0;
}

static void port_close(void *instance)
{
    struct bench_target *self = instance;
    i2ctarget_checker_unwatch(&bench.checker, &self->wired.participant);
    i2ctarget_faults_disown(&bench.faults, &self->wired);
    i2ctarget_wired_target_leave(&self->wired, &bench.wires);
    self->is_open = false;
}

static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct bench_target *self = instance;
    i2ctarget_wired_target_set_addresses(&self->wired, addresses);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct bench_target *self = instance;
    i2ctarget_wired_target_answer(&self->wired, &bench.wires, answer);
}

/* Events come only while the program sleeps: there is nothing to lock out. */
static void port_lock(void *instance)
{
    (void)instance;
}

static int port_poll(void *instance)
{
    (void)instance;
    programs_sleep(0);
    return 0;
}

static int port_wait(void *instance, int64_t until_us)
{
    struct bench_target *self = instance;
    bool is_endless = until_us > INT64_MAX / 1000;
    while (!self->raised) {
        if (!is_endless && bench_now_us() >= until_us)
            return -I2CTARGET_ETIMEDOUT;
        programs_sleep(is_endless ? WIRES_NEVER : (uint64_t)until_us * 1000);
    }
    self->raised = false;
    return 0;
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return bench_now_us();
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct bench_target *self = instance;
    counters->glitches = self->wired.driver.glitches;
    counters->stretches = self->wired.driver.stretching.count;
    counters->longest_stretch_us = (uint32_t)(self->wired.driver.stretching.longest / 1000);
}

const struct i2ctarget_port_ops bench_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = port_set_addresses,
    .answer = port_answer,
    .lock = port_lock,
    .unlock = port_lock,
    .poll = port_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = port_counters,
};

/* ---- the guest's lines ----------------------------------------------------------------------- */

static void edge(struct wires_observer *self, const struct wires *wires)
{
    (void)self;
    bench.edges += (unsigned)(wires->scl != bench.scl) + (unsigned)(wires->sda != bench.sda);
    bench.scl = wires->scl;
    bench.sda = wires->sda;
}

/* The guest does not react to edges; it reads the levels. */
static void guest_step(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

static void start_rival(void)
{
    if (i2ctarget_controller_line_busy(&bench.rival))
        return;
    bench.rival_message = (struct controller_message){
        .address = RIVAL_ADDRESS, .length = sizeof rival_bytes, .buffer = rival_bytes};
    i2ctarget_controller_line_start(&bench.rival, &bench.wires, &bench.rival_message, 1);
}

/* A line of the bus is stuck until the guest says otherwise, or for as long as a fault may last. */
static void set_stuck(unsigned line, bool is_stuck)
{
    char why[I2CTARGET_FAULT_WHY_MAX];
    const struct i2ctarget_fault fault = {
        .kind = line == BENCH_STUCK_SCL ? I2CTARGET_FAULT_HOLD_SCL : I2CTARGET_FAULT_HOLD_SDA,
        .address = I2CTARGET_FAULT_ANY,
        .byte = I2CTARGET_FAULT_IDLE,
        .time_ns = UINT64_C(100) * 1000000000,
        .times = 1,
    };
    if (is_stuck && !bench.stuck[line]) {
        bench.stuck[line] = i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why);
    } else if (!is_stuck && bench.stuck[line]) {
        i2ctarget_faults_remove(&bench.faults, &bench.wires, bench.stuck[line]);
        bench.stuck[line] = 0;
    }
}

/* The pins are open drain: a 1 lets the line go. */
void bench_drive(unsigned line, bool is_output, bool value)
{
    bool low = is_output && !value;
    struct line_pulls pulls = bench.guest.pulls;
    i2ctarget_wires_pass(&bench.wires, now_ns());
    if (line == BENCH_SCL)
        pulls.scl_low = low;
    else if (line == BENCH_SDA)
        pulls.sda_low = low;
    else if (line == BENCH_RIVAL && is_output && value)
        start_rival();
    else if (line == BENCH_STUCK_SCL || line == BENCH_STUCK_SDA)
        set_stuck(line, is_output && value);
    i2ctarget_wires_pull(&bench.wires, &bench.guest, pulls);
    i2ctarget_wires_settle(&bench.wires);
    bench.accesses++;
    i2ctarget_wires_pass(&bench.wires, now_ns());
}

bool bench_level(unsigned line)
{
    i2ctarget_wires_pass(&bench.wires, now_ns());
    switch (line) {
    case BENCH_SCL:
        return bench.wires.scl;
    case BENCH_SDA:
        return bench.wires.sda;
    case BENCH_RIVAL_BUSY:
        return i2ctarget_controller_line_busy(&bench.rival);
    case BENCH_RIVAL_LOST:
        return bench.rival.result == CONTROLLER_ARBITRATION_LOST;
    default:
        return false;
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

int bench_open(const char *trace, const char *heard)
{
    bench.heard = fopen(heard, "we");
    if (!bench.heard)
        return -errno;
    bench.began_ns = clock_ns();
    i2ctarget_wires_init(&bench.wires);
    bench.scl = bench.wires.scl;
    bench.sda = bench.wires.sda;
    bench.guest = (struct wires_participant){
        .step = guest_step, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES};
    i2ctarget_wires_join(&bench.wires, &bench.guest);
    i2ctarget_controller_line_init(&bench.rival, &bench.wires, RIVAL_HZ);
    i2ctarget_faults_init(&bench.faults, &bench.wires, &bench.rival, CHECKED_HZ);
    bench.observer.edge = edge;
    i2ctarget_wires_observe(&bench.wires, &bench.observer);
    i2ctarget_checker_init(&bench.checker, &bench.wires, CHECKED_HZ, timing.hold_ns);
    return i2ctarget_vcd_open(&bench.trace, &bench.wires, trace, TRACE_TICK_NS, TRACE_IDLE_NS);
}

static void report_violations(void)
{
    const struct checker *checker = &bench.checker;
    for (unsigned i = 0; i < checker->violation_count && i < CHECKER_VIOLATIONS_MAX; i++) {
        const struct checker_violation *violation = &checker->violations[i];
        printf("%s at %" PRIu64 " ns: %" PRIu64 " ns\n",
               i2ctarget_checker_rule_name(violation->rule), violation->at_ns,
               violation->measured_ns);
    }
}

bool bench_close(void)
{
    printf("%" PRIu64 " edges, %u violations of the bus, longest stretch %" PRIu64 " us\n",
           bench.edges, bench.checker.violation_count, bench.checker.longest_stretch_ns / 1000);
    report_violations();
    int error = i2ctarget_vcd_close(&bench.trace, &bench.wires);
    if (fclose(bench.heard) != 0)
        error = -errno;
    if (error)
        printf("what was written down: %s\n", strerror(-error));
    return bench.checker.violation_count == 0 && error == 0;
}
