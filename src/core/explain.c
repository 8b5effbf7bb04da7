/* SPDX-License-Identifier: MIT */
/* Words for codes: the only ones, for C, Python and the command. */
#include "i2ctarget/i2ctarget.h"

static bool is_of_request(enum i2ctarget_asked asked)
{
    return asked == I2CTARGET_ASKED_READ || asked == I2CTARGET_ASKED_WRITE ||
           asked == I2CTARGET_ASKED_ACK;
}

static const char *of_init(int error)
{
    switch (error) {
    case -I2CTARGET_EINVAL:
        return "these pins and addresses can not serve: both pins must be of one port, and "
               "addresses are 0x00 to 0x7f";
    case -I2CTARGET_EBUSY:
        return "these pins serve another target of this program: deinit() that one first, or give "
               "one target all addresses";
    case -I2CTARGET_EACCES:
        return "no permission for this bus";
    case -I2CTARGET_ENOMEM:
        return "no memory for one more target, here or in the bus server; a test bus has 128 at "
               "most";
    default:
        return NULL;
    }
}

static const char *of_addresses(int error)
{
    switch (error) {
    case -I2CTARGET_EINVAL:
        return "no such address, or more of them than the port can serve: 0x00 to 0x7f";
    case -I2CTARGET_ENODEV:
        return "the target does not have this address";
    case -I2CTARGET_EBUSY:
        return "this address has a device already, or this device is attached to another target";
    default:
        return NULL;
    }
}

static const char *of_request(enum i2ctarget_asked asked, int error)
{
    switch (error) {
    case -I2CTARGET_EBADF:
        return "this request is closed: by its close(), the next request, deinit() or the end of "
               "its target";
    case -I2CTARGET_EACCES:
        return asked == I2CTARGET_ASKED_WRITE
                   ? "this is a write request, the controller sends: use read()"
                   : "this is a read request, the controller wants bytes: use write()";
    case -I2CTARGET_EINVAL:
        return "an argument is out of range: NULL, too many bytes at once, or others than those of "
               "the interrupted call";
    default:
        return NULL;
    }
}

static const char *of_any(int error)
{
    switch (error) {
    case -I2CTARGET_ENOENT:
        return "no such bus: no server runs for it";
    case -I2CTARGET_EINTR:
        return "a signal arrived: repeat the call with the same arguments";
    case -I2CTARGET_EIO:
        return "the port is lost for good: the bus has ended";
    case -I2CTARGET_EBADF:
        return "this target is deinitialised: make a new one";
    case -I2CTARGET_ENOMEM:
        return "no memory is left";
    case -I2CTARGET_EINVAL:
        return "an argument is out of range";
    case -I2CTARGET_EDEADLK:
        return "this wait would never end: nothing happens on the test bus";
    case -I2CTARGET_EPROTO:
        return "the bus server speaks another version of the protocol";
    case -I2CTARGET_ETIMEDOUT:
        return "no request came within the timeout";
    default:
        return "an error of the system";
    }
}

const char *i2ctarget_explain(enum i2ctarget_asked asked, int error)
{
    const char *text = NULL;
    if (asked == I2CTARGET_ASKED_INIT)
        text = of_init(error);
    else if (asked == I2CTARGET_ASKED_ADDRESS)
        text = of_addresses(error);
    else if (is_of_request(asked))
        text = of_request(asked, error);
    return text ? text : of_any(error);
}
