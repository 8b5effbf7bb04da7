/* SPDX-License-Identifier: MIT */
/*
 * Each change of a wire gets its own tick: the tick of its time, or the tick after the last change
 * if that one is in use.  So a burst of changes is a few ticks late, and the next pause makes up
 * for it.
 *
 * If both wires change at the same moment, the order is chosen so that SDA moves while SCL is low.
 * Changes at one moment are no START or STOP on these wires, and must not look like one.
 *
 * Each clock has two or three changes, and printf() would take most of the time of a simulation.  So
 * a change is put together from the digits of the last tick, and many of them are given to stdio at
 * once.
 *
 * The file is written through stdio's buffer.  After the first failed write nothing more is
 * written: half a change would be worse than a trace that ends early.
 */
#include "line/vcd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

static void note_failure(struct vcd *vcd)
{
    if (!vcd->error)
        vcd->error = errno ? errno : EIO;
}

/* The changes so far. */
static void hand_over(struct vcd *vcd)
{
    size_t bytes = vcd->text_bytes;
    vcd->text_bytes = 0;
    errno = 0;
    if (!vcd->error && fwrite(vcd->text, 1, bytes, vcd->file) != bytes)
        note_failure(vcd);
}

__attribute__((format(printf, 2, 3))) static void put(struct vcd *vcd, const char *format, ...)
{
    va_list arguments;
    hand_over(vcd);
    if (vcd->error)
        return;
    errno = 0;
    va_start(arguments, format);
    int written = vfprintf(vcd->file, format, arguments);
    va_end(arguments);
    if (written < 0)
        note_failure(vcd);
}

static void begin_count(struct vcd *vcd)
{
    snprintf(vcd->digits, sizeof vcd->digits, "%0*" PRIu64, VCD_TICK_DIGITS, vcd->last_tick);
    vcd->first_digit = (unsigned)strspn(vcd->digits, "0");
}

/* As on paper: a few ticks change the last digits only. */
static void count_on(struct vcd *vcd, uint64_t ticks)
{
    unsigned at = VCD_TICK_DIGITS;
    while (ticks > 0) {
        unsigned digit = (unsigned)(vcd->digits[--at] - '0') + (unsigned)(ticks % 10);
        ticks = ticks / 10 + (digit > 9);
        vcd->digits[at] = (char)('0' + (digit > 9 ? digit - 10 : digit));
    }
    if (at < vcd->first_digit)
        vcd->first_digit = at;
}

/* The time of now_ns, on a tick without another change. */
static uint64_t next_tick(struct vcd *vcd, uint64_t now_ns)
{
    uint64_t tick = (now_ns - vcd->cut_ns) / vcd->tick_ns;
    if (tick <= vcd->last_tick)
        tick = vcd->last_tick + 1;
    count_on(vcd, tick - vcd->last_tick);
    vcd->last_tick = tick;
    return tick;
}

/* One line for the time, and one for the signal. */
static void put_change(struct vcd *vcd, uint64_t now_ns, bool value, char signal)
{
    enum { LONGEST = 1 + VCD_TICK_DIGITS + sizeof "\n0c\n" - 1 };
    if (sizeof vcd->text - vcd->text_bytes < LONGEST)
        hand_over(vcd);
    next_tick(vcd, now_ns);
    char *at = vcd->text + vcd->text_bytes;
    size_t digits = VCD_TICK_DIGITS - vcd->first_digit;
    *at++ = '#';
    memcpy(at, vcd->digits + vcd->first_digit, digits);
    at += digits;
    *at++ = '\n';
    *at++ = value ? '1' : '0';
    *at++ = signal;
    *at++ = '\n';
    vcd->text_bytes = (size_t)(at - vcd->text);
    if (vcd->in_cut)
        put(vcd, "r0 i\n");
    vcd->in_cut = false;
}

static void put_scl(struct vcd *vcd, const struct wires *wires)
{
    if (wires->scl == vcd->scl)
        return;
    put_change(vcd, wires->now_ns, wires->scl, 'c');
    vcd->scl = wires->scl;
}

static void put_sda(struct vcd *vcd, const struct wires *wires)
{
    if (wires->sda == vcd->sda)
        return;
    put_change(vcd, wires->now_ns, wires->sda, 'd');
    vcd->sda = wires->sda;
}

