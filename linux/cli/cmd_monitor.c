/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/transfer.h"
#include "link/link.h"
#include "link/stops.h"

static const char word[] = "monitor";

static const char help[] =
    "usage: i2ctarget monitor [OPTION]...\n"
    "\n"
    "Show what happens on a bus, one line a transfer, until SIGTERM, SIGINT or SIGHUP, or\n"
    "until the bus ends.\n"
    "\n"
    "  --bus N     which bus (default: $I2CTARGET_BUS, else 1)\n"
    "  --json      one JSON object a line; man i2ctarget has the keys\n"
    "  --full      all bytes of long messages\n"
    "  --count N   end after N transfers\n"
    "  --help      this text\n"
    "\n"
    "  12:01:33.123456  S 40 W + 01 +  Sr 40 R + aa -  P             320 us  held 48 us\n"
    "\n"
    "START, address 40 for writing, ACK, byte 01, ACK; repeated START, address 40 for\n"
    "reading, ACK, byte aa, NACK; STOP.  It took 320 us on the wires; a target held SCL for\n"
    "48 us of these.  The reason of a NACK is shown beside it, in brackets.\n"
    "Colours are used on a terminal only, and not if NO_COLOR is set.\n"
    "\n"
    "Exit status: 0; 1 if the bus does not run, or has ended; 2 for wrong usage.\n";

enum { BUS = 'b', JSON = 'j', FULL = 'f', COUNT = 'c', HELP = 'h' };

static const struct option long_options[] = {
    {"bus", required_argument, NULL, BUS}, {"json", no_argument, NULL, JSON},
    {"full", no_argument, NULL, FULL},     {"count", required_argument, NULL, COUNT},
    {"help", no_argument, NULL, HELP},     {NULL, 0, NULL, 0},
};

struct monitor {
    unsigned bus;
    bool json;
    unsigned long count; /* number of transfers still to show; 0: no limit */
    struct transfer_style style;
    struct link link;
    sigset_t while_waiting;
};

static volatile sig_atomic_t must_stop;

static void on_stop_signal(int signal)
{
    (void)signal;
    must_stop = 1;
}

/* False: a monitor does not get such a frame. */
static bool show(struct monitor *monitor, const struct link_frame *frame)
{
    struct transfer transfer;
    if (frame->type != PROTOCOL_TRANSFER ||
        !transfer_begin(&transfer, frame->payload, frame->length))
        return false;
    if (monitor->json)
        transfer_write_json(&transfer, stdout);
    else
        transfer_write_text(&transfer, stdout, &monitor->style);
    if (monitor->count > 0 && --monitor->count == 0)
        must_stop = 1;
    return true;
}

/* Shows all frames that have arrived.  0 or a negative error. */
static int show_all(struct monitor *monitor)
{
    struct link_frame frame;
    int result = 0;
    while (!must_stop && (result = i2ctarget_link_poll(&monitor->link, &frame)) == 1) {
        if (!show(monitor, &frame))
            return -EPROTO;
        if (ferror(stdout))
            return -EIO;
    }
    return result == -EINTR ? 0 : result;
}

static int watch(struct monitor *monitor)
{
    struct pollfd ready = {.fd = monitor->link.fd, .events = POLLIN};
    int result = 0;
    while (!must_stop && result >= 0) {
        result = show_all(monitor);
        if (result == 0 && !must_stop)
            ppoll(&ready, 1, NULL, &monitor->while_waiting);
    }
    if (must_stop)
        return CLI_OK;
    if (result == -EPIPE)
        cli_error(word, "bus %u has ended", monitor->bus);
    else if (result == -EIO)
        cli_error(word, "cannot write: %s", strerror(errno));
    else
        cli_error(word, "bus %u: %s", monitor->bus, strerror(-result));
    return CLI_FAILED;
}

static int run(struct monitor *monitor)
{
    int result =
        i2ctarget_link_open(&monitor->link, monitor->bus, PROTOCOL_MONITOR, "i2ctarget monitor");
    if (result < 0)
        return cli_link_error(word, &monitor->link, result);
    transfer_choose_style(&monitor->style);
    i2ctarget_stops_handle(on_stop_signal, &monitor->while_waiting);
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* From now on every transfer is shown.  A program that waits for that can read this line. */
    cli_error(word, "watching bus %u, %u Hz", monitor->bus, (unsigned)monitor->link.scl_hz);
    int status = watch(monitor);
    i2ctarget_link_close(&monitor->link);
    return status;
}

/* -1: go on. */
static int take_option(struct monitor *monitor, int option, char **argv)
{
    switch (option) {
    case BUS:
        return cli_bus(word, optarg, &monitor->bus) ? -1 : CLI_USAGE;
    case JSON:
        monitor->json = true;
        return -1;
    case FULL:
        monitor->style.full = true;
        return -1;
    case COUNT:
        if (!cli_number(optarg, 1, 1000000000, &monitor->count))
            return cli_misuse(word, "--count %s: a number from 1 on", optarg);
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

int cmd_monitor(int argc, char **argv)
{
    struct monitor monitor = {0};
    int option, status = -1;
    if (!cli_default_bus(word, &monitor.bus))
        return CLI_USAGE;
    while (status < 0 && (option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1)
        status = take_option(&monitor, option, argv);
    if (status >= 0)
        return status;
    if (optind < argc)
        return cli_misuse(word, "\"%s\" is too much: a bus is --bus N", argv[optind]);
    return run(&monitor);
}
