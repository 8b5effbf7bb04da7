/* SPDX-License-Identifier: MIT */
/* What a server is asked about its bus: a REQUEST that no transfer follows (docs/PROTOCOL.md). */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include "link/link.h"

/*
 * The link is that of a controller.  `value` and `text` (NULL: none) are those of the REQUEST.
 * Returns the result in the REPLY, whose bytes begin at PROTOCOL_REPLY_BYTES of the frame; or
 * -errno: it has an error, or none came.
 */
int question_ask(struct link *link, struct link_frame *reply, uint32_t op, uint32_t value,
                 const char *text);

#endif
