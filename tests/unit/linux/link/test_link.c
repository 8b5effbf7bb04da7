/* SPDX-License-Identifier: MIT */
/*
 * The link, with a server that the test plays itself.  A thread shakes hands; afterwards the test
 * has both ends of the connection.
 */
#include "link/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "link/directory.h"

enum { BUS = 7 };

struct rig {
    char directory[32];
    char path[LINK_PATH_MAX];
    int listener, peer;
    uint8_t hello[PROTOCOL_HEADER_BYTES + PROTOCOL_HELLO_BYTES];
    uint8_t answer[256]; /* the server's answer */
    size_t answer_bytes;
    pthread_t thread;
    struct link link;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    strcpy(rig->directory, "/tmp/test_link.XXXXXX");
    assert_non_null(mkdtemp(rig->directory));
    snprintf(rig->path, sizeof rig->path, "%s/bus-%d", rig->directory, BUS);
    setenv("I2CTARGET_DIR", rig->directory, 1);
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("SUDO_UID");
    rig->listener = rig->peer = rig->link.fd = -1;
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    i2ctarget_link_close(&rig->link);
    if (rig->peer >= 0)
        close(rig->peer);
    if (rig->listener >= 0)
        close(rig->listener);
    unlink(rig->path);
    rmdir(rig->directory);
    free(rig);
    return 0;
}

/* The server's part. */

static size_t frame(uint8_t *at, uint16_t type, uint32_t length)
{
    put_u32(at, length);
    put_u16(at + 4, type);
    put_u16(at + 6, 0);
    return PROTOCOL_HEADER_BYTES;
}

static size_t welcome(uint8_t *at, uint16_t version, uint32_t bus)
{
    frame(at, PROTOCOL_WELCOME, PROTOCOL_WELCOME_BYTES);
    memset(at + 8, 0, PROTOCOL_WELCOME_BYTES);
    put_u16(at + 8, version);
    put_u32(at + 12, bus);
    put_u32(at + 16, 400000);
    return PROTOCOL_HEADER_BYTES + PROTOCOL_WELCOME_BYTES;
}

static size_t refusal(uint8_t *at, uint32_t code, const char *text)
{
    size_t length = strlen(text);
    frame(at, PROTOCOL_REFUSED, (uint32_t)(PROTOCOL_REFUSED_BYTES + length));
    put_u32(at + 8, code);
    put_u16(at + 12, 9);
    put_u16(at + 14, 0);
    memcpy(at + 16, text, length);
    return PROTOCOL_HEADER_BYTES + PROTOCOL_REFUSED_BYTES + length;
}

static void say(int fd, const void *bytes, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t result = send(fd, (const uint8_t *)bytes + sent, size - sent, MSG_NOSIGNAL);

        assert_true(result > 0);
        sent += (size_t)result;
    }
}

static void hear(int fd, void *bytes, size_t size)
{
    assert_int_equal(recv(fd, bytes, size, MSG_WAITALL), size);
}

static void *serve(void *argument)
{
    struct rig *rig = argument;
    rig->peer = accept(rig->listener, NULL, NULL);
    if (rig->peer >= 0 &&
        recv(rig->peer, rig->hello, sizeof rig->hello, MSG_WAITALL) == sizeof rig->hello)
        (void)!send(rig->peer, rig->answer, rig->answer_bytes, MSG_NOSIGNAL);
    return NULL;
}

static void listen_at_path(struct rig *rig)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    rig->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, rig->path);
    assert_int_equal(bind(rig->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(rig->listener, 4), 0);
}

/* Opens the link while the thread sends rig->answer. */
static int open_link(struct rig *rig, const char *name)
{
    listen_at_path(rig);
    assert_int_equal(pthread_create(&rig->thread, NULL, serve, rig), 0);
    int result = i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, name);
    pthread_join(rig->thread, NULL);
    return result;
}

static void open_well(struct rig *rig)
{
    rig->answer_bytes = welcome(rig->answer, PROTOCOL_VERSION, BUS);
    assert_int_equal(open_link(rig, "a name"), 0);
}

