/* SPDX-License-Identifier: MIT */
/* `i2ctarget list`: the buses that run, and who is on them. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bus_directory.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/peers.h"
#include "link/text.h"

static const char word[] = "list";

static const char help[] =
    "usage: i2ctarget list [OPTION]...\n"
    "\n"
    "Show the buses that run, and who is on them: targets with their addresses, programs that have\n"
    "/dev/i2c-N open, controllers, adapters, monitors; with process and command.\n"
    "\n"
    "  --bus N     only this bus; it is an error if it does not run\n"
    "  --json      one JSON object a line for each bus (see the manual page)\n"
    "  --help      this text\n";

enum { BUS = 'b', JSON = 'j', HELP = 'h', BUSES_MAX = 1024, TEXT_MAX = 100 };

static const struct option long_options[] = {
    {"bus", required_argument, NULL, BUS},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

struct listing {
    bool has_bus, is_json, has_failed;
    unsigned bus;
    char directory[LINK_PATH_MAX];
    size_t shown;
};

/* ---- text ------------------------------------------------------------------------------------ */

/* The end of the run of addresses that begins here. */
static int run_end(const struct i2ctarget_address_set *set, int address)
{
    while (address < I2CTARGET_ADDRESS_MAX &&
           i2ctarget_address_set_has(set, (uint16_t)(address + 1)))
        address++;
    return address;
}

/* "0x20,0x48,0x50..0x57" */
static void addresses_text(const struct i2ctarget_address_set *set, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int address = 0; address <= I2CTARGET_ADDRESS_MAX && length < size; address++) {
        if (!i2ctarget_address_set_has(set, (uint16_t)address))
            continue;
        int last = run_end(set, address);
        int added = snprintf(text + length, size - length, "%s0x%02x", length ? "," : "",
                             (unsigned)address);
        length += (size_t)added;
        if (last > address && length < size)
            length += (size_t)snprintf(text + length, size - length, "..0x%02x", (unsigned)last);
        address = last;
    }
}

/* One line, whatever the arguments contain; long ones are cut. */
static void write_command(const struct peer *peer)
{
    char command[PEERS_COMMAND_MAX];
    peers_command(peer->pid, command);
    const char *at = command[0] ? command : peer->name;
    int written = 0;
    for (; (at[0] || (at[1] && command[0])) && written < TEXT_MAX; at++, written++)
        putchar(at[0] == '\0' ? ' ' : (unsigned char)at[0] < ' ' ? '?' : at[0]);
    puts(written == TEXT_MAX ? "…" : "");
}

static void write_text(const struct peers *peers, bool is_private)
{
    char addresses[640];
    printf("bus %u  %" PRIu32 " Hz  process %d%s%s\n", peers->bus, peers->scl_hz,
           (int)peers->server, is_private ? "  in " : "", is_private ? peers->directory : "");
    for (size_t i = 0; i < peers->count; i++) {
        const struct peer *peer = &peers->list[i];

        addresses_text(&peer->addresses, addresses, sizeof addresses);
        printf("  %-10s  %-10s  %7d  ", peers_role(peer), addresses, (int)peer->pid);
        write_command(peer);
    }
    addresses_text(&peers->shared, addresses, sizeof addresses);
    if (addresses[0])
        printf("  more than one target at %s\n", addresses);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_addresses(const char *key, const struct i2ctarget_address_set *set)
{
    const char *before = "";
    printf("\"%s\":[", key);
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (!i2ctarget_address_set_has(set, address))
            continue;
        printf("%s%u", before, address);
        before = ",";
    }
    putchar(']');
}

static void json_command(pid_t pid)
{
    char command[PEERS_COMMAND_MAX];
    peers_command(pid, command);
    fputs("\"command\":[", stdout);
    for (const char *at = command; *at; at += strlen(at) + 1) {
        if (at != command)
            putchar(',');
        json_write(stdout, at);
    }
    putchar(']');
}

static void json_peer(const struct peer *peer)
{
    printf("{\"role\":\"%s\",", peers_role(peer));
    json_addresses("addresses", &peer->addresses);
    printf(",\"pid\":%d,\"name\":", (int)peer->pid);
    json_write(stdout, peer->name);
    putchar(',');
    json_command(peer->pid);
    putchar('}');
}

