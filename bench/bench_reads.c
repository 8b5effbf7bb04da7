/* SPDX-License-Identifier: MIT */
/*
 * The cost of a read through the shim, the server and a target in a third process, in ping-pongs.
 *
 * A ping-pong is the least that two processes can do together: one byte there and one byte back
 * over an AF_UNIX socket pair.  Each round measures it right before the read that is compared with
 * it, so that a slow moment of the machine affects both.
 *
 * The floor of a byte-data read is the bare relay: three processes that wait in ppoll() and hand on
 * one byte, as often as controller, server and target have to.  Nothing is done in between.
 *
 *     controller ─► server ─► target ─► server ─► controller
 *                   both messages
 *
 *     i2ctarget exec --bus N -- bench_reads N short    byte-data and 32-byte block reads
 *     i2ctarget exec --bus N -- bench_reads N long     one 8192-byte read against one ping-pong a byte
 *     i2ctarget exec --bus N -- bench_reads N device   reads of a device that is a process: an erased 24C64
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_target.h"
#include "measure.h"
#include "smbus.h"

enum {
    ROUNDS = 21,
    WARM_UP = 200,
    PING_PONGS = 1500,
    SHORT_READS = 500,
    LONG_READS = 10,
    REGISTER = 5
};

#define GOAL_BYTE_PING_PONGS 4.2
#define GOAL_BLOCK_PING_PONGS 4.5
#define GOAL_FASTER 50.0

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "bench_reads: %s: %s\n", what, errno ? strerror(errno) : "wrong data");
    exit(EXIT_FAILURE);
}

/* ---- ping-pong ------------------------------------------------------------------------------- */

struct ping_pong {
    int fd;
    pid_t child;
};

static void echo(int fd)
{
    char byte;
    while (recv(fd, &byte, 1, 0) == 1) {
        if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    _exit(EXIT_SUCCESS);
}

static void ping_pong_start(struct ping_pong *ping_pong)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        fail("socketpair");
    ping_pong->child = fork();
    if (ping_pong->child < 0)
        fail("fork");
    if (ping_pong->child == 0) {
        close(fds[0]);
        echo(fds[1]);
    }
    close(fds[1]);
    ping_pong->fd = fds[0];
}

static void ping_pong_stop(struct ping_pong *ping_pong)
{
    close(ping_pong->fd);
    waitpid(ping_pong->child, NULL, 0);
}

static void play_ping_pong(void *context)
{
    const struct ping_pong *ping_pong = context;
    char byte = 0;
    if (send(ping_pong->fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(ping_pong->fd, &byte, 1, 0) != 1)
        fail("ping-pong");
}

/* ---- the bare relay -------------------------------------------------------------------------- */

struct relay {
    int fd;
    pid_t server, target;
};

/* Waits for a byte from one of them, and takes it.  Returns which one; -1: a process has ended. */
static int await_byte(const int fds[], nfds_t count)
{
    struct pollfd polls[2] = {{.fd = fds[0], .events = POLLIN}};
    char byte;
    if (count == 2)
        polls[1] = (struct pollfd){.fd = fds[1], .events = POLLIN};
    if (ppoll(polls, count, NULL, NULL) < 1)
        return -1;
    int from = polls[0].revents ? 0 : 1;
    return recv(fds[from], &byte, 1, MSG_DONTWAIT) == 1 ? from : -1;
}

static bool give_byte(int fd)
{
    return send(fd, "", 1, MSG_NOSIGNAL) == 1;
}

_Noreturn static void be_relay_target(int server)
{
    while (await_byte(&server, 1) == 0 && give_byte(server))
        ;
    _exit(EXIT_SUCCESS);
}

_Noreturn static void be_relay_server(int controller, int target)
{
    const int fds[] = {controller, target};
    int from;
    while ((from = await_byte(fds, 2)) >= 0 && give_byte(from == 0 ? target : controller))
        ;
    _exit(EXIT_SUCCESS);
}

static pid_t fork_or_fail(void)
{
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    return child;
}

static void relay_start(struct relay *relay)
{
    int to_server[2], to_target[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_server) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_target) < 0)
        fail("socketpair");
    relay->fd = to_server[0];
    relay->target = fork_or_fail();
    if (relay->target == 0) {
        close(to_server[0]);
        close(to_server[1]);
        close(to_target[0]);
        be_relay_target(to_target[1]);
    }
    close(to_target[1]);
    relay->server = fork_or_fail();
    if (relay->server == 0) {
        close(to_server[0]);
        be_relay_server(to_server[1], to_target[0]);
    }
    close(to_server[1]);
    close(to_target[0]);
}

