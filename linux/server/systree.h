/* SPDX-License-Identifier: MIT */
/*
 * The part of sysfs that lists I2C buses, for programs under `i2ctarget exec`: `i2cdetect -l`, and
 * libraries that look up a bus by name.
 *
 *     DIRECTORY/sys/class/i2c-dev/i2c-1/name     "i2ctarget bus 1"
 *                                       dev      "89:1"
 *
 * The directory is given as a descriptor.  No link below it is followed.
 */
#ifndef SERVER_SYSTREE_H
#define SERVER_SYSTREE_H

/*
 * Add the bus.  The tree is made if it is missing.  0; -ENOTDIR: another file, for example a
 * symbolic link, is where a directory must be; other -errno.
 */
int systree_add(int directory_fd, unsigned bus);
/* Remove the bus, and the tree if it was the last bus. */
void systree_remove(int directory_fd, unsigned bus);

#endif
