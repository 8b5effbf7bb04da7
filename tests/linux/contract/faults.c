/* SPDX-License-Identifier: MIT */
/* Faults on the bus, and how several callers affect each other. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract.h"

enum { CALLERS = 4, ROUNDS = 200, TIMEOUT_UNITS = 30, TRIES = 3, FOREVER_S = 30 };

static void address_nack(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_NOBODY));
    union i2c_smbus_data data = {.byte = 0};
    if (subject->functions & I2C_FUNC_SMBUS_QUICK)
        expect("quick write", smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL),
               -subject->address_nack);
    if (subject->functions & I2C_FUNC_SMBUS_READ_BYTE)
        expect("byte read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data),
               -subject->address_nack);
    if (subject->functions & I2C_FUNC_SMBUS_WRITE_BYTE_DATA)
        expect("byte data write", smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_BYTE_DATA, &data),
               -subject->address_nack);
    if (subject->functions & I2C_FUNC_SMBUS_READ_WORD_DATA)
        expect("word data read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_WORD_DATA, &data),
               -subject->address_nack);
}

static void messages_nack(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg message = {(uint16_t)address_of(subject, PART_NOBODY), 0, 1, &byte};
    expect("a write", rdwr(subject->fd, &message, 1), -subject->address_nack);
    message.flags = I2C_M_RD;
    expect("a read", rdwr(subject->fd, &message, 1), -subject->address_nack);
}

static void data_nack(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_RELUCTANT));
    uint8_t bytes[3] = {0, 1, 2};
    struct i2c_msg message = {(uint16_t)address_of(subject, PART_RELUCTANT), 0, 3, bytes};
    union i2c_smbus_data data = {.byte = 0};
    expect("one byte", write_bytes(fd, bytes, 1), 1);
    expect("two bytes", write_bytes(fd, bytes, 2), -subject->data_nack);
    expect("three by I2C_RDWR", rdwr(fd, &message, 1), -subject->data_nack);
    expect("byte data write", smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_BYTE_DATA, &data),
           -subject->data_nack);
    expect("one byte again", write_bytes(fd, bytes, 1), 1);
}

static void stall(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_SILENT));
    expect("I2C_TIMEOUT", set(fd, I2C_TIMEOUT, TIMEOUT_UNITS), 0);
    union i2c_smbus_data data;
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data), -subject->timeout);
}

static void works_after_a_stall(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_MEMORY));
    stall(subject);
    put_register(fd, 0xB0, 0x0B);
    expect("the register", get_register(fd, 0xB0), 0x0B);
}

/*
 * A time-out is never shorter.  It is not much longer either; the machine may be busy now and then.
 */
static void timeout_is_kept(struct subject *subject)
{
    const double wanted = 0.01 * TIMEOUT_UNITS;
    double took = 0;
    for (int i = 0; i < TRIES; i++) {
        double began = seconds();

        stall(subject);
        took = seconds() - began;
        if (took >= wanted && took < wanted + 1)
            return;
        if (took < wanted)
            break;
    }
    fail("it took %.2f s, wanted %.2f", took, wanted);
}

/*
 * A child process that makes a call which stalls.  The caller waits for it.  Its exit status is
 * errno.
 */
static pid_t stalling_child(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_SILENT));
    pid_t child = fork();
    if (child < 0)
        fail("fork: %s", strerror(errno));
    union i2c_smbus_data data;
    if (child == 0)
        _exit(-smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data));
    return child;
}

static int status_of(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child)
        fail("waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Only the wires are busy.  A call that does not need them is not delayed. */
static void others_during_a_stall(struct subject *subject)
{
    pid_t child = stalling_child(subject);
    usleep(100000); /* the call is under way */
    int fd = open(subject->path, O_RDWR);
    if (fd >= 0) {
        set(fd, I2C_SLAVE, (unsigned long)address_of(subject, PART_NOBODY));
        set(fd, I2C_PEC, 1);
        close(fd);
    }
    bool stalls = waitpid(child, NULL, WNOHANG) == 0;
    if (stalls) {
        kill(child, SIGKILL);
        status_of(child);
    }
    expect("open()", fd < 0 ? fd : 0, 0);
    if (!stalls)
        fail("open(), I2C_SLAVE and close() took as long as the call that stalls");
}

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
    (void)number;
    signals++;
}

