/* SPDX-License-Identifier: MIT */
/*
 * i2ctarget-cuse BUS NUMBER: a running bus as the character device /dev/i2c-NUMBER, until SIGTERM,
 * SIGINT or SIGHUP, or until the bus ends.
 *
 * It is a program of its own, so that only users of such a device need libfuse.  `i2ctarget attach
 * --cuse` and `i2ctarget bus --cuse` run it.  It prints one line when the device exists.
 *
 * One connection carries no requests.  When it closes, the bus has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cuse/device.h"
#include "link/standard.h"
#include "link/stops.h"

enum { FAILED = 1, USAGE = 2, NUMBER_MAX = (1 << 20) - 1 };

static struct {
    struct loop loop;
    struct device device;
    struct link life;
    int signal_fd;
    struct watch on_life, on_signal;
    int status;
} all;

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
    fputs("i2ctarget: ", stderr);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return FAILED;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static void bus_ends(struct watch *watch)
{
    (void)watch;
    struct link_frame frame;
    if (i2ctarget_link_poll(&all.life, &frame) == 0)
        return;
    all.status = complain("bus %u has ended", all.life.bus);
    all.loop.is_over = true;
}

static void signal_comes(struct watch *watch)
{
    (void)watch;
    all.loop.is_over = true;
}

/* In a container there may be nothing that makes nodes in /dev. */
static void look_for_node(const struct device *device)
{
    char path[64], numbers[32] = "";
    snprintf(path, sizeof path, "/dev/i2c-%u", device->number);
    if (access(path, F_OK) == 0)
        return;
    snprintf(path, sizeof path, "/sys/class/cuse/i2c-%u/dev", device->number);
    FILE *file = fopen(path, "re");
    if (file && fgets(numbers, sizeof numbers, file))
        numbers[strcspn(numbers, "\n")] = '\0';
    if (file)
        fclose(file);
    complain("the device is there (%s), but nobody made a node for it in /dev: use mknod", numbers);
}

static void device_appears(const struct device *device)
{
    look_for_node(device);
    printf("/dev/i2c-%u is bus %u\n", device->number, device->calls.bus);
    if (fflush(stdout) == 0)
        return;
    all.status =
        complain("cannot say that /dev/i2c-%u is there: %s", device->number, strerror(errno));
    all.loop.is_over = true;
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* libfuse ignores SIGPIPE for us. */
static int watch_signals(void)
{
    all.signal_fd = i2ctarget_stops_open();
    all.on_signal.ready = signal_comes;
    return all.signal_fd < 0 ? all.signal_fd : loop_watch(&all.loop, all.signal_fd, &all.on_signal);
}

static int watch_bus(void)
{
    struct calls *calls = &all.device.calls;
    int result = i2ctarget_link_directory(calls->directory, false);
    if (result == 0)
        result = i2ctarget_link_open_in(&all.life, calls->directory, calls->bus,
                                        PROTOCOL_CONTROLLER, NULL);
    char text[256];
    if (result < 0) {
        complain("%s", i2ctarget_link_explain(&all.life, result, text, sizeof text));
        return result;
    }
    all.on_life.ready = bus_ends;
    return loop_watch(&all.loop, all.life.fd, &all.on_life);
}

/* Each open file and each call under way needs one connection. */
static void allow_many_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool begin(unsigned bus, unsigned number)
{
    struct device *device = &all.device;
    device->number = number;
    device->appeared = device_appears;
    device->calls.loop = &all.loop;
    device->calls.bus = all.life.bus = bus;
    char path[64];
    snprintf(path, sizeof path, "/dev/i2c-%u", number);
    if (access(path, F_OK) == 0) {
        complain("%s is there already: choose another number with --cuse=NUMBER", path);
        return false;
    }
    allow_many_descriptors();
    if (loop_init(&all.loop) < 0 || watch_signals() < 0) {
        complain("cannot wait for anything: %s", strerror(errno));
        return false;
    }
    if (watch_bus() < 0)
        return false;
    return device_open(device) == 0; /* on failure libfuse has printed the reason */
}

static void serve(void)
{
    struct calls *calls = &all.device.calls;
    while (!all.loop.is_over) {
        loop_turn(&all.loop, calls_deadline_us(calls));
        calls_give_up(calls);
    }
    if (!all.device.is_there && all.status == 0)
        all.status = complain("the kernel did not make /dev/i2c-%u", all.device.number);
}

static bool number_of(const char *text, unsigned long max, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned)value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= max;
}

int main(int argc, char **argv)
{
    if (!i2ctarget_standard_descriptors_open())
        return FAILED;
    unsigned bus, number;
    if (argc != 3 || !number_of(argv[1], LINK_BUS_MAX, &bus) ||
        !number_of(argv[2], NUMBER_MAX, &number)) {
        complain(
            "usage: i2ctarget-cuse BUS NUMBER (run it by 'i2ctarget attach BUS --cuse=NUMBER')");
        return USAGE;
    }
    if (!begin(bus, number))
        return FAILED;
    serve();
    device_close(&all.device);
    return all.status;
}
