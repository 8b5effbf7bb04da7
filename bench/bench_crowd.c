/* SPDX-License-Identifier: MIT */
/*
 * Fifty controllers at once: is the bus shared out fairly, and does a transfer wait for more than
 * the transfers before it?
 *
 * Each controller is a process of its own, and reads a register of bench_target.  In turns one of
 * them is alone, and all of them are there.
 *
 *     paced    20 transfers a second for each controller, so 1000 of all; their turns are evenly spread
 *     busy     each as fast as it can; so a transfer waits for one of every other controller
 *
 *     i2ctarget exec --bus N -- bench_crowd N
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_target.h"
#include "measure.h"
#include "smbus.h"

enum {
    CONTROLLERS = 50,
    ROUNDS = 5,
    PAUSE_MS = 50, /* from one transfer of a paced controller to its next one */
    PACED = 40,    /* transfers of each controller */
    BUSY = 3000,   /* of all of them */
    WARM_UP = 5,
    REGISTER = 5
};

#define GOAL_DEVIATION_PERCENT 10.0
#define GOAL_GROWTH 1.1

/* Shared by the processes of a round. */
struct crowd {
    unsigned controllers, transfers; /* the transfers of all of them */
    bool is_paced;
    atomic_uint ready, begun; /* controllers that are; transfers of all of them */
    _Atomic uint64_t begin_ns;
    unsigned counts[CONTROLLERS];
    double latencies_us[CONTROLLERS][BUSY];
};

struct figures {
    double deviation_percent, median_us, late_us, us; /* late: of 100, one is later */
};

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "bench_crowd: %s: %s\n", what, errno ? strerror(errno) : "wrong data");
    exit(EXIT_FAILURE);
}

/* ---- one controller -------------------------------------------------------------------------- */

static void read_register(int fd)
{
    union i2c_smbus_data data;
    smbus_read(fd, REGISTER, I2C_SMBUS_BYTE_DATA, &data);
    errno = 0;
    if (data.byte != bench_byte(REGISTER))
        fail("read byte data");
}

static int open_bus(const char *bus)
{
    char path[32];
    snprintf(path, sizeof path, "/dev/i2c-%s", bus);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, I2C_SLAVE, BENCH_REGISTER) < 0)
        fail(path);
    return fd;
}

