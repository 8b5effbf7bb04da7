/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device`: a ready-made device on a bus.  If no bus runs, one is started.
 *
 * What all devices share is here and in devices/runner.c.  What a single device needs is in its own
 * file in devices/.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "server/owner.h"
#include "cli/bus_use.h"
#include "cli/address.h"
#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "cli/devices/output_line.h"
#include "cli/devices/runner.h"

static const char word[] = "device";

static const char usage[] = "usage: i2ctarget device NAME [OPTION]...\n"
                            "       i2ctarget device --list\n"
                            "       i2ctarget device NAME --help\n";

static const char own_address[] =
    "  --address A           the (first) address, 0x08..0x77 (default 0x%02x)\n";
static const char one_address[] =
    "  --address A           only this one of its addresses, 0x08..0x77\n";
static const char line_option[] =
    "  --interrupt PLACE     its line %s, for others to wait for: a FIFO, fd:N, or\n"
    "                        gpio-sim:gpiochipN/LINE\n";
static const char shared_options[] =
    "  --bus N               which bus (default: $I2CTARGET_BUS, else 1); if it does not run, it is\n"
    "                        started, and ends when nobody uses it any more\n"
    "  --keep                a bus that was started keeps running\n"
    "  --help                this text\n";

enum {
    ADDRESS = 'a',
    BUS = 'b',
    KEEP = 'k',
    INTERRUPT = 'i',
    HELP = 'h',
    ADDRESS_MIN = 0x08,
    ADDRESS_MAX = 0x77
};

static const struct option shared[] = {
    {"address", required_argument, NULL, ADDRESS},
    {"bus", required_argument, NULL, BUS},
    {"keep", no_argument, NULL, KEEP},
    {"help", no_argument, NULL, HELP},
};
static const struct option of_lines = {"interrupt", required_argument, NULL, INTERRUPT};
enum { SHARED = sizeof shared / sizeof *shared };

struct arguments {
    const struct model *model;
    struct bus_use use;
    uint16_t address; /* 0: the model's */
};

/* ---- help ------------------------------------------------------------------------------------ */

/* As it is in the list. */
static const char *address_of(const struct model *model)
{
    static char text[8];
    snprintf(text, sizeof text, "0x%02x", model->address);
    return model->address ? text : "-";
}

static int list(void)
{
    for (const struct model *const *at = models; *at; at++)
        printf("%-12s %-4s  %s\n", (*at)->name, address_of(*at), (*at)->summary);
    return CLI_OK;
}

static int help(void)
{
    fputs(usage, stdout);
    puts(
        "\nA ready-made device on a bus, until SIGTERM, SIGINT or SIGHUP.  Several devices are several\n"
        "commands.  The devices, and their default addresses:\n");
    return list();
}

static int help_of(const struct model *model)
{
    printf("usage: i2ctarget device %s [OPTION]...\n\n%s: on a bus,\n"
           "until SIGTERM, SIGINT or SIGHUP.\n\n",
           model->name, model->summary);
    fputs(model->help, stdout);
    if (model->address)
        printf(own_address, model->address);
    else
        fputs(one_address, stdout);
    if (model->line)
        printf(line_option, model->line_name);
    fputs(shared_options, stdout);
    puts("\nLines on standard input, while it runs:\n");
    for (const struct model_command *command = model->commands; command->name; command++)
        printf("  %s\n", command->form);
    if (model->output)
        printf("\nSaid on standard output, a line each:\n\n%s", model->output);
    return CLI_OK;
}

static int no_such_device(const char *name)
{
    fprintf(stderr, "i2ctarget device: there is no device \"%s\"; there are:", name);
    for (const struct model *const *at = models; *at; at++)
        fprintf(stderr, " %s", (*at)->name);
    fputc('\n', stderr);
    return CLI_USAGE;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* -1: go on. */
static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case ADDRESS:
        return address_take(model_word, "--address", optarg, ADDRESS_MIN, ADDRESS_MAX,
                            &arguments->address)
                   ? -1
                   : CLI_USAGE;
    case BUS:
        return cli_bus(model_word, optarg, &arguments->use.bus.bus) ? -1 : CLI_USAGE;
    case KEEP:
        arguments->use.keep = true;
        return -1;
    case INTERRUPT:
        output_line_take(arguments->model, optarg);
        return -1;
    case HELP:
        return help_of(arguments->model);
    default:
        if (option >= MODEL_OPTION)
            return arguments->model->take_option(option, optarg) ? -1 : CLI_USAGE;
        return cli_bad_option(model_word, option, argv);
    }
}

/* -1: go on. */
static int take_options(struct arguments *arguments, int argc, char **argv)
{
    struct option options[SHARED + 1 + MODEL_OPTIONS_MAX + 1];
    int option, count = SHARED, status = -1;
    memcpy(options, shared, sizeof shared);
    if (arguments->model->line)
        options[count++] = of_lines;
    for (const struct option *row = arguments->model->options; row->name; row++)
        options[count++] = *row;
    options[count] = (struct option){0};
    while (status < 0 && (option = getopt_long(argc, argv, "+:h", options, NULL)) != -1)
        status = take_option(arguments, option, argv);
    if (status < 0 && optind < argc)
        return cli_misuse(model_word, "\"%s\" is no option", argv[optind]);
    return status;
}

/* ---- the device ------------------------------------------------------------------------------ */

static int failure(int result)
{
    return result == 0 ? CLI_USAGE : CLI_FAILED;
}

static int run(struct arguments *arguments)
{
    const struct model *model = arguments->model;
    int status = output_line_open_early();
    if (status != CLI_OK)
        return status;
    if (!owner_become()) /* its file is the owner's as well */
        return CLI_FAILED;
    if (arguments->address && model->take_address)
        model->take_address((uint8_t)arguments->address);
    int usual = model->prepare ? model->prepare() : model->address;
    if (usual <= 0)
        return failure(usual);
    uint8_t address = (uint8_t)(arguments->address ? arguments->address : usual);
    int count = model->begin(address);
    status = CLI_FAILED;
    if (count <= 0)
        return failure(count);
    if (bus_use_begin(&arguments->use))
        status = runner_serve(model, &arguments->use, address, (unsigned)count);
    if (!bus_use_end(&arguments->use) && status == CLI_OK)
        status = CLI_FAILED;
    if (model->end && !model->end() && status == CLI_OK)
        status = CLI_FAILED;
    return status;
}

int cmd_device(int argc, char **argv)
{
    static char name[32];
    struct arguments arguments = {.use.bus.scl_hz = BUS_SCL_HZ_DEFAULT};
    if (argc < 2)
        return cli_misuse(word, "the name of a device is missing");
    if (strcmp(argv[1], "--list") == 0)
        return list();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help();
    arguments.model = model_named(argv[1]);
    if (!arguments.model)
        return no_such_device(argv[1]);
    snprintf(name, sizeof name, "device %s", argv[1]);
    model_word = arguments.use.word = name;
    if (!cli_default_bus(name, &arguments.use.bus.bus))
        return CLI_USAGE;
    int status = take_options(&arguments, argc - 1, argv + 1);
    return status >= 0 ? status : run(&arguments);
}
