/* SPDX-License-Identifier: MIT */
/*
 * The USB device that Linux' standard driver i2c-tiny-usb accepts as an I2C adapter (Linux
 * drivers/i2c/busses/i2c-tiny-usb.c; the device of Till Harbaum, github.com/harbaum/I2C-Tiny-USB).
 * It has only endpoint 0.  Everything is a vendor request to its interface:
 *
 *     GET_FUNC     what it can do, as I2C_FUNC_… bits
 *     I2C_IO       one message: bit 0 of the request says it begins a transfer, bit 1 that it ends it
 *     GET_STATUS   was the address of the last message acknowledged?
 *
 * This module makes no system call.  A setup packet goes in; an answer, or a message for the wires,
 * comes out.  The module also decides what the driver gets for a failed message.
 */
#ifndef ADAPTER_TINY_USB_H
#define ADAPTER_TINY_USB_H

#include "line/controller_line.h"

/*
 * I2C | PROTOCOL_MANGLING | SMBUS_PEC | NOSTART | SMBUS_EMUL.  What does not work through this
 * driver must not be offered: ten-bit addresses, and every read of a block whose length the target
 * gives (the driver never makes the message longer, so such a block would be zeros).
 */
#define TINY_USB_FUNCTIONALITY 0x0eff001du
#define TINY_USB_LENGTH_MAX 8192u /* bytes of a message, as in i2c-dev */
#define TINY_USB_ANSWER_MAX 64

struct tiny_usb {
    unsigned bus; /* its number, for people: part of the product's name */
    bool is_configured;
    uint8_t status; /* GET_STATUS: enum in tiny_usb.c */
};

enum tiny_usb_action {
    TINY_USB_STALL,   /* refused */
    TINY_USB_ANSWER,  /* done; `answer` goes to the host, if it asked for something */
    TINY_USB_MESSAGE, /* `message` is to be sent on the wires */
};

struct tiny_usb_request {
    uint16_t length; /* wLength: how much the host gives or wants */
    uint8_t answer[TINY_USB_ANSWER_MAX];
    size_t answer_bytes;               /* at most `length` */
    bool is_message;                   /* it is about a message, even if it is refused */
    struct controller_message message; /* without buffer */
    bool begins, ends;                 /* a transfer */
};

void tiny_usb_init(struct tiny_usb *device, unsigned bus);

/* Handles one setup packet.  `is_in`: the direction according to the host. */
enum tiny_usb_action tiny_usb_setup(struct tiny_usb *device, const uint8_t setup[8], bool is_in,
                                    struct tiny_usb_request *request);

/*
 * The result of the message on the wires.  True: its request succeeds, with all its bytes.  False:
 * STALL.
 */
bool tiny_usb_finish(struct tiny_usb *device, enum controller_result result);

#endif
