/* SPDX-License-Identifier: MIT */
/*
 * The framing of USB/IP, as Linux' vhci-hcd uses it when a device is attached: 48-byte headers
 * whose integers are big endian, and data.  Source: Linux Documentation/usb/usbip_protocol.rst, and
 * drivers/usb/usbip/ for what the document leaves open.
 *
 *     kernel ──SUBMIT (setup packet, OUT data)──►  device        ◄── its result, IN data ──
 *     kernel ──UNLINK (of a SUBMIT)──►             device        ◄── whether it was in time ──
 *
 * This module makes no system call: bytes go in and a request comes out, or the other way round.
 * It knows only endpoint 0, so there are never more data than a setup packet can ask for.
 */
#ifndef ADAPTER_USBIP_H
#define ADAPTER_USBIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USBIP_HEADER_BYTES 48
#define USBIP_SETUP_BYTES 8
#define USBIP_DATA_MAX 65535u /* wLength is 16 bits (USB 2.0 §9.3.5) */

/* Values of `status` are Linux errno values, as in the protocol. */
#define USBIP_OK 0
#define USBIP_STALL (-32)     /* EPIPE */
#define USBIP_UNLINKED (-104) /* ECONNRESET */

struct usbip_request {
    bool is_unlink;
    uint32_t seqnum;
    uint32_t unlinked; /* UNLINK: the SUBMIT that it takes back */
    bool is_in;        /* SUBMIT; so are the next ones.  Direction: to the host */
    uint32_t endpoint;
    uint32_t length;      /* of the host's buffer */
    const uint8_t *setup; /* USBIP_SETUP_BYTES */
    const uint8_t *data;  /* not is_in: `length` bytes */
};

/*
 * The size of the request that begins at `bytes`, as far as these show: at least
 * USBIP_HEADER_BYTES.  0: it is not a request of this protocol.
 */
size_t usbip_request_bytes(const uint8_t *bytes, size_t size);
/* Parses a whole request of that size.  The result points into `bytes`. */
void usbip_parse(const uint8_t *bytes, struct usbip_request *request);

/* The result of a SUBMIT.  `length`: bytes moved; for an IN transfer they follow the header. */
void usbip_put_result(uint8_t header[USBIP_HEADER_BYTES], uint32_t seqnum, int32_t status,
                      uint32_t length);
/* The answer to an UNLINK, with its own number.  USBIP_UNLINKED: the SUBMIT will get no result. */
void usbip_put_unlinked(uint8_t header[USBIP_HEADER_BYTES], uint32_t seqnum, int32_t status);

#endif
