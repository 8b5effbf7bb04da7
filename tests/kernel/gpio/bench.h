/* SPDX-License-Identifier: MIT */
/*
 * The workbench: two wires, targets on them, and a foreign controller: a virtual machine whose
 * kernel moves SCL and SDA one GPIO access at a time.
 *
 *     guest: i2c-dev ► i2c-algo-bit ► i2c-gpio ► gpio-virtio ─ ─ vhost-user ─ ─► gpio_chip
 *                                                                                  │ lines 0, 1
 *                  registers.c, eeprom.c, … ◄ core ◄ port ◄ target_line ◄ wires ◄──┘
 *
 * The targets are ordinary programs, with a main() that blocks in i2ctarget_next_request().  Each
 * has its own stack, and runs when something happened on its pins or its time has come.  One thread
 * serves all of them.
 *
 * Time on the wires is real time, because the controller runs in real time: it makes its clock as
 * fast as it can, and has its own time-out for a target that stretches.  Each access takes
 * ACCESS_NS more, as if the chip were that slow.  When it is over, input filters and SDA hold times
 * are over too, and the next access finds the wires at rest.
 *
 * Three more lines are for a second controller, which belongs to the workbench: driving line 2 high
 * starts it, line 3 is high while it works, and line 4 after it has lost the bus.
 *
 * Two lines are for faults (docs/FAULTS.md): while line 5 or 6 is driven high, SCL or SDA is stuck.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>

#include "i2ctarget/port.h"
#include "line/checker.h"

enum bench_line {
    BENCH_SCL,
    BENCH_SDA,
    BENCH_RIVAL,
    BENCH_RIVAL_BUSY,
    BENCH_RIVAL_LOST,
    BENCH_STUCK_SCL,
    BENCH_STUCK_SDA,
    BENCH_LINES
};

/* ---- for programs ---------------------------------------------------------------------------- */

/* The port whose pins are the calling program's; pin numbers 0 (SCL) and 1 (SDA). */
extern const struct i2ctarget_port_ops bench_port;
/* Which program calls: the `unit` of its pins. */
uintptr_t bench_unit(void);

int64_t bench_now_us(void);
/* The calling program sleeps for that long; the bench goes on. */
void bench_sleep_us(int64_t us);

/* ---- for main() ------------------------------------------------------------------------------ */

/*
 * Before the programs begin.  Two files are written: the wires (VCD), and the addresses and bytes
 * that the targets heard.  0 or -errno.
 */
int bench_open(const char *trace, const char *heard);
/* Let time pass until now, with all that happens in it; then run the programs that it concerns. */
void bench_catch_up(void);
/* How long nothing will happen by itself, in nanoseconds; -1: for ever. */
int64_t bench_idle_ns(void);
/* The guest set direction or value of a line.  What one access takes has passed when it returns. */
void bench_drive(unsigned line, bool is_output, bool value);
bool bench_level(unsigned line);
/* Says what happened, and which rules of the bus were broken.  True: none, and the files are whole. */
bool bench_close(void);

#endif
