/* SPDX-License-Identifier: MIT */
#include "cli/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { SECTION_NAMES_MAX = 65536 };

/* ---- finding it ------------------------------------------------------------------------------ */

static int try_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return errno == EACCES ? -EACCES : -ENOENT;
    return S_ISREG(status.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

/* Tries one directory of $PATH.  An empty name is the current directory. */
static int try_directory(const char *directory, size_t length, const char *name,
                         char path[PATH_MAX])
{
    int size = length ? snprintf(path, PATH_MAX, "%.*s/%s", (int)length, directory, name)
                      : snprintf(path, PATH_MAX, "./%s", name);
    return size < PATH_MAX ? try_file(path) : -ENOENT;
}

int program_find(const char *name, char path[PATH_MAX])
{
    const char *at = getenv("PATH");
    int result = -ENOENT;
    if (strchr(name, '/'))
        return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX ? try_file(path) : -ENAMETOOLONG;
    if (!at)
        at = "/bin:/usr/bin";
    for (;;) {
        size_t length = strcspn(at, ":");
        int found = try_directory(at, length, name, path);
        if (found == 0)
            return 0;
        if (found == -EACCES)
            result = found;
        if (at[length] == '\0')
            return result;
        at += length + 1;
    }
}

bool program_add_system_folders(void)
{
    static const char folders[] = "/usr/local/sbin:/usr/sbin:/sbin";
    const char *now = getenv("PATH");
    char *all;
    if (!now)
        return true; /* execvp() has a default of its own */
    if (asprintf(&all, "%s:%s", now, folders) < 0)
        return false;
    bool is_set = setenv("PATH", all, 1) == 0;
    free(all);
    return is_set;
}

/* ---- looking at it --------------------------------------------------------------------------- */

/*
 * "#!/bin/sh -e": writes the interpreter's path into `path`.  A script does not run with its
 * owner's rights, so only the interpreter matters.
 */
static bool is_script(const char *head, size_t size, char path[PATH_MAX])
{
    if (size < 3 || head[0] != '#' || head[1] != '!')
        return false;
    const char *begin = head + 2 + strspn(head + 2, " \t");
    size_t length = strcspn(begin, " \t\n");
    if (length == 0 || length >= PATH_MAX)
        return false;
    memcpy(path, begin, length);
    path[length] = '\0';
    return true;
}

static size_t read_head(const char *path, char *head, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, head, size - 1);
    if (fd >= 0)
        close(fd);
    if (got < 0)
        got = 0;
    head[got] = '\0';
    return (size_t)got;
}

/* Will the program run with other rights than ours? */
static bool is_secure(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return false;
    if ((status.st_mode & S_ISUID) && status.st_uid != getuid())
        return true;
    if ((status.st_mode & S_ISGID) && (status.st_mode & S_IXGRP) && status.st_gid != getgid())
        return true;
    return geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
}

#if UINTPTR_MAX == UINT64_MAX
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_program_header;
typedef Elf64_Shdr elf_section_header;
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_program_header;
typedef Elf32_Shdr elf_section_header;
#endif

static bool read_elf_header(const char *path, elf_header *header)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, header, sizeof *header);
    if (fd >= 0)
        close(fd);
    return got == (ssize_t)sizeof *header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
}

static bool has_interpreter(const char *path, const elf_header *header)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool found = false;
    for (unsigned i = 0; fd >= 0 && !found && i < header->e_phnum; i++) {
        elf_program_header program;
        off_t at = (off_t)(header->e_phoff + (size_t)i * header->e_phentsize);
        if (pread(fd, &program, sizeof program, at) != (ssize_t)sizeof program)
            break;
        found = program.p_type == PT_INTERP;
    }
    if (fd >= 0)
        close(fd);
    return found;
}

/* All names of its sections, separated by NUL.  NULL: it has none. */
static char *read_section_names(int fd, const elf_header *header, size_t *size)
{
    elf_section_header section;
    off_t at = (off_t)(header->e_shoff + (size_t)header->e_shstrndx * header->e_shentsize);
    if (header->e_shoff == 0 || pread(fd, &section, sizeof section, at) != (ssize_t)sizeof section)
        return NULL;
    *size = section.sh_size < SECTION_NAMES_MAX ? (size_t)section.sh_size : SECTION_NAMES_MAX;
    char *names = malloc(*size + 1);
    if (names && pread(fd, names, *size, (off_t)section.sh_offset) == (ssize_t)*size)
        return names;
    free(names);
    return NULL;
}

/*
 * Go's runtime makes its system calls itself, also in programs that are linked with the C library.
 * It has a table of its functions in each program, which strip(1) leaves there.
 */
static bool is_from_go(const char *path, const elf_header *header)
{
    static const char table[] = ".gopclntab";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size;
    char *names = fd < 0 ? NULL : read_section_names(fd, header, &size);
    bool found = names && memmem(names, size, table, sizeof table);
    free(names);
    if (fd >= 0)
        close(fd);
    return found;
}

static enum program_reach reach_of_elf(const char *path)
{
    elf_header own, header;
    /* A file that can not be read is assumed to work. */
    if (!read_elf_header("/proc/self/exe", &own) || !read_elf_header(path, &header))
        return PROGRAM_REACHABLE;
    if (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] || header.e_machine != own.e_machine)
        return PROGRAM_FOREIGN;
    if (!has_interpreter(path, &header))
        return PROGRAM_STATIC;
    return is_from_go(path, &header) ? PROGRAM_RAW : PROGRAM_REACHABLE;
}

enum program_reach program_reach(char path[PATH_MAX])
{
    char head[PATH_MAX];
    size_t size = read_head(path, head, sizeof head);
    is_script(head, size, path);
    return is_secure(path) ? PROGRAM_SECURE : reach_of_elf(path);
}