/* Not the level of a wire: a note for people who read the trace, not for a decoder. */
static void put_freeing(struct vcd *vcd, const struct wires *wires)
{
    if (wires->is_freeing == vcd->freeing)
        return;
    put_change(vcd, wires->now_ns, wires->is_freeing, 'f');
    vcd->freeing = wires->is_freeing;
}

/* Both wires are high: the bus is idle.  A controller that pauses with SCL high looks the same. */
static void cut_idle(struct vcd *vcd, uint64_t now_ns)
{
    uint64_t gap_ns = now_ns - vcd->last_ns;
    vcd->last_ns = now_ns;
    if (vcd->idle_limit_ns == 0 || !vcd->scl || !vcd->sda || gap_ns <= vcd->idle_limit_ns)
        return;
    vcd->cut_ns += gap_ns - vcd->idle_limit_ns;
    put(vcd, "r%" PRIu64 ".%09" PRIu64 " i\n", gap_ns / NS_PER_S, gap_ns % NS_PER_S);
    vcd->in_cut = true;
}

static void edge(struct wires_observer *self, const struct wires *wires)
{
    struct vcd *vcd = (struct vcd *)self;
    if (wires->scl == vcd->scl && wires->sda == vcd->sda && wires->is_freeing == vcd->freeing)
        return;
    cut_idle(vcd, wires->now_ns);
    if (wires->scl) {
        put_sda(vcd, wires);
        put_scl(vcd, wires);
    } else {
        put_scl(vcd, wires);
        put_sda(vcd, wires);
    }
    put_freeing(vcd, wires);
    if (vcd->keeps_up)
        hand_over(vcd);
}

/* The standard allows 1, 10 and 100 of a unit. */
static void put_header(struct vcd *vcd)
{
    bool in_us = vcd->tick_ns == 1000;
    put(vcd,
        "$version i2ctarget $end\n"
        "$timescale %" PRIu32 " %s $end\n"
        "$scope module i2c $end\n"
        "$var wire 1 c SCL $end\n"
        "$var wire 1 d SDA $end\n"
        "$var wire 1 f freeing_sda $end\n"
        "$var real 64 i idle_s $end\n"
        "$upscope $end\n"
        "$enddefinitions $end\n"
        "#%" PRIu64 "\n"
        "$dumpvars\n%dc\n%dd\n%df\nr0 i\n$end\n",
        in_us ? 1 : vcd->tick_ns, in_us ? "us" : "ns", vcd->last_tick, vcd->scl, vcd->sda,
        vcd->freeing);
}

int i2ctarget_vcd_open(struct vcd *vcd, struct wires *wires, const char *path, uint32_t tick_ns,
                       uint64_t idle_limit_ns)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return -errno;
    *vcd = (struct vcd){
        .observer = {.edge = edge},
        .file = file,
        .tick_ns = tick_ns,
        .idle_limit_ns = idle_limit_ns,
        .last_tick = wires->now_ns / tick_ns,
        .last_ns = wires->now_ns,
        .scl = wires->scl,
        .sda = wires->sda,
        .freeing = wires->is_freeing,
    };
    begin_count(vcd);
    put_header(vcd);
    int result = i2ctarget_vcd_flush(vcd);
    if (result == 0)
        i2ctarget_wires_observe(wires, &vcd->observer);
    else
        fclose(file);
    return result;
}

int i2ctarget_vcd_flush(struct vcd *vcd)
{
    hand_over(vcd);
    errno = 0;
    if (!vcd->error && fflush(vcd->file) != 0)
        note_failure(vcd);
    return -vcd->error;
}

int i2ctarget_vcd_close(struct vcd *vcd, struct wires *wires)
{
    i2ctarget_wires_unobserve(wires, &vcd->observer);
    cut_idle(vcd, wires->now_ns);
    put(vcd, "#%" PRIu64 "\n%s", next_tick(vcd, wires->now_ns), vcd->in_cut ? "r0 i\n" : "");
    errno = 0;
    if (fclose(vcd->file) != 0)
        note_failure(vcd);
    vcd->file = NULL;
    return -vcd->error;
}
