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

static const char *of_direction(enum asked asked)
{
    return asked == ASKED_WRITE ? "this is a write request, the controller sends: use read()"
                                : "this is a read request, the controller wants bytes: use write()";
}

static const char *of_arguments(enum asked asked)
{
    if (asked == ASKED_OPEN)
        return "these pins and addresses can not serve";
    return "too many bytes at once: 2147483647 are the most";
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
    switch (error) {
    case -I2CTARGET_EINVAL:
        return value_error(of_arguments(ASKED_OPEN));
    case -I2CTARGET_EBUSY:
        return value_error("these pins serve another I2CTarget of this program: deinit() that one "
                           "first, or give one I2CTarget all addresses");
    default:
        return os_error(-error, NULL);
    }
}

struct complaint i2ctarget_complaint_of(enum asked asked, int error)
{
    if (error == -I2CTARGET_ENOMEM)
        return (struct complaint){COMPLAINT_MEMORY, 0, NULL};
    if (asked == ASKED_OPEN)
        return of_open(error);
    switch (error) {
    case -I2CTARGET_EBADF:
        return value_error(of_closed(asked));
    case -I2CTARGET_EINVAL:
        return value_error(of_arguments(asked));
    case -I2CTARGET_EACCES:
        return os_error(I2CTARGET_EACCES, of_direction(asked));
    case -I2CTARGET_ETIMEDOUT:
        return os_error(I2CTARGET_ETIMEDOUT, "no request came within the timeout");
    case -I2CTARGET_EIO:
        return os_error(I2CTARGET_EIO, "the bus has ended: its server is gone");
    default:
        return os_error(-error, NULL);
    }
}
