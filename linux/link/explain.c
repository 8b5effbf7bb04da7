/* SPDX-License-Identifier: MIT */
/* Error messages.  They are not in link.c, whose code may run in signal handlers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "link/link.h"

const char *i2ctarget_link_explain(const struct link *link, int error, char *text, size_t size)
{
    unsigned bus = link->bus;
    char path[LINK_PATH_MAX] = "";
    i2ctarget_link_directory(path, false);
    if (link->refusal[0])
        snprintf(text, size, "bus %u refused: %s", bus, link->refusal);
    else if (error == -ENOENT)
        snprintf(text, size, "no bus %u: start it with 'i2ctarget bus %u' (looked in %s)", bus, bus,
                 path);
    else if (error == -EACCES)
        snprintf(text, size, "no permission to use bus %u in %s: it belongs to another user", bus,
                 path);
    else if (error == -EPERM)
        snprintf(text, size, "%s can be written by others: remove it or set I2CTARGET_DIR", path);
    else if (error == -ENAMETOOLONG)
        snprintf(
            text, size,
            "the name of the socket directory is too long: set I2CTARGET_DIR to a shorter one");
    else if (error == -EPROTO)
        snprintf(
            text, size,
            "bus %u speaks another protocol version than this program (%d): restart it with the "
            "same release of i2ctarget",
            bus, PROTOCOL_VERSION);
    else if (error == -ETIMEDOUT)
        snprintf(text, size, "bus %u does not answer: is its server stopped?", bus);
    else
        snprintf(text, size, "bus %u: %s", bus, strerror(-error));
    return text;
}
