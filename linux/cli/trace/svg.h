/* SPDX-License-Identifier: MIT */
/*
 * Transfers as a picture: SCL and SDA, and above them what they mean.  Each transfer begins a line;
 * a long one is broken where a byte ends.  Time is drawn to scale inside a bit.  A longer low phase of
 * SCL is cut, shaded, and its length is written into it.
 */
#ifndef CLI_TRACE_SVG_H
#define CLI_TRACE_SVG_H

#include <stdio.h>

#include "waveform/waveform.h"

struct trace_svg {
    FILE *body;
    char *text; /* what `body` has written */
    size_t length;
    int width, height;
};

/* False: there is no memory. */
bool trace_svg_begin(struct trace_svg *svg);
/* False: there is no memory. */
bool trace_svg_add(struct trace_svg *svg, const struct waveform *waveform);
/* Ends it without a picture. */
void trace_svg_drop(struct trace_svg *svg);
/* Writes the picture, and ends it.  `title`: what the picture shows. */
void trace_svg_end(struct trace_svg *svg, const char *title, FILE *file);

#endif