static void relay_stop(const struct relay *relay)
{
    close(relay->fd);
    waitpid(relay->server, NULL, 0);
    waitpid(relay->target, NULL, 0);
}

static void ask_relay(void *context)
{
    const struct relay *relay = context;
    if (!give_byte(relay->fd) || await_byte(&relay->fd, 1) != 0)
        fail("relay");
}

/* ---- reads ----------------------------------------------------------------------------------- */

static void read_register(void *context)
{
    union i2c_smbus_data data;
    smbus_read(*(const int *)context, REGISTER, I2C_SMBUS_BYTE_DATA, &data);
    errno = 0;
    if (data.byte != bench_byte(REGISTER))
        fail("read byte data");
}

static void read_block(void *context)
{
    union i2c_smbus_data data = {.block = {BENCH_BLOCK_BYTES}};
    smbus_read(*(const int *)context, REGISTER, I2C_SMBUS_I2C_BLOCK_DATA, &data);
    errno = 0;
    if (data.block[0] != BENCH_BLOCK_BYTES ||
        data.block[BENCH_BLOCK_BYTES] != bench_byte(BENCH_BLOCK_BYTES - 1))
        fail("read I2C block");
}

static void read_memory(void *context)
{
    static uint8_t bytes[BENCH_MEMORY_BYTES];
    struct i2c_msg message = {
        .addr = BENCH_MEMORY, .flags = I2C_M_RD, .len = sizeof bytes, .buf = bytes};
    struct i2c_rdwr_ioctl_data arguments = {.msgs = &message, .nmsgs = 1};
    if (ioctl(*(const int *)context, I2C_RDWR, &arguments) != 1)
        fail("I2C_RDWR");
    errno = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (bytes[i] != bench_byte(i))
            fail("read 8192 bytes");
    }
}

static void read_device(int fd, size_t count)
{
    static uint8_t bytes[BENCH_MEMORY_BYTES];
    uint8_t pointer[2] = {0};
    struct i2c_msg messages[] = {
        {.addr = BENCH_DEVICE, .len = sizeof pointer, .buf = pointer},
        {.addr = BENCH_DEVICE, .flags = I2C_M_RD, .len = (uint16_t)count, .buf = bytes},
    };
    struct i2c_rdwr_ioctl_data arguments = {.msgs = messages, .nmsgs = 2};
    if (ioctl(fd, I2C_RDWR, &arguments) != 2)
        fail("I2C_RDWR");
    errno = 0;
    if (bytes[0] != 0xFF || bytes[count - 1] != 0xFF)
        fail("read a device");
}

static void read_device_byte(void *context)
{
    read_device(*(const int *)context, 1);
}

static void read_device_memory(void *context)
{
    read_device(*(const int *)context, BENCH_MEMORY_BYTES);
}

/* One open file for each address, so that I2C_SLAVE is not measured. */
static int open_bus(const char *bus, long address)
{
    char path[32];
    snprintf(path, sizeof path, "/dev/i2c-%s", bus);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        fail(path);
    if (ioctl(fd, I2C_SLAVE, address) < 0)
        fail("I2C_SLAVE");
    return fd;
}

/* ---- measuring ------------------------------------------------------------------------------- */

/* Microseconds for one call. */
static double time_us(void (*call)(void *context), void *context, unsigned times)
{
    uint64_t began_ns = measure_now_ns();
    for (unsigned i = 0; i < times; i++)
        call(context);
    return (double)(measure_now_ns() - began_ns) / 1e3 / times;
}

struct medians {
    double us, ping_pong_us, ratio;
};

