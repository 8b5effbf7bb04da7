/* SPDX-License-Identifier: MIT */
/*
 * The kernel's stream ends in this process, at the gate.  So does the connection to the bus server.
 * If this process is killed, both of them close: the server ends the transfer on the wires, and the
 * kernel removes the adapter.
 *
 * The kernel probes the new adapter while it attaches it.  So whenever this process waits, it
 * passes on what kernel and server say to each other.
 */
#include "cli/attachment.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/gate.h"
#include "adapter/vhci.h"
#include "cli/cli.h"
#include "cli/modules.h"
#include "cli/notify.h"
#include "link/link.h"

enum {
    PAUSE_MS = 10,
    STOPPED_MS = 1000,
    ATTACH_MS = 20 * 1000, /* drivers may probe a bus whose targets do not answer */
    DETACH_MS = 10 * 1000,
};

static const struct vhci vhci = {.root = ""};

struct attachment {
    const char *word;
    unsigned bus;
    struct link link;
    struct gate *gate; /* NULL: closed */
    int signal_fd;
    bool is_stopped; /* a signal was received */
    unsigned port;
    char device[VHCI_NAME_MAX]; /* name of the USB device; empty: not known yet */
    int adapter;                /* i2c-N; -1: not there yet */
};

/* Why the waiting ended. */
enum turn { NOTHING, SIGNAL, ENDED };

/* ---- what the kernel must have --------------------------------------------------------------- */

bool attachment_prepare(const char *word)
{
    if (geteuid() != 0 && !vhci_is_writable(&vhci)) {
        cli_error(word, "only root can attach a bus to the kernel: try sudo");
        return false;
    }
    if (!vhci_exists(&vhci))
        modules_load("vhci-hcd");
    if (!vhci_exists(&vhci)) {
        cli_error(word, "this kernel has no vhci-hcd (CONFIG_USBIP_VHCI_HCD), or its module could "
                        "not be loaded");
        return false;
    }
    if (!vhci_has_driver(&vhci))
        modules_load("i2c-tiny-usb");
    if (!vhci_has_driver(&vhci)) {
        cli_error(word, "this kernel has no i2c-tiny-usb (CONFIG_I2C_TINY_USB), or its module "
                        "could not be loaded");
        return false;
    }
    if (!vhci_has_nodes(&vhci))
        modules_load("i2c-dev");
    return true;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static enum turn wait_for_turn(const struct attachment *attachment, int timeout_ms)
{
    enum { SIGNALS, GATE, COUNT = GATE + 2 };
    int signal_fd = attachment->is_stopped ? -1 : attachment->signal_fd;
    struct pollfd polls[COUNT] = {[SIGNALS] = {.fd = signal_fd, .events = POLLIN}};
    gate_wish(attachment->gate, &polls[GATE]);
    if (poll(polls, COUNT, timeout_ms) <= 0)
        return NOTHING;
    if (gate_pump(attachment->gate) != GATE_OPEN)
        return ENDED;
    return polls[SIGNALS].revents ? SIGNAL : NOTHING;
}

static int say_ended(const struct attachment *attachment)
{
    if (gate_why(attachment->gate))
        cli_error(attachment->word, "bus %u is no I2C adapter, and was detached: %s",
                  attachment->bus, gate_why(attachment->gate));
    else
        cli_error(attachment->word, "bus %u has ended, or somebody has detached it",
                  attachment->bus);
    return CLI_FAILED;
}

/* True: the adapter exists. */
static bool look_for_adapter(struct attachment *attachment)
{
    struct vhci_port port;
    if (vhci_look(&vhci, attachment->port, &port) < 0 || port.state != VHCI_USED)
        return false;
    memcpy(attachment->device, port.device, sizeof attachment->device);
    attachment->adapter = vhci_adapter(&vhci, port.device);
    return attachment->adapter >= 0;
}

static int say_refused(const struct attachment *attachment)
{
    cli_error(attachment->word,
              "the kernel has made no adapter of USB device %s: see its log (dmesg)",
              attachment->device[0] ? attachment->device : "(not even found)");
    return CLI_FAILED;
}

/*
 * CLI_OK: the adapter exists, or a signal is to be handled.  Otherwise an exit status.  If a device
 * disappears while the kernel still initialises it, the kernel complains of bad cables.  So even
 * after a signal the kernel gets a moment to finish.
 */
static int await_adapter(struct attachment *attachment)
{
    int64_t until_us = i2ctarget_link_now_us() + ATTACH_MS * INT64_C(1000);
    while (!look_for_adapter(attachment)) {
        switch (wait_for_turn(attachment, PAUSE_MS)) {
        case SIGNAL:
            attachment->is_stopped = true;
            until_us = i2ctarget_link_now_us() + STOPPED_MS * INT64_C(1000);
            break;
        case ENDED:
            return say_ended(attachment);
        case NOTHING:
            break;
        }
        if (i2ctarget_link_now_us() > until_us)
            return attachment->is_stopped ? CLI_OK : say_refused(attachment);
    }
    return CLI_OK;
}

/* ---- the three acts -------------------------------------------------------------------------- */

/*
 * A number that tells the kernel's requests apart in a USB trace: bus 1, device = the bus's number.
 */
static unsigned device_id(unsigned bus)
{
    return 1u << 16 | bus;
}

static bool make_pair(const struct attachment *attachment, int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0)
        return true;
    cli_error(attachment->word, "socketpair: %s", strerror(errno));
    return false;
}

