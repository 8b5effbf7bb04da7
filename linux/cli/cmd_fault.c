/* SPDX-License-Identifier: MIT */
/* `i2ctarget fault`: what goes wrong on a bus from now on, and how often it has. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nearest.h"
#include "cli/question.h"
#include "i2ctarget/fault.h"
#include "link/link.h"

static const char word[] = "fault";

static const char help[] =
    "usage: i2ctarget fault [--bus N] ADDRESS KIND [VALUE] [CONDITION]...\n"
    "       i2ctarget fault [--bus N] --list [--json]\n"
    "       i2ctarget fault [--bus N] --clear[=NUMBER]\n"
    "\n"
    "Let something go wrong on a bus.  ADDRESS is 0x00 to 0x7f, or any.  KIND is one of\n"
    "\n"
    "   nack               the target refuses its address\n"
    "   nack-after N       the target accepts N bytes of data, and refuses the next\n"
    "   stretch TIME       SCL stays low for TIME (at 0.ack)\n"
    "   hold-scl TIME      SCL is stuck low for TIME (at idle: the bus is free)\n"
    "   hold-sda TIME      SDA is stuck low for TIME (at idle)\n"
    "   flip               a bit that the target sends is its opposite\n"
    "   lose-arbitration   SDA is low where the controller sends its first 1 (at 0.0)\n"
    "   drop               the target loses the bus in the middle of a byte (at 1.4)\n"
    "   glitch-scl TIME    SCL goes low for TIME while it is high\n"
    "   glitch-sda TIME    SDA goes low for TIME while SCL is high\n"
    "   no-stop            the controller releases the bus without STOP\n"
    "   clock HZ           SCL is held low in each bit, so that it is no faster\n"
    "   wrong-pec          the PEC that the target sends is wrong\n"
    "\n"
    "CONDITION is any of\n"
    "\n"
    "   at BYTE.BIT        byte 0 is the address, 1 the first one of data; bit 7 comes first,\n"
    "                      then 6 to 0, then ack: at 0.ack, at 2.7; or: at idle\n"
    "   read, write        only in messages of this direction\n"
    "   once, times N      so often, then no more\n"
    "   probability P      0.000001 to 1\n"
    "   seed N             of the dice: the same seed, the same draws\n"
    "\n"
    "  --bus N      default: $I2CTARGET_BUS, else 1\n"
    "  --list       the faults of the bus, and how often each has hit\n"
    "  --json       with --list: one JSON object a line\n"
    "  --clear[=N]  remove fault number N, or all\n"
    "  --help       this text\n"
    "\n"
    "Exit status: 0; 1 if there is no such bus, or no such fault, or no room; 2 for wrong usage.\n";

enum { BUS = 'b', LIST = 'l', JSON = 'j', CLEAR = 'c', HELP = 'h', TEXT_MAX = 512 };

static const struct option long_options[] = {
    {"bus", required_argument, NULL, BUS}, {"list", no_argument, NULL, LIST},
    {"json", no_argument, NULL, JSON},     {"clear", optional_argument, NULL, CLEAR},
    {"help", no_argument, NULL, HELP},     {NULL, 0, NULL, 0},
};

struct wish {
    unsigned bus;
    bool lists, is_json, clears;
    uint32_t number; /* to be cleared; 0: all */
};

/* ---- the bus --------------------------------------------------------------------------------- */

static bool open_bus(struct link *link, unsigned bus)
{
    int result = i2ctarget_link_open(link, bus, PROTOCOL_CONTROLLER, "i2ctarget fault");
    if (result < 0)
        cli_link_error(word, link, result);
    return result == 0;
}

/* ---- the three things to do ------------------------------------------------------------------ */

static int add(struct link *link, const struct wish *wish, const struct i2ctarget_fault *fault)
{
    struct link_frame frame = {0};
    char text[I2CTARGET_FAULT_TEXT_MAX];
    i2ctarget_fault_print(fault, text);
    int result = question_ask(link, &frame, PROTOCOL_OP_ADD_FAULT, 0, text);
    if (result == -EINVAL && frame.length > PROTOCOL_REPLY_BYTES) {
        cli_error(word, "bus %u: %.*s", wish->bus, (int)(frame.length - PROTOCOL_REPLY_BYTES),
                  (const char *)frame.payload + PROTOCOL_REPLY_BYTES);
        return CLI_FAILED;
    }
    if (result < 0)
        return cli_link_error(word, link, result);
    printf("fault %d on bus %u: %s\n", result, wish->bus, text);
    return CLI_OK;
}

static int clear(struct link *link, const struct wish *wish)
{
    struct link_frame frame = {0};
    int result = question_ask(link, &frame, PROTOCOL_OP_CLEAR_FAULT, wish->number, NULL);
    if (result == -ENOENT) {
        cli_error(word, "bus %u has no fault %u", wish->bus, (unsigned)wish->number);
        return CLI_FAILED;
    }
    return result < 0 ? cli_link_error(word, link, result) : CLI_OK;
}

