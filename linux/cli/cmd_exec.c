/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget exec`: run any program with the nodes of virtual buses.
 *
 * The shim does the work, or, where the loader cannot preload it, a supervisor (supervised.h).  This
 * file chooses between them and prepares the program's environment: LD_PRELOAD, the numbers of the
 * buses, and the directory of their sockets.  So the program finds them even if it changes
 * $XDG_RUNTIME_DIR or its user.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/companion.h"
#include "cli/presence.h"
#include "cli/program.h"
#include "cli/supervised.h"
#include "link/link.h"

static const char word[] = "exec";

static const char help[] =
    "usage: i2ctarget exec [--bus N]... [--wait ADDRESS]... [--wait-time S] [--] COMMAND [ARGUMENT]...\n"
    "\n"
    "Run COMMAND with /dev/i2c-N on virtual bus N.  All other files and devices are unchanged.\n"
    "\n"
    "  --bus N     which bus (default: $I2CTARGET_BUS, else 1); several times for several buses\n"
    "  --wait A    wait until the first bus runs and a target listens to address A (0x00..0x7f);\n"
    "              several times for several addresses\n"
    "  --wait-time S\n"
    "              how long to wait for all of them, in seconds (default 10)\n"
    "  --static    serve COMMAND, and all that it starts, by their system calls (seccomp) instead\n"
    "              of a preloaded library: for a script that starts programs without the C library\n"
    "  --help      this text\n"
    "\n"
    "Works by LD_PRELOAD.  If COMMAND itself is statically linked, comes from Go's compiler or has\n"
    "32 bits, --static is chosen by itself.  Set-uid programs are not reached; with sudo:\n"
    "`sudo i2ctarget exec -- COMMAND`.\n"
    "\n"
    "Exit status: COMMAND's; 127 if it was not found; 126 if it could not be run; 125 if a bus\n"
    "could not be reached; 2 for wrong usage.\n";

enum {
    BUS = 'b',
    WAIT = 'w',
    WAIT_TIME = 't',
    STATIC = 's',
    HELP = 'h',
    BUSES_MAX = 32 /* PLACE_BUSES_MAX of the shim */
};

static const char shim_name[] = "libi2ctarget-shim.so";
static const char buses_variable[] = "I2CTARGET_SHIM_BUS";
static const char supervised_variable[] = "I2CTARGET_SUPERVISED_BUS";

static const struct option long_options[] = {
    {"bus", required_argument, NULL, BUS},
    {"wait", required_argument, NULL, WAIT},
    {"wait-time", required_argument, NULL, WAIT_TIME},
    {"static", no_argument, NULL, STATIC},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

struct buses {
    unsigned numbers[BUSES_MAX];
    size_t count;
    struct presence awaited; /* addresses on the first bus */
    bool is_static;          /* serve the program by its system calls */
};

/* ---- the buses ------------------------------------------------------------------------------- */

static bool add_bus(struct buses *buses, unsigned bus)
{
    for (size_t i = 0; i < buses->count; i++) {
        if (buses->numbers[i] == bus)
            return true;
    }
    if (buses->count == BUSES_MAX) {
        cli_misuse(word, "%d buses at most", BUSES_MAX);
        return false;
    }
    buses->numbers[buses->count++] = bus;
    return true;
}

static bool runs(unsigned bus)
{
    struct link link;
    int result = i2ctarget_link_open(&link, bus, PROTOCOL_CONTROLLER, "i2ctarget exec");
    if (result < 0)
        cli_link_error(word, &link, result);
    else
        i2ctarget_link_close(&link);
    return result == 0;
}

static bool all_run(const struct buses *buses)
{
    for (size_t i = 0; i < buses->count; i++) {
        if (!runs(buses->numbers[i]))
            return false;
    }
    return true;
}

/* ---- the shim -------------------------------------------------------------------------------- */

/*
 * ld.so(8): LD_PRELOAD is a list separated by spaces or colons; there is no quoting.  A name without
 * a slash is looked for in LD_LIBRARY_PATH, where colons and semicolons separate.
 */
static const char preload_variable[] = "LD_PRELOAD";
static const char folders_variable[] = "LD_LIBRARY_PATH";

/* strchr() finds the end of a string, too. */
static bool has_item(const char *list, const char *item)
{
    static const char separators[] = " :;";
    size_t length = strlen(item);
    for (const char *at = list; (at = strstr(at, item)); at++) {
        if ((at == list || strchr(separators, at[-1])) && strchr(separators, at[length]))
            return true;
    }
    return false;
}

static bool put_in_front(const char *variable, const char *item)
{
    const char *others = getenv(variable);
    if (!others || !others[0])
        return setenv(variable, item, 1) == 0;
    if (has_item(others, item))
        return true; /* this command runs under itself */
    size_t size = strlen(item) + strlen(others) + 2;
    char *all = malloc(size);
    if (!all)
        return false;
    snprintf(all, size, "%s:%s", item, others);
    bool is_set = setenv(variable, all, 1) == 0;
    free(all);
    return is_set;
}

static bool preload_from_folder(char *shim)
{
    char *name = strrchr(shim, '/');
    *name++ = '\0';
    if (!strpbrk(shim, ":;"))
        return put_in_front(folders_variable, shim) && put_in_front(preload_variable, name);
    cli_error(word,
              "%s can not be preloaded from %s, because of the colon or semicolon in that name: "
              "try --static, or install i2ctarget elsewhere",
              name, shim);
    return false;
}

static bool preload(char *shim)
{
    return strpbrk(shim, " :") ? preload_from_folder(shim) : put_in_front(preload_variable, shim);
}

static bool prepare_environment(const struct buses *buses)
{
    char list[8 * BUSES_MAX] = "", directory[LINK_PATH_MAX];
    size_t length = 0;
    for (size_t i = 0; i < buses->count; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%u", i ? "," : "",
                                   buses->numbers[i]);
    return i2ctarget_link_directory(directory, false) == 0 &&
           setenv("I2CTARGET_DIR", directory, 1) == 0 && setenv(buses_variable, list, 1) == 0 &&
           program_add_system_folders();
}

/* ---- the program ----------------------------------------------------------------------------- */

static int status_of(int error)
{
    return error == ENOENT ? CLI_NOT_FOUND : CLI_NOT_EXECUTABLE;
}

static int fail(const char *command, int error)
{
    cli_error(word, "%s: %s", command, strerror(error));
    return status_of(error);
}

static int become(char **command)
{
    execvp(command[0], command);
    return fail(command[0], errno);
}

static int run_preloaded(char **command)
{
    char shim[PATH_MAX];
    if (!companion_find(word, shim_name, SHIM_FROM_BIN, shim) || !preload(shim))
        return CLI_CANNOT_RUN;
    return become(command);
}

/* A program that is supervised already, for these very buses, needs no second supervisor. */
static int supervise(char **command, int *status)
{
    const char *buses = getenv(buses_variable), *supervised = getenv(supervised_variable);
    if (!buses)
        return -ENOMEM; /* prepare_environment() has set it */
    if (supervised && strcmp(buses, supervised) == 0) {
        *status = become(command);
        return 0;
    }
    setenv(supervised_variable, buses, 1);
    int result = supervised_run(become, command, status);
    if (result < 0)
        unsetenv(supervised_variable);
    return result;
}

static int run_supervised(const char *path, char **command)
{
    int status;
    int result = supervise(command, &status);
    if (result == 0)
        return status;
    cli_error(word, "%s: %s", path, supervised_explain(result));
    return CLI_CANNOT_RUN;
}

/* The program is served in the way that reaches it.  If that fails, it runs without a bus. */
static int run_unreached(const char *path, const char *what, char **command)
{
    int status;
    int result = supervise(command, &status);
    if (result == 0)
        return status;
    cli_error(word, "warning: %s %s and will not see a virtual bus: %s", path, what,
              supervised_explain(result));
    return run_preloaded(command);
}

static int refuse_secure(const char *path)
{
    cli_error(word,
              "%s runs with other rights (set-uid, set-gid or capabilities), so it can not be "
              "given a virtual bus; if it is sudo, put it in front: sudo i2ctarget exec …",
              path);
    return CLI_NOT_EXECUTABLE;
}

static int run_program(const struct buses *buses, char **command)
{
    char path[PATH_MAX];
    int result = program_find(command[0], path);
    if (result < 0)
        return fail(command[0], -result);
    enum program_reach reach = program_reach(path);
    if (reach == PROGRAM_SECURE)
        return refuse_secure(path);
    if (buses->is_static)
        return run_supervised(path, command);
    switch (reach) {
    case PROGRAM_STATIC:
        return run_unreached(path, "is statically linked", command);
    case PROGRAM_RAW:
        return run_unreached(path, "bypasses the C library, as Go's programs do,", command);
    case PROGRAM_FOREIGN:
        return run_unreached(path, "is for another kind of machine", command);
    default:
        return run_preloaded(command);
    }
}

static int run(const struct buses *buses, char **command)
{
    if (!presence_await(word, buses->numbers[0], &buses->awaited) || !all_run(buses))
        return CLI_CANNOT_RUN;
    return prepare_environment(buses) ? run_program(buses, command) : CLI_CANNOT_RUN;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* -1: go on. */
static int take_option(struct buses *buses, int option, char **argv)
{
    unsigned bus;
    switch (option) {
    case BUS:
        return cli_bus(word, optarg, &bus) && add_bus(buses, bus) ? -1 : CLI_USAGE;
    case WAIT:
        return presence_add(word, &buses->awaited, optarg) ? -1 : CLI_USAGE;
    case WAIT_TIME:
        return presence_set_time(word, &buses->awaited, optarg) ? -1 : CLI_USAGE;
    case STATIC:
        buses->is_static = true;
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

int cmd_exec(int argc, char **argv)
{
    struct buses buses = {.count = 0};
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, "+:h", long_options, NULL)) != -1)
        status = take_option(&buses, option, argv);
    if (status >= 0)
        return status;
    if (buses.count == 0) {
        if (!cli_default_bus(word, &buses.numbers[0]))
            return CLI_USAGE;
        buses.count = 1;
    }
    if (optind == argc)
        return cli_misuse(word, "a command to run is missing");
    return run(&buses, argv + optind);
}
