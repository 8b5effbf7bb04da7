/* SPDX-License-Identifier: MIT */
/*
 * Everything is read from the environment once: programs change their environment, and getenv() is
 * not safe while another thread does so.
 */
#include "front/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "link/link.h"
#include "link/text.h"

#define TREE "/sys/class/i2c-dev"

static unsigned buses[PLACE_BUSES_MAX];
static size_t bus_count;
static char directory_path[LINK_PATH_MAX];

static void read_buses(void)
{
    const char *at = getenv(PLACE_VARIABLE);
    size_t count = 0;
    while (at && *at >= '0' && *at <= '9' && count < PLACE_BUSES_MAX) {
        char *end;
        unsigned long bus = strtoul(at, &end, 10);

        if (bus <= LINK_BUS_MAX)
            buses[count++] = (unsigned)bus;
        at = *end == ',' ? end + 1 : NULL;
    }
    bus_count = count;
}

size_t place_buses(const unsigned **list)
{
    static atomic_bool is_known;

    if (!atomic_load_explicit(&is_known, memory_order_acquire)) {
        read_buses(); /* two threads would write the same values */
        atomic_store_explicit(&is_known, true, memory_order_release);
    }
    if (list)
        *list = buses;
    return bus_count;
}

const char *place_directory(void)
{
    static atomic_bool is_known;
    char path[LINK_PATH_MAX];

    if (!atomic_load_explicit(&is_known, memory_order_acquire)) {
        if (i2ctarget_link_directory(path, false) == 0)
            strcpy(directory_path, path);
        atomic_store_explicit(&is_known, true, memory_order_release);
    }
    return directory_path;
}

bool place_serves(unsigned bus)
{
    size_t count = place_buses(NULL);
    for (size_t i = 0; i < count; i++) {
        if (buses[i] == bus)
            return true;
    }
    return false;
}