static void show(const uint8_t *at, bool is_json)
{
    char text[PROTOCOL_FAULT_TEXT_BYTES + 1] = "";
    memcpy(text, at + 12, PROTOCOL_FAULT_TEXT_BYTES);
    uint32_t number = get_u32(at), chances = get_u32(at + 4), hits = get_u32(at + 8);
    if (is_json)
        printf("{\"number\": %" PRIu32 ", \"fault\": \"%s\", \"hits\": %" PRIu32
               ", \"chances\": %" PRIu32 "}\n",
               number, text, hits, chances);
    else
        printf("%-3" PRIu32 " %-40s hit %" PRIu32 " of %" PRIu32 "\n", number, text, hits, chances);
}

static int list(struct link *link, const struct wish *wish)
{
    struct link_frame frame = {0};
    int result = question_ask(link, &frame, PROTOCOL_OP_FAULTS, 0, NULL);
    size_t bytes = result < 0 ? 0 : frame.length - PROTOCOL_REPLY_BYTES;
    if (bytes % PROTOCOL_FAULT_BYTES)
        result = -EPROTO;
    if (result < 0)
        return cli_link_error(word, link, result);
    for (size_t at = 0; at < bytes; at += PROTOCOL_FAULT_BYTES)
        show(frame.payload + PROTOCOL_REPLY_BYTES + at, wish->is_json);
    return CLI_OK;
}

/* ---- arguments ------------------------------------------------------------------------------- */

static const char *nearest_kind(const char *name)
{
    const char *nearest = NULL, *known;
    int least = 4;
    for (unsigned kind = 0; (known = i2ctarget_fault_name(kind)); kind++) {
        int steps = nearest_distance(name, known);
        if (steps < least) {
            least = steps;
            nearest = known;
        }
    }
    return nearest;
}

/* The words of the command line are one text. */
static bool take_fault(int count, char **words, struct i2ctarget_fault *fault)
{
    char text[TEXT_MAX] = "", why[I2CTARGET_FAULT_WHY_MAX];
    size_t length = 0;
    for (int i = 0; i < count && length < sizeof text; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s", i ? " " : "", words[i]);
    if (length >= sizeof text) {
        cli_misuse(word, "these are too many words for a fault");
        return false;
    }
    if (i2ctarget_fault_parse(text, fault, why))
        return true;
    const char *nearest = count > 1 && strstr(why, "is no kind") ? nearest_kind(words[1]) : NULL;
    if (nearest)
        cli_misuse(word, "%s; did you mean \"%s\"?", why, nearest);
    else
        cli_misuse(word, "%s", why);
    return false;
}

/* -1: go on. */
static int take_option(struct wish *wish, int option, char **argv)
{
    unsigned long number = 0;
    switch (option) {
    case BUS:
        return cli_bus(word, optarg, &wish->bus) ? -1 : CLI_USAGE;
    case LIST:
        wish->lists = true;
        return -1;
    case JSON:
        wish->is_json = true;
        return -1;
    case CLEAR:
        if (optarg && !cli_number(optarg, 1, UINT32_MAX, &number))
            return cli_misuse(word, "--clear=%s: the number of a fault, from --list", optarg);
        wish->clears = true;
        wish->number = (uint32_t)number;
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

static int serve(const struct wish *wish, int count, char **words)
{
    struct i2ctarget_fault fault;
    struct link link;
    if (wish->is_json && !wish->lists)
        return cli_misuse(word, "--json goes with --list");
    if (wish->clears && !wish->number && !wish->lists && count == 1)
        return cli_misuse(word, "--clear %s: one fault is --clear=NUMBER", *words);
    if (wish->lists + wish->clears + (count > 0) > 1)
        return cli_misuse(word, "a fault, --list or --clear: one at a time");
    if (!wish->lists && !wish->clears && !take_fault(count, words, &fault))
        return CLI_USAGE;
    if (!open_bus(&link, wish->bus))
        return CLI_FAILED;
    int status = wish->lists    ? list(&link, wish)
                 : wish->clears ? clear(&link, wish)
                                : add(&link, wish, &fault);
    i2ctarget_link_close(&link);
    return status;
}

int cmd_fault(int argc, char **argv)
{
    struct wish wish = {0};
    int option, status = -1;
    if (!cli_default_bus(word, &wish.bus))
        return CLI_USAGE;
    while (status < 0 && (option = getopt_long(argc, argv, "+:h", long_options, NULL)) != -1)
        status = take_option(&wish, option, argv);
    return status < 0 ? serve(&wish, argc - optind, argv + optind) : status;
}