/* Rounds of ping-pongs followed by calls. */
static struct medians compare(struct ping_pong *ping_pong, void (*call)(void *context),
                              void *context, unsigned times)
{
    double us[ROUNDS], ping_pong_us[ROUNDS], ratios[ROUNDS];
    time_us(play_ping_pong, ping_pong, WARM_UP);
    time_us(call, context, times < WARM_UP ? times : WARM_UP);
    for (int round = 0; round < ROUNDS; round++) {
        ping_pong_us[round] = time_us(play_ping_pong, ping_pong, PING_PONGS);
        us[round] = time_us(call, context, times);
        ratios[round] = us[round] / ping_pong_us[round];
    }
    return (struct medians){measure_median(us, ROUNDS), measure_median(ping_pong_us, ROUNDS),
                            measure_median(ratios, ROUNDS)};
}

static void measure_short(const char *bus, struct ping_pong *ping_pong)
{
    struct relay relay;
    relay_start(&relay);
    struct medians floor = compare(ping_pong, ask_relay, &relay, SHORT_READS);
    relay_stop(&relay);
    int registers = open_bus(bus, BENCH_REGISTER);
    int block = open_bus(bus, BENCH_BLOCK);
    struct medians bytes = compare(ping_pong, read_register, &registers, SHORT_READS);
    struct medians blocks = compare(ping_pong, read_block, &block, SHORT_READS);
    measure_row("ping-pong", bytes.ping_pong_us, "us");
    measure_row("bare relay of four bytes by three processes", floor.us, "us");
    measure_row("  in ping-pongs", floor.ratio, "");
    measure_row("SMBus byte-data read", bytes.us, "us");
    measure_row_at_most("  in ping-pongs", bytes.ratio, "", GOAL_BYTE_PING_PONGS);
    measure_row("  in bare relays", bytes.ratio / floor.ratio, "");
    measure_row("32-byte I2C block read", blocks.us, "us");
    measure_row_at_most("  in ping-pongs", blocks.ratio, "", GOAL_BLOCK_PING_PONGS);
}

static void measure_long(const char *bus, struct ping_pong *ping_pong)
{
    int memory = open_bus(bus, BENCH_MEMORY);
    struct medians reads = compare(ping_pong, read_memory, &memory, LONG_READS);
    measure_row("8192-byte read", reads.us, "us");
    measure_row("8192 ping-pongs", reads.ping_pong_us * BENCH_MEMORY_BYTES, "us");
    measure_row_at_least("  times as fast as a ping-pong a byte", BENCH_MEMORY_BYTES / reads.ratio,
                         "", GOAL_FASTER);
}

static void measure_device(const char *bus, struct ping_pong *ping_pong)
{
    int device = open_bus(bus, BENCH_DEVICE);
    struct medians bytes = compare(ping_pong, read_device_byte, &device, SHORT_READS);
    struct medians reads = compare(ping_pong, read_device_memory, &device, LONG_READS);
    measure_row("a byte, after its pointer", bytes.us, "us");
    measure_row("  in ping-pongs", bytes.ratio, "");
    measure_row("8192 bytes, after their pointer", reads.us, "us");
    measure_row("  times as fast as a ping-pong a byte", BENCH_MEMORY_BYTES / reads.ratio, "");
}

static const struct {
    const char *kind;
    void (*measure)(const char *bus, struct ping_pong *ping_pong);
} kinds[] = {{"short", measure_short}, {"long", measure_long}, {"device", measure_device}};

int main(int argc, char **argv)
{
    enum { KINDS = sizeof kinds / sizeof *kinds };
    unsigned kind = 0;
    while (argc == 3 && kind < KINDS && strcmp(argv[2], kinds[kind].kind) != 0)
        kind++;
    if (argc != 3 || kind == KINDS) {
        fprintf(stderr, "usage: bench_reads BUS short|long|device\n");
        return 2;
    }
    struct ping_pong ping_pong;
    ping_pong_start(&ping_pong);
    kinds[kind].measure(argv[1], &ping_pong);
    ping_pong_stop(&ping_pong);
    return EXIT_SUCCESS;
}
