/* SPDX-License-Identifier: MIT */
/*
 * What was on the wires, as a text: S for START or Sr, P for STOP, 0 and 1 for each clock.  One
 * function makes it from the edges, the other from the messages of the controller's engine.  Tests
 * compare the two.
 */
#ifndef SUPPORT_WIRE_TEXT_H
#define SUPPORT_WIRE_TEXT_H

#include "line/controller_line.h"
#include "support/edge_log.h"

#define WIRE_TEXT_MAX 1024

/* Begins with the first START.  If SDA stays low to the end with SCL high, that is no clock. */
void wire_text_of_edges(char text[WIRE_TEXT_MAX], const struct edge_log *log);
/* Each message must have `acks`. */
void wire_text_of_messages(char text[WIRE_TEXT_MAX], const struct controller_message *messages,
                           size_t count);

#endif