static void expect_explained(struct rig *rig, int error, const char *part)
{
    char text[256];
    assert_ptr_equal(i2ctarget_link_explain(&rig->link, error, text, sizeof text), text);
    assert_non_null(strstr(text, part));
    assert_null(strchr(text, '\n'));
}

/* Where the sockets are. */

static void test_given_directory(void **state)
{
    struct rig *rig = *state;
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_string_equal(path, rig->directory);
    assert_int_equal(i2ctarget_link_path(path, "bus", BUS), 0);
    assert_string_equal(path, rig->path);
}

static void test_directory_is_made_private(void **state)
{
    struct rig *rig = *state;
    char inner[64];
    snprintf(inner, sizeof inner, "%s/inner", rig->directory);
    setenv("I2CTARGET_DIR", inner, 1);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0); /* it does not exist: no error */
    struct stat status;
    assert_int_equal(stat(inner, &status), -1);
    assert_int_equal(i2ctarget_link_directory(path, true), 0);
    assert_int_equal(stat(inner, &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(i2ctarget_link_directory(path, true), 0);
    rmdir(inner);
    snprintf(inner, sizeof inner, "%s/no/such", rig->directory);
    setenv("I2CTARGET_DIR", inner, 1);
    assert_int_equal(i2ctarget_link_directory(path, true), -ENOENT);
}

static void test_directory_of_everybody_is_refused(void **state)
{
    struct rig *rig = *state;
    chmod(rig->directory, 0777);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), -EPERM);
    assert_int_equal(i2ctarget_link_path(path, "bus", 1), -EPERM);
    assert_int_equal(i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, NULL), -EPERM);
    expect_explained(rig, -EPERM, rig->directory);
    /* The sticky bit keeps other users from removing names, not from taking them first. */
    static const mode_t modes[] = {0770, 0720, 0702, 01777, 01770, 02775};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        chmod(rig->directory, modes[i]);
        assert_int_equal(i2ctarget_link_directory(path, false), -EPERM);
        assert_int_equal(i2ctarget_directory_open(path), -EPERM);
    }
    chmod(rig->directory, 0755);
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    setenv("I2CTARGET_DIR", "/dev/null", 1);
    assert_int_equal(i2ctarget_link_directory(path, true), -EPERM);
    assert_int_equal(i2ctarget_directory_open(path), -EPERM);
}

/* An opened directory stays the same, even if its path changes. */
static void test_open_directory(void **state)
{
    struct rig *rig = *state;
    char inner[64];
    snprintf(inner, sizeof inner, "%s/inner", rig->directory);
    char moved[64];
    snprintf(moved, sizeof moved, "%s/moved", rig->directory);
    setenv("I2CTARGET_DIR", inner, 1);
    char path[LINK_PATH_MAX];
    int fd = i2ctarget_directory_open(path);
    assert_true(fd >= 0);
    assert_string_equal(path, inner);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(rename(inner, moved), 0);
    struct stat opened;
    assert_int_equal(fstat(fd, &opened), 0);
    struct stat found;
    assert_int_equal(stat(moved, &found), 0);
    assert_int_equal(opened.st_ino, found.st_ino);
    assert_int_equal(opened.st_mode & 0777, 0700);
    close(fd);
    /* A directory that the user has named may be a link. */
    assert_int_equal(symlink("moved", inner), 0);
    fd = i2ctarget_directory_open(path);
    assert_true(fd >= 0);
    close(fd);
    unlink(inner);
    rmdir(moved);
    snprintf(inner, sizeof inner, "%s/no/such", rig->directory);
    setenv("I2CTARGET_DIR", inner, 1);
    assert_int_equal(i2ctarget_directory_open(path), -ENOENT);
    setenv("I2CTARGET_DIR", "/dev/null/inner", 1);
    assert_int_equal(i2ctarget_directory_open(path), -ENOTDIR);
}

