/* SPDX-License-Identifier: MIT */
/*
 * Linux' virtual USB host controller, vhci-hcd, by its files in sysfs (Linux
 * drivers/usb/usbip/vhci_sysfs.c); and the place in sysfs where the resulting adapter appears.
 *
 *     /sys/devices/platform/vhci_hcd.0/attach    "port descriptor devid speed" makes a device
 *                                      detach    "port" takes it away
 *                                      status    a line for each port: free, or which device
 *                                      status.1… of further controllers
 *
 * Errors are negative errno values.
 */
#ifndef ADAPTER_VHCI_H
#define ADAPTER_VHCI_H

#include <stdbool.h>
#include <stddef.h>

#define VHCI_NAME_MAX 32

struct vhci {
    const char *root; /* prefix of every path; "" is the real system */
};

/* The state of a port, from its line. */
enum vhci_state {
    VHCI_FREE,     /* free, or not existing */
    VHCI_ATTACHED, /* it has a stream; the device has no address yet */
    VHCI_USED,     /* the device has an address: its name is known */
    VHCI_BROKEN,
};

struct vhci_port {
    unsigned number;
    enum vhci_state state;
    bool is_high_speed;         /* of the hub for USB 2, not of the one for USB 3 */
    char device[VHCI_NAME_MAX]; /* VHCI_USED: its name below /sys/bus/usb/devices, "1-1" */
};

/* Does the controller exist? */
bool vhci_exists(const struct vhci *vhci);
/* May we attach? */
bool vhci_is_writable(const struct vhci *vhci);

/*
 * Give one end of a stream to the first free port of the USB 2 hubs, as a high-speed device.  The
 * kernel keeps its own reference, so the descriptor can be closed.  Returns the port; -ENOSPC: no
 * port is free; other -errno.
 */
int vhci_attach(const struct vhci *vhci, int stream_fd, unsigned device_id);
int vhci_detach(const struct vhci *vhci, unsigned port);
/* 0 or -errno.  A port without a line is VHCI_FREE. */
int vhci_look(const struct vhci *vhci, unsigned port, struct vhci_port *found);

/* The number N of i2c-N, the adapter of that device; -1: it has none (yet). */
int vhci_adapter(const struct vhci *vhci, const char *device);
/*
 * Are the drivers loaded: the one that makes an adapter of the device, and i2c-dev, which makes its
 * node?
 */
bool vhci_has_driver(const struct vhci *vhci);
bool vhci_has_nodes(const struct vhci *vhci);

#endif
