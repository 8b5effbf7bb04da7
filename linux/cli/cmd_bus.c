/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "bus/server.h"
#include "cli/attachment.h"
#include "cli/bus_child.h"
#include "cli/cli.h"
#include "cli/notify.h"

static const char word[] = "bus";

static const char help[] =
    "usage: i2ctarget bus [N] [OPTION]...\n"
    "\n"
    "Serve virtual I2C bus N (default: $I2CTARGET_BUS, else 1) in the foreground, until\n"
    "SIGTERM, SIGINT or SIGHUP.  Prints \"bus N ready\" once others can connect.\n"
    "\n"
    "  --attach       and make it an I2C adapter of the kernel's (see `i2ctarget attach`)\n"
    "  --speed HZ     SCL frequency, 1 to 1000000 (default 100000)\n"
    "  --trace FILE   write the waveform of SCL and SDA (VCD)\n"
    "  --verbose      say on stderr which peers were dropped, and why\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0; 1 if it could not serve or attach, or a part of the trace was lost; 2\n"
    "for a wrong call.\n";

enum { ATTACH = 'a', SPEED = 's', TRACE = 't', VERBOSE = 'v', HELP = 'h' };

static const struct option long_options[] = {
    {"attach", no_argument, NULL, ATTACH},     {"speed", required_argument, NULL, SPEED},
    {"trace", required_argument, NULL, TRACE}, {"verbose", no_argument, NULL, VERBOSE},
    {"help", no_argument, NULL, HELP},         {NULL, 0, NULL, 0},
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

/*
 * The server is a child and we are the one who attaches: so a signal to us first takes the adapter
 * from the kernel and then ends the bus, and nobody has to be told what became of the other.
 */
static int serve_attached(struct bus_options *options)
{
    struct bus_child child;
    if (!attachment_prepare(word) || !bus_child_start(&child, word, options, false))
        return CLI_FAILED;
    int status = print_ready(options) ? attachment_run(word, options->bus) : CLI_FAILED;
    return bus_child_stop(&child) ? status : CLI_FAILED;
}

static int serve(int argc, char **argv, struct bus_options *options, bool attach)
{
    if (argc - optind > 1)
        return cli_misuse(word, "one bus at a time, not \"%s\" too", argv[optind + 1]);
    if (argc - optind == 1 ? !cli_bus(word, argv[optind], &options->bus)
                           : !cli_default_bus(word, &options->bus))
        return CLI_USAGE;
    return attach ? serve_attached(options) : bus_serve(options);
}

int cmd_bus(int argc, char **argv)
{
    struct bus_options options = {
        .scl_hz = BUS_SCL_HZ_DEFAULT, .more_roles = cli_roles, .ready = say_ready};
    unsigned long scl_hz;
    bool attach = false;
    int option;
    while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        switch (option) {
        case ATTACH:
            attach = true;
            break;
        case SPEED:
            if (!cli_number(optarg, 1, BUS_SCL_HZ_MAX, &scl_hz))
                return cli_misuse(word, "--speed %s: 1 to %d Hz", optarg, BUS_SCL_HZ_MAX);
            options.scl_hz = (uint32_t)scl_hz;
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
    return serve(argc, argv, &options, attach);
}