static void test_long_directory(void **state)
{
    char name[200];
    memset(name, 'x', sizeof name);
    name[0] = '/';
    char path[LINK_PATH_MAX];
    for (size_t length = 80; length < sizeof name - 1; length++) {
        name[length] = '\0';
        setenv("I2CTARGET_DIR", name, 1);
        assert_int_equal(i2ctarget_link_directory(path, false),
                         length + strlen("/bus-65535.lock") < 108 ? 0 : -ENAMETOOLONG);
        if (length + strlen("/bus-65535.lock") >= 108)
            assert_int_equal(i2ctarget_directory_open(path), -ENAMETOOLONG);
        name[length] = 'x';
    }
    (void)state;
}

static void test_runtime_directory(void **state)
{
    struct rig *rig = *state;
    setenv("I2CTARGET_DIR", "", 1); /* treated as if it were not set */
    setenv("XDG_RUNTIME_DIR", rig->directory, 1);
    char expected[LINK_PATH_MAX];
    snprintf(expected, sizeof expected, "%s/i2ctarget", rig->directory);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_string_equal(path, expected);
    /* The XDG specification: a relative path is to be ignored. */
    assert_int_equal(chdir("/tmp"), 0);
    setenv("XDG_RUNTIME_DIR", rig->directory + strlen("/tmp/"), 1);
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_null(strstr(path, rig->directory + strlen("/tmp/")));
}

/* The address is handed to processes with other working directories. */
static void test_relative_directory(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(chdir("/tmp"), 0);
    setenv("I2CTARGET_DIR", rig->directory + strlen("/tmp/"), 1);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_string_equal(path, rig->directory);
}

/*
 * Root's directory is /run/i2ctarget, or under sudo the user's.  Other users' directories are in
 * /tmp, and SUDO_UID has no effect.
 */
static void test_directory_of_last_resort(void **state)
{
    uid_t user = geteuid();
    unsetenv("I2CTARGET_DIR");
    char expected[64];
    snprintf(expected, sizeof expected, user == 0 ? "/run/i2ctarget" : "/tmp/i2ctarget-%u",
             (unsigned)user);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_string_equal(path, expected);
    assert_int_equal(i2ctarget_link_user(), user);
    setenv("SUDO_UID", "424242", 1);
    assert_int_equal(i2ctarget_link_user(), user == 0 ? 424242 : user);
    snprintf(expected, sizeof expected, "/tmp/i2ctarget-%u", user == 0 ? 424242 : (unsigned)user);
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_string_equal(path, expected);
    setenv("SUDO_UID", "42x", 1);
    assert_int_equal(i2ctarget_link_user(), user);
    (void)state;
}

/* In /tmp another user may have been first, with a link to an acceptable directory. */
static void test_link_at_the_last_resort(void **state)
{
    struct rig *rig = *state;
    unsetenv("I2CTARGET_DIR");
    /* For root, whose own directory is in /run.  The number must not belong to another user. */
    char user[16];
    snprintf(user, sizeof user, "%u", 2000000000u + (unsigned)getpid());
    setenv("SUDO_UID", user, 1);
    char path[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(path, false), 0);
    assert_int_equal(symlink(rig->directory, path), 0);
    char again[LINK_PATH_MAX];
    assert_int_equal(i2ctarget_link_directory(again, false), -EPERM);
    assert_int_equal(i2ctarget_link_directory(again, true), -EPERM);
    assert_int_equal(i2ctarget_directory_open(again), -EPERM);
    unlink(path);
    assert_int_equal(mkdir(path, 0750), 0);
    assert_int_equal(i2ctarget_link_directory(again, false), -EPERM);
    chmod(path, 0700);
    assert_int_equal(i2ctarget_link_directory(again, false), 0);
    rmdir(path);
}

/* Runs as a set-uid program, and then as a user, with SUDO_UID in the environment. */
static int believes_in_sudo(void)
{
    setenv("SUDO_UID", "424242", 1);
    if (getuid() == 0 && (setresuid(4343, 0, 0) < 0 || i2ctarget_link_user() != 0))
        return 1;
    if (getuid() == 4343 && setresuid(4343, 4343, 4343) < 0)
        return 2;
    return i2ctarget_link_user() == geteuid() ? 0 : 3;
}

static void test_sudo_is_roots_word(void **state)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(believes_in_sudo());
    assert_true(pid > 0);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    (void)state;
}

