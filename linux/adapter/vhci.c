/* SPDX-License-Identifier: MIT */
#include "adapter/vhci.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define CONTROLS "/sys/devices/platform/vhci_hcd.0/"
#define USB_DEVICES "/sys/bus/usb/devices/"
#define USB_DRIVER "/sys/bus/usb/drivers/i2c-tiny-usb"
#define I2C_NODES "/sys/class/i2c-dev"

enum { CONTROLLERS_MAX = 128, HIGH_SPEED = 3 }; /* USBIP_VHCI_NR_HCS; enum usb_device_speed */

/* enum usbip_device_status. */
enum { PORT_FREE = 4, PORT_UNADDRESSED = 5, PORT_USED = 6 };

static bool join(const struct vhci *vhci, char path[PATH_MAX], const char *file)
{
    return snprintf(path, PATH_MAX, "%s%s", vhci->root, file) < PATH_MAX;
}

static bool is_there(const struct vhci *vhci, const char *file, int mode)
{
    char path[PATH_MAX];
    return join(vhci, path, file) && access(path, mode) == 0;
}

bool vhci_exists(const struct vhci *vhci)
{
    return is_there(vhci, CONTROLS "attach", F_OK);
}

bool vhci_is_writable(const struct vhci *vhci)
{
    return is_there(vhci, CONTROLS "attach", W_OK);
}

bool vhci_has_driver(const struct vhci *vhci)
{
    return is_there(vhci, USB_DRIVER, F_OK);
}

bool vhci_has_nodes(const struct vhci *vhci)
{
    return is_there(vhci, I2C_NODES, F_OK);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static enum vhci_state state_of(unsigned number)
{
    switch (number) {
    case PORT_FREE:
        return VHCI_FREE;
    case PORT_UNADDRESSED:
        return VHCI_ATTACHED;
    case PORT_USED:
        return VHCI_USED;
    default:
        return VHCI_BROKEN;
    }
}

/* "hub port sta spd dev sockfd local_busid".  False: it is the header line, or unknown. */
static bool parse_port(const char *line, struct vhci_port *port)
{
    char hub[4];
    unsigned state;
    if (sscanf(line, "%3s %u %u %*u %*x %*u %31s", hub, &port->number, &state, port->device) != 4)
        return false;
    port->is_high_speed = strcmp(hub, "hs") == 0;
    port->state = state_of(state);
    return true;
}

/* Calls `visit` for all ports, until it returns true.  1: it did; 0: it did not; -errno. */
static int visit_ports(const struct vhci *vhci,
                       bool (*visit)(void *owner, const struct vhci_port *port), void *owner)
{
    char path[PATH_MAX], file[64], line[256];
    struct vhci_port port;
    bool is_stopped = false;
    for (int i = 0; i < CONTROLLERS_MAX && !is_stopped; i++) {
        snprintf(file, sizeof file, i == 0 ? CONTROLS "status" : CONTROLS "status.%d", i);
        FILE *status = join(vhci, path, file) ? fopen(path, "re") : NULL;
        if (!status)
            return i == 0 ? -errno : 0;
        while (!is_stopped && fgets(line, sizeof line, status))
            is_stopped = parse_port(line, &port) && visit(owner, &port);
        fclose(status);
    }
    return is_stopped;
}

static bool is_the_port(void *owner, const struct vhci_port *port)
{
    struct vhci_port *wanted = owner;
    if (port->number != wanted->number)
        return false;
    *wanted = *port;
    return true;
}

int vhci_look(const struct vhci *vhci, unsigned port, struct vhci_port *found)
{
    *found = (struct vhci_port){.number = port, .state = VHCI_FREE};
    int result = visit_ports(vhci, is_the_port, found);
    return result < 0 ? result : 0;
}

/* ---- attach, detach -------------------------------------------------------------------------- */

/* A descriptor or -errno. */
static int open_control(const struct vhci *vhci, const char *file)
{
    char path[PATH_MAX];
    int fd = join(vhci, path, file) ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    return fd < 0 ? -errno : fd;
}

static int write_control(int fd, const char *text)
{
    return pwrite(fd, text, strlen(text), 0) < 0 ? -errno : 0;
}

struct attaching {
    int control_fd;
    int stream_fd;
    unsigned device_id;
    int result; /* the port, or -errno */
};

/*
 * If another process takes the port first (EBUSY), or its controller is not ready yet (EAGAIN), the
 * next port is tried.
 */
static bool try_port(void *owner, const struct vhci_port *port)
{
    struct attaching *attaching = owner;
    char text[64];
    if (port->state != VHCI_FREE || !port->is_high_speed)
        return false;
    snprintf(text, sizeof text, "%u %d %u %d", port->number, attaching->stream_fd,
             attaching->device_id, HIGH_SPEED);
    int result = write_control(attaching->control_fd, text);
    attaching->result = result < 0 ? result : (int)port->number;
    return result != -EBUSY && result != -EAGAIN;
}

/*
 * Only one of our processes attaches at a time.  The kernel could handle several, but it logs an
 * error for each that comes second.
 */
int vhci_attach(const struct vhci *vhci, int stream_fd, unsigned device_id)
{
    int fd = open_control(vhci, CONTROLS "attach");
    if (fd < 0)
        return fd;
    struct attaching attaching = {fd, stream_fd, device_id, -ENOSPC};
    flock(fd, LOCK_EX);
    int result = visit_ports(vhci, try_port, &attaching);
    close(fd);
    if (result < 0)
        return result;
    return attaching.result == -EBUSY ? -ENOSPC : attaching.result;
}

int vhci_detach(const struct vhci *vhci, unsigned port)
{
    char text[16];
    int fd = open_control(vhci, CONTROLS "detach");
    if (fd < 0)
        return fd;
    snprintf(text, sizeof text, "%u", port);
    int result = write_control(fd, text);
    close(fd);
    return result;
}

/* ---- the adapter ----------------------------------------------------------------------------- */

static int number_of(const char *name)
{
    char *end;
    if (strncmp(name, "i2c-", 4) != 0 || name[4] < '0' || name[4] > '9')
        return -1;
    unsigned long number = strtoul(name + 4, &end, 10);
    return *end == '\0' && number <= INT_MAX ? (int)number : -1;
}

int vhci_adapter(const struct vhci *vhci, const char *device)
{
    char path[PATH_MAX];
    int number = -1;
    if (snprintf(path, sizeof path, "%s" USB_DEVICES "%s:1.0", vhci->root, device) >= PATH_MAX)
        return -1;
    DIR *directory = opendir(path);
    if (!directory)
        return -1;
    for (const struct dirent *entry; number < 0 && (entry = readdir(directory));)
        number = number_of(entry->d_name);
    closedir(directory);
    return number;
}
