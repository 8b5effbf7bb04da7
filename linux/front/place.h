/* SPDX-License-Identifier: MIT */
/*
 * Which buses this program was given, and which names lead to them.
 *
 *     /dev/i2c-N                                       the open file, by its socket DIRECTORY/i2c-N
 *     /sys/class/i2c-dev[/i2c-N…]                      DIRECTORY/sys/class/i2c-dev[/i2c-N…]
 *     /sys/bus/i2c/devices[/i2c-N…]                    the same
 *
 * `i2ctarget exec` sets I2CTARGET_SHIM_BUS=1,2 and I2CTARGET_DIR.  Without the former there are no
 * buses.
 */
#ifndef FRONT_PLACE_H
#define FRONT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define PLACE_VARIABLE "I2CTARGET_SHIM_BUS"
#define PLACE_BUSES_MAX 32
/*
 * The longest path that is recognised as another form of one of these names, or is made from one.
 * PATH_MAX would be too much: a signal handler's stack may have only 8 KiB.
 */
#define PLACE_PATH_MAX 256
#define PLACE_MAJOR 89 /* of i2c-dev: Documentation/admin-guide/devices.txt */

/* The buses, in order. */
size_t place_buses(const unsigned **buses);
bool place_serves(unsigned bus);

/* The directory of the sockets. */
const char *place_directory(void);

/* The decimal number N of a name "i2c-N"; -1: the name has another form. */
int place_number(const char *name);

/* The bus whose node has this name, judged by the last part of the path alone; -1: none. */
int place_named(const char *path);

/* Is this the device node of a bus we serve?  Its number, or -1. */
int place_node(int directory, const char *path);

/* The path to use instead of `path`: `path` itself, or a name made in `buffer`. */
const char *place_redirect(const char *path, char buffer[PLACE_PATH_MAX]);

/* What stat() reports for the node.  0, -ENOENT or another -errno. */
int place_status(unsigned bus, struct stat *status);

/* What statx() reports where stat() reports this. */
void place_statx(const struct stat *status, struct statx *extended);

/* access() of the node: 0 or -errno.  It has no x bit, so not even root may execute it. */
int place_access(unsigned bus, int mode);

/*
 * What fstat() reports for an open file of the bus.  If the bus has ended, the status that the node
 * would have is made up.
 */
void place_open_status(unsigned bus, struct stat *status);

#endif
