/* SPDX-License-Identifier: MIT */
#include "emulator/engine.h"

#include <unicorn/unicorn.h>

static uint64_t load(uc_engine *engine, uint64_t offset, unsigned bytes, void *owner)
{
    (void)engine;
    const struct core_window *window = owner;
    return core_load(window->core, window->base + (uint32_t)offset, bytes);
}

static void store(uc_engine *engine, uint64_t offset, unsigned bytes, uint64_t value, void *owner)
{
    (void)engine;
    const struct core_window *window = owner;
    core_store(window->core, window->base + (uint32_t)offset, (uint32_t)value, bytes);
}

bool engine_map(struct uc_struct *engine, struct core *core)
{
    bool is_good = true;
    for (unsigned i = 0; i < CORE_MEMORIES_MAX && core->setup.memories[i].size; i++) {
        struct core_memory *memory = &core->setup.memories[i];
        uint32_t rights = memory->is_rom ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_ALL;
        is_good = is_good && uc_mem_map_ptr(engine, memory->base, memory->size, rights,
                                            memory->bytes) == UC_ERR_OK;
    }
    for (unsigned i = 0; i < CORE_WINDOWS_MAX && core->setup.windows[i].size; i++) {
        struct core_window *window = &core->setup.windows[i];
        is_good = is_good && uc_mmio_map(engine, window->base, window->size, load, window, store,
                                         window) == UC_ERR_OK;
    }
    return is_good;
}
