/* SPDX-License-Identifier: MIT */
/*
 * The base of the module's files, and what a target and its requests share.
 *
 *     module.c      the module: it names what is in it
 *        |
 *     requests.c    requests(): the same in an asyncio program
 *        |
 *     target.c      class I2CTarget          a struct i2ctarget; makes requests
 *        |
 *     request.c     class I2CTargetRequest   a struct message (common/message.h)
 *        |
 *     memory.c      class Memory
 *     eeprom.c      class EEPROM
 *     device.c      what both are            a device of the library, and its buffer
 *        |
 *     service.c     which thread is in a call, and what the VM does meanwhile
 *     telling.c     functions that devices are to call
 *     errors.c      negative codes → exceptions: the only place
 *        |
 *     machine.h     what is different on Linux and on each chip
 *     vm.h          what is different in a module that is loaded from a file (natmod)
 *     common/       what CPython's module has as well: words, arguments, bytes in transit, devices
 *
 * An exception of MicroPython is a jump.  None may cross the library, or leave a call entered.  So a
 * method has three parts, as CPython's has:
 *
 *     1. arguments → C values          may raise
 *     2. enter, the library, leave     catches what the VM raises meanwhile (service_heed())
 *     3. result → Python object        may raise
 *
 * Memory: objects and bytes are on MicroPython's heap.  Interrupts allocate nothing.  A target has a
 * finaliser, which runs at garbage collection and at soft reset: the pins and the engine are
 * released.
 */
#ifndef MICROPYTHON_SERVICE_H
#define MICROPYTHON_SERVICE_H

#include "i2ctarget/i2ctarget.h"
#include "vm.h"

struct request_object;
struct device_object;

struct service {
    bool is_busy;                  /* a thread is in a call */
    uintptr_t thread;              /* which */
    struct request_object *latest; /* may be open; NULL: none */
    struct device_object *devices; /* attached to the target */
    mp_obj_t raised;               /* what ended the call, to be raised when it is left */
    unsigned bus;                  /* machine.h: where it is */
};

/* Begin a call that moves bytes or waits.  Raises RuntimeError if one is under way. */
void i2ctarget_mp_enter(struct service *service);
/* End it.  Raises what i2ctarget_mp_heed() has caught, or what the user's Ctrl-C raises here. */
void i2ctarget_mp_leave(struct service *service);

/* May this thread end the target, or look at it?  Raises RuntimeError if not. */
void i2ctarget_mp_allow(const struct service *service);

/*
 * Does what may raise, in the middle of a call.  False: it was an exception, which leave() will
 * raise.  With Ctrl-C on Linux it may be one from anywhere in `work`.
 */
bool i2ctarget_mp_attempt(struct service *service, void (*work)(struct service *service));

/*
 * The library has returned in the middle of a call, with -EINTR.  Lets the VM do what is due: USB,
 * scheduled functions, functions of devices, Ctrl-C.  False: an exception has ended the call.
 */
bool i2ctarget_mp_heed(struct service *service);

#endif
