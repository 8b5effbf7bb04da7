/* SPDX-License-Identifier: MIT */
/*
 * The part of sysfs that lists i2c buses, for programs under `i2ctarget exec`: `i2cdetect -l` and
 * libraries that look a bus up by name.
 *
 *     DIRECTORY/sys/class/i2c-dev/i2c-1/name     "i2ctarget bus 1"
 *                                       dev      "89:1"
 *
 * No link is followed below the directory, which is given as a descriptor.
 */
#ifndef SERVER_SYSTREE_H
#define SERVER_SYSTREE_H

/*
 * Add the bus; the tree is made if it is missing.  0; -ENOTDIR: something else lies where a
 * directory must be, a symbolic link for example; other -errno.
 */
int systree_add(int directory_fd, unsigned bus);
/* Take it out again, and the tree with it if it was the last. */
void systree_remove(int directory_fd, unsigned bus);

#endif
