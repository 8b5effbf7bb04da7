/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores: memory, and registers of the chip.
 */
#include <string.h>

#include "emulator/xtensa/exceptions.h"
#include "emulator/xtensa/opcodes.h"

/* ---- memory ---------------------------------------------------------------------------------- */

static struct core_memory *memory_at(struct xtensa *core, uint32_t address)
{
    struct core_memory *memory = core->data;
    if (!memory || address - memory->base >= memory->size)
        memory = core_memory_at(&core->base, address);
    if (memory)
        core->data = memory;
    return memory;
}

static bool is_register(const struct xtensa *core, uint32_t address)
{
    const struct core_window *windows = core->base.setup.windows;
    for (unsigned i = 0; i < CORE_WINDOWS_MAX && windows[i].size; i++) {
        if (address - windows[i].base < windows[i].size)
            return true;
    }
    return false;
}

/* Registers have all accesses; a bus for instructions has those of words alone. */
static bool is_allowed(struct xtensa *core, const struct core_memory *memory, uint32_t address,
                       unsigned bytes, bool is_store)
{
    bool exists = memory ? !(is_store && memory->is_rom) : is_register(core, address);
    if (address & (bytes - 1))
        exceptions_raise_at(core, CAUSE_UNALIGNED, address);
    else if (!exists)
        exceptions_raise_at(core, CAUSE_ACCESS_NOWHERE, address);
    else if (memory && memory->words_only && bytes != 4)
        exceptions_raise_at(core, CAUSE_LOAD_STORE, address);
    else
        return true;
    return false;
}

/* Another core comes first: the instruction is executed again. */
static bool has_turn(struct xtensa *core, uint32_t address, bool is_store)
{
    return core_has_turn(&core->base, address, is_store);
}

/* False: an exception instead, or not yet. */
static bool load(struct xtensa *core, uint32_t address, unsigned bytes, uint32_t *value)
{
    const struct core_memory *memory = memory_at(core, address);
    if (!is_allowed(core, memory, address, bytes, false))
        return false;
    *value = 0;
    if (memory)
        memcpy(value, memory->bytes + (address - memory->base), bytes);
    else if (has_turn(core, address, false))
        *value = core_load(&core->base, address, bytes);
    else
        return false;
    return true;
}

static void store(struct xtensa *core, uint32_t address, uint32_t value, unsigned bytes)
{
    const struct core_memory *memory = memory_at(core, address);
    if (!is_allowed(core, memory, address, bytes, true))
        return;
    if (memory)
        memcpy(memory->bytes + (address - memory->base), &value, bytes);
    else if (has_turn(core, address, true))
        core_store(&core->base, address, bytes == 4 ? value : value & ((1u << bytes * 8) - 1),
                   bytes);
}

/* ---- instructions ---------------------------------------------------------------------------- */

static uint32_t address_of(const struct xtensa *core, const struct instruction *instruction)
{
    return core->a[instruction->s] + (uint32_t)instruction->value;
}

static void load_unsigned(struct xtensa *core, const struct instruction *instruction,
                          unsigned bytes)
{
    uint32_t value;
    if (load(core, address_of(core, instruction), bytes, &value))
        core->a[instruction->t] = value;
}

static void l8ui(struct xtensa *core, const struct instruction *instruction)
{
    load_unsigned(core, instruction, 1);
}

static void l16ui(struct xtensa *core, const struct instruction *instruction)
{
    load_unsigned(core, instruction, 2);
}

static void l32i(struct xtensa *core, const struct instruction *instruction)
{
    load_unsigned(core, instruction, 4);
}

static void l16si(struct xtensa *core, const struct instruction *instruction)
{
    uint32_t value;
    if (load(core, address_of(core, instruction), 2, &value))
        core->a[instruction->t] = (uint32_t)(int32_t)(int16_t)value;
}

static void l32r(struct xtensa *core, const struct instruction *instruction)
{
    uint32_t value;
    uint32_t next_word = (core->base.pc + 3) & ~UINT32_C(3);
    if (load(core, next_word + (uint32_t)instruction->value, 4, &value))
        core->a[instruction->t] = value;
}

static void s8i(struct xtensa *core, const struct instruction *instruction)
{
    store(core, address_of(core, instruction), core->a[instruction->t], 1);
}

static void s16i(struct xtensa *core, const struct instruction *instruction)
{
    store(core, address_of(core, instruction), core->a[instruction->t], 2);
}

static void s32i(struct xtensa *core, const struct instruction *instruction)
{
    store(core, address_of(core, instruction), core->a[instruction->t], 4);
}

/* Stores if the word is that of SCOMPARE1; what the word was comes back. */
static void s32c1i(struct xtensa *core, const struct instruction *instruction)
{
    uint32_t value, address = address_of(core, instruction);
    if (!load(core, address, 4, &value))
        return;
    if (value == core->special[SCOMPARE1])
        store(core, address, core->a[instruction->t], 4);
    core->a[instruction->t] = value;
}

/* ---- the table ------------------------------------------------------------------------------- */

const struct opcode access_opcodes[] = {
    {"l8ui", 0x00F00F, 0x000002, l8ui, OPERAND_U8, COST_LOAD, NEEDS_NOTHING},
    {"l16ui", 0x00F00F, 0x001002, l16ui, OPERAND_U8_BY_2, COST_LOAD, NEEDS_NOTHING},
    {"l16si", 0x00F00F, 0x009002, l16si, OPERAND_U8_BY_2, COST_LOAD, NEEDS_NOTHING},
    {"l32i", 0x00F00F, 0x002002, l32i, OPERAND_U8_BY_4, COST_LOAD, NEEDS_NOTHING},
    {"l32i.n", 0x00000F, 0x000008, l32i, OPERAND_R_BY_4, COST_LOAD, NEEDS_NOTHING},
    {"l32r", 0x00000F, 0x000001, l32r, OPERAND_LITERAL, COST_LOAD, NEEDS_NOTHING},
    {"s8i", 0x00F00F, 0x004002, s8i, OPERAND_U8, COST_NONE, NEEDS_NOTHING},
    {"s16i", 0x00F00F, 0x005002, s16i, OPERAND_U8_BY_2, COST_NONE, NEEDS_NOTHING},
    {"s32i", 0x00F00F, 0x006002, s32i, OPERAND_U8_BY_4, COST_NONE, NEEDS_NOTHING},
    {"s32i.n", 0x00000F, 0x000009, s32i, OPERAND_R_BY_4, COST_NONE, NEEDS_NOTHING},
    {"s32c1i", 0x00F00F, 0x00E002, s32c1i, OPERAND_U8_BY_4, COST_LOAD, NEEDS_COMPARE},
    {.name = NULL},
};