static void sleep_until(uint64_t time_ns)
{
    struct timespec until = {.tv_sec = (time_t)(time_ns / 1000000000u),
                             .tv_nsec = (long)(time_ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static void sleep_ms(unsigned time_ms)
{
    sleep_until(measure_now_ns() + time_ms * UINT64_C(1000000));
}

/* The turns of all controllers follow one another. */
static uint64_t turn_ns(const struct crowd *crowd, unsigned index, unsigned count)
{
    uint64_t turn = (uint64_t)count * crowd->controllers + index;
    return crowd->begin_ns + turn * PAUSE_MS * 1000000u / crowd->controllers;
}

static void make_transfers(struct crowd *crowd, unsigned index, int fd)
{
    for (unsigned count = 0; crowd->begun++ < crowd->transfers; count++) {
        if (crowd->is_paced)
            sleep_until(turn_ns(crowd, index, count));
        uint64_t began_ns = measure_now_ns();
        read_register(fd);
        crowd->latencies_us[index][count] = (double)(measure_now_ns() - began_ns) / 1e3;
        crowd->counts[index] = count + 1;
    }
}

static void be_controller(struct crowd *crowd, unsigned index, const char *bus)
{
    int fd = open_bus(bus);
    for (int i = 0; i < WARM_UP; i++)
        read_register(fd);
    crowd->ready++;
    while (crowd->begin_ns == 0)
        sleep_ms(1);
    sleep_until(crowd->begin_ns);
    make_transfers(crowd, index, fd);
}

/* ---- a round --------------------------------------------------------------------------------- */

static void start(struct crowd *crowd, const char *bus)
{
    for (unsigned i = 0; i < crowd->controllers; i++) {
        pid_t child = fork();
        if (child < 0)
            fail("fork");
        if (child == 0) {
            be_controller(crowd, i, bus);
            _exit(EXIT_SUCCESS);
        }
    }
    while (crowd->ready < crowd->controllers)
        sleep_ms(1);
    crowd->begin_ns = measure_now_ns() + 20000000;
}

static void await_end(const struct crowd *crowd)
{
    for (unsigned i = 0; i < crowd->controllers; i++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            exit(EXIT_FAILURE);
    }
}

/* How far the controller that is farthest from the mean is away from it. */
static double deviation_percent(const struct crowd *crowd)
{
    double mean = (double)crowd->transfers / crowd->controllers, most = 0;
    for (unsigned i = 0; i < crowd->controllers; i++) {
        double deviation =
            crowd->counts[i] > mean ? crowd->counts[i] - mean : mean - crowd->counts[i];
        most = deviation > most ? deviation : most;
    }
    return 100 * most / mean;
}

static struct figures evaluate(const struct crowd *crowd, double took_us)
{
    static double sorted_us[BUSY];
    size_t count = 0;
    for (unsigned i = 0; i < crowd->controllers; i++) {
        memcpy(sorted_us + count, crowd->latencies_us[i], crowd->counts[i] * sizeof *sorted_us);
        count += crowd->counts[i];
    }
    double median_us = measure_median(sorted_us, count);
    return (struct figures){deviation_percent(crowd), median_us, sorted_us[count - 1 - count / 100],
                            took_us / crowd->transfers};
}

static struct figures play(const char *bus, unsigned controllers, bool is_paced)
{
    struct crowd *crowd =
        mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crowd == MAP_FAILED)
        fail("memory");
    crowd->controllers = controllers;
    crowd->is_paced = is_paced;
    crowd->transfers = is_paced ? PACED * controllers : BUSY;
    start(crowd, bus);
    await_end(crowd);
    double took_us = (double)(measure_now_ns() - crowd->begin_ns) / 1e3;
    struct figures figures = evaluate(crowd, took_us);
    munmap(crowd, sizeof *crowd);
    return figures;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static double median_of(const struct figures *rounds, size_t place)
{
    double values[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        memcpy(&values[i], (const char *)&rounds[i] + place, sizeof *values);
    return measure_median(values, ROUNDS);
}

#define MEDIAN(rounds, field) median_of(rounds, offsetof(struct figures, field))

static void measure(const char *bus, bool is_paced, struct figures alone[], struct figures all[])
{
    for (int round = 0; round < ROUNDS; round++) {
        alone[round] = play(bus, 1, is_paced);
        all[round] = play(bus, CONTROLLERS, is_paced);
    }
}

int main(int argc, char **argv)
{
    struct figures alone[ROUNDS], all[ROUNDS];
    if (argc != 2) {
        fprintf(stderr, "usage: bench_crowd BUS\n");
        return 2;
    }
    measure(argv[1], true, alone, all);
    measure_row("20 transfers a second of one controller: median", MEDIAN(alone, median_us), "us");
    measure_row("  99 of 100 are faster than", MEDIAN(alone, late_us), "us");
    measure_row("1000 transfers a second of 50 controllers: median", MEDIAN(all, median_us), "us");
    measure_row("  99 of 100 are faster than", MEDIAN(all, late_us), "us");
    measure_row_at_most("  times as long as of one controller",
                        MEDIAN(all, median_us) / MEDIAN(alone, median_us), "", GOAL_GROWTH);
    measure(argv[1], false, alone, all);
    measure_row("one controller, as fast as it can: a transfer takes", MEDIAN(alone, us), "us");
    measure_row("50 controllers, as fast as they can: a transfer takes", MEDIAN(all, us), "us");
    measure_row_at_most("  times as long as of one controller", MEDIAN(all, us) / MEDIAN(alone, us),
                        "", GOAL_GROWTH);
    measure_row_at_most("  the controller that is farthest from the mean",
                        MEDIAN(all, deviation_percent), "%", GOAL_DEVIATION_PERCENT);
    measure_row_at_most("  median from call to result, in those of 50 transfers",
                        MEDIAN(all, median_us) / (CONTROLLERS * MEDIAN(all, us)), "", GOAL_GROWTH);
    return EXIT_SUCCESS;
}
