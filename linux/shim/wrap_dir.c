/* SPDX-License-Identifier: MIT */
/*
 * Listing directories.
 */
#include "shim/listing.h"
#include "front/place.h"
#include "shim/real.h"

WRAPPER DIR *opendir(const char *path)
{
    char buffer[PLACE_PATH_MAX];
    DIR *directory = REAL(opendir)(place_redirect(path, buffer));
    if (directory)
        listing_opened(directory, path);
    return directory;
}

WRAPPER DIR *fdopendir(int fd)
{
    DIR *directory = REAL(fdopendir)(fd);
    if (directory)
        listing_opened(directory, NULL);
    return directory;
}

/* The types differ only in their name (libc.h). */
static struct dirent *real_readdir64(DIR *directory)
{
    return (struct dirent *)REAL(readdir64)(directory);
}

WRAPPER struct dirent *readdir(DIR *directory)
{
    return listing_next(directory, REAL(readdir));
}

WRAPPER struct dirent64 *readdir64(DIR *directory)
{
    return (struct dirent64 *)listing_next(directory, real_readdir64);
}

WRAPPER void rewinddir(DIR *directory)
{
    listing_rewinds(directory);
    REAL(rewinddir)(directory);
}

WRAPPER int closedir(DIR *directory)
{
    listing_closes(directory);
    return REAL(closedir)(directory);
}