static void signal_every(long first_us, long next_us)
{
    struct itimerval timer = {{0, next_us}, {0, first_us}};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void signals_do_no_harm(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_MEMORY)), calls = 0, interrupted = 0;
    double until = seconds() + FOREVER_S;
    signals = 0;
    signal_every(1000, 1000);
    for (; calls < ROUNDS || (signals < 20 && seconds() < until); calls++) {
        union i2c_smbus_data data = {.byte = 0x4B};
        int result = smbus(fd, I2C_SMBUS_WRITE, 0xB4, I2C_SMBUS_BYTE_DATA, &data);

        if (result != -EINTR)
            expect("a call", result, 0);
        interrupted += result == -EINTR;
    }
    signal_every(0, 0);
    if (interrupted > calls / 20) /* then the machine itself is slow */
        fail("%d of %d calls were interrupted", interrupted, calls);
    if (signals < 20)
        fail("only %d signals in %d s", (int)signals, FOREVER_S);
}

/* Adapters differ: some interrupt a transfer when a signal comes. */
static void signal_in_a_stall(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_SILENT)), result;
    expect("I2C_TIMEOUT", set(fd, I2C_TIMEOUT, TIMEOUT_UNITS), 0);
    signal_every(50000, 50000);
    union i2c_smbus_data data;
    result = smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data);
    signal_every(0, 0);
    if (result == -EINTR)
        note("EINTR");
    else
        expect("a read", result, -subject->timeout);
    put_register(open_at(subject, address_of(subject, PART_MEMORY)), 0xB5, 1);
}

static void killed_in_a_stall(struct subject *subject)
{
    double began = seconds();
    expect("I2C_TIMEOUT", set(subject->fd, I2C_TIMEOUT, TIMEOUT_UNITS), 0);
    pid_t child = stalling_child(subject);
    usleep(50000);
    kill(child, SIGKILL);
    expect("how the caller ended", status_of(child), -SIGKILL);
    put_register(open_at(subject, address_of(subject, PART_MEMORY)), 0xB6, 1);
    if (seconds() - began > FOREVER_S)
        fail("it took %.1f s", seconds() - began);
}

/* 0, or errno. */
static int hammer(int fd, uint8_t number)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t value = (uint8_t)(i * 13 + number);
        union i2c_smbus_data data = {.byte = value};
        int result = smbus(fd, I2C_SMBUS_WRITE, number, I2C_SMBUS_BYTE_DATA, &data);

        data.byte = 0;
        if (result == 0)
            result = smbus(fd, I2C_SMBUS_READ, number, I2C_SMBUS_BYTE_DATA, &data);
        if (result < 0)
            return -result;
        if (data.byte != value)
            return EBADMSG;
    }
    return 0;
}

/* Every caller gets its own answers, although all use one open file. */
static void many_callers(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_MEMORY));
    pid_t children[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(hammer(fd, (uint8_t)(0xC0 + i)));
    }
    for (int i = 0; i < CALLERS; i++)
        expect("what a caller got", -status_of(children[i]), 0);
}

const struct check checks_faults[] = {
    {"E1", "address_nack", 0, NOBODY, address_nack, 0},
    {"E1", "messages_nack", I2C_FUNC_I2C, NOBODY, messages_nack, 0},
    {"E2", "data_nack", I2C_FUNC_I2C | I2C_FUNC_SMBUS_WRITE_BYTE_DATA, RELUCTANT, data_nack, 0},
    {"E3", "stalled", I2C_FUNC_SMBUS_READ_BYTE_DATA, SILENT, stall, 0},
    {"E3", "works_after_a_stall", I2C_FUNC_SMBUS_BYTE_DATA, SILENT | MEMORY, works_after_a_stall,
     0},
    {"E4", "timeout_is_kept", I2C_FUNC_SMBUS_READ_BYTE_DATA, SILENT, timeout_is_kept, 0},
    {"E5", "others_during_a_stall", I2C_FUNC_SMBUS_READ_BYTE_DATA, SILENT | NOBODY,
     others_during_a_stall, 0},
    {"E6", "signals_do_no_harm", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, signals_do_no_harm, 0},
    {"E6", "signal_in_a_stall", I2C_FUNC_SMBUS_BYTE_DATA, SILENT | MEMORY, signal_in_a_stall, 0},
    {"E7", "killed_in_a_stall", I2C_FUNC_SMBUS_BYTE_DATA, SILENT | MEMORY, killed_in_a_stall, 0},
    {"E8", "many_callers", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, many_callers, 0},
    {0},
};
