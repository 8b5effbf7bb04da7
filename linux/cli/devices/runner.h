/* SPDX-License-Identifier: MIT */
/* Runs a device on a bus until SIGINT, SIGTERM or SIGHUP. */
#ifndef CLI_DEVICES_RUNNER_H
#define CLI_DEVICES_RUNNER_H

#include "cli/bus_use.h"
#include "cli/devices/model.h"

/*
 * Serve `count` addresses, starting with `address`.  The model has begun and the bus runs.  Returns
 * the exit status.
 */
int runner_serve(const struct model *model, struct bus_use *use, uint8_t address, unsigned count);

#endif
