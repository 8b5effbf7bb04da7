/* SPDX-License-Identifier: MIT */
#include "bus/bus.h"

#include <errno.h>

int bus_error(enum controller_result result)
{
    switch (result) {
    case CONTROLLER_DONE:
    case CONTROLLER_RUNNING:
        return 0;
    case CONTROLLER_ADDRESS_NACK:
        return -ENXIO;
    case CONTROLLER_DATA_NACK:
        return -EIO;
    case CONTROLLER_ARBITRATION_LOST:
        return -EAGAIN;
    case CONTROLLER_BAD_LENGTH:
        return -EPROTO;
    case CONTROLLER_ABORTED:
        return -ETIMEDOUT;
    }
    return -EIO;
}
