/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/nearest.h"
#include "i2ctarget/i2ctarget.h"
#include "link/protocol.h"
#include "link/standard.h"

struct command {
    const char *word;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"bus", cmd_bus, "serve a virtual I2C bus"},
    {"attach", cmd_attach, "make a bus an I2C adapter of the kernel"},
    {"run", cmd_run, "run a target program, and its bus"},
    {"exec", cmd_exec, "run any program with /dev/i2c-N on the virtual bus"},
    {"monitor", cmd_monitor, "show what happens on a bus"},
    {"trace", cmd_trace, "decode or draw the trace of a bus"},
    {"device", cmd_device, "put a ready-made device on a bus: EEPROM, thermometer, …"},
    {"regmap", cmd_regmap, "check a map of registers, or make C of it"},
    {"fault", cmd_fault, "let something go wrong on a bus: NACK, stuck line, lost arbitration, …"},
    {"list", cmd_list, "show the buses that run, and who is on them"},
    {"boards", cmd_boards, "list boards and their pins"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int help(void)
{
    puts("i2ctarget - I2C targets in software, on a virtual bus\n"
         "\n"
         "usage: i2ctarget COMMAND [OPTION]... [ARGUMENT]...\n");
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-9s %s\n", commands[i].word, commands[i].summary);
    puts("\n"
         "  i2ctarget COMMAND --help   options of a command\n"
         "  i2ctarget --version        version, and that of the protocol between bus and programs\n"
         "\n"
         "A target on a bus, and a program that reads from it, in two terminals:\n"
         "\n"
         "  i2ctarget run --bus 1 -- ./registers\n"
         "  i2ctarget exec -- i2cget -y 1 0x40 0x01\n"
         "\n"
         "Complete reference: man i2ctarget");
    return CLI_OK;
}

static int unknown(const char *word)
{
    struct nearest nearest = {.word = word};
    for (int i = 0; i < COMMANDS; i++)
        nearest_try(&nearest, commands[i].word);
    if (nearest.best)
        fprintf(stderr, "i2ctarget: there is no command \"%s\"; did you mean \"%s\"?\n", word,
                nearest.best);
    else
        fprintf(stderr, "i2ctarget: there is no command \"%s\" (i2ctarget --help)\n", word);
    return CLI_USAGE;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        fputs("i2ctarget: a command is missing (i2ctarget --help)\n", stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help();
    if (strcmp(argv[1], "--version") == 0) {
        printf("i2ctarget %s (protocol %d)\n", I2CTARGET_VERSION, PROTOCOL_VERSION);
        return CLI_OK;
    }
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].word) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return unknown(argv[1]);
}

int main(int argc, char **argv)
{
    if (!i2ctarget_standard_descriptors_open())
        return CLI_FAILED;
    int status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == CLI_OK) {
        fprintf(stderr, "i2ctarget: cannot write: %s\n", strerror(errno));
        status = CLI_FAILED;
    }
    return status;
}
