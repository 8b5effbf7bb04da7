/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>

#include "cli/attachment.h"
#include "cli/cli.h"
#include "cli/cuse_front.h"

static const char word[] = "attach";

static const char help[] =
    "usage: i2ctarget attach [N] [--cuse[=M]]\n"
    "\n"
    "Make virtual bus N (default: $I2CTARGET_BUS, else 1) an I2C adapter of the kernel, for\n"
    "all programs and for kernel drivers.  The bus must run already.  Needs root, and the\n"
    "modules vhci-hcd, i2c-tiny-usb and i2c-dev, which are loaded if they are missing.  Under\n"
    "sudo it takes the bus of the user who called sudo.\n"
    "\n"
    "Prints \"/dev/i2c-7 is bus 1\" once the adapter is ready, and stays in the foreground.\n"
    "The adapter disappears when the command ends: at SIGTERM, SIGINT or SIGHUP, when the bus\n"
    "ends, or when the command is killed.\n"
    "\n"
    "  --cuse[=M]     make a character device instead, /dev/i2c-M (default: N); for programs\n"
    "                 only, but with SMBus block reads.  Needs the module cuse\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 after a signal; 1 if it could not attach, or the bus has ended; 2 for\n"
    "wrong usage.\n";

enum { CUSE = 'c', HELP = 'h' };

static const struct option long_options[] = {
    {"cuse", optional_argument, NULL, CUSE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static int attach(int argc, char **argv, bool cuse, long number)
{
    unsigned bus;
    if (argc - optind > 1)
        return cli_misuse(word, "one bus at a time, not \"%s\" too", argv[optind + 1]);
    if (argc - optind == 1 ? !cli_bus(word, argv[optind], &bus) : !cli_default_bus(word, &bus))
        return CLI_USAGE;
    if (cuse)
        return cuse_front_prepare(word) ? cuse_front_run(word, bus, number) : CLI_FAILED;
    return attachment_prepare(word) ? attachment_run(word, bus) : CLI_FAILED;
}

int cmd_attach(int argc, char **argv)
{
    bool cuse = false;
    long number = -1;
    int option;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        switch (option) {
        case CUSE:
            cuse = true;
            if (!cuse_front_number(word, optarg, &number))
                return CLI_USAGE;
            break;
        case HELP:
            fputs(help, stdout);
            return CLI_OK;
        default:
            return cli_bad_option(word, option, argv);
        }
    }
    return attach(argc, argv, cuse, number);
}