static void test_who_called_sudo(void **state)
{
    static const struct {
        const char *text;
        uid_t user; /* as root sees it; 0 where it is no number of a user */
    } rows[] = {{"0", 0},          {"1", 1},          {"9", 9},
                {"1000", 1000},    {"99", 99},        {"4294967294", 4294967294u},
                {"4294967295", 0}, {"4294967296", 0}, {"99999999999999999999", 0},
                {"", 0},           {"x", 0},          {"-1", 0},
                {"1000x", 0},      {" 1000", 0},      {"/", 0},
                {":", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("SUDO_UID", rows[i].text, 1);
        assert_int_equal(i2ctarget_link_user(), geteuid() == 0 ? rows[i].user : geteuid());
    }
    unsetenv("SUDO_UID");
    assert_int_equal(i2ctarget_link_user(), geteuid());
}

/* The handshake. */

static void test_no_server(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, NULL), -ENOENT);
    assert_int_equal(rig->link.fd, -1);
    expect_explained(rig, -ENOENT, "no bus 7");
    expect_explained(rig, -ENOENT, "i2ctarget bus 7");
}

static void test_dead_server(void **state)
{
    struct rig *rig = *state;
    listen_at_path(rig);
    close(rig->listener);
    rig->listener = -1;
    assert_int_equal(i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, NULL), -ENOENT);
}

/* Replaces ten seconds of a silent server: they pass at once. */
static struct {
    bool is_faked;
    struct timespec timeout;
    struct timeval to_connect;
    time_t looks;
} patience;

int __real_ppoll(struct pollfd *polls, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *polls, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);

int __wrap_ppoll(struct pollfd *polls, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    if (!patience.is_faked)
        return __real_ppoll(polls, count, timeout, mask);
    assert_non_null(timeout);
    patience.timeout = *timeout;
    return 0;
}

static void test_silent_server(void **state)
{
    struct rig *rig = *state;
    listen_at_path(rig);
    patience.is_faked = true;
    int result = i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, NULL);
    patience.is_faked = false;
    assert_int_equal(result, -ETIMEDOUT);
    assert_in_range(patience.timeout.tv_sec, 1, 10);
    expect_explained(rig, -ETIMEDOUT, "does not answer");
}

/* connect() gets a short time limit instead of the given one. */
int __real_setsockopt(int fd, int level, int option, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size);

int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    const struct timeval moment = {.tv_usec = 20000};
    if (!patience.is_faked || option != SO_SNDTIMEO)
        return __real_setsockopt(fd, level, option, value, size);
    memcpy(&patience.to_connect, value, sizeof patience.to_connect);
    return __real_setsockopt(fd, level, option, &moment, sizeof moment);
}

/* A clock that advances a second at every look. */
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = __real_clock_gettime(clock, now);
    if (patience.is_faked)
        now->tv_sec += patience.looks++;
    return result;
}

/* Makes connections that nobody accepts, until there is room for no more.  Returns the last one. */
static void fill_backlog(struct rig *rig, int fds[8])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int result = 0;
    strcpy(address.sun_path, rig->path);
    listen_at_path(rig);
    for (int i = 0; i < 8; i++) {
        fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        result = connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    assert_int_equal(result, -1);
    assert_int_equal(errno, EAGAIN);
}

static int open_impatiently(struct rig *rig)
{
    int fds[8];
    fill_backlog(rig, fds);
    patience.looks = 0;
    patience.is_faked = true;
    int result = i2ctarget_link_open(&rig->link, BUS, PROTOCOL_TARGET, NULL);
    patience.is_faked = false;
    for (int i = 0; i < 8; i++)
        close(fds[i]);
    return result;
}

static void test_server_that_takes_nobody_in(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(open_impatiently(rig), -ETIMEDOUT);
    assert_in_range(patience.to_connect.tv_sec, 1, 9);
    expect_explained(rig, -ETIMEDOUT, "does not answer");
}

static void on_alarm(int number)
{
    (void)number;
}