static void write_json(const struct peers *peers)
{
    printf("{\"bus\":%u,\"scl_hz\":%" PRIu32 ",\"pid\":%d,\"peers\":[", peers->bus, peers->scl_hz,
           (int)peers->server);
    for (size_t i = 0; i < peers->count; i++) {
        if (i > 0)
            putchar(',');
        json_peer(&peers->list[i]);
    }
    fputs("],", stdout);
    json_addresses("shared_addresses", &peers->shared);
    fputs(",\"directory\":", stdout);
    json_write(stdout, peers->directory);
    puts("}");
}

/* ---- the buses ------------------------------------------------------------------------------- */

static bool show(const struct listing *listing, const char *directory, unsigned bus)
{
    struct peers peers;
    if (!peers_fetch(word, &peers, directory, bus))
        return false;
    if (listing->is_json)
        write_json(&peers);
    else
        write_text(&peers, directory != listing->directory);
    peers_free(&peers);
    return true;
}

static int compare(const void *a, const void *b)
{
    unsigned one = *(const unsigned *)a, other = *(const unsigned *)b;
    return one < other ? -1 : one > other;
}

/* "bus-7": 7.  False: the name has another form. */
static bool number_of(const char *name, unsigned *bus)
{
    unsigned long value;
    if (strncmp(name, "bus-", 4) != 0 || !cli_number(name + 4, 0, LINK_BUS_MAX, &value))
        return false;
    *bus = (unsigned)value;
    return true;
}

/* A server that was killed leaves its socket, which nobody answers.  That is no bus. */
static bool is_there(const char *directory, unsigned bus)
{
    struct link link;
    int result =
        i2ctarget_link_open_in(&link, directory, bus, PROTOCOL_CONTROLLER, "i2ctarget list");
    if (result == 0)
        i2ctarget_link_close(&link);
    return result != -ENOENT;
}

static size_t find_buses(const char *path, unsigned buses[BUSES_MAX])
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    size_t count = 0;
    while (directory && count < BUSES_MAX && (entry = readdir(directory)) != NULL) {
        if (number_of(entry->d_name, &buses[count]) && is_there(path, buses[count]))
            count++;
    }
    if (directory)
        closedir(directory);
    qsort(buses, count, sizeof *buses, compare);
    return count;
}

static void show_directory(struct listing *listing, const char *path)
{
    unsigned buses[BUSES_MAX];
    size_t count = find_buses(path, buses);
    for (size_t i = 0; i < count; i++) {
        if (!show(listing, path, buses[i]))
            listing->has_failed = true;
    }
    listing->shown += count;
}

/* Each `i2ctarget run` has a bus in a directory of its own there. */
static void show_private(struct listing *listing)
{
    struct dirent **entries;
    int count = scandir(listing->directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[LINK_PATH_MAX];

        if (bus_directory_is_private(entries[i]->d_name) &&
            i2ctarget_text_join(
                path, sizeof path,
                (const char *const[]){listing->directory, "/", entries[i]->d_name, NULL}))
            show_directory(listing, path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static int show_all(struct listing *listing)
{
    show_directory(listing, listing->directory);
    show_private(listing);
    if (listing->shown == 0)
        cli_error(word, "no bus runs (looked in %s)", listing->directory);
    return listing->has_failed ? CLI_FAILED : CLI_OK;
}

static bool find_directory(struct listing *listing)
{
    struct link link = {.fd = -1};
    int result = i2ctarget_link_directory(listing->directory, false);
    if (result < 0)
        cli_link_error(word, &link, result);
    return result == 0;
}

/* -1: go on. */
static int take_option(struct listing *listing, int option, char **argv)
{
    switch (option) {
    case BUS:
        listing->has_bus = true;
        return cli_bus(word, optarg, &listing->bus) ? -1 : CLI_USAGE;
    case JSON:
        listing->is_json = true;
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

int cmd_list(int argc, char **argv)
{
    struct listing listing = {0};
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1)
        status = take_option(&listing, option, argv);
    if (status >= 0)
        return status;
    if (optind < argc)
        return cli_misuse(word, "\"%s\" is too much: a bus is --bus N", argv[optind]);
    if (!find_directory(&listing))
        return CLI_FAILED;
    if (listing.has_bus)
        return show(&listing, listing.directory, listing.bus) ? CLI_OK : CLI_FAILED;
    return show_all(&listing);
}
