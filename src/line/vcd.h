/* SPDX-License-Identifier: MIT */
/*
 * Value Change Dump (IEEE 1364-2005 §18) of the two wires, for PulseView, GTKWave and sigrok-cli.
 *
 * Signals: SCL and SDA.  Changes of both lines never share a tick: the later one is put one tick
 * later, so that no viewer sees a START that was none.  Idle gaps longer than the limit are cut to
 * it.  In such a gap the signal `idle_s` has its true length in seconds; otherwise it is 0.
 * `freeing_sda` is 1 while a controller makes clocks to free SDA: a decoder can not know that they
 * are no byte.  (This is not a $comment, because libsigrok 0.5.2 stops reading at a $comment among
 * the changes.)
 *
 *     sigrok-cli -i FILE -I vcd -P i2c
 */
#ifndef LINE_VCD_H
#define LINE_VCD_H

#include <stdio.h>

#include "line/wires.h"

enum { VCD_TICK_DIGITS = sizeof "18446744073709551615" - 1, VCD_TEXT_BYTES = 4096 };

struct vcd {
    struct wires_observer observer; /* first member */
    FILE *file;
    uint32_t tick_ns;
    uint64_t idle_limit_ns; /* 0: gaps are not cut */
    uint64_t cut_ns;        /* virtual time left out so far */
    uint64_t last_tick, last_ns;
    bool scl, sda, freeing;
    bool in_cut; /* idle_s is not 0 */
    /* To be set after open.  Each edge is given to stdio at once, so exit() writes it to the file. */
    bool keeps_up;
    int error; /* errno of the first failed write, 0: none */
    /* last_tick as text, zeros before its first digit */
    char digits[VCD_TICK_DIGITS + 1];
    unsigned first_digit;
    char text[VCD_TEXT_BYTES]; /* changes that the file has not got yet */
    size_t text_bytes;
};

/*
 * Writes the header and the present levels, and begins to watch.  tick_ns: 1, 10, 100 or 1000.  0,
 * or -errno.
 */
int i2ctarget_vcd_open(struct vcd *vcd, struct wires *wires, const char *path, uint32_t tick_ns,
                       uint64_t idle_limit_ns);
/* Writes the trace so far to the file.  0 or the first error, -errno. */
int i2ctarget_vcd_flush(struct vcd *vcd);
/* 0, or -errno of the first write that failed since open. */
int i2ctarget_vcd_close(struct vcd *vcd, struct wires *wires);

#endif
