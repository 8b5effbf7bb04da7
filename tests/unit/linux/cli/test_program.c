/* SPDX-License-Identifier: MIT */
/* Which file a command is, and whether the shim can reach it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/program.h"
#include "support/steady.h"

enum { NOBODY = 65534 };

static char directory[] = "/tmp/test_program.XXXXXX";

static char *in_directory(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const void *bytes, size_t size, mode_t mode)
{
    int fd = open(in_directory(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    char command[64];
    (void)state;
    unsetenv("PATH");
    snprintf(command, sizeof command, "/bin/rm -rf %s", directory);
    return system(command);
}

/* ---- finding it ------------------------------------------------------------------------------ */

static void expect_found(const char *name, const char *expected)
{
    char path[PATH_MAX];
    assert_int_equal(program_find(name, path), 0);
    assert_string_equal(path, expected);
}

static void expect_not_found(const char *name, int error)
{
    char path[PATH_MAX];
    assert_int_equal(program_find(name, path), -error);
}

static void set_path(const char *format)
{
    char path[4 * PATH_MAX];
    snprintf(path, sizeof path, format, directory, directory);
    setenv("PATH", path, 1);
}

static void names_are_looked_for_in_path(void **state)
{
    (void)state;
    put("program", "", 0, 0755);
    put("data", "", 0, 0644);
    mkdir(in_directory("inner"), 0755);
    put("inner/data", "", 0, 0755);
    put("inner/program", "", 0, 0755);
    set_path("%s");
    expect_found("program", in_directory("program"));
    expect_not_found("other", ENOENT);
    expect_not_found("data", EACCES);
    expect_not_found("inner", EACCES); /* a directory */
    set_path("/no/such/place:%s:%s/inner");
    expect_found("program", in_directory("program"));
    expect_found("data", in_directory("inner/data")); /* another one may be run */
    expect_not_found("inner", EACCES);
    expect_not_found("other", ENOENT);
    set_path("%s/data:%s/inner"); /* a file is no place */
    expect_found("program", in_directory("inner/program"));
    unsetenv("PATH");
    expect_found("sh", "/bin/sh");
    expect_not_found("program", ENOENT);
}

static void an_empty_place_is_the_current_one(void **state)
{
    static const char *const paths[] = {"", ":/no/such", "/no/such:", "/no/such::/no/such"};
    char before[PATH_MAX];
    (void)state;
    put("program", "", 0, 0755);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(directory), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        setenv("PATH", paths[i], 1);
        expect_found("program", "./program");
    }
    setenv("PATH", "/no/such", 1);
    expect_not_found("program", ENOENT);
    assert_int_equal(chdir(before), 0);
}

static void a_name_with_a_slash_is_a_path(void **state)
{
    char name[PATH_MAX + 2];
    (void)state;
    put("program", "", 0, 0755);
    put("data", "", 0, 0644);
    set_path("%s");
    expect_found(in_directory("program"), in_directory("program"));
    expect_not_found(in_directory("data"), EACCES);
    expect_not_found(in_directory("other"), ENOENT);
    expect_not_found(directory, EACCES);
    expect_not_found("./program", ENOENT); /* $PATH has no part in it */
    memset(name, '/', sizeof name);
    for (size_t length = PATH_MAX - 1; length <= PATH_MAX; length++) {
        name[length] = '\0';
        expect_not_found(name, length < PATH_MAX ? EACCES : ENAMETOOLONG);
        name[length] = '/';
    }
}

static void a_place_whose_name_is_too_long(void **state)
{
    char path[2 * PATH_MAX];
    (void)state;
    put("program", "", 0, 0755);
    memset(path, '/', PATH_MAX);
    snprintf(path + PATH_MAX, sizeof path - PATH_MAX, ":%s", directory);
    setenv("PATH", path, 1);
    expect_found("program", in_directory("program"));
}

/* ---- looking at it --------------------------------------------------------------------------- */

static void expect_reach(const char *path, enum program_reach reach, const char *looked_at)
{
    char text[PATH_MAX];
    snprintf(text, sizeof text, "%s", path);
    assert_int_equal(program_reach(text), reach);
    assert_string_equal(text, looked_at ? looked_at : path);
}

