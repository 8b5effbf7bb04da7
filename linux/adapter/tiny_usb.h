/* SPDX-License-Identifier: MIT */
/*
 * The USB device that Linux' stock driver i2c-tiny-usb takes for an I2C adapter (Linux
 * drivers/i2c/busses/i2c-tiny-usb.c; the device of Till Harbaum, github.com/harbaum/I2C-Tiny-USB).
 * It has no endpoint but 0, and everything is a vendor request to its interface:
 *
 *     GET_FUNC     what it can do, as I2C_FUNC_… bits
 *     I2C_IO       one message: bit 0 of the request says it begins a transfer, bit 1 that it ends it
 *     GET_STATUS   was the address of the last message acknowledged?
 *
 * Pure: a setup packet in; an answer, or a message for the wires, out.  What the driver expects of a
 * message that went wrong is here, too.
 */
#ifndef ADAPTER_TINY_USB_H
#define ADAPTER_TINY_USB_H

#include "line/controller_line.h"

/*
 * I2C | PROTOCOL_MANGLING | SMBUS_PEC | NOSTART | SMBUS_EMUL.  What does not work through this
 * driver must not be there: ten-bit addresses, and everything that reads a block whose length the
 * target tells (the driver never makes the message longer; advertised, it would give zeros).
 */
#define TINY_USB_FUNCTIONALITY 0x0eff001du
#define TINY_USB_LENGTH_MAX 8192u /* bytes a message, as i2c-dev has it */
#define TINY_USB_ANSWER_MAX 64

struct tiny_usb {
    unsigned bus; /* its number, for people: in the product's name */
    bool is_configured;
    uint8_t status; /* GET_STATUS: enum in tiny_usb.c */
};

enum tiny_usb_action {
    TINY_USB_STALL,   /* not to be had */
    TINY_USB_ANSWER,  /* done; `answer` goes to the host, if it asked for something */
    TINY_USB_MESSAGE, /* `message` goes to the wires */
};

struct tiny_usb_request {
    uint16_t length; /* wLength: so much the host gives or wants */
    uint8_t answer[TINY_USB_ANSWER_MAX];
    size_t answer_bytes;               /* at most `length` */
    bool is_message;                   /* it is about one, be it refused */
    struct controller_message message; /* without buffer */
    bool begins, ends;                 /* a transfer */
};

void tiny_usb_init(struct tiny_usb *device, unsigned bus);

/* One setup packet; `is_in`: the host's own idea of the direction. */
enum tiny_usb_action tiny_usb_setup(struct tiny_usb *device, const uint8_t setup[8], bool is_in,
                                    struct tiny_usb_request *request);

/*
 * What became of the message on the wires.  True: its request is done, with all its bytes; false:
 * STALL.
 */
bool tiny_usb_finish(struct tiny_usb *device, enum controller_result result);

#endif
