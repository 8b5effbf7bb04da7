/* SPDX-License-Identifier: MIT */
/* What help(I2CTarget) says. */
#ifndef PYTHON_TARGET_DOC_H
#define PYTHON_TARGET_DOC_H

#include "binding.h"

PyDoc_STRVAR(
    target_doc,
    "I2CTarget(scl, sda, addresses, smbus=False)\n--\n\n"
    "The target (device, peripheral) side of an I2C bus.\n\n"
    "    with I2CTarget(board.SCL, board.SDA, (0x40, 0x41)) as device:\n"
    "        request = device.request()\n\n"
    "scl, sda   the clock and the data pin, of board, microcontroller.pin or a TestBus\n"
    "addresses  the addresses to answer, an iterable of 1 to 128 ints 0x00 to 0x7f.  0x00\n"
    "           is the general call, which can only be written to\n"
    "smbus      True: keep the SMBus time limits (SCL low for 25 to 35 ms resets the\n"
    "           target; our own stretching is 25 ms at most in a transfer).  False: no\n"
    "           limits at all\n\n"
    "From the moment when the bus needs an answer, SCL is held low (clock stretching) until\n"
    "this program has answered.  So nothing is lost, however late the answer is.\n\n"
    "The target and its requests can be in one call at a time.  Meanwhile calls from another\n"
    "thread raise RuntimeError.  So do calls from a signal handler that interrupted the call,\n"
    "except deinit(), fileno() and counters.\n\n"
    "Raises ValueError: no address, more than 128, or one out of range; pins that cannot\n"
    "serve, or that serve another I2CTarget of this program.  TypeError: not ints, not\n"
    "pins.  OSError: there is no such bus (ENOENT; the message says how to start it); no\n"
    "permission (EACCES); a bus of another release (EPROTO).  MemoryError: no memory, here or\n"
    "in the bus server; a TestBus has 128 targets already.");
PyDoc_STRVAR(
    request_doc,
    "request($self, /, *, timeout=-1)\n--\n\n"
    "Wait for an I2C request: a message addressed to us.\n\n"
    "timeout  seconds.  Negative: look once, do not wait.  0: wait for ever.  Positive: wait\n"
    "         that long, never less, in steps of 1 us\n\n"
    "Returns an I2CTargetRequest, or None if timeout is negative and there is none.  A request\n"
    "that is still open is closed first.  A fault of the bus is never reported here.\n\n"
    "Raises TimeoutError (OSError with ETIMEDOUT): no request within a positive timeout.\n"
    "ValueError: deinitialised; timeout is NaN or infinite.  OSError: the bus has ended (EIO);\n"
    "on a TestBus the wait would never end (EDEADLK).  RuntimeError: this target is in a call.\n"
    "Ctrl-C ends the wait at once.");
PyDoc_STRVAR(deinit_doc,
             "deinit($self, /)\n--\n\n"
             "Release both lines at once, even in the middle of a byte.  May be called again;\n"
             "every other call then raises ValueError.  What controllers have written to devices,\n"
             "and their on_write was not told yet, it is told now.");
PyDoc_STRVAR(
    fileno_doc,
    "fileno($self, /)\n--\n\n"
    "A file descriptor that is readable while request(timeout=-1) would return a request,\n"
    "for select, selectors and asyncio; also when the bus has ended.\n\n"
    "It may also become readable when a fault has ended a message, or has taken back a request\n"
    "that was announced.  Then request(timeout=-1) returns None, and the descriptor is no\n"
    "longer readable.  The descriptor belongs to the target: do not read or close it.\n\n"
    "Raises ValueError: deinitialised; on a TestBus.");
PyDoc_STRVAR(set_at_end_doc,
             "_set_at_end($self, function, /)\n--\n\n"
             "For requests(): call this function in deinit(), once.  None: call none.");
PyDoc_STRVAR(
    add_address_doc,
    "add_address($self, address, /)\n--\n\n"
    "Answer to one more address, 0x00 to 0x7f, from the next START on.  No effect if it is\n"
    "there already.\n\n"
    "Raises ValueError: out of range; deinitialised.  TypeError: not an int.  OSError\n"
    "(EIO): the bus has ended.  RuntimeError: this target is in a call.");
PyDoc_STRVAR(
    remove_address_doc,
    "remove_address($self, address, /)\n--\n\n"
    "Answer to an address no more, from the next START on.  A message to it that has begun\n"
    "goes on to its end.  One that request() has not returned yet is not acknowledged.  The\n"
    "last address may go, too.\n\n"
    "Raises ValueError: not an address of this target; deinitialised.  TypeError: not an\n"
    "int.  OSError (EIO): the bus has ended.  RuntimeError: this target is in a call.");
PyDoc_STRVAR(
    attach_doc,
    "attach($self, /, device, addresses=None)\n--\n\n"
    "Let a device, a Memory or an EEPROM, answer everything at these addresses, at once.  None:\n"
    "at all addresses of the target.  request() does not return messages to them.\n\n"
    "The device stays until deinit(), or until remove_address() takes an address away.  A device\n"
    "may have several addresses of one target; an address has one device.\n\n"
    "Here devices answer inside calls on the target: a program waits in request(), or calls it\n"
    "when fileno() is readable.  (On a chip they answer in an interrupt.)\n\n"
    "Raises ValueError: not an address of this target; it has a device; the device belongs to\n"
    "another target; deinitialised.  TypeError: no device.  RuntimeError: this target is in a\n"
    "call.");
PyDoc_STRVAR(counters_doc,
             "What has happened so far, a Counters.  After deinit(): the last values.");

#endif
