/* SPDX-License-Identifier: MIT */
/* The output line of a model, for others to wait for: --interrupt PLACE (i2ctarget/interrupt.h). */
#ifndef CLI_DEVICES_OUTPUT_LINE_H
#define CLI_DEVICES_OUTPUT_LINE_H

#include "cli/devices/model.h"

/* The argument of --interrupt; the model has a line. */
void output_line_take(const struct model *model, const char *place);

/* Was --interrupt given? */
bool output_line_is_wanted(void);

/*
 * Early: before the process becomes the owner, and before it opens anything else.  What belongs to
 * root, a GPIO line, is opened then, and a descriptor must be there.  Later: what belongs to the
 * owner, a FIFO.  Returns CLI_OK, or another exit status, and a message was printed.  Without
 * --interrupt nothing happens.
 */
int output_line_open_early(void);
int output_line_open(void);

/* The model may have changed its line.  A model that wants to show a pulse calls it at each change. */
void output_line_follow(void);

/* For poll(), in front of output_line_follow(); -1: there is nothing to wait for. */
int output_line_descriptor(void);

void output_line_close(void);

#endif
