/* SPDX-License-Identifier: MIT */
/*
 * Linux' virtual USB host controller, vhci-hcd, by its files in sysfs (Linux
 * drivers/usb/usbip/vhci_sysfs.c), and where in sysfs the adapter shows up that comes of it.
 *
 *     /sys/devices/platform/vhci_hcd.0/attach    "port descriptor devid speed" makes a device
 *                                      detach    "port" takes it away
 *                                      status    a line a port: free, or which device
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
    const char *root; /* before every path; "" is the real thing */
};

/* What a port is doing, from its line. */
enum vhci_state {
    VHCI_FREE,     /* or there is no such port */
    VHCI_ATTACHED, /* it has a stream, and the device no address yet */
    VHCI_USED,     /* the device has one: its name is known */
    VHCI_BROKEN,
};

struct vhci_port {
    unsigned number;
    enum vhci_state state;
    bool is_high_speed;         /* the hub for USB 2, not that for USB 3 */
    char device[VHCI_NAME_MAX]; /* VHCI_USED: its name below /sys/bus/usb/devices, "1-1" */
};

/* Is the controller there? */
bool vhci_exists(const struct vhci *vhci);
/* May we attach? */
bool vhci_is_writable(const struct vhci *vhci);

/*
 * Give one end of a stream to the first free port of the USB 2 hubs, as a high-speed device.  The
 * kernel keeps a reference of its own: the descriptor can be closed.  The port; -ENOSPC: none is
 * free; other -errno.
 */
int vhci_attach(const struct vhci *vhci, int stream_fd, unsigned device_id);
int vhci_detach(const struct vhci *vhci, unsigned port);
/* 0 or -errno.  A port that no line tells of is VHCI_FREE. */
int vhci_look(const struct vhci *vhci, unsigned port, struct vhci_port *found);

/* The number N of i2c-N, the adapter of that device; -1: there is none (yet). */
int vhci_adapter(const struct vhci *vhci, const char *device);
/* Is the driver there that makes an adapter of it?  And i2c-dev, that makes a node of that? */
bool vhci_has_driver(const struct vhci *vhci);
bool vhci_has_nodes(const struct vhci *vhci);

#endif
