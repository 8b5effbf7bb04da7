/* SPDX-License-Identifier: MIT */
/*
 * Directories that list our buses together with the machine's own: /dev, /sys/class/i2c-dev,
 * /sys/bus/i2c/devices.
 */
#ifndef SHIM_LISTING_H
#define SHIM_LISTING_H

#include <dirent.h>
#include <stdbool.h>

/*
 * `path` was opened as `directory` (NULL path: it was opened by its descriptor).  Remembers it if
 * our buses are to appear in it.
 */
void listing_opened(DIR *directory, const char *path);
void listing_closes(DIR *directory);
void listing_rewinds(DIR *directory);

/*
 * The next entry.  First come the entries that `read` gives, without those that our buses hide;
 * then our buses.
 */
struct dirent *listing_next(DIR *directory, struct dirent *(*read)(DIR *directory));

#endif
