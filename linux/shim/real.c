/* SPDX-License-Identifier: MIT */
#include "shim/real.h"

#include <dlfcn.h>
#include <stdatomic.h>

static const char *const names[REAL_COUNT] = {
#define REAL_NAME(name) [REAL_##name] = #name,
    REAL_FUNCTIONS(REAL_NAME)
#undef REAL_NAME
};

static _Atomic(void *) found[REAL_COUNT];

/* Two threads may look up the same function at the same time. */
void *real_find(enum real_index index)
{
    void *function = atomic_load_explicit(&found[index], memory_order_relaxed);

    if (!function) {
        function = dlsym(RTLD_NEXT, names[index]);
        atomic_store_explicit(&found[index], function, memory_order_relaxed);
    }
    return function;
}

void real_find_all(void)
{
    for (enum real_index index = 0; index < REAL_COUNT; index++)
        real_find(index);
}
