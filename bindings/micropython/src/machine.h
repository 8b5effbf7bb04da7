/* SPDX-License-Identifier: MIT */
/* What is different on Linux (unix/linux.c and machine.c) and on each chip, which has one file. */
#ifndef MICROPYTHON_MACHINE_H
#define MICROPYTHON_MACHINE_H

#include "common/words.h"
#include "i2ctarget/port.h"
#include "service.h"

/* The pins of a target, from Python's objects.  Raises TypeError or ValueError. */
struct machine_pins {
    struct i2ctarget_pin scl, sda;
    unsigned bus; /* what the words below name it by */
};
void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda);

/* Where it is: "bus 1", "GPIO5, GPIO4". */
void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus);

/* Raises RuntimeError if this thread may not use a target at all. */
void i2ctarget_mp_require_thread(void);

/*
 * The port's wait(), but it returns -EINTR when it is the VM's turn: after a while, or when something
 * has happened that may be the VM's.
 */
int i2ctarget_mp_wait(const struct i2ctarget_port_ops *port, void *instance, int64_t until_us);

/* A monotonic clock.  Runs where events are raised, too. */
int64_t i2ctarget_mp_now_us(void);

/*
 * Functions of devices are to be called: where there is a scheduler that an interrupt may use, it is
 * told to call i2ctarget_mp_tell_all().  Elsewhere they are called inside the next call on a target.
 * Runs where events are raised.
 */
void i2ctarget_mp_schedule(void);

/*
 * Between these two no exception may come out of a signal handler: the library is being called.
 * unshield() may raise at once what was held back.
 */
void i2ctarget_mp_shield(void);
void i2ctarget_mp_unshield(void);

/* A descriptor for poll(): it is readable while a request waits.  Negative: there is none here. */
int i2ctarget_mp_descriptor(struct i2ctarget *target);

/* The words for an errno that common/words.h does not know.  NULL: MicroPython's own will do. */
const char *i2ctarget_mp_explain(enum asked asked, unsigned bus, int error, char *text,
                                 size_t size);

#endif