static bool open_link(struct attachment *attachment)
{
    int result = i2ctarget_link_open(&attachment->link, attachment->bus, PROTOCOL_ADAPTER, NULL);
    if (result < 0)
        cli_link_error(attachment->word, &attachment->link, result);
    return result == 0;
}

/* Opens the gate between the server and the kernel, and the kernel's end. */
static bool open_gate(struct attachment *attachment, int *kernel_fd)
{
    int ends[2];
    if (!open_link(attachment) || !make_pair(attachment, ends))
        return false;
    attachment->gate = gate_new(attachment->bus, ends[0], &attachment->link);
    *kernel_fd = ends[1];
    if (attachment->gate)
        return true;
    close(*kernel_fd);
    cli_error(attachment->word, "%s", strerror(ENOMEM));
    return false;
}

static void close_gate(struct attachment *attachment)
{
    gate_free(attachment->gate);
    i2ctarget_link_close(&attachment->link);
    attachment->gate = NULL;
}

static bool attach(struct attachment *attachment)
{
    int kernel_fd;
    if (!open_gate(attachment, &kernel_fd))
        return false;
    int port = vhci_attach(&vhci, kernel_fd, device_id(attachment->bus));
    close(kernel_fd);
    if (port >= 0) {
        attachment->port = (unsigned)port;
        return true;
    }
    if (port == -ENOSPC)
        cli_error(attachment->word, "all ports of vhci-hcd are taken");
    else
        cli_error(attachment->word, "vhci-hcd does not take the bus: %s", strerror(-port));
    return false;
}

static int stay(struct attachment *attachment)
{
    printf("/dev/i2c-%d is bus %u\n", attachment->adapter, attachment->bus);
    if (fflush(stdout) != 0) {
        cli_error(attachment->word, "cannot say which adapter it is: %s", strerror(errno));
        return CLI_FAILED;
    }
    if (!vhci_has_nodes(&vhci))
        cli_error(attachment->word, "programs cannot use it: this kernel has no i2c-dev, or its "
                                    "module could not be loaded");
    notify_ready();
    enum turn turn;
    do
        turn = wait_for_turn(attachment, -1);
    while (turn == NOTHING);
    return turn == SIGNAL ? CLI_OK : say_ended(attachment);
}

static bool is_gone(const struct attachment *attachment)
{
    struct vhci_port port;
    if (attachment->device[0] && vhci_adapter(&vhci, attachment->device) >= 0)
        return false;
    return vhci_look(&vhci, attachment->port, &port) < 0 || port.state == VHCI_FREE;
}

/*
 * While the kernel has its end of the stream, the port is ours, and we may free it.  This works
 * even if the server is stopped.  A command that runs this one finds the adapter gone.
 */
static bool detach(struct attachment *attachment)
{
    int64_t until_us = i2ctarget_link_now_us() + DETACH_MS * INT64_C(1000);
    if (gate_has_kernel(attachment->gate))
        vhci_detach(&vhci, attachment->port);
    close_gate(attachment);
    while (!is_gone(attachment)) {
        if (i2ctarget_link_now_us() > until_us) {
            cli_error(attachment->word, "the kernel does not let go of /dev/i2c-%d",
                      attachment->adapter);
            return false;
        }
        usleep(PAUSE_MS * 1000);
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

int attachment_run(const char *word, unsigned bus)
{
    struct attachment attachment = {.word = word, .bus = bus, .link.fd = -1, .adapter = -1};
    attachment.signal_fd = cli_open_stops(word);
    if (attachment.signal_fd < 0)
        return CLI_FAILED;
    int status = CLI_FAILED;
    if (attach(&attachment)) {
        status = await_adapter(&attachment);
        if (status == CLI_OK && !attachment.is_stopped)
            status = stay(&attachment);
        if (!detach(&attachment))
            status = CLI_FAILED;
    }
    close_gate(&attachment);
    close(attachment.signal_fd);
    return status;
}
