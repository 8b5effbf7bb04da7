/* SPDX-License-Identifier: MIT */
/*
 * One thread waits for five things: events of the bus, a line on standard input, a signal, a reader of
 * the output line, and the model's own time.  The device's callbacks run inside i2ctarget_next_request(), so they never run
 * at the same time as a command.
 */
#include "cli/devices/runner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/devices/console.h"
#include "cli/devices/output_line.h"
#include "i2ctarget/bus.h"
#include "link/protocol.h"

enum { WORDS_MAX = 24, BACKGROUND_MS = 500, LAST_MS = 200 };

struct runner {
    const struct model *model;
    struct bus_use *use;
    struct i2ctarget target;
    struct console console;
    int signal_fd;
    bool has_failed;
};

/* ---- commands -------------------------------------------------------------------------------- */

static const struct model_command *command_named(const struct model *model, const char *name)
{
    for (const struct model_command *command = model->commands; command->name; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

static void take_line(char *line, void *context)
{
    const struct runner *runner = context;
    char *words[WORDS_MAX + 1] = {0}, *rest = line;
    size_t count = 0;
    if (!line) {
        cli_error(model_word, "a line on standard input is too long");
        return;
    }
    while (count < WORDS_MAX && (words[count] = strtok_r(rest, " \t\r", &rest)))
        count++;
    if (count == 0 || words[0][0] == '#')
        return;
    const struct model_command *command = command_named(runner->model, words[0]);
    if (!command)
        cli_misuse(model_word, "there is no command \"%s\"", words[0]);
    else
        command->run(words + 1);
    output_line_follow(); /* several lines may come at once */
}

/* ---- the bus --------------------------------------------------------------------------------- */

/* The name under which the bus knows this process, instead of the program's. */
static void take_name(const struct model *model)
{
    static char name[PROTOCOL_NAME_BYTES];
    snprintf(name, sizeof name, "i2ctarget device %s", model->name);
    program_invocation_short_name = name;
}

static bool join(struct runner *runner, uint8_t address, unsigned count)
{
    unsigned bus = runner->use->bus.bus;
    uint8_t addresses[MODEL_ADDRESSES_MAX];
    char text[256];
    for (unsigned i = 0; i < count; i++)
        addresses[i] = (uint8_t)(address + i);
    if (runner->model->others)
        count += runner->model->others(address, addresses + count);
    int error = i2ctarget_init(&runner->target, I2CTARGET_BUS_SCL(bus), I2CTARGET_BUS_SDA(bus),
                               addresses, count, false);
    for (unsigned i = 0; i < count && error == 0; i++)
        error = i2ctarget_attach(&runner->target, addresses[i], runner->model->device);
    if (error)
        cli_error(model_word, "%s", i2ctarget_bus_explain(bus, error, text, sizeof text));
    return error == 0;
}

/* False: the bus has ended. */
static bool serve_events(struct runner *runner)
{
    struct i2ctarget_request request;
    if (i2ctarget_next_request(&runner->target, &request, -1) >= 0)
        return true;
    if (!bus_child_has_ended(&runner->use->child))
        cli_error(model_word, "bus %u has ended", runner->use->bus.bus);
    runner->has_failed = true;
    return false;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* The longest time for poll(); -1: for ever. */
static int patience_ms(const struct runner *runner, bool is_ours)
{
    int wait_ms = runner->model->wait_ms ? runner->model->wait_ms() : -1;
    bool looks_again = !is_ours && !runner->console.has_ended;
    return looks_again && (wait_ms < 0 || wait_ms > BACKGROUND_MS) ? BACKGROUND_MS : wait_ms;
}

/*
 * The signal may be there first although its sender has seen the end of a transfer: the bus tells
 * its targets when it has come to rest, after it has told the controller.  A bus that has ended, too,
 * is no failure now.
 */
static void serve_last_events(const struct model *model, struct i2ctarget *target, int bus_fd)
{
    struct pollfd wait = {.fd = bus_fd, .events = POLLIN};
    struct i2ctarget_request request;
    while (i2ctarget_next_request(target, &request, -1) >= 0 && model->is_busy &&
           model->is_busy() && poll(&wait, 1, LAST_MS) > 0)
        ;
}

/* False: the program is to end. */
static bool wait_and_serve(struct runner *runner, int bus_fd)
{
    bool is_ours = console_is_ours(&runner->console);
    struct pollfd waits[] = {
        {.fd = runner->signal_fd, .events = POLLIN},
        {.fd = bus_fd, .events = POLLIN},
        {.fd = is_ours ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = output_line_descriptor(), .events = POLLIN},
    };
    if (poll(waits, 4, patience_ms(runner, is_ours)) < 0 && errno != EINTR)
        return false;
    if (waits[0].revents) {
        serve_last_events(runner->model, &runner->target, bus_fd);
        return false;
    }
    if (!serve_events(runner))
        return false;
    if (waits[2].revents)
        console_read(&runner->console, take_line, runner);
    if (runner->model->tick)
        runner->model->tick();
    if (runner->model->look)
        runner->model->look(waits[1].revents != 0);
    output_line_follow();
    return fflush(stdout) == 0;
}

static void say_ready(const struct runner *runner, uint8_t address, unsigned count)
{
    uint8_t others[MODEL_ADDRESSES_MAX];
    unsigned other_count = runner->model->others ? runner->model->others(address, others) : 0;
    printf("%s at 0x%02x", runner->model->name, address);
    if (count > 1)
        printf("..0x%02x", address + count - 1);
    for (unsigned i = 0; i < other_count; i++)
        printf(", 0x%02x", others[i]);
    printf(" on bus %u ready\n", runner->use->bus.bus);
    fflush(stdout);
}

static void serve(struct runner *runner, uint8_t address, unsigned count)
{
    if (!join(runner, address, count)) {
        runner->has_failed = true;
        return;
    }
    bus_use_let_go(runner->use);
    int bus_fd = i2ctarget_bus_descriptor(&runner->target);
    runner->has_failed = bus_fd < 0 || runner->signal_fd < 0;
    say_ready(runner, address, count);
    while (!runner->has_failed && wait_and_serve(runner, bus_fd))
        ;
}

int runner_serve(const struct model *model, struct bus_use *use, uint8_t address, unsigned count)
{
    struct runner runner = {.model = model, .use = use, .signal_fd = cli_open_stops(model_word)};
    int status = output_line_open();
    take_name(model);
    if (status == CLI_OK) {
        serve(&runner, address, count);
        status = runner.has_failed ? CLI_FAILED : CLI_OK;
    }
    i2ctarget_deinit(&runner.target);
    output_line_close();
    close(runner.signal_fd);
    return status;
}
