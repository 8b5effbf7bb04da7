/* SPDX-License-Identifier: MIT */
/*
 * Directories that list our buses beside the machine's own: /dev, /sys/class/i2c-dev,
 * /sys/bus/i2c/devices.
 */
#ifndef SHIM_LISTING_H
#define SHIM_LISTING_H

#include <dirent.h>
#include <stdbool.h>

/*
 * `path` was opened as `directory` (NULL path: by its descriptor).  Remembers it if our buses
 * belong into it.
 */
void listing_opened(DIR *directory, const char *path);
void listing_closes(DIR *directory);
void listing_rewinds(DIR *directory);

/* The next entry: what `read` gives, without what ours hide, then ours. */
struct dirent *listing_next(DIR *directory, struct dirent *(*read)(DIR *directory));

#endif
