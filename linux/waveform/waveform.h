/* SPDX-License-Identifier: MIT */
/* The transfers of a trace, one after the other: their symbols, and the levels of the wires. */
#ifndef WAVEFORM_WAVEFORM_H
#define WAVEFORM_WAVEFORM_H

#include <stddef.h>

#include "waveform/decoder.h"
#include "waveform/vcd_file.h"

/* One transfer.  The arrays are this struct's, and the next transfer takes their place. */
struct waveform {
    uint64_t number; /* from 1 on */
    struct symbol *symbols;
    size_t symbol_count, symbol_room;
    /* Where a wire changes, from the last moment before START to STOP. */
    struct vcd_sample *samples;
    size_t sample_count, sample_room;
};

struct waveform_reader {
    struct vcd_file file;
    struct decoder decoder;
    struct waveform waveform;
};

/* False: it can not be read; reader->file.problem says why. */
bool waveform_open(struct waveform_reader *reader, const char *path, const char *scl,
                   const char *sda);
/*
 * 1: reader->waveform is the next transfer.  0: there is none.  -1: reader->file.problem.  A
 * transfer that the file does not end has no SYMBOL_STOP.
 */
int waveform_next(struct waveform_reader *reader);
void waveform_close(struct waveform_reader *reader);

/*
 * How long SCL is low in a bit in which nobody holds it: the shortest low phase of the transfer.  0:
 * SCL never falls and rises.
 */
uint64_t waveform_low_ns(const struct waveform *waveform);
/*
 * How much longer than `low_ns`, which is waveform_low_ns(), SCL was low when it rose at this
 * sample.  0: it did not rise there, or not much later.  The wires do not tell who held it.
 */
uint64_t waveform_held_ns(const struct waveform *waveform, size_t sample, uint64_t low_ns);

#endif
