/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget run`: run a program on a bus of its own, or on one that others find, too.
 *
 * Signals are taken one by one with sigwaitinfo(), so there is no handler and no race.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/build_tree.h"
#include "cli/bus_use.h"
#include "cli/cli.h"
#include "cli/fault_option.h"
#include "cli/leftovers.h"
#include "link/stops.h"

static const char word[] = "run";

static const char help[] =
    "usage: i2ctarget run [OPTION]... [--] COMMAND [ARGUMENT]...\n"
    "\n"
    "Run COMMAND, a program with targets or a test of them, on a bus of its own.  Only COMMAND\n"
    "and what it starts find that bus, which has number $I2CTARGET_BUS, else 1.  When COMMAND\n"
    "ends, what it has left running in the background is ended (SIGTERM), and then the bus.\n"
    "\n"
    "  --bus N        bus N instead, which others find, too; it is started if it does not run,\n"
    "                 and then ends when nobody uses it any more\n"
    "  --fault FAULT  as for `i2ctarget bus`; an error if the bus runs already\n"
    "  --keep         with --bus: a bus that was started, and what runs in the background, stay\n"
    "  --speed HZ     as for `i2ctarget bus`; an error if the bus runs at another speed\n"
    "  --timeout MS   as for `i2ctarget bus`; an error if the bus runs already\n"
    "  --trace FILE   as for `i2ctarget bus`; an error if the bus runs already\n"
    "  --help         this text\n"
    "\n"
    "SIGTERM, SIGINT and SIGHUP are passed on to COMMAND.\n"
    "Exit status: COMMAND's; 128 + n if signal n killed it; 127 if it was not found; 126 if\n"
    "it could not be run; 125 if the bus could not be started; 2 for wrong usage; 1 if\n"
    "COMMAND succeeded, but the bus that was started failed.\n";

enum { PAUSES_MAX = 200 }; /* of 10 ms, for what the command has left running */
enum { BUS = 'b', FAULT = 'f', KEEP = 'k', SPEED = 's', TIMEOUT = 'o', TRACE = 't', HELP = 'h' };

static const struct option long_options[] = {
    {"bus", required_argument, NULL, BUS},
    {"fault", required_argument, NULL, FAULT},
    {"keep", no_argument, NULL, KEEP},
    {"speed", required_argument, NULL, SPEED},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"trace", required_argument, NULL, TRACE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

struct run {
    struct bus_use use;
    sigset_t watched;   /* signals to take */
    sigset_t inherited; /* the signal mask at our start, for the command */
    bool bus_has_failed;
};

/* ---- the command ----------------------------------------------------------------------------- */

/*
 * A signal that was ignored at our start (nohup, a shell's background job) stays ignored, for the
 * command, too.
 */
static void take_signals(struct run *run)
{
    sigemptyset(&run->watched);
    sigaddset(&run->watched, SIGCHLD);
    i2ctarget_stops_add(&run->watched);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_BLOCK, &run->watched, &run->inherited);
}

static _Noreturn void become(const struct run *run, char **command)
{
    char bus[16];
    sigprocmask(SIG_SETMASK, &run->inherited, NULL);
    snprintf(bus, sizeof bus, "%u", run->use.bus.bus);
    setenv("I2CTARGET_BUS", bus, 1);
    build_tree_offer_python();
    execvp(command[0], command);
    int error = errno;
    cli_error(word, "%s: %s", command[0], strerror(error));
    _exit(error == ENOENT ? CLI_NOT_FOUND : CLI_NOT_EXECUTABLE);
}

/*
 * The terminal sends its signals to the command as well.  So only a signal that was sent to this
 * process alone is passed on.
 */
static void pass_on(pid_t command, const siginfo_t *info)
{
    if (info->si_code <= 0)
        kill(command, info->si_signo);
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? CLI_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Waits for all that have ended.  True: the command has; *status is its. */
static bool reap(struct run *run, pid_t command, int *status)
{
    bool has_ended = false;
    pid_t pid;
    int one;
    while ((pid = waitpid(-1, &one, WNOHANG)) > 0) {
        if (bus_child_was(&run->use.child, pid, one))
            run->bus_has_failed = true;
        if (pid != command)
            continue;
        has_ended = true;
        *status = one;
    }
    return has_ended;
}

static int wait_for(struct run *run, pid_t command)
{
    siginfo_t info;
    int status;
    do {
        int signal = sigwaitinfo(&run->watched, &info);
        if (signal > 0 && signal != SIGCHLD)
            pass_on(command, &info);
    } while (!reap(run, command, &status));
    return exit_status(status);
}

/* ---- what it has left behind ----------------------------------------------------------------- */

/* False: some are still there when their time is over. */
static bool end_leftovers(struct run *run, int signal)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    struct leftovers leftovers = {.count = 0};
    int status, pauses = 0;
    bool is_any;
    while ((is_any = leftovers_end(&leftovers, signal)) && pauses++ < PAUSES_MAX) {
        (void)sigtimedwait(&run->watched, NULL, &pause);
        (void)reap(run, 0, &status);
    }
    free(leftovers.told);
    return !is_any;
}

static int run_command(struct run *run, char **command)
{
    fflush(NULL);
    if (!run->use.keep)
        leftovers_adopt();
    pid_t pid = fork();
    if (pid < 0) {
        cli_error(word, "%s: %s", command[0], strerror(errno));
        bus_use_end(&run->use);
        return CLI_CANNOT_RUN;
    }
    if (pid == 0)
        become(run, command);
    int status = wait_for(run, pid);
    if (!run->use.keep && !end_leftovers(run, SIGTERM))
        (void)end_leftovers(run, SIGKILL);
    if (!bus_use_end(&run->use))
        run->bus_has_failed = true;
    return status == CLI_OK && run->bus_has_failed ? CLI_FAILED : status;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* -1: go on. */
static int take_option(struct run *run, int option, char **argv)
{
    unsigned long scl_hz;
    switch (option) {
    case BUS:
        run->use.is_private = false;
        return cli_bus(word, optarg, &run->use.bus.bus) ? -1 : CLI_USAGE;
    case FAULT:
        return fault_option_take(word, optarg, &run->use.bus) ? -1 : CLI_USAGE;
    case KEEP:
        run->use.keep = true;
        return -1;
    case SPEED:
        if (!cli_number(optarg, 1, BUS_SCL_HZ_MAX, &scl_hz))
            return cli_misuse(word, "--speed %s: 1 to %d Hz", optarg, BUS_SCL_HZ_MAX);
        run->use.bus.scl_hz = (uint32_t)scl_hz;
        run->use.has_speed = true;
        return -1;
    case TIMEOUT:
        return cli_timeout(word, optarg, &run->use.bus.timeout_ms) ? -1 : CLI_USAGE;
    case TRACE:
        run->use.bus.trace = optarg;
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

int cmd_run(int argc, char **argv)
{
    struct run run = {.use = {.word = word, .bus.scl_hz = BUS_SCL_HZ_DEFAULT, .is_private = true}};
    int option, status = -1;
    if (!cli_default_bus(word, &run.use.bus.bus))
        return CLI_USAGE;
    while (status < 0 && (option = getopt_long(argc, argv, "+:h", long_options, NULL)) != -1)
        status = take_option(&run, option, argv);
    if (status >= 0)
        return status;
    if (optind == argc)
        return cli_misuse(word, "a command to run is missing");
    if (run.use.keep && run.use.is_private)
        return cli_misuse(word, "--keep goes with --bus N: nobody finds a private bus later");
    take_signals(&run);
    if (!bus_use_begin(&run.use))
        return CLI_CANNOT_RUN;
    return run_command(&run, argv + optind);
}
