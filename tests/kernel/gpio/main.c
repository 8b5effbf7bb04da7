/* SPDX-License-Identifier: MIT */
/*
 * usage: gpio_bench TRACE.vcd HEARD, with a listening socket as its standard input
 *
 * The back end of QEMU's vhost-user-gpio-pci, with the workbench on its lines (bench.h).  Ends when
 * the machine closes the socket; exit status 0: no target broke a rule of the bus.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "gpio_chip.h"
#include "programs.h"
#include "vhost/vhost_user.h"

int registers_main(void);
int eeprom_main(void);
int smbus_device_main(void);
int slow_main(void);
int limited_main(void);

static int (*const mains[])(void) = {registers_main, eeprom_main, smbus_device_main, slow_main,
                                     limited_main};

static struct vhost_user machine;
static struct gpio_chip chip;

int i2ctarget_board_fail(int error)
{
    fprintf(stderr, "gpio_bench: program %u ends: %s\n", programs_current(), strerror(-error));
    return 1;
}

static void driven(void *owner, unsigned number)
{
    const struct gpio_line *line = &chip.lines[number];
    (void)owner;
    bench_drive(number, line->direction == GPIO_OUT, line->value);
}

static bool level(void *owner, unsigned line)
{
    (void)owner;
    return bench_level(line);
}

/* The programs run after each access: the delay of this process must not make them late. */
static void serve_queue(void)
{
    while (gpio_chip_request(&chip, &machine.queues[GPIO_REQUEST_QUEUE]))
        bench_catch_up();
}

static void take_kick(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
}

/* Wait, and do what there is to do.  1; 0: the machine has gone; -1. */
static int turn(void)
{
    struct pollfd fds[1 + VHOST_USER_QUEUES] = {{.fd = machine.socket, .events = POLLIN}};
    for (unsigned i = 0; i < VHOST_USER_QUEUES; i++)
        fds[1 + i] = (struct pollfd){.fd = machine.queues[i].kick_fd, .events = POLLIN};
    int64_t idle_ns = bench_idle_ns();
    struct timespec limit = {idle_ns / 1000000000, idle_ns % 1000000000};
    if (ppoll(fds, 1 + VHOST_USER_QUEUES, idle_ns < 0 ? NULL : &limit, NULL) < 0)
        return errno == EINTR ? 1 : -1;
    for (unsigned i = 0; i < VHOST_USER_QUEUES; i++) {
        if (fds[1 + i].revents & POLLIN)
            take_kick(fds[1 + i].fd);
    }
    bench_catch_up();
    serve_queue();
    return fds[0].revents ? vhost_user_serve(&machine) : 1;
}

int main(int argc, char **argv)
{
    static const uint8_t config[VHOST_USER_CONFIG_BYTES] = {BENCH_LINES};
    if (argc != 3) {
        fprintf(stderr, "usage: gpio_bench TRACE.vcd HEARD <SOCKET\n");
        return 2;
    }
    int error = bench_open(argv[1], argv[2]);
    if (error) {
        fprintf(stderr, "gpio_bench: %s, %s: %s\n", argv[1], argv[2], strerror(-error));
        return 1;
    }
    chip = (struct gpio_chip){.count = BENCH_LINES, .driven = driven, .level = level};
    int connection = accept4(STDIN_FILENO, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) {
        perror("gpio_bench: accept");
        return 1;
    }
    vhost_user_init(&machine, connection, 0, config);
    programs_begin(mains, sizeof mains / sizeof *mains);

    int result = 1;
    while (result > 0 && !programs_any_ended())
        result = turn();
    vhost_user_close(&machine);
    if (result < 0)
        printf("the virtual machine said what is not understood\n");
    return bench_close() && result == 0 ? 0 : 1;
}
