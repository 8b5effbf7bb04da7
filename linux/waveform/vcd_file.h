/* SPDX-License-Identifier: MIT */
/*
 * Reads the two wires of a bus from a Value Change Dump (IEEE 1364-2005 §18): a trace of ours, or
 * what a logic analyser or a simulator has written.
 *
 * `z` and `x` count as high: nobody pulls the wire.  If the file has the signal `idle_s` of our own
 * traces (line/vcd.h), the time that was cut from a gap is put back.
 */
#ifndef WAVEFORM_VCD_FILE_H
#define WAVEFORM_VCD_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A longer word of the file is no name and no level that matters here; its rest is skipped. */
enum { VCD_WORD_MAX = 256 };

/* The wires at one moment of the file. */
struct vcd_sample {
    uint64_t ns;
    bool scl, sda;
    bool is_freeing; /* a controller of ours makes clocks to free SDA */
};

struct vcd_signal {
    const char *name;
    char id[VCD_WORD_MAX]; /* as it is in the file; "": not in the file */
};

struct vcd_file {
    FILE *file;
    unsigned long line;
    struct vcd_signal scl, sda, freeing, idle;
    uint64_t tick_numerator_ns, tick_denominator; /* a tick in ns, as a fraction */
    uint64_t tick, restored_ns;                   /* restored: in front of this tick */
    struct vcd_sample now;
    uint64_t idle_ns; /* the true length of the gap that begins now; 0: as in the file */
    bool has_begun;   /* `now` has a time */
    char problem[512];
};

/*
 * Opens it and reads as far as the definitions go.  `scl` and `sda`: names of signals; letters are
 * the same in upper and lower case.  False: it cannot be used, and `problem` says why.
 */
bool vcd_file_open(struct vcd_file *self, const char *path, const char *scl, const char *sda);
/* 1: the next moment.  0: there is none.  -1: what follows is no VCD; `problem` says why. */
int vcd_file_next(struct vcd_file *self, struct vcd_sample *sample);
void vcd_file_close(struct vcd_file *self);

#endif
