/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "server/server.h"
#include "cli/attachment.h"
#include "cli/bus_child.h"
#include "cli/cli.h"
#include "cli/cuse_front.h"
#include "cli/fault_option.h"
#include "cli/notify.h"

static const char word[] = "bus";

static const char help[] =
    "usage: i2ctarget bus [N] [OPTION]...\n"
    "\n"
    "Serve virtual I2C bus N (default: $I2CTARGET_BUS, else 1) in the foreground, until\n"
    "SIGTERM, SIGINT or SIGHUP.  Prints \"bus N ready\" once others can connect.\n"
    "\n"
    "  --attach       also make it an I2C adapter of the kernel (see `i2ctarget attach`)\n"
    "  --cuse[=M]     also make it a character device, /dev/i2c-M (see `i2ctarget attach`)\n"
    "  --fault FAULT  something goes wrong, \"0x50 nack once\" (see `i2ctarget fault`); repeatable\n"
    "  --speed HZ     SCL frequency, 1 to 1000000 (default 100000)\n"
    "  --timeout MS   time-out of a transfer, from START, 10 to 3600000 (default 1000)\n"
    "  --trace FILE   write the waveform of SCL and SDA (VCD)\n"
    "  --verbose      report on stderr which peers were dropped, and why\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0; 1 if it could not serve or attach, or a part of the trace was lost; 2\n"
    "for wrong usage.\n";

enum {
    ATTACH = 'a',
    CUSE = 'c',
    FAULT = 'f',
    SPEED = 's',
    TIMEOUT = 'o',
    TRACE = 't',
    VERBOSE = 'v',
    HELP = 'h'
};

static const struct option long_options[] = {
    {"attach", no_argument, NULL, ATTACH},
    {"cuse", optional_argument, NULL, CUSE},
    {"fault", required_argument, NULL, FAULT},
    {"speed", required_argument, NULL, SPEED},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"trace", required_argument, NULL, TRACE},
    {"verbose", no_argument, NULL, VERBOSE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static bool print_ready(const struct bus_options *options)
{
    printf("bus %u ready\n", options->bus);
    if (fflush(stdout) == 0)
        return true;
    cli_error(word, "cannot say that bus %u is ready: %s", options->bus, strerror(errno));
    return false;
}

static bool say_ready(const struct bus_options *options)
{
    if (!print_ready(options))
        return false;
    notify_ready();
    return true;
}

/* How the bus is offered to programs besides its sockets. */
struct front {
    bool attach;
    bool cuse;
    long number; /* number of the node: cuse_front.h */
};

static bool prepare_front(const struct front *front)
{
    return front->cuse ? cuse_front_prepare(word) : attachment_prepare(word);
}

static int run_front(const struct front *front, unsigned bus)
{
    return front->cuse ? cuse_front_run(word, bus, front->number) : attachment_run(word, bus);
}

/*
 * The server is the child, and this process attaches.  So a signal to this process first removes
 * the adapter from the kernel and then ends the bus, and neither process has to report to the
 * other.
 */
static int serve_attached(struct bus_options *options, const struct front *front)
{
    struct bus_child child;
    if (!prepare_front(front) || !bus_child_start(&child, word, options, BUS_ENDS_WITH_US))
        return CLI_FAILED;
    int status = print_ready(options) ? run_front(front, options->bus) : CLI_FAILED;
    return bus_child_stop(&child) ? status : CLI_FAILED;
}

static int serve(int argc, char **argv, struct bus_options *options, const struct front *front)
{
    if (argc - optind > 1)
        return cli_misuse(word, "one bus at a time, not \"%s\" too", argv[optind + 1]);
    if (front->attach && front->cuse)
        return cli_misuse(word, "--attach or --cuse, not both; there is also `i2ctarget attach`");
    if (argc - optind == 1 ? !cli_bus(word, argv[optind], &options->bus)
                           : !cli_default_bus(word, &options->bus))
        return CLI_USAGE;
    return front->attach || front->cuse ? serve_attached(options, front) : bus_serve(options);
}

int cmd_bus(int argc, char **argv)
{
    struct bus_options options = {.scl_hz = BUS_SCL_HZ_DEFAULT, .ready = say_ready};
    unsigned long scl_hz;
    struct front front = {.number = -1};
    int option;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        switch (option) {
        case ATTACH:
            front.attach = true;
            break;
        case CUSE:
            front.cuse = true;
            if (!cuse_front_number(word, optarg, &front.number))
                return CLI_USAGE;
            break;
        case FAULT:
            if (!fault_option_take(word, optarg, &options))
                return CLI_USAGE;
            break;
        case SPEED:
            if (!cli_number(optarg, 1, BUS_SCL_HZ_MAX, &scl_hz))
                return cli_misuse(word, "--speed %s: 1 to %d Hz", optarg, BUS_SCL_HZ_MAX);
            options.scl_hz = (uint32_t)scl_hz;
            break;
        case TIMEOUT:
            if (!cli_timeout(word, optarg, &options.timeout_ms))
                return CLI_USAGE;
            break;
        case TRACE:
            options.trace = optarg;
            break;
        case VERBOSE:
            options.verbose = true;
            break;
        case HELP:
            fputs(help, stdout);
            return CLI_OK;
        default:
            return cli_bad_option(word, option, argv);
        }
    }
    return serve(argc, argv, &options, &front);
}