/* It goes on after signals, but its time does not start again. */
static void test_signals_do_not_prolong_the_wait(void **state)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    setitimer(ITIMER_REAL, &often, NULL);
    int result = open_impatiently(*state);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(result, -ETIMEDOUT);
}

static void test_a_link_has_all_the_time_to_send(void **state)
{
    struct rig *rig = *state;
    struct timeval patience_to_send = {.tv_sec = 1};
    socklen_t size = sizeof patience_to_send;
    open_well(rig);
    assert_int_equal(getsockopt(rig->link.fd, SOL_SOCKET, SO_SNDTIMEO, &patience_to_send, &size),
                     0);
    assert_int_equal(patience_to_send.tv_sec, 0);
    assert_int_equal(patience_to_send.tv_usec, 0);
}

static void test_handshake(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    assert_int_equal(rig->link.bus, BUS);
    assert_int_equal(rig->link.scl_hz, 400000);
    assert_int_equal(fcntl(rig->link.fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(get_u32(rig->hello), PROTOCOL_HELLO_BYTES);
    assert_int_equal(get_u16(rig->hello + 4), PROTOCOL_HELLO);
    assert_int_equal(get_u32(rig->hello + 8), PROTOCOL_MAGIC);
    assert_int_equal(get_u16(rig->hello + 12), PROTOCOL_VERSION);
    assert_int_equal(get_u16(rig->hello + 14), PROTOCOL_TARGET);
    assert_string_equal((char *)rig->hello + 16, "a name");
    i2ctarget_link_close(&rig->link);
    i2ctarget_link_close(&rig->link);
}

static void test_long_name_is_cut(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = welcome(rig->answer, PROTOCOL_VERSION, BUS);
    assert_int_equal(open_link(rig, "0123456789012345678901234567890123456789"), 0);
    assert_string_equal((char *)rig->hello + 16, "0123456789012345678901234567890");
}

static void test_default_name(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = welcome(rig->answer, PROTOCOL_VERSION, BUS);
    assert_int_equal(open_link(rig, NULL), 0);
    assert_string_equal((char *)rig->hello + 16, program_invocation_short_name);
}

static void test_refused(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = refusal(rig->answer, EBUSY, "address 0x40 is taken");
    assert_int_equal(open_link(rig, NULL), -EBUSY);
    assert_int_equal(rig->link.fd, -1);
    assert_string_equal(rig->link.refusal, "address 0x40 is taken");
    expect_explained(rig, -EBUSY, "address 0x40 is taken");
}

static void test_long_refusal_is_cut(void **state)
{
    struct rig *rig = *state;
    char text[200];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    rig->answer_bytes = refusal(rig->answer, 0, text);
    assert_int_equal(open_link(rig, NULL), -EPROTO);
    assert_int_equal(strlen(rig->link.refusal), sizeof rig->link.refusal - 1);
}

static void test_other_version(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = welcome(rig->answer, PROTOCOL_VERSION + 1, BUS);
    assert_int_equal(open_link(rig, NULL), -EPROTO);
    expect_explained(rig, -EPROTO, "version");
}

static void test_other_bus(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = welcome(rig->answer, PROTOCOL_VERSION, BUS + 1);
    assert_int_equal(open_link(rig, NULL), -EPROTO);
}

static void test_short_refusal(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = frame(rig->answer, PROTOCOL_REFUSED, 7) + 7;
    assert_int_equal(open_link(rig, NULL), -EPROTO);
}

static void test_unexpected_answer(void **state)
{
    struct rig *rig = *state;
    rig->answer_bytes = frame(rig->answer, PROTOCOL_LISTENING, 0);
    assert_int_equal(open_link(rig, NULL), -EPROTO);
}

/* Frames. */

static void test_send(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_COMMIT, "abc", 3, "defg", 4), 0);
    uint8_t got[32];
    hear(rig->peer, got, 15);
    assert_memory_equal(got, "\7\0\0\0\10\0\0\0abcdefg", 15);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_REQUEST, NULL, 0, "x", 1), 0);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_REQUEST, "y", 1, NULL, 0), 0);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_REQUEST, NULL, 0, NULL, 0), 0);
    hear(rig->peer, got, 26);
    assert_memory_equal(got, "\1\0\0\0\4\0\0\0x\1\0\0\0\4\0\0\0y\0\0\0\0\4\0\0\0", 26);
    assert_int_equal(i2ctarget_link_send(&rig->link, 4, got, PROTOCOL_PAYLOAD_MAX, got, 1),
                     -EMSGSIZE);
}

