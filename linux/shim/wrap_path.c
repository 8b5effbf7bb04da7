/* SPDX-License-Identifier: MIT */
/* Names and places: access(), realpath(), readlink(), getxattr(). */
#include <limits.h>
#include <string.h>

#include "link/link.h"
#include "link/text.h"
#include "shim/open_file.h"
#include "shim/outcome.h"
#include "front/place.h"
#include "shim/real.h"

/* access() */

/* True: it is the node, and *result is what the call returns. */
static bool access_node(int directory, const char *path, int mode, int *result)
{
    int saved = errno, bus = place_node(directory, path);
    if (bus < 0)
        return false;
    *result = (int)outcome(place_access((unsigned)bus, mode), saved);
    return true;
}

WRAPPER int access(const char *path, int mode)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return access_node(AT_FDCWD, path, mode, &result)
               ? result
               : REAL(access)(place_redirect(path, buffer), mode);
}

WRAPPER int euidaccess(const char *path, int mode)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return access_node(AT_FDCWD, path, mode, &result)
               ? result
               : REAL(euidaccess)(place_redirect(path, buffer), mode);
}

WRAPPER int eaccess(const char *path, int mode)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return access_node(AT_FDCWD, path, mode, &result)
               ? result
               : REAL(eaccess)(place_redirect(path, buffer), mode);
}

WRAPPER int faccessat(int directory, const char *path, int mode, int flags)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return access_node(directory, path, mode, &result)
               ? result
               : REAL(faccessat)(directory, place_redirect(path, buffer), mode, flags);
}

/* realpath(): the path of one of our nodes is its own name; a name in /sys stays as it is. */

static bool is_redirected(const char *path, char buffer[PLACE_PATH_MAX])
{
    return path && place_redirect(path, buffer) != path && REAL(access)(buffer, F_OK) == 0;
}

static char *give_name(const char *name, char *resolved)
{
    return resolved ? strcpy(resolved, name) : strdup(name);
}

static bool resolve(const char *path, char *resolved, char **result)
{
    int bus = place_node(AT_FDCWD, path), exists;
    char name[32];
    if (bus >= 0 && access_node(AT_FDCWD, path, F_OK, &exists)) {
        i2ctarget_text_path(name, sizeof name, "/dev", "i2c", (unsigned)bus);
        *result = exists == 0 ? give_name(name, resolved) : NULL;
        return true;
    }
    char buffer[PLACE_PATH_MAX];
    if (!is_redirected(path, buffer))
        return false;
    *result = give_name(path, resolved);
    return true;
}

WRAPPER char *realpath(const char *path, char *resolved)
{
    char *result;
    return resolve(path, resolved, &result) ? result : REAL(realpath)(path, resolved);
}

WRAPPER char *__realpath_chk(const char *path, char *resolved, size_t size)
{
    if (size < PATH_MAX)
        __chk_fail();
    char *result;
    return resolve(path, resolved, &result) ? result : REAL(__realpath_chk)(path, resolved, size);
}

WRAPPER char *canonicalize_file_name(const char *path)
{
    char *result;
    return resolve(path, NULL, &result) ? result : REAL(canonicalize_file_name)(path);
}

/* readlink(): our nodes and our tree contain no links. */

static bool is_no_link(int directory, const char *path, ssize_t *result)
{
    *result = -1;
    int exists;
    if (access_node(directory, path, F_OK, &exists)) {
        if (exists == 0)
            errno = EINVAL;
        return true;
    }
    char buffer[PLACE_PATH_MAX];
    if (!is_redirected(path, buffer))
        return false;
    errno = EINVAL;
    return true;
}

WRAPPER ssize_t readlink(const char *path, char *buffer, size_t size)
{
    ssize_t result;
    return is_no_link(AT_FDCWD, path, &result) ? result : REAL(readlink)(path, buffer, size);
}

WRAPPER ssize_t readlinkat(int directory, const char *path, char *buffer, size_t size)
{
    ssize_t result;
    return is_no_link(directory, path, &result) ? result
                                                : REAL(readlinkat)(directory, path, buffer, size);
}

WRAPPER ssize_t __readlink_chk(const char *path, char *buffer, size_t count, size_t size)
{
    ssize_t result;
    return is_no_link(AT_FDCWD, path, &result) ? result
                                               : REAL(__readlink_chk)(path, buffer, count, size);
}

WRAPPER ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t count,
                                 size_t size)
{
    ssize_t result;
    return is_no_link(directory, path, &result)
               ? result
               : REAL(__readlinkat_chk)(directory, path, buffer, count, size);
}

/* Extended attributes (`ls -l` asks for ACLs): our nodes have none. */

static bool has_no_attributes(const char *path, ssize_t *result)
{
    *result = -1;
    int exists;
    if (!access_node(AT_FDCWD, path, F_OK, &exists))
        return false;
    if (exists == 0)
        errno = EOPNOTSUPP;
    return true;
}

WRAPPER ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
    ssize_t result;
    char buffer[PLACE_PATH_MAX];
    return has_no_attributes(path, &result)
               ? result
               : REAL(getxattr)(place_redirect(path, buffer), name, value, size);
}

WRAPPER ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)
{
    ssize_t result;
    char buffer[PLACE_PATH_MAX];
    return has_no_attributes(path, &result)
               ? result
               : REAL(lgetxattr)(place_redirect(path, buffer), name, value, size);
}

WRAPPER ssize_t listxattr(const char *path, char *list, size_t size)
{
    ssize_t result;
    char buffer[PLACE_PATH_MAX];
    return has_no_attributes(path, &result)
               ? result
               : REAL(listxattr)(place_redirect(path, buffer), list, size);
}

WRAPPER ssize_t llistxattr(const char *path, char *list, size_t size)
{
    ssize_t result;
    char buffer[PLACE_PATH_MAX];
    return has_no_attributes(path, &result)
               ? result
               : REAL(llistxattr)(place_redirect(path, buffer), list, size);
}
