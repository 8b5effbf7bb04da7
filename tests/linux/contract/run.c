/* SPDX-License-Identifier: MIT */
/* One check runs to its end, or to its first failure, which jumps back here. */
#include "run.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * 10 s for targets that answer, even on a slow machine.  1 s is the initial value of most adapters.
 */
enum { KEPT = 64, LONG_TIMEOUT = 1000, DEFAULT_TIMEOUT = 100 };

static struct {
    jmp_buf over;
    struct verdict verdict;
    int kept[KEPT];
    int kept_count;
} running;

int keep(int fd)
{
    if (running.kept_count == KEPT)
        fail("more open files than a check may have");
    running.kept[running.kept_count++] = fd;
    return fd;
}

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(running.verdict.text, TEXT, format, arguments);
    va_end(arguments);
    longjmp(running.over, 1 + FAILED);
}

void not_asked(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(running.verdict.text, TEXT, format, arguments);
    va_end(arguments);
    longjmp(running.over, 1 + NOT_ASKED);
}

void note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(running.verdict.note, TEXT, format, arguments);
    va_end(arguments);
}

static const char *said(long result, char *text)
{
    if (result < 0 && strerrorname_np((int)-result))
        snprintf(text, TEXT, "%s", strerrorname_np((int)-result));
    else
        snprintf(text, TEXT, "%ld", result);
    return text;
}

void expect(const char *what, long got, long wanted)
{
    char has[TEXT], should[TEXT];
    if (got != wanted)
        fail("%.80s: %.40s, wanted %.40s", what, said(got, has), said(wanted, should));
}

void expect_bytes(const char *what, const void *got, const void *wanted, size_t size)
{
    const uint8_t *has = got, *should = wanted;
    for (size_t i = 0; i < size; i++) {
        if (has[i] != should[i])
            fail("%.80s: byte %zu is 0x%02x, wanted 0x%02x", what, i, has[i], should[i]);
    }
}

static void begin(struct subject *subject)
{
    running.kept_count = 0;
    subject->fd = open_again(subject, O_RDWR);
    set(subject->fd, I2C_TIMEOUT, LONG_TIMEOUT);
    set(subject->fd, I2C_RETRIES, 0);
}

static void end(struct subject *subject)
{
    struct itimerval off = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &off, NULL);
    set(subject->fd, I2C_TIMEOUT, DEFAULT_TIMEOUT);
    while (running.kept_count > 0)
        close(running.kept[--running.kept_count]);
}

struct verdict run_check(struct subject *subject, const struct check *check)
{
    int over = setjmp(running.over);
    if (over == 0) {
        memset(&running.verdict, 0, sizeof running.verdict);
        begin(subject);
        check->run(subject);
        over = 1 + OK;
    }
    end(subject);
    running.verdict.outcome = (enum outcome)(over - 1);
    return running.verdict;
}
