/* SPDX-License-Identifier: MIT */
/* A transfer of a trace as the TRANSFER frame that a bus would have sent to its monitors. */
#ifndef CLI_TRACE_FRAME_H
#define CLI_TRACE_FRAME_H

#include "waveform/waveform.h"

struct trace_frame {
    uint8_t *payload; /* PROTOCOL_TRANSFER */
    size_t length, room;
};

/* The frame's memory is used again by the next call.  False: there is no memory. */
bool trace_frame_make(struct trace_frame *frame, const struct waveform *waveform);
void trace_frame_free(struct trace_frame *frame);

#endif
