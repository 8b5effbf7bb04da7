/* SPDX-License-Identifier: MIT */
#include "common/words.h"

#include <stdbool.h>

#include "i2ctarget/i2ctarget.h"

/* The others are of a request. */
static bool is_of_target(enum asked asked)
{
    return asked == ASKED_ADDRESS || asked == ASKED_REQUEST || asked == ASKED_DESCRIPTOR;
}

static const char *of_closed(enum asked asked)
{
    if (is_of_target(asked))
        return "this I2CTarget is deinitialised: make a new one";
    return "this request is closed: its with block is over, close()d by request(), deinit() or "
           "the end of its target";
}

/* The library's words for the same call.  It does not say what only Python has: with, I2CTarget. */
static const char *of_library(enum asked asked, int error)
{
    static const enum i2ctarget_asked calls[] = {
        [ASKED_OPEN] = I2CTARGET_ASKED_INIT,          [ASKED_ADDRESS] = I2CTARGET_ASKED_ADDRESS,
        [ASKED_REQUEST] = I2CTARGET_ASKED_REQUEST,    [ASKED_READ] = I2CTARGET_ASKED_READ,
        [ASKED_WRITE] = I2CTARGET_ASKED_WRITE,        [ASKED_ACK] = I2CTARGET_ASKED_ACK,
        [ASKED_DESCRIPTOR] = I2CTARGET_ASKED_REQUEST,
    };
    return i2ctarget_explain(calls[asked], error);
}

static struct complaint value_error(const char *text)
{
    return (struct complaint){COMPLAINT_VALUE, 0, text};
}

static struct complaint os_error(int error, const char *text)
{
    return (struct complaint){COMPLAINT_OS, error, text};
}

static struct complaint of_open(int error)
{
    if (error == -I2CTARGET_EINVAL || error == -I2CTARGET_EBUSY)
        return value_error(of_library(ASKED_OPEN, error));
    return os_error(-error, NULL);
}

struct complaint i2ctarget_complaint_of(enum asked asked, int error)
{
    if (error == -I2CTARGET_ENOMEM)
        return (struct complaint){COMPLAINT_MEMORY, 0,
                                  asked == ASKED_OPEN ? of_library(asked, error) : NULL};
    if (asked == ASKED_OPEN)
        return of_open(error);
    switch (error) {
    case -I2CTARGET_EBADF:
        return value_error(of_closed(asked));
    case -I2CTARGET_EINVAL:
        return value_error(of_library(asked, error));
    case -I2CTARGET_EACCES:
    case -I2CTARGET_ETIMEDOUT:
    case -I2CTARGET_EIO:
        return os_error(-error, of_library(asked, error));
    default:
        return os_error(-error, NULL);
    }
}
