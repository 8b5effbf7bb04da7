/* SPDX-License-Identifier: MIT */
/*
 * The functions of the program that devices are to call: on_write.
 *
 * What a controller has written is noted where events are raised, on a chip in an interrupt
 * (common/device.h).  The functions are called when it is the VM's turn: inside a call on a target;
 * and where the machine has a scheduler for it, whenever the program runs.  An exception of such a
 * function is printed and goes no further, as that of a scheduled function.
 */
#ifndef MICROPYTHON_TELLING_H
#define MICROPYTHON_TELLING_H

#include "common/device.h"
#include "vm.h"

struct listener {
    struct python_device *device;
    mp_obj_t function; /* MP_OBJ_NULL: nobody is to be told */
    struct listener *next;
};

/*
 * From now on it is told, or no more.  It is part of an object that lives meanwhile: the list is
 * nothing that garbage collection knows.
 */
void i2ctarget_mp_listen(struct listener *listener);
void i2ctarget_mp_unlisten(struct listener *listener);

/* A function is to be called: a wait ends early. */
extern volatile bool i2ctarget_mp_is_due;

/* Calls the functions.  Raises nothing. */
void i2ctarget_mp_tell_all(void);
extern bool i2ctarget_mp_is_telling; /* it is under way */

/* Calls this function now, if there is something to tell, even while another one runs. */
void i2ctarget_mp_tell(struct listener *listener);

#endif
