/* SPDX-License-Identifier: MIT */
/*
 * Special registers, exceptions and interrupts, waiting, barriers; the GPIO of the CPU.
 */
#include "emulator/xtensa/exceptions.h"
#include "emulator/xtensa/opcodes.h"

/* ---- special registers ----------------------------------------------------------------------- */

static unsigned number_of(const struct instruction *instruction)
{
    return instruction->word >> 8 & 0xFF;
}

/* This core has no other window: a program that turns to one is lost. */
static bool is_possible(unsigned number, uint32_t value)
{
    return number != WINDOWBASE || value == 0;
}

static void rsr(struct xtensa *core, const struct instruction *instruction)
{
    unsigned number = number_of(instruction);
    if (special_is_readable(core, number))
        core->a[instruction->t] = special_read(core, number);
    else
        exceptions_raise(core, CAUSE_ILLEGAL);
}

static void wsr(struct xtensa *core, const struct instruction *instruction)
{
    unsigned number = number_of(instruction);
    uint32_t value = core->a[instruction->t];
    if (special_is_writable(core, number) && is_possible(number, value))
        special_write(core, number, value);
    else
        exceptions_raise(core, CAUSE_ILLEGAL);
}

static void xsr(struct xtensa *core, const struct instruction *instruction)
{
    unsigned number = number_of(instruction);
    uint32_t value = core->a[instruction->t];
    if (special_is_readable(core, number) && special_is_writable(core, number) &&
        is_possible(number, value)) {
        core->a[instruction->t] = special_read(core, number);
        special_write(core, number, value);
    } else {
        exceptions_raise(core, CAUSE_ILLEGAL);
    }
}

/* ---- exceptions, interrupts ------------------------------------------------------------------ */

static void set_level(struct xtensa *core, unsigned level)
{
    special_write(core, PS, (core->special[PS] & ~(uint32_t)PS_INTLEVEL) | level);
}

static void rsil(struct xtensa *core, const struct instruction *instruction)
{
    core->a[instruction->t] = core->special[PS];
    set_level(core, instruction->s);
}

static void waiti(struct xtensa *core, const struct instruction *instruction)
{
    set_level(core, instruction->s);
    core->base.is_asleep = true;
}

static void rfe(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    exceptions_return(core);
}

static void rfde(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    exceptions_return_double(core);
}

static void rfi(struct xtensa *core, const struct instruction *instruction)
{
    unsigned level = instruction->s;
    if (level >= 2 && level <= core->configuration->epc_count)
        exceptions_return_from(core, level);
    else
        exceptions_raise(core, CAUSE_ILLEGAL);
}

static void syscall_(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    exceptions_raise(core, CAUSE_SYSCALL);
}

static void break_(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    core->next_pc = core->base.pc;
    core->end = XTENSA_BREAKPOINT;
}

/* Accesses are over before the next instruction begins: barriers have nothing to wait for. */
static void nop(struct xtensa *core, const struct instruction *instruction)
{
    (void)core;
    (void)instruction;
}

/* ---- GPIO of the CPU ------------------------------------------------------------------------- */

/* They act when they begin: at once, without a bus. */
static struct processor *chip_now(struct xtensa *core)
{
    struct processor *chip = core->base.setup.chip;
    core_pass(&core->base, core->base.cycles);
    if (core->base.reaches_chip)
        core->base.reaches_chip(&core->base);
    chip->chip->catch_up(chip);
    return chip;
}

static void get_gpio_in(struct xtensa *core, const struct instruction *instruction)
{
    struct processor *chip = chip_now(core);
    core->a[instruction->t] = core->chip->gpio_in(chip, core->base.index) & 0xFF;
}

static void set_gpio_out(struct xtensa *core, uint32_t mask, uint32_t value)
{
    struct processor *chip = chip_now(core);
    mask &= 0xFF;
    core->gpio_out = (core->gpio_out & ~mask) | (value & mask);
    core->chip->gpio_out(chip, core->base.index, mask, value & mask);
    core_leave_chip(&core->base);
}

static void wr_mask_gpio_out_s2(struct xtensa *core, const struct instruction *instruction)
{
    set_gpio_out(core, core->a[instruction->t], core->a[instruction->s]);
}

