/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include <ucontext.h>

enum { STACK_BYTES = 256 * 1024 };

struct program {
    ucontext_t context;
    int (*main)(void);
    uint64_t wake_ns;
    bool ended;
    _Alignas(64) uint8_t stack[STACK_BYTES];
};

static struct program programs[PROGRAMS_MAX];
static unsigned program_count, current;
static ucontext_t scheduler;

/* makecontext() hands on no pointers: who runs is in `current`. */
static void run_main(void)
{
    struct program *program = &programs[current];
    (void)program->main();
    program->ended = true;
    program->wake_ns = UINT64_MAX;
    /* uc_link goes back to the scheduler. */
}

void programs_begin(int (*const mains[])(void), unsigned count)
{
    for (program_count = 0; program_count < count && program_count < PROGRAMS_MAX;
         program_count++) {
        struct program *program = &programs[program_count];
        program->main = mains[program_count];
        getcontext(&program->context);
        program->context.uc_stack.ss_sp = program->stack;
        program->context.uc_stack.ss_size = sizeof program->stack;
        program->context.uc_link = &scheduler;
        makecontext(&program->context, run_main, 0);
    }
    programs_run(0);
}

bool programs_run(uint64_t now_ns)
{
    bool has_run = false;
    for (unsigned i = 0; i < program_count; i++) {
        if (programs[i].ended || programs[i].wake_ns > now_ns)
            continue;
        current = i;
        swapcontext(&scheduler, &programs[i].context);
        has_run = true;
    }
    return has_run;
}

uint64_t programs_next_ns(void)
{
    uint64_t next_ns = UINT64_MAX;
    for (unsigned i = 0; i < program_count; i++) {
        if (programs[i].wake_ns < next_ns)
            next_ns = programs[i].wake_ns;
    }
    return next_ns;
}

unsigned programs_current(void)
{
    return current;
}

void programs_sleep(uint64_t until_ns)
{
    struct program *program = &programs[current];
    program->wake_ns = until_ns;
    swapcontext(&program->context, &scheduler);
}

void programs_wake(unsigned program)
{
    programs[program].wake_ns = 0;
}

bool programs_any_ended(void)
{
    for (unsigned i = 0; i < program_count; i++) {
        if (programs[i].ended)
            return true;
    }
    return false;
}
