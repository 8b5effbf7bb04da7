/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/core.h"

#include <stdlib.h>

#include "emulator/xtensa/exceptions.h"

/* ---- what all cores have --------------------------------------------------------------------- */

static const char *run(struct core *base)
{
    static const char *const texts[] = {
        [XTENSA_RUNNING] = NULL,
        [XTENSA_PAUSED] = NULL,
        [XTENSA_ASLEEP] = "nothing will ever wake it",
        [XTENSA_BREAKPOINT] = "a breakpoint",
        [XTENSA_LOST] = "an exception whose vector is not in memory",
    };
    return texts[xtensa_run((struct xtensa *)base)];
}

static void latch(struct core *base)
{
    struct xtensa *core = (struct xtensa *)base;
    exceptions_latch(core, core->chip->lines(base->setup.chip, base->index));
}

static const struct core_kind functions = {.run = run, .latch = latch, .free = core_free_memories};

/* ---- beginnings ------------------------------------------------------------------------------ */

/* One struct instruction for each byte: instructions begin anywhere. */
static bool prepare_decoding(struct core *base)
{
    bool is_good = true;
    for (unsigned i = 0; i < CORE_MEMORIES_MAX && base->setup.memories[i].size; i++) {
        struct core_memory *memory = &base->setup.memories[i];
        memory->decoded = calloc(memory->size, sizeof(struct instruction));
        is_good &= memory->decoded != NULL;
    }
    return is_good;
}

bool xtensa_init(struct xtensa *core, const struct xtensa_configuration *configuration,
                 const struct xtensa_chip *chip, const struct core_setup *setup)
{
    *core = (struct xtensa){.configuration = configuration, .chip = chip};
    bool has_memory = core_init(&core->base, &functions, setup) && prepare_decoding(&core->base);
    xtensa_reset(core, 0);
    return has_memory;
}

void xtensa_join(struct xtensa *second, struct xtensa *first)
{
    *second = (struct xtensa){.configuration = first->configuration, .chip = first->chip};
    core_join(&second->base, &first->base);
    xtensa_reset(second, 0);
}

/*
 * PS.INTLEVEL masks all, and VECBASE is where all five cores have it.  What a reset leaves as it is,
 * or as nobody knows, is 0 here.
 */
void xtensa_reset(struct xtensa *core, uint32_t pc)
{
    enum { VECTORS = 0x40000000 };
    for (unsigned number = 0; number < XTENSA_SPECIALS; number++)
        core->special[number] = 0;
    for (unsigned i = 0; i < 16; i++)
        core->a[i] = 0;
    core->special[PS] = PS_INTLEVEL | PS_EXCM;
    core->special[VECBASE] = VECTORS;
    core->pending = core->active = 0;
    core->gpio_out = 0;
    core->base.is_asleep = core->base.is_waiting = false;
    core->base.pc = pc;
    special_write(core, CCOUNT, 0);
}