static void test_frame_byte_by_byte(void **state)
{
    static const char bytes[] = "\3\0\0\0\11\0\0\0xyz";
    struct rig *rig = *state;
    open_well(rig);
    struct link_frame got;
    for (size_t i = 0; i < 11; i++) {
        assert_int_equal(i2ctarget_link_poll(&rig->link, &got), 0);
        say(rig->peer, bytes + i, 1);
    }
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), 1);
    assert_int_equal(got.type, PROTOCOL_EVENTS);
    assert_int_equal(got.length, 3);
    assert_memory_equal(got.payload, "xyz", 3);
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), 0);
}

static void test_frames_together(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    uint8_t bytes[600];
    for (uint32_t i = 0; i < 50; i++) {
        frame(bytes + 12 * i, PROTOCOL_REPLY, 4);
        put_u32(bytes + 12 * i + 8, i);
    }
    say(rig->peer, bytes, sizeof bytes);
    struct link_frame got;
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MAX), 1);
        assert_int_equal(get_u32(got.payload), i);
    }
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), 0);
}

static void *send_largest(void *argument)
{
    struct rig *rig = argument;
    uint8_t *bytes = malloc(PROTOCOL_HEADER_BYTES + PROTOCOL_PAYLOAD_MAX);
    frame(bytes, PROTOCOL_REPLY, PROTOCOL_PAYLOAD_MAX);
    for (size_t i = 0; i < PROTOCOL_PAYLOAD_MAX; i++)
        bytes[PROTOCOL_HEADER_BYTES + i] = (uint8_t)(i * 31 >> 3);
    for (int i = 0; i < 2; i++)
        say(rig->peer, bytes, PROTOCOL_HEADER_BYTES + PROTOCOL_PAYLOAD_MAX);
    free(bytes);
    return NULL;
}

static void test_largest_frame(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    assert_int_equal(pthread_create(&rig->thread, NULL, send_largest, rig), 0);
    struct link_frame got;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(
            i2ctarget_link_receive(&rig->link, &got, i2ctarget_link_now_us() + 10000000), 1);
        assert_int_equal(got.length, PROTOCOL_PAYLOAD_MAX);
        for (size_t i = 0; i < PROTOCOL_PAYLOAD_MAX; i++)
            assert_int_equal(got.payload[i], (uint8_t)(i * 31 >> 3));
    }
    pthread_join(rig->thread, NULL);
}

static void test_frame_too_large(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    uint8_t bytes[8];
    frame(bytes, PROTOCOL_REPLY, PROTOCOL_PAYLOAD_MAX + 1);
    say(rig->peer, bytes, 8);
    struct link_frame got;
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), -EPROTO);
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MAX), -EPROTO);
}

static void test_frame_with_nonzero_spare(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    say(rig->peer, "\0\0\0\0\1\0\1\0", 8);
    struct link_frame got;
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MAX), -EPROTO);
}

static void test_time_out(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    struct link_frame got;
    for (int64_t wait_us = 0; wait_us <= 5000; wait_us += 1250) {
        int64_t deadline_us = i2ctarget_link_now_us() + wait_us;

        assert_int_equal(i2ctarget_link_receive(&rig->link, &got, deadline_us), -ETIMEDOUT);
        assert_true(i2ctarget_link_now_us() >= deadline_us);
    }
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MIN / 2), -ETIMEDOUT);
    /* A frame that has arrived is returned, however late it is. */
    say(rig->peer, "\0\0\0\0\1\0\0\0", 8);
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, 0), 1);
}

