/* SPDX-License-Identifier: MIT */
/*
 * bare_usbip: how long a USB control transfer takes to a device on vhci-hcd that answers at once,
 * in nanoseconds.  There is a row each for one byte in, 33 bytes out and 4096 bytes in.
 *
 * The device has no driver.  usbfs makes the requests, which can have a page at most (Linux
 * Documentation/driver-api/usb/usb.rst).
 */
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../measure.h"
#include "adapter/usbip.h"
#include "adapter/vhci.h"

enum {
    CALLS = 500,
    LONG_BYTES = 4096,
    DEVICE_ID = 0x00010063,
    TRIES = 500,
    PAUSE_US = 10000,
    PORT_WORDS = 128,
};

static const uint8_t device_descriptor[18] = {18,
                                              USB_DT_DEVICE,
                                              0,
                                              2,
                                              USB_CLASS_VENDOR_SPEC,
                                              0,
                                              0,
                                              64, /* bytes a packet */
                                              0x55,
                                              0xf0, /* no vendor's */
                                              1,
                                              0,
                                              0,
                                              1,
                                              0,
                                              0,
                                              0,
                                              1};
static const uint8_t configuration[18] = {
    9, USB_DT_CONFIG,         18, 0, 1, 1, 0, USB_CONFIG_ATT_ONE, 50, 9, USB_DT_INTERFACE, 0, 0,
    0, USB_CLASS_VENDOR_SPEC, 0,  0, 0};

/* ---- the device ------------------------------------------------------------------------------ */

/* recv() would wait for a byte even if none is wanted. */
static bool receive(int fd, uint8_t *bytes, size_t size)
{
    return size == 0 || recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

/* The content of the answer while the kernel enumerates the device; the rest are zeros. */
static void fill(const uint8_t *setup, uint8_t *data)
{
    bool is_descriptor = setup[0] == USB_DIR_IN && setup[1] == USB_REQ_GET_DESCRIPTOR;

    memset(data, 0, 64);
    if (is_descriptor && setup[3] == USB_DT_DEVICE)
        memcpy(data, device_descriptor, sizeof device_descriptor);
    else if (is_descriptor && setup[3] == USB_DT_CONFIG)
        memcpy(data, configuration, sizeof configuration);
}

static uint32_t length_of(const struct usbip_request *request)
{
    const uint8_t *setup = request->setup;
    bool is_short = request->is_in && setup[0] == USB_DIR_IN && setup[1] == USB_REQ_GET_DESCRIPTOR;

    return is_short && request->length > 18 ? 18 : request->length;
}

static void serve(int fd)
{
    static uint8_t bytes[USBIP_HEADER_BYTES + USBIP_DATA_MAX], data[USBIP_DATA_MAX];

    while (receive(fd, bytes, USBIP_HEADER_BYTES)) {
        struct usbip_request request;
        uint8_t header[USBIP_HEADER_BYTES];
        struct iovec parts[] = {{header, sizeof header}, {data, 0}};
        size_t size = usbip_request_bytes(bytes, USBIP_HEADER_BYTES);

        if (size < USBIP_HEADER_BYTES ||
            !receive(fd, bytes + USBIP_HEADER_BYTES, size - USBIP_HEADER_BYTES))
            break;
        usbip_parse(bytes, &request);
        if (request.is_unlink) {
            usbip_put_unlinked(header, request.seqnum, 0);
        } else {
            fill(request.setup, data);
            usbip_put_result(header, request.seqnum, USBIP_OK, length_of(&request));
            parts[1].iov_len = request.is_in ? length_of(&request) : 0;
        }
        if (writev(fd, parts, 2) < 0)
            break;
    }
}

/* ---- the host -------------------------------------------------------------------------------- */

static unsigned number_in(const char *device, const char *file)
{
    char path[PORT_WORDS];
    unsigned number = 0;

    snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/%s", device, file);
    FILE *stream = fopen(path, "re");
    if (stream) {
        if (fscanf(stream, "%u", &number) != 1)
            number = 0;
        fclose(stream);
    }
    return number;
}

/* The usbfs node of the device at the port, when it is configured. */
static int open_device(const struct vhci *vhci, unsigned port)
{
    struct vhci_port found;

    for (int i = 0; i < TRIES; i++, usleep(PAUSE_US)) {
        char path[PORT_WORDS];

        if (vhci_look(vhci, port, &found) < 0 || found.state != VHCI_USED ||
            number_in(found.device, "bConfigurationValue") != 1)
            continue;
        snprintf(path, sizeof path, "/dev/bus/usb/%03u/%03u", number_in(found.device, "busnum"),
                 number_in(found.device, "devnum"));
        return open(path, O_RDWR);
    }
    return -1;
}

static bool row(int fd, const char *what, uint8_t direction, uint16_t length)
{
    static uint8_t data[LONG_BYTES];
    double took_ns[CALLS];

    for (unsigned i = 0; i < CALLS; i++) {
        struct usbdevfs_ctrltransfer transfer = {.bRequestType = direction | USB_TYPE_VENDOR,
                                                 .bRequest = 1,
                                                 .wLength = length,
                                                 .timeout = 2000,
                                                 .data = data};
        uint64_t began_ns = measure_now_ns();
        if (ioctl(fd, USBDEVFS_CONTROL, &transfer) < 0) {
            perror(what);
            return false;
        }
        took_ns[i] = (double)(measure_now_ns() - began_ns);
    }
    printf("usbip %s %.0f\n", what, measure_median(took_ns, CALLS));
    return true;
}

int main(void)
{
    const struct vhci vhci = {.root = ""};
    int fds[2], port, fd;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
        return 1;
    port = vhci_attach(&vhci, fds[0], DEVICE_ID);
    if (port < 0) {
        fprintf(stderr, "vhci: %s\n", strerror(-port));
        return 1;
    }
    close(fds[0]);
    if (fork() == 0) {
        serve(fds[1]);
        _exit(0);
    }
    close(fds[1]);
    fd = open_device(&vhci, (unsigned)port);
    bool is_good = fd >= 0 && row(fd, "in_1", USB_DIR_IN, 1) &&
                   row(fd, "out_33", USB_DIR_OUT, 33) && row(fd, "in_4096", USB_DIR_IN, LONG_BYTES);
    vhci_detach(&vhci, (unsigned)port);
    return is_good ? 0 : 1;
}
