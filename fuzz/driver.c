/* SPDX-License-Identifier: MIT */
/*
 * A fuzzer without libFuzzer: inputs from files, or made from a seed, for a limited time.
 *
 *     fuzz_X [--seconds S] [--runs N] [--seed K]     inputs 0..N-1 of the seed, S seconds at most
 *     fuzz_X --seed K --run R                        only input R again, in this process
 *     fuzz_X FILE…                                   these inputs
 *
 * A child process makes the runs.  If a sanitizer or a hang ends it, the parent can say which input
 * did it.  Input R of a seed is the same on every machine.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

enum { INPUT_MAX = 4096, HANG_S = 20, KINDS = 4 };

struct options {
    double seconds;
    unsigned long runs;
    uint64_t seed;
    long only; /* -1: all */
    char **files;
};

/* ---- inputs ---------------------------------------------------------------------------------- */

/* splitmix64: any seed is good, and neighbouring seeds give unrelated numbers. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

static size_t choose_size(uint64_t *state)
{
    static const size_t limits[] = {32, 256, 256, INPUT_MAX};
    return next_random(state) % limits[next_random(state) % 4];
}

/*
 * Uniform noise is refused early.  So most inputs consist of small numbers, or repeat themselves.
 */
static size_t make_input(uint64_t seed, unsigned long run, uint8_t *bytes)
{
    uint64_t state = seed ^ (uint64_t)run * 0xD1B54A32D192ED03u;
    unsigned kind = next_random(&state) % KINDS;
    size_t size = choose_size(&state);
    for (size_t i = 0; i < size; i++) {
        uint64_t random = next_random(&state);
        bytes[i] = (uint8_t)(random >> 8);
        if ((kind == 1 || kind == 3) && random % 4)
            bytes[i] &= 0x0F;
        if (kind >= 2 && i > 8 && random % 8 > 2)
            bytes[i] = bytes[i - 1 - (random >> 16) % 8];
    }
    return size;
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* The input is in memory of exactly its size, so that a sanitizer sees a read beyond it. */
static void run_input(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    DEMAND(copy);
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_number(const struct options *options, unsigned long run)
{
    uint8_t bytes[INPUT_MAX] = {0};
    size_t size = make_input(options->seed, run, bytes);
    run_input(bytes, size);
}

static int run_file(const char *path)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return EXIT_FAILURE;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    run_input(bytes, size);
    return EXIT_SUCCESS;
}

/* Not clock_gettime(): a fuzzer may replace it by its own clock. */
static double now_s(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run_all(const struct options *options, volatile unsigned long *run)
{
    double end_s = now_s() + options->seconds;
    for (*run = 0; *run < options->runs && now_s() < end_s; ++*run) {
        alarm(HANG_S);
        run_number(options, *run);
    }
}

static int watch(const struct options *options, const char *name)
{
    int status;
    volatile unsigned long *run =
        mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    DEMAND(run != MAP_FAILED);
    pid_t child = fork();
    DEMAND(child >= 0);
    if (child == 0) {
        run_all(options, run);
        exit(EXIT_SUCCESS); /* not _exit(): exit() looks for leaks */
    }
    DEMAND(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        printf("%s: %lu inputs\n", name, *run);
        return EXIT_SUCCESS;
    }
    bool is_hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    fprintf(stderr, "%s: input %lu %s; again: %s --seed %llu --run %lu\n", name, *run,
            is_hung ? "does not end" : "fails", name, (unsigned long long)options->seed, *run);
    return EXIT_FAILURE;
}

/* ---- arguments ------------------------------------------------------------------------------- */

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){.seconds = 1, .runs = ~0ul, .seed = 1, .only = -1};
    int at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        const char *value = argv[at + 1];
        if (strcmp(argv[at], "--seconds") == 0)
            options->seconds = strtod(value, NULL);
        else if (strcmp(argv[at], "--runs") == 0)
            options->runs = strtoul(value, NULL, 10);
        else if (strcmp(argv[at], "--seed") == 0)
            options->seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[at], "--run") == 0)
            options->only = strtol(value, NULL, 10);
        else
            return false;
    }
    options->files = argv + at;
    return at == argc || argv[at][0] != '-';
}

int main(int argc, char **argv)
{
    struct options options;
    int status = EXIT_SUCCESS;
    if (!parse(argc, argv, &options)) {
        fprintf(stderr, "usage: %s [--seconds S] [--runs N] [--seed K] [--run R] | FILE...\n",
                argv[0]);
        return 2;
    }
    if (options.only >= 0) {
        run_number(&options, (unsigned long)options.only);
        return EXIT_SUCCESS;
    }
    if (!*options.files)
        return watch(&options, argv[0]);
    for (char **file = options.files; *file; file++)
        status |= run_file(*file);
    return status;
}