static void test_server_gone(void **state)
{
    struct rig *rig = *state;
    open_well(rig);
    say(rig->peer, "\0\0\0\0\1\0\0\0", 8);
    close(rig->peer);
    rig->peer = -1;
    struct link_frame got;
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), 1); /* first its last frame */
    assert_int_equal(i2ctarget_link_poll(&rig->link, &got), -EPIPE);
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MAX), -EPIPE);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_COMMIT, "x", 1, NULL, 0), -EPIPE);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void handle_alarm(int flags, long first_us, long every_us)
{
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = flags};
    struct itimerval timer = {{0, every_us}, {0, first_us}};
    signals = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void test_signal_wakes_receive(void **state)
{
    static const int flags[] = {0, SA_RESTART};
    struct rig *rig = *state;
    open_well(rig);
    struct link_frame got;
    for (int i = 0; i < 4; i++) {
        int64_t deadline_us = i < 2 ? INT64_MAX : i2ctarget_link_now_us() + 20000000;

        handle_alarm(flags[i & 1], 20000, 20000);
        assert_int_equal(i2ctarget_link_receive(&rig->link, &got, deadline_us), -EINTR);
        handle_alarm(0, 0, 0);
    }
    say(rig->peer, "\0\0\0\0\1\0\0\0", 8);
    assert_int_equal(i2ctarget_link_receive(&rig->link, &got, INT64_MAX), 1);
}

static void *drain_slowly(void *argument)
{
    struct rig *rig = argument;
    size_t total = 0;
    uint8_t bytes[20000];
    while (total < PROTOCOL_HEADER_BYTES + PROTOCOL_PAYLOAD_MAX) {
        ssize_t got = recv(rig->peer, bytes, sizeof bytes, 0);

        if (got <= 0)
            break;
        total += (size_t)got;
        usleep(500);
    }
    return (void *)(uintptr_t)total;
}

/* A frame must be sent completely, whatever interrupts it. */
static void test_send_through_signals(void **state)
{
    struct rig *rig = *state;
    uint8_t *bytes = calloc(1, PROTOCOL_PAYLOAD_MAX);
    sigset_t alarm;
    void *total;

    open_well(rig);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, NULL); /* for the thread */
    assert_int_equal(pthread_create(&rig->thread, NULL, drain_slowly, rig), 0);
    pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
    handle_alarm(0, 1000, 1000);
    assert_int_equal(i2ctarget_link_send(&rig->link, PROTOCOL_REQUEST, bytes, 1000, bytes + 1000,
                                         PROTOCOL_PAYLOAD_MAX - 1000),
                     0);
    assert_true(signals > 0);
    pthread_join(rig->thread, &total);
    handle_alarm(0, 0, 0);
    free(bytes);
    assert_int_equal((uintptr_t)total, PROTOCOL_HEADER_BYTES + PROTOCOL_PAYLOAD_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_given_directory),
        TEST(test_directory_is_made_private),
        TEST(test_directory_of_everybody_is_refused),
        TEST(test_open_directory),
        TEST(test_long_directory),
        TEST(test_runtime_directory),
        TEST(test_relative_directory),
        TEST(test_directory_of_last_resort),
        TEST(test_link_at_the_last_resort),
        TEST(test_sudo_is_roots_word),
        TEST(test_who_called_sudo),
        TEST(test_no_server),
        TEST(test_dead_server),
        TEST(test_silent_server),
        TEST(test_server_that_takes_nobody_in),
        TEST(test_signals_do_not_prolong_the_wait),
        TEST(test_a_link_has_all_the_time_to_send),
        TEST(test_handshake),
        TEST(test_long_name_is_cut),
        TEST(test_default_name),
        TEST(test_refused),
        TEST(test_long_refusal_is_cut),
        TEST(test_other_version),
        TEST(test_other_bus),
        TEST(test_short_refusal),
        TEST(test_unexpected_answer),
        TEST(test_send),
        TEST(test_frame_byte_by_byte),
        TEST(test_frames_together),
        TEST(test_largest_frame),
        TEST(test_frame_too_large),
        TEST(test_frame_with_nonzero_spare),
        TEST(test_time_out),
        TEST(test_server_gone),
        TEST(test_signal_wakes_receive),
        TEST(test_send_through_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