/* A copy of this program's first bytes, which `change` may change. */
static void put_elf(const char *name, void (*change)(Elf64_Ehdr *header, Elf64_Phdr *programs),
                    mode_t mode)
{
    static uint8_t head[4096];
    int fd = open("/proc/self/exe", O_RDONLY);
    assert_int_equal(read(fd, head, sizeof head), sizeof head);
    close(fd);
    Elf64_Ehdr *header = (Elf64_Ehdr *)head;
    if (change)
        change(header, (Elf64_Phdr *)(head + header->e_phoff));
    put(name, head, sizeof head, mode);
}

static void for_another_machine(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    (void)programs;
    header->e_machine++;
}

static void of_another_size(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    (void)programs;
    header->e_ident[EI_CLASS] ^= ELFCLASS32 ^ ELFCLASS64;
}

static void without_interpreter(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (programs[i].p_type == PT_INTERP)
            programs[i].p_type = PT_NULL;
    }
}

static void with_the_interpreter_last(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    without_interpreter(header, programs);
    programs[header->e_phnum - 1].p_type = PT_INTERP;
}

static void with_the_interpreter_behind_the_last(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    with_the_interpreter_last(header, programs);
    header->e_phnum--;
}

static void with_programs_behind_the_end(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    (void)programs;
    header->e_phoff = 4096;
}

/* The names of its sections: the second section has them. */
static void name_sections(Elf64_Ehdr *header, const char *names, size_t size)
{
    enum { SECTIONS = 2048, NAMES = 3072 };
    uint8_t *head = (uint8_t *)header;
    const Elf64_Shdr section = {.sh_offset = NAMES, .sh_size = size};
    header->e_shoff = SECTIONS;
    header->e_shentsize = sizeof section;
    header->e_shstrndx = 1;
    memset(head + SECTIONS, 0, 2 * sizeof section);
    memcpy(head + SECTIONS + sizeof section, &section, sizeof section);
    memset(head + NAMES, 0xEE, 256);
    memcpy(head + NAMES, names, size < 256 ? size : 256);
}

static void from_go(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    static const char names[] = "\0.text\0.gopclntab";
    (void)programs;
    name_sections(header, names, sizeof names);
}

static void with_other_sections(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    static const char names[] = "\0.text\0.gopclntab2";
    (void)programs;
    name_sections(header, names, sizeof names);
}

static void with_names_behind_the_end(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    static const char names[4096] = "\0.gopclntab";
    (void)programs;
    name_sections(header, names, sizeof names);
}

static void with_sections_behind_the_end(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    from_go(header, programs);
    header->e_shoff = 4096;
}

static void without_sections(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    from_go(header, programs);
    header->e_shoff = 0;
}

static void from_go_and_static(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    from_go(header, programs);
    without_interpreter(header, programs);
}

static void of_no_format(Elf64_Ehdr *header, Elf64_Phdr *programs)
{
    (void)programs;
    header->e_ident[0] = 0;
}

static void programs_of_all_kinds(void **state)
{
    static const struct {
        void (*change)(Elf64_Ehdr *header, Elf64_Phdr *programs);
        enum program_reach reach;
    } rows[] = {
        {NULL, PROGRAM_REACHABLE},
        {for_another_machine, PROGRAM_FOREIGN},
        {of_another_size, PROGRAM_FOREIGN},
        {without_interpreter, PROGRAM_STATIC},
        {with_the_interpreter_last, PROGRAM_REACHABLE},
        {with_the_interpreter_behind_the_last, PROGRAM_STATIC},
        {with_programs_behind_the_end, PROGRAM_STATIC},
        {from_go, PROGRAM_RAW},
        {with_other_sections, PROGRAM_REACHABLE},
        {with_names_behind_the_end, PROGRAM_REACHABLE},
        {with_sections_behind_the_end, PROGRAM_REACHABLE},
        {without_sections, PROGRAM_REACHABLE},
        {from_go_and_static, PROGRAM_STATIC},
        {of_no_format, PROGRAM_REACHABLE}, /* whatever it is, exec() will say */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_elf("program", rows[i].change, 0755);
        expect_reach(in_directory("program"), rows[i].reach, NULL);
    }
    put("program", ELFMAG, SELFMAG, 0755); /* it ends too early */
    expect_reach(in_directory("program"), PROGRAM_REACHABLE, NULL);
    put("program", "", 0, 0755);
    expect_reach(in_directory("program"), PROGRAM_REACHABLE, NULL);
    expect_reach(in_directory("other"), PROGRAM_REACHABLE, NULL);
}

