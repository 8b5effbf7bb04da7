/* SPDX-License-Identifier: MIT */
/*
 * If one of our buses has the number of one of the machine's buses, ours hides it, as its node
 * does.  On a machine without I2C our own tree stands in for /sys.  That tree lists every bus of
 * the user, but only those are shown that this program was given.
 */
#include "shim/listing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shim/lock.h"
#include "front/place.h"

enum { DEV, CLASS, DEVICES, KINDS };

static const char *const names[KINDS] = {"/dev", "/sys/class/i2c-dev", "/sys/bus/i2c/devices"};

struct listing {
    struct listing *next;
    DIR *directory;
    int kind;
    bool is_tree;
    size_t given; /* of our buses */
    struct dirent entry;
};

static struct listing *listings;
static atomic_size_t count; /* with it, programs that list nothing of ours need no lock */

static struct listing **find(const DIR *directory)
{
    struct listing **at = &listings;
    while (*at && (*at)->directory != directory)
        at = &(*at)->next;
    return at;
}

static int kind_of_path(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    for (int kind = 0; kind < KINDS; kind++) {
        if (strlen(names[kind]) == length && memcmp(names[kind], path, length) == 0)
            return kind;
    }
    return KINDS;
}

static bool is_at(int fd, const char *path)
{
    struct stat status, known;
    return fstat(fd, &status) == 0 && stat(path, &known) == 0 && known.st_dev == status.st_dev &&
           known.st_ino == status.st_ino;
}

static int kind_of_descriptor(int fd)
{
    int kind = 0;
    while (kind < KINDS && !is_at(fd, names[kind]))
        kind++;
    return kind;
}

/* Is the directory our own tree? */
static bool is_tree(int fd)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/sys/class/i2c-dev", place_directory());
    return is_at(fd, path);
}

static void remember(DIR *directory, int kind)
{
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return;
    listing->directory = directory;
    listing->kind = kind;
    listing->is_tree = kind != DEV && is_tree(dirfd(directory));
    lock_take();
    listing->next = listings;
    listings = listing;
    atomic_fetch_add(&count, 1);
    lock_give();
}

/* errno must not change, because opening the directory succeeded. */
void listing_opened(DIR *directory, const char *path)
{
    int saved = errno, kind;
    if (place_buses(NULL) == 0)
        return;
    kind = path && path[0] == '/' ? kind_of_path(path) : kind_of_descriptor(dirfd(directory));
    if (kind < KINDS)
        remember(directory, kind);
    errno = saved;
}

void listing_closes(DIR *directory)
{
    if (atomic_load(&count) == 0)
        return;
    lock_take();
    struct listing **at = find(directory);
    struct listing *listing = *at;
    if (listing) {
        *at = listing->next;
        atomic_fetch_sub(&count, 1);
    }
    lock_give();
    free(listing);
}

void listing_rewinds(DIR *directory)
{
    if (atomic_load(&count) == 0)
        return;
    lock_take();
    struct listing *listing = *find(directory);
    if (listing)
        listing->given = 0;
    lock_give();
}

/* Hides entries of the machine itself. */
static bool is_hidden(const struct listing *listing, const char *name)
{
    int bus = place_number(name);
    return bus >= 0 && (listing->is_tree || place_serves((unsigned)bus));
}

static struct dirent *next_of_ours(struct listing *listing)
{
    const unsigned *buses;
    size_t bus_count = place_buses(&buses);
    struct stat status;
    while (listing->given < bus_count) {
        unsigned bus = buses[listing->given++];

        if (place_status(bus, &status) < 0)
            continue; /* the bus has ended since */
        listing->entry.d_ino = status.st_ino;
        listing->entry.d_reclen = sizeof listing->entry;
        listing->entry.d_type = listing->kind == DEV ? DT_CHR : DT_DIR;
        snprintf(listing->entry.d_name, sizeof listing->entry.d_name, "i2c-%u", bus);
        return &listing->entry;
    }
    return NULL;
}

struct dirent *listing_next(DIR *directory, struct dirent *(*read)(DIR *directory))
{
    int saved = errno;
    struct listing *listing = NULL;
    if (atomic_load(&count) > 0) {
        lock_take();
        listing = *find(directory);
        lock_give();
    }
    if (!listing)
        return read(directory);
    /* Only errno shows the difference between the end and an error. */
    errno = 0;
    struct dirent *entry;
    do
        entry = read(directory);
    while (entry && is_hidden(listing, entry->d_name));
    if (!entry && errno != 0)
        return NULL;
    if (!entry)
        entry = next_of_ours(listing);
    errno = saved; /* reset it even where one of our buses was gone */
    return entry;
}