static void wr_mask_gpio_out_s3(struct xtensa *core, const struct instruction *instruction)
{
    set_gpio_out(core, core->a[instruction->s], core->a[instruction->t]);
}

static uint32_t immediate(const struct instruction *instruction)
{
    return instruction->word >> 4 & 0xFF;
}

static void set_bit_gpio_out(struct xtensa *core, const struct instruction *instruction)
{
    set_gpio_out(core, immediate(instruction), UINT32_MAX);
}

static void clr_bit_gpio_out(struct xtensa *core, const struct instruction *instruction)
{
    set_gpio_out(core, immediate(instruction), 0);
}

static void rur_gpio_out(struct xtensa *core, const struct instruction *instruction)
{
    core->a[instruction->r] = core->gpio_out;
}

static void wur_gpio_out(struct xtensa *core, const struct instruction *instruction)
{
    set_gpio_out(core, UINT32_MAX, core->a[instruction->t]);
}

/* ---- the table ------------------------------------------------------------------------------- */

const struct opcode system_opcodes[] = {
    {"rsr", 0xFF000F, 0x030000, rsr, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"wsr", 0xFF000F, 0x130000, wsr, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"xsr", 0xFF000F, 0x610000, xsr, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"rsil", 0xFFF00F, 0x006000, rsil, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"waiti", 0xFFF0FF, 0x007000, waiti, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"rfe", 0xFFFFFF, 0x003000, rfe, OPERAND_NONE, COST_REFILL, NEEDS_NOTHING},
    {"rfde", 0xFFFFFF, 0x003200, rfde, OPERAND_NONE, COST_REFILL, NEEDS_NOTHING},
    {"rfi", 0xFFF0FF, 0x003010, rfi, OPERAND_NONE, COST_REFILL, NEEDS_NOTHING},
    {"syscall", 0xFFFFFF, 0x005000, syscall_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"break", 0xFFF00F, 0x004000, break_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"break.n", 0x00F0FF, 0x00F02D, break_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"isync", 0xFFFFFF, 0x002000, nop, OPERAND_NONE, COST_REFILL, NEEDS_NOTHING},
    {"rsync", 0xFFFFFF, 0x002010, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"esync", 0xFFFFFF, 0x002020, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"dsync", 0xFFFFFF, 0x002030, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"memw", 0xFFFFFF, 0x0020C0, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"extw", 0xFFFFFF, 0x0020D0, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"nop", 0xFFFFFF, 0x0020F0, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"nop.n", 0x00FFFF, 0x00F03D, nop, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"clr_bit_gpio_out", 0xFFF00F, 0x060000, clr_bit_gpio_out, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S2},
    {"set_bit_gpio_out", 0xFFF00F, 0x061000, set_bit_gpio_out, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S2},
    {"wr_mask_gpio_out", 0xFFF00F, 0x062000, wr_mask_gpio_out_s2, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S2},
    {"get_gpio_in", 0xFFFF0F, 0x063000, get_gpio_in, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S2},
    {"rur.gpio_out", 0xFF0FFF, 0xE30000, rur_gpio_out, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S2},
    {"wur.gpio_out", 0xFFFF0F, 0xF30000, wur_gpio_out, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S2},
    {"ee.get_gpio_in", 0xFFFF0F, 0x650804, get_gpio_in, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S3},
    {"ee.wr_mask_gpio_out", 0xFFF00F, 0x724004, wr_mask_gpio_out_s3, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S3},
    {"ee.set_bit_gpio_out", 0xFFF00F, 0x754004, set_bit_gpio_out, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S3},
    {"ee.clr_bit_gpio_out", 0xFFF00F, 0x764004, clr_bit_gpio_out, OPERAND_NONE, COST_NONE,
     NEEDS_GPIO_S3},
    {"rur.gpio_out", 0xFF0FFF, 0xE300C0, rur_gpio_out, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S3},
    {"wur.gpio_out", 0xFFFF0F, 0xF30C00, wur_gpio_out, OPERAND_NONE, COST_NONE, NEEDS_GPIO_S3},
    {.name = NULL},
};
