/* SPDX-License-Identifier: MIT */
/*
 * Signal handlers that do what POSIX allows them (signal-safety(7)), on /dev/i2c-1 with
 * smbus_device on it.  Runs under `i2ctarget exec`.
 *
 *     handlers first ROUNDS     processes whose first transfer is a write() in a handler
 *     handlers always SIGNALS   a handler that runs all the time, in the middle of anything
 *
 * The handler has its own stack of 8 KiB, with a guard below it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY = 0x20, INHERITED_FD = 100, PIECES = 500, STACK_BYTES = 8192, FIRST_SIGNALS = 5 };

static const char node[] = "/dev/i2c-1";
static volatile sig_atomic_t signals, wrong; /* `wrong`: the line of the last check that failed */
static int fd;

#define CHECK(what) ((what) ? (void)0 : (void)(wrong = __LINE__))

static void start_signals(void (*handler)(int), long every_us)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    struct itimerval timer = {{0, every_us}, {0, every_us}};
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *stack =
        mmap(NULL, page + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, page, PROT_NONE) < 0 ||
        sigaltstack(&(stack_t){.ss_sp = stack + page, .ss_size = STACK_BYTES}, NULL) < 0)
        abort();
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void stop_signals(void)
{
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
}

/* Uses the heap, so that it is interrupted, too. */
static void churn(unsigned rounds)
{
    static void *pieces[PIECES];
    static unsigned seed = 1;

    while (rounds-- > 0) {
        void **piece = &pieces[(unsigned)rand_r(&seed) % PIECES];

        free(*piece);
        *piece = malloc((unsigned)rand_r(&seed) % 5000);
    }
}

/* The first transfer. */

static void write_in_handler(int number)
{
    int saved = errno;
    (void)number;
    CHECK(write(fd, "\x10\x55", 2) == 2);
    signals++;
    errno = saved;
}

/*
 * The child inherits the descriptor with its address set, so it has called nothing of the shim
 * before.
 */
static int run_first_child(void)
{
    fd = INHERITED_FD;
    start_signals(write_in_handler, 200);
    while (signals < FIRST_SIGNALS && !wrong)
        churn(1000);
    stop_signals();
    return wrong != 0;
}

static int run_first(const char *program, int rounds)
{
    int failures = 0, status;
    fd = open(node, O_RDWR);
    if (ioctl(fd, I2C_SLAVE, MEMORY) < 0 || dup2(fd, INHERITED_FD) < 0)
        return 1;
    for (int i = 0; i < rounds; i++) {
        pid_t child = fork();

        if (child == 0)
            _exit(execl(program, program, "child", (char *)NULL));
        waitpid(child, &status, 0);
        failures += status != 0;
    }
    printf("%d of %d failed\n", failures, rounds);
    return failures != 0;
}

/* All the time. */

static void make_child_in_handler(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(write(fd, "\x11\x56", 2) != 2);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void open_in_handler(void)
{
    int other = open(node, O_RDWR | O_CLOEXEC), copy;
    CHECK(other >= 0);
    CHECK(ioctl(other, I2C_SLAVE, MEMORY) == 0);
    copy = dup(other);
    CHECK(fcntl(other, F_GETFD) == FD_CLOEXEC);
    CHECK(dup2(copy, other) == other);
    CHECK(write(other, "\x12\x57", 2) == 2);
    close(copy);
    close(other);
}

static void look_in_handler(void)
{
    struct stat status;
    CHECK(stat(node, &status) == 0 && S_ISCHR(status.st_mode));
    CHECK(lstat(node, &status) == 0 && S_ISCHR(status.st_mode));
    CHECK(fstat(fd, &status) == 0 && S_ISCHR(status.st_mode));
    CHECK(access(node, R_OK) == 0);
    char byte;
    CHECK(readlink(node, &byte, 1) == -1 && errno == EINVAL);
    CHECK(stat("/sys/class/i2c-dev/i2c-1/name", &status) == 0);
}

static void do_anything_in_handler(int number)
{
    int saved = errno;
    (void)number;
    CHECK(write(fd, "\x10\x55", 2) == 2);
    char byte;
    CHECK(read(fd, &byte, 1) == 1);
    if (signals % 4 == 0)
        open_in_handler();
    if (signals % 4 == 2)
        look_in_handler();
    if (signals % 16 == 3)
        make_child_in_handler();
    signals++;
    errno = saved;
}

/* Makes a write and a read in one call, so that the handler's transfers do not come between. */
static void use_registers(void)
{
    static uint8_t value;
    uint8_t out[2] = {0x40, ++value}, got = 0;
    struct i2c_msg messages[] = {
        {MEMORY, 0, 2, out}, {MEMORY, 0, 1, out}, {MEMORY, I2C_M_RD, 1, &got}};
    errno = 4711;
    CHECK(ioctl(fd, I2C_RDWR, &(struct i2c_rdwr_ioctl_data){messages, 3}) == 3);
    CHECK(errno == 4711);
    CHECK(got == value);
}

static void use_stream(void)
{
    FILE *stream = fopen(node, "r+");
    CHECK(stream && fileno(stream) > 2);
    CHECK(ioctl(fileno(stream), I2C_SLAVE, MEMORY) == 0);
    CHECK(fputs("\x41x", stream) >= 0);
    CHECK(fclose(stream) == 0);
}

static void use_directory(void)
{
    DIR *directory = opendir("/sys/class/i2c-dev");
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        count += strcmp(entry->d_name, "i2c-1") == 0;
    CHECK(count == 1);
    closedir(directory);
}

static void use_file(void)
{
    int other = open(node, O_RDWR);
    CHECK(other >= 0);
    CHECK(ioctl(other, I2C_SLAVE, MEMORY) == 0);
    CHECK(writev(other, (struct iovec[]){{(char[]){0x42, 1}, 2}, {(char[]){0x43, 2}, 2}}, 2) == 4);
    close(other);
}

static int run_always(int count)
{
    int lowest = dup(0), highest;
    close(lowest);
    fd = open(node, O_RDWR);
    CHECK(fd == lowest);
    CHECK(ioctl(fd, I2C_SLAVE, MEMORY) == 0);
    start_signals(do_anything_in_handler, 1000);
    while (signals < count && !wrong) {
        use_registers();
        churn(100);
        use_stream();
        use_directory();
        use_file();
    }
    stop_signals();
    close(fd);
    highest = dup(0);
    CHECK(highest == lowest); /* no descriptor is left open */
    printf("%d signals, wrong at line %d\n", (int)signals, (int)wrong);
    return wrong != 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "child") == 0)
        return run_first_child();
    if (argc == 3 && strcmp(argv[1], "first") == 0)
        return run_first(argv[0], atoi(argv[2]));
    if (argc == 3 && strcmp(argv[1], "always") == 0)
        return run_always(atoi(argv[2]));
    return 2;
}
