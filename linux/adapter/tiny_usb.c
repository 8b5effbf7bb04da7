/* SPDX-License-Identifier: MIT */
/*
 * The driver learns only from GET_STATUS that an address was not acknowledged (ENXIO).  The request
 * of that message must look successful, with all its bytes: a short or stalled request means EIO to
 * the driver.  A NACK of a data byte and all other failures become EIO, as with the kernel's own
 * i2c-algo-bit.
 */
#include "adapter/tiny_usb.h"

#include <stdio.h>
#include <string.h>

enum status { IDLE, ADDRESS_ACK, ADDRESS_NACK };

/* bRequest of the vendor requests. */
enum { ECHO, GET_FUNC, SET_DELAY, GET_STATUS, I2C_IO, I2C_IO_LAST = I2C_IO + 3 };
enum { BEGINS = 1, ENDS = 2 };

/* bmRequestType without its direction: type and recipient (USB 2.0 §9.3.1). */
enum {
    TO_HOST = 0x80,
    STANDARD_DEVICE = 0x00,
    STANDARD_INTERFACE = 0x01,
    STANDARD_ENDPOINT = 0x02,
    VENDOR_INTERFACE = 0x41
};

/* bRequest of the standard requests, and kinds of descriptors (USB 2.0 §9.4). */
enum {
    STANDARD_GET_STATUS = 0,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11
};
enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3 };
enum { MANUFACTURER_STRING = 1, PRODUCT_STRING = 2 };

/*
 * Flags that the kernel leaves in a message and that have no effect here: I2C_M_DMA_SAFE, and the
 * client's I2C_CLIENT_PEC (the PEC byte itself is in the message).
 */
enum { MEANINGLESS = 0x0200 | 0x0004 };
enum {
    HONOURED = CONTROLLER_READ | CONTROLLER_NO_READ_ACK | CONTROLLER_IGNORE_NACK |
               CONTROLLER_REVERSE_DIRECTION | CONTROLLER_NO_START | CONTROLLER_STOP
};

struct setup {
    uint8_t type, request;
    uint16_t value, index, length;
};

/* ---- descriptors ----------------------------------------------------------------------------- */

/* USB 2.0 §9.6.1: high speed, class by interface, and the numbers that the driver looks for. */
static const uint8_t device_descriptor[] = {
    18, DEVICE, 0x10, 0x01, 0xff, 0, 0, 64, 0x03, 0x04, 0x31, 0xc6, 0x05, 0x01, 1, 2, 0, 1,
};

/* USB 2.0 §9.6.3 and §9.6.5: one configuration, one interface, no endpoints. */
static const uint8_t configuration_descriptor[] = {
    9, CONFIGURATION, 18, 0, 1, 1, 0, 0x80, 5, 9, 4, 0, 0, 0, 0xff, 0, 0, 0,
};

static enum tiny_usb_action answer(struct tiny_usb_request *request, const void *bytes, size_t size)
{
    request->answer_bytes = size < request->length ? size : request->length;
    memcpy(request->answer, bytes, request->answer_bytes);
    return TINY_USB_ANSWER;
}

/* Turns ASCII into UTF-16LE (USB 2.0 §9.6.7). */
static enum tiny_usb_action answer_string(struct tiny_usb_request *request, const char *text)
{
    uint8_t bytes[TINY_USB_ANSWER_MAX] = {0};
    size_t size = 2;
    for (; *text && size + 2 <= sizeof bytes; size += 2)
        bytes[size] = (uint8_t)*text++;
    bytes[0] = (uint8_t)size;
    bytes[1] = STRING;
    return answer(request, bytes, size);
}

static enum tiny_usb_action get_string(const struct tiny_usb *device, uint8_t index,
                                       struct tiny_usb_request *request)
{
    static const uint8_t languages[] = {4, STRING, 0x09, 0x04}; /* English (United States) */
    char product[32];
    switch (index) {
    case 0:
        return answer(request, languages, sizeof languages);
    case MANUFACTURER_STRING:
        return answer_string(request, "i2ctarget");
    case PRODUCT_STRING:
        snprintf(product, sizeof product, "i2ctarget bus %u", device->bus);
        return answer_string(request, product);
    default:
        return TINY_USB_STALL;
    }
}

static enum tiny_usb_action get_descriptor(const struct tiny_usb *device, uint16_t value,
                                           struct tiny_usb_request *request)
{
    uint8_t index = (uint8_t)value;
    switch (value >> 8) {
    case DEVICE:
        return answer(request, device_descriptor, sizeof device_descriptor);
    case CONFIGURATION:
        if (index != 0)
            return TINY_USB_STALL;
        return answer(request, configuration_descriptor, sizeof configuration_descriptor);
    case STRING:
        return get_string(device, index, request);
    default:
        return TINY_USB_STALL;
    }
}

/* ---- standard requests ----------------------------------------------------------------------- */

