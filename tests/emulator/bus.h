/* SPDX-License-Identifier: MIT */
/*
 * The I2C bus of an emulated chip, compiled to WebAssembly with it: the two wires, the controllers
 * on them, a checker, and edges for a trace.
 *
 *     the chip's pads ══ wires ══ controller_line, hand
 *                            ╘══ checker, edges
 *
 * The chip has the clock: it passes the time, in picoseconds, so that no cycle is rounded.  What
 * tests do with the controllers is exported by bus.c, and called by bus.js.
 */
#ifndef EMULATOR_BUS_H
#define EMULATOR_BUS_H

#include "line/wires.h"

#define EXPORT(name) __attribute__((export_name(#name), used))

extern struct wires emulated_wires;

/* The controllers at rest, at time 0.  `pads` joins the wires; its step is the chip's. */
void emulated_bus_reset(uint32_t scl_hz, struct wires_participant *pads, bool may_stretch);

void emulated_bus_pass(uint64_t ps);
/* How long nothing happens on the wires by itself; UINT64_MAX: for ever. */
uint64_t emulated_bus_quiet_ps(void);
bool emulated_bus_is_busy(void);

#endif