int place_number(const char *name)
{
    int number = 0;
    if (strncmp(name, "i2c-", 4) != 0 || name[4] == '\0' || (name[4] == '0' && name[5] != '\0'))
        return -1;
    for (name += 4; *name; name++) {
        if (*name < '0' || *name > '9')
            return -1;
        number = number * 10 + (*name - '0');
        if (number > LINK_BUS_MAX)
            return -1;
    }
    return number;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Do the first `length` characters of the path name /dev?  If `length` is 0, does the directory? */
static bool is_dev(int directory, const char *path, size_t length)
{
    if (length == 5 && memcmp(path, "/dev/", 5) == 0)
        return true;
    char parent[PLACE_PATH_MAX];
    if (length >= sizeof parent)
        return false;
    memcpy(parent, path, length);
    parent[length] = '\0';
    struct stat dev, other;
    return stat("/dev", &dev) == 0 &&
           fstatat(directory, length > 0 ? parent : ".", &other, 0) == 0 && is_same(&dev, &other);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int place_named(const char *path)
{
    if (place_buses(NULL) == 0 || !path)
        return -1;
    int bus = place_number(last_part(path));
    return bus >= 0 && place_serves((unsigned)bus) ? bus : -1;
}

int place_node(int directory, const char *path)
{
    int saved = errno, bus = place_named(path);
    if (bus >= 0 && !is_dev(directory, path, (size_t)(last_part(path) - path)))
        bus = -1;
    errno = saved;
    return bus;
}

/*
 * The rest of the path after `prefix`, beginning with '/' or empty; NULL: the path does not begin
 * with it.
 */
static const char *behind(const char *path, const char *prefix)
{
    size_t length = strlen(prefix);
    if (strncmp(path, prefix, length) != 0 || (path[length] != '\0' && path[length] != '/'))
        return NULL;
    return path + length;
}

/*
 * "/i2c-N/rest" of a bus we serve.  A link "device" is removed: what it leads to has the same name
 * here.
 */
static bool redirect_bus(const char *rest, char buffer[PLACE_PATH_MAX])
{
    size_t length = strcspn(rest + 1, "/");
    const char *leaf = rest + 1 + length, *device = behind(leaf, "/device");
    char name[16];
    if (length >= sizeof name)
        return false;
    memcpy(name, rest + 1, length);
    name[length] = '\0';
    int bus = place_number(name);
    if (bus < 0 || !place_serves((unsigned)bus))
        return false;
    return i2ctarget_text_join(
        buffer, PLACE_PATH_MAX,
        (const char *const[]){place_directory(), TREE, "/", name, device ? device : leaf, NULL});
}

/*
 * The directory itself is redirected only if the machine has none.  A plain system call asks for
 * it, because stat() and access() of a program under the shim lead back here.
 */
static bool redirect_directory(const char *path, char buffer[PLACE_PATH_MAX])
{
    int saved = errno;
    bool is_missing = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) < 0;
    errno = saved;
    return is_missing && i2ctarget_text_join(buffer, PLACE_PATH_MAX,
                                             (const char *const[]){place_directory(), TREE, NULL});
}

const char *place_redirect(const char *path, char buffer[PLACE_PATH_MAX])
{
    if (!path || strncmp(path, "/sys/", 5) != 0 || place_buses(NULL) == 0)
        return path;
    const char *rest = behind(path, TREE);
    if (!rest)
        rest = behind(path, "/sys/bus/i2c/devices");
    if (!rest)
        return path;
    if (rest[0] == '\0' || rest[1] == '\0')
        return redirect_directory(path, buffer) ? buffer : path;
    return redirect_bus(rest, buffer) ? buffer : path;
}

int place_status(unsigned bus, struct stat *status)
{
    char path[LINK_PATH_MAX];
    if (!i2ctarget_text_path(path, sizeof path, place_directory(), "i2c", bus))
        return -ENOENT;
    if (stat(path, status) < 0)
        return -errno;
    status->st_mode = S_IFCHR | (status->st_mode & 0666);
    status->st_rdev = makedev(PLACE_MAJOR, bus);
    status->st_nlink = 1;
    status->st_size = 0;
    status->st_blocks = 0;
    return 0;
}

void place_open_status(unsigned bus, struct stat *status)
{
    if (place_status(bus, status) == 0)
        return;
    memset(status, 0, sizeof *status);
    status->st_mode = S_IFCHR | 0600;
    status->st_nlink = 1;
    status->st_rdev = makedev(PLACE_MAJOR, bus);
}

static struct statx_timestamp timestamp(struct timespec time)
{
    return (struct statx_timestamp){.tv_sec = time.tv_sec, .tv_nsec = (uint32_t)time.tv_nsec};
}

void place_statx(const struct stat *status, struct statx *extended)
{
    *extended = (struct statx){
        .stx_mask = STATX_BASIC_STATS,
        .stx_blksize = (uint32_t)status->st_blksize,
        .stx_nlink = (uint32_t)status->st_nlink,
        .stx_uid = status->st_uid,
        .stx_gid = status->st_gid,
        .stx_mode = (uint16_t)status->st_mode,
        .stx_ino = status->st_ino,
        .stx_atime = timestamp(status->st_atim),
        .stx_mtime = timestamp(status->st_mtim),
        .stx_ctime = timestamp(status->st_ctim),
        .stx_rdev_major = major(status->st_rdev),
        .stx_rdev_minor = minor(status->st_rdev),
        .stx_dev_major = major(status->st_dev),
        .stx_dev_minor = minor(status->st_dev),
    };
}

int place_access(unsigned bus, int mode)
{
    char path[LINK_PATH_MAX];
    int saved = errno, result = 0;
    if (!i2ctarget_text_path(path, sizeof path, place_directory(), "i2c", bus))
        return -ENOENT;
    if (syscall(SYS_faccessat, AT_FDCWD, path, mode & ~X_OK) < 0)
        result = -errno;
    else if (mode & X_OK)
        result = -EACCES;
    errno = saved;
    return result;
}