static void expect_interpreter(const char *first_line, const char *interpreter)
{
    put("script", first_line, strlen(first_line), 0755);
    expect_reach(in_directory("script"), PROGRAM_REACHABLE, interpreter);
}

/* The kernel runs the interpreter, so that is looked at. */
static void scripts(void **state)
{
    char line[PATH_MAX + 64];
    (void)state;
    expect_interpreter("#!/bin/sh\necho\n", "/bin/sh");
    expect_interpreter("#! /bin/sh -e\n", "/bin/sh");
    expect_interpreter("#!\t /bin/sh\t-e\n", "/bin/sh");
    expect_interpreter("#!/bin/sh", "/bin/sh");
    expect_interpreter("#!\n/bin/sh\n", NULL);
    expect_interpreter("#!", NULL);
    expect_interpreter("# /bin/sh\n", NULL);
    expect_interpreter("!#/bin/sh\n", NULL);
    put_elf("static", without_interpreter, 0755);
    snprintf(line, sizeof line, "#!%s\n", in_directory("static"));
    put("script", line, strlen(line), 0755);
    char expected[PATH_MAX];
    snprintf(expected, sizeof expected, "%s", in_directory("static"));
    expect_reach(in_directory("script"), PROGRAM_STATIC, expected);
}

/* Such a program would ignore what is to be preloaded. */
static void programs_with_other_rights(void **state)
{
    static const struct {
        uid_t user;
        gid_t group;
        mode_t mode;
        enum program_reach reach;
    } rows[] = {
        {NOBODY, 0, 04755, PROGRAM_SECURE},      {NOBODY, 0, 0755, PROGRAM_REACHABLE},
        {0, NOBODY, 02755, PROGRAM_SECURE},      {0, NOBODY, 02745, PROGRAM_REACHABLE},
        {0, NOBODY, 0755, PROGRAM_REACHABLE},    {0, 0, 06755, PROGRAM_REACHABLE},
        {NOBODY, NOBODY, 06711, PROGRAM_SECURE},
    };
    (void)state;
    if (geteuid() != 0) { /* nobody else can give files away */
        put_elf("program", NULL, 06755);
        expect_reach(in_directory("program"), PROGRAM_REACHABLE, NULL);
        expect_reach("/usr/bin/su", PROGRAM_SECURE, NULL);
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_elf("program", NULL, 0755);
        assert_int_equal(chown(in_directory("program"), rows[i].user, rows[i].group), 0);
        assert_int_equal(chmod(in_directory("program"), rows[i].mode), 0);
        expect_reach(in_directory("program"), rows[i].reach, NULL);
    }
    put("script", "#!/bin/sh\n", 10, 0755);
    assert_int_equal(chown(in_directory("script"), NOBODY, 0), 0);
    assert_int_equal(chmod(in_directory("script"), 04755), 0);
    expect_reach(in_directory("script"), PROGRAM_REACHABLE, "/bin/sh"); /* the kernel ignores it */
}

static void it_leaves_no_descriptors(void **state)
{
    int before = steady_descriptors();
    programs_of_all_kinds(state);
    scripts(state);
    names_are_looked_for_in_path(state);
    assert_int_equal(steady_descriptors(), before);
}

#define PROGRAM_TEST(function) \
    cmocka_unit_test_setup_teardown(function, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROGRAM_TEST(names_are_looked_for_in_path),
        PROGRAM_TEST(an_empty_place_is_the_current_one),
        PROGRAM_TEST(a_name_with_a_slash_is_a_path),
        PROGRAM_TEST(a_place_whose_name_is_too_long),
        PROGRAM_TEST(programs_of_all_kinds),
        PROGRAM_TEST(scripts),
        PROGRAM_TEST(programs_with_other_rights),
        PROGRAM_TEST(it_leaves_no_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
