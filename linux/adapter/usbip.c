/* SPDX-License-Identifier: MIT */
#include "adapter/usbip.h"

#include <string.h>

enum command { SUBMIT = 1, UNLINK = 2, SUBMIT_RESULT = 3, UNLINK_RESULT = 4 };

/* Where the fields are. */
enum {
    COMMAND = 0x00,
    SEQNUM = 0x04,
    DIRECTION = 0x0c,
    ENDPOINT = 0x10,
    UNLINKED = 0x14, /* UNLINK */
    STATUS = 0x14,   /* results */
    LENGTH = 0x18,   /* SUBMIT: length of the buffer; its result: bytes moved */
    PACKETS = 0x20,
    SETUP = 0x28,
};

static uint32_t get(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

/*
 * Isochronous packets would have their own descriptors.  If there are none, the kernel says 0, and
 * the document says 0xffffffff.
 */
static bool is_plain(const uint8_t *header)
{
    uint32_t packets = get(header + PACKETS);
    return get(header + DIRECTION) <= 1 && (packets == 0 || packets == UINT32_MAX);
}

size_t usbip_request_bytes(const uint8_t *bytes, size_t size)
{
    if (size < 4)
        return USBIP_HEADER_BYTES;
    uint32_t command = get(bytes + COMMAND);
    if (command != SUBMIT && command != UNLINK)
        return 0;
    if (size < USBIP_HEADER_BYTES || command == UNLINK)
        return USBIP_HEADER_BYTES;
    if (!is_plain(bytes))
        return 0;
    uint32_t length = get(bytes + LENGTH);
    if (get(bytes + DIRECTION) == 1)
        return USBIP_HEADER_BYTES;
    return length <= USBIP_DATA_MAX ? USBIP_HEADER_BYTES + length : 0;
}

void usbip_parse(const uint8_t *bytes, struct usbip_request *request)
{
    bool is_unlink = get(bytes + COMMAND) == UNLINK;
    *request = (struct usbip_request){.is_unlink = is_unlink, .seqnum = get(bytes + SEQNUM)};
    if (is_unlink) {
        request->unlinked = get(bytes + UNLINKED);
        return;
    }
    request->is_in = get(bytes + DIRECTION) == 1;
    request->endpoint = get(bytes + ENDPOINT);
    request->length = get(bytes + LENGTH);
    request->setup = bytes + SETUP;
    request->data = bytes + USBIP_HEADER_BYTES;
}

static void put_header(uint8_t header[USBIP_HEADER_BYTES], enum command command, uint32_t seqnum,
                       int32_t status)
{
    memset(header, 0, USBIP_HEADER_BYTES);
    put(header + COMMAND, command);
    put(header + SEQNUM, seqnum);
    put(header + STATUS, (uint32_t)status);
}

void usbip_put_result(uint8_t header[USBIP_HEADER_BYTES], uint32_t seqnum, int32_t status,
                      uint32_t length)
{
    put_header(header, SUBMIT_RESULT, seqnum, status);
    put(header + LENGTH, length);
}

void usbip_put_unlinked(uint8_t header[USBIP_HEADER_BYTES], uint32_t seqnum, int32_t status)
{
    put_header(header, UNLINK_RESULT, seqnum, status);
}
