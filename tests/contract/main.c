/* SPDX-License-Identifier: MIT */
/*
 * contract RIG [PREFIX]: the contract suite on one rig, or only the tests whose name begins with
 * PREFIX. contract --list: the names of all tests.
 */
#include <stdlib.h>

#include "contract/contract.h"

#define TESTS_MAX 512

struct contract_case {
    const char *name;
    void (*run)(struct rig *rig);
    unsigned needs;
    const struct rig_kind *kind;
    struct rig rig;
};

static struct contract_case cases[TESTS_MAX];
static unsigned case_count;

void contract_add(const char *name, void (*run)(struct rig *rig), unsigned needs)
{
    if (case_count == TESTS_MAX)
        abort();
    cases[case_count++] = (struct contract_case){.name = name, .run = run, .needs = needs};
}

static int open_rig(void **state)
{
    struct contract_case *this_case = *state;
    memset(&target, 0, sizeof target);
    rig_open(&this_case->rig, this_case->kind);
    return 0;
}

static int close_rig(void **state)
{
    rig_close(&((struct contract_case *)*state)->rig);
    return 0;
}

static void run_case(void **state)
{
    struct contract_case *this_case = *state;
    this_case->run(&this_case->rig);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct contract_case *)a)->name, ((const struct contract_case *)b)->name);
}

static unsigned choose_cases(struct CMUnitTest *tests, const struct rig_kind *kind,
                             const char *prefix)
{
    unsigned abilities = rig_abilities(kind), count = 0;
    for (unsigned i = 0; i < case_count; i++) {
        if ((cases[i].needs & ~abilities) || strncmp(cases[i].name, prefix, strlen(prefix)) != 0)
            continue;
        cases[i].kind = kind;
        tests[count++] =
            (struct CMUnitTest){cases[i].name, run_case, open_rig, close_rig, &cases[i]};
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[TESTS_MAX];
    const struct rig_kind *kind = argc > 1 ? rig_kind_named(argv[1]) : NULL;
    qsort(cases, case_count, sizeof *cases, by_name);
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (unsigned i = 0; i < case_count; i++)
            puts(cases[i].name);
        return 0;
    }
    if (!kind) {
        fputs("usage: contract RIG [PREFIX] | --list\nrigs:", stderr);
        rig_print_names(stderr);
        return 2;
    }
    unsigned count = choose_cases(tests, kind, argc > 2 ? argv[2] : "");
    if (count == 0) {
        fputs("no such test\n", stderr);
        return 2;
    }
    return _cmocka_run_group_tests(kind->name, tests, count, NULL, NULL);
}