/* SET_ADDRESS does not come here: vhci keeps it. */
static enum tiny_usb_action on_standard_in(const struct tiny_usb *device, const struct setup *setup,
                                           struct tiny_usb_request *request)
{
    static const uint8_t zeros[2];
    uint8_t configuration = device->is_configured;
    switch (setup->request) {
    case STANDARD_GET_STATUS:
        return answer(request, zeros, 2);
    case GET_DESCRIPTOR:
        return get_descriptor(device, setup->value, request);
    case GET_CONFIGURATION:
        return answer(request, &configuration, 1);
    case GET_INTERFACE:
        return answer(request, zeros, 1);
    default:
        return TINY_USB_STALL;
    }
}

static enum tiny_usb_action on_standard_out(struct tiny_usb *device, const struct setup *setup)
{
    if (setup->request == SET_CONFIGURATION && setup->value <= 1) {
        device->is_configured = setup->value == 1;
        return TINY_USB_ANSWER;
    }
    if (setup->request == SET_INTERFACE && setup->value == 0 && setup->index == 0)
        return TINY_USB_ANSWER;
    return TINY_USB_STALL;
}

/* ---- vendor requests ------------------------------------------------------------------------- */

static enum tiny_usb_action begin_message(struct tiny_usb *device, const struct setup *setup,
                                          struct tiny_usb_request *request)
{
    uint16_t flags = (uint16_t)(setup->value & ~MEANINGLESS);
    bool is_read = flags & CONTROLLER_READ;
    device->status = IDLE;
    request->is_message = true;
    if ((flags & ~HONOURED) || is_read != !!(setup->type & TO_HOST) || setup->index > 0x7f ||
        setup->length > TINY_USB_LENGTH_MAX)
        return TINY_USB_STALL;
    request->message = (struct controller_message){
        .address = (uint8_t)setup->index, .flags = flags, .length = setup->length};
    request->begins = (setup->request - I2C_IO) & BEGINS;
    request->ends = (setup->request - I2C_IO) & ENDS;
    return TINY_USB_MESSAGE;
}

static enum tiny_usb_action on_vendor_in(const struct tiny_usb *device, const struct setup *setup,
                                         struct tiny_usb_request *request)
{
    const uint8_t functionality[] = {
        TINY_USB_FUNCTIONALITY & 0xff, TINY_USB_FUNCTIONALITY >> 8 & 0xff,
        TINY_USB_FUNCTIONALITY >> 16 & 0xff, TINY_USB_FUNCTIONALITY >> 24};
    const uint8_t echo[] = {(uint8_t)setup->value, (uint8_t)(setup->value >> 8)};
    switch (setup->request) {
    case ECHO:
        return answer(request, echo, sizeof echo);
    case GET_FUNC:
        return answer(request, functionality, sizeof functionality);
    case GET_STATUS:
        return answer(request, &device->status, 1);
    default:
        return TINY_USB_STALL;
    }
}

static enum tiny_usb_action on_vendor(struct tiny_usb *device, const struct setup *setup,
                                      struct tiny_usb_request *request)
{
    if (setup->request >= I2C_IO && setup->request <= I2C_IO_LAST)
        return begin_message(device, setup, request);
    if (setup->type & TO_HOST)
        return on_vendor_in(device, setup, request);
    /* The bus has its own speed.  The driver sets one when it starts, and must not be refused. */
    return setup->request == SET_DELAY ? TINY_USB_ANSWER : TINY_USB_STALL;
}

/* ---- the device ------------------------------------------------------------------------------ */

void tiny_usb_init(struct tiny_usb *device, unsigned bus)
{
    *device = (struct tiny_usb){.bus = bus};
}

static struct setup unpack(const uint8_t bytes[8])
{
    return (struct setup){
        .type = bytes[0],
        .request = bytes[1],
        .value = (uint16_t)(bytes[2] | bytes[3] << 8),
        .index = (uint16_t)(bytes[4] | bytes[5] << 8),
        .length = (uint16_t)(bytes[6] | bytes[7] << 8),
    };
}

/* If no data move, the direction in the setup packet has no meaning (USB 2.0 §9.3.1). */
static bool has_sense(const struct setup *setup, bool is_in)
{
    return setup->length == 0 || is_in == !!(setup->type & TO_HOST);
}

enum tiny_usb_action tiny_usb_setup(struct tiny_usb *device, const uint8_t bytes[8], bool is_in,
                                    struct tiny_usb_request *request)
{
    struct setup setup = unpack(bytes);
    *request = (struct tiny_usb_request){.length = setup.length};
    if (!has_sense(&setup, is_in))
        return TINY_USB_STALL;
    switch (setup.type & ~TO_HOST) {
    case STANDARD_DEVICE:
    case STANDARD_INTERFACE:
    case STANDARD_ENDPOINT:
        return setup.type & TO_HOST ? on_standard_in(device, &setup, request)
                                    : on_standard_out(device, &setup);
    case VENDOR_INTERFACE:
        return on_vendor(device, &setup, request);
    default:
        return TINY_USB_STALL;
    }
}

bool tiny_usb_finish(struct tiny_usb *device, enum controller_result result)
{
    device->status = result == CONTROLLER_ADDRESS_NACK ? ADDRESS_NACK : ADDRESS_ACK;
    return result == CONTROLLER_DONE || result == CONTROLLER_ADDRESS_NACK;
}
