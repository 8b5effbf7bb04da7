/* SPDX-License-Identifier: MIT */
/*
 * Targets and controllers in the threads of one process, for ThreadSanitizer.  Runs under
 * `i2ctarget exec --bus 1 --bus 2`.
 *
 *     two targets       each on its bus; they join and leave at the same time, and serve in between
 *     four controllers  through the shim, on their own open files and on a shared one
 *     one more          opens streams and directories
 *
 * Each controller has its own register, and reads what it wrote, unless the target is away.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "i2ctarget/bus.h"

enum { ADDRESS = 0x40, BUSES = 2, CONTROLLERS = 4, CALLS_EACH_TIME = 20, WAIT_US = 20000 };

static atomic_bool stop;
static atomic_int done, wrong; /* transfers, failures */
static pthread_barrier_t all_targets;
static int shared_fd, rounds = 20;

static void check(bool is_right, const char *what)
{
    if (is_right)
        return;
    wrong++;
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
}

/* Targets. */

static void serve(struct i2ctarget *target, uint8_t *memory)
{
    static _Thread_local uint8_t pointer;
    struct i2ctarget_request request;

    if (i2ctarget_next_request(target, &request, WAIT_US) != 1)
        return;
    if (request.is_read)
        check(i2ctarget_write(&request, &memory[pointer], 1) >= 0, "write");
    else if (i2ctarget_read(&request, &pointer, 1, true) == 1)
        check(i2ctarget_read(&request, &memory[pointer], 1, true) >= 0, "read");
    i2ctarget_close(&request);
}

static void *run_target(void *argument)
{
    unsigned bus = *(const unsigned *)argument;
    uint8_t memory[256] = {0}, address = ADDRESS;
    struct i2ctarget target, second;
    for (int round = 0; round < rounds; round++) {
        int error;

        pthread_barrier_wait(&all_targets);
        error = i2ctarget_init(&target, I2CTARGET_BUS_SCL(bus), I2CTARGET_BUS_SDA(bus), &address, 1,
                               false);

        check(error == 0, "init");
        error = i2ctarget_init(&second, I2CTARGET_BUS_SCL(bus), I2CTARGET_BUS_SDA(bus), &address, 1,
                               false);
        check(error == -EBUSY, "a second one on the bus");
        for (int i = 0; i < CALLS_EACH_TIME; i++)
            serve(&target, memory);
        i2ctarget_deinit(&target);
    }
    return NULL;
}

/* Controllers. */

static int open_node(unsigned bus)
{
    char name[32];
    snprintf(name, sizeof name, "/dev/i2c-%u", bus);
    int fd = open(name, O_RDWR | O_CLOEXEC);
    check(fd >= 0, name);
    return fd;
}

static void transfer(int fd, uint8_t number, uint8_t value)
{
    uint8_t out[2] = {number, value}, got = 0;
    struct i2c_msg messages[] = {
        {ADDRESS, 0, 2, out}, {ADDRESS, 0, 1, out}, {ADDRESS, I2C_M_RD, 1, &got}};
    int result = ioctl(fd, I2C_RDWR, &(struct i2c_rdwr_ioctl_data){messages, 3});
    /* ENXIO: no target listens; EIO: it left in the middle. */
    if (result < 0)
        check(errno == ENXIO || errno == EIO, "transfer");
    else
        check(got == value, "what was read");
    done += result == 3;
}

static void *run_controller(void *argument)
{
    unsigned number = *(const unsigned *)argument;
    uint8_t value = 0;
    while (!stop) {
        int fd = open_node(1 + number % BUSES);

        for (int i = 0; i < 10; i++) {
            transfer(fd, (uint8_t)number, ++value);
            transfer(shared_fd, (uint8_t)(0x80 + number), ++value);
        }
        check(close(fd) == 0, "close");
    }
    return NULL;
}

/* Uses everything for which the shim has a list. */
static void *run_others(void *unused)
{
    while (!stop) {
        FILE *stream = fopen("/dev/i2c-1", "r+");
        DIR *directory = opendir("/sys/class/i2c-dev");
        int count = 0;
        const struct dirent *entry;

        check(stream && fileno(stream) >= 0, "stream");
        fclose(stream);
        while ((entry = readdir(directory)) != NULL)
            count += strncmp(entry->d_name, "i2c-", 4) == 0;
        check(count == BUSES, "directory");
        closedir(directory);
        usleep(1000);
    }
    return unused;
}

int main(int argc, char **argv)
{
    static const unsigned numbers[CONTROLLERS] = {0, 1, 2, 3}, buses[BUSES] = {1, 2};
    if (argc > 1)
        rounds = atoi(argv[1]);
    pthread_barrier_init(&all_targets, NULL, BUSES);
    shared_fd = open_node(1);
    pthread_t targets[BUSES];
    for (int i = 0; i < BUSES; i++)
        pthread_create(&targets[i], NULL, run_target, (void *)(uintptr_t)&buses[i]);
    pthread_t controllers[CONTROLLERS];
    for (int i = 0; i < CONTROLLERS; i++)
        pthread_create(&controllers[i], NULL, run_controller, (void *)(uintptr_t)&numbers[i]);
    pthread_t others[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&others[i], NULL, run_others, NULL);
    for (int i = 0; i < BUSES; i++)
        pthread_join(targets[i], NULL);
    stop = true;
    for (int i = 0; i < CONTROLLERS; i++)
        pthread_join(controllers[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(others[i], NULL);
    close(shared_fd);
    check(done > 0, "no transfer");
    return wrong ? 1 : 0;
}
