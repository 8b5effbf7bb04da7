/* SPDX-License-Identifier: MIT */
/*
 * Public are the first instruction of the ESP32's ROM (INTENABLE is 0, PRID tells which core it is),
 * that both ROMs wait until the register of the address is not 0, and which memory they use.  What
 * nobody says is chosen here as a program would like it least (README.md).
 */
#include "chips/esp32/emulator/second_core.h"

#include <string.h>

#include "chips/esp32/emulator/xtensa.h"

enum { ROM_CYCLES = 40000, FILL = 0xA5 };
#define JUNK UINT32_C(0xA5A5A5A5)

static struct {
    unsigned starts; /* that were seen */
    bool is_in_rom;
    uint64_t rom_cycle; /* until when the ROM is busy, at least */
} second;

void second_core_reset(void)
{
    memset(&second, 0, sizeof second);
}

/* ---- the ROM --------------------------------------------------------------------------------- */

static void enter_rom(const struct xtensa *core)
{
    second.starts = esp_chip.core1.starts;
    second.is_in_rom = true;
    second.rom_cycle = core_present_cycle(&core->base) + ROM_CYCLES;
}

static void spoil_memory(struct xtensa *core)
{
    memset(core_bytes(&core->base, esp_xtensa.second.rom_base, esp_xtensa.second.rom_size), FILL,
           esp_xtensa.second.rom_size);
}

/* No stack, no vectors but the ROM's; timers have matched. */
static void leave_registers(struct xtensa *core)
{
    static const uint8_t unknown[] = {SAR,         SCOMPARE1,   CPENABLE, EPC + 1,
                                      EXCSAVE + 1, EXCSAVE + 2, DEPC,     EXCVADDR};
    for (unsigned i = 0; i < 16; i++)
        core->a[i] = JUNK + i;
    for (unsigned i = 0; i < sizeof unknown; i++)
        special_write(core, unknown[i], JUNK);
    special_write(core, PS, esp_xtensa.second.ps);
    special_write(core, INTENABLE, esp_xtensa.second.intenable);
    special_write(core, CCOUNT, JUNK);
    for (unsigned i = 0; i < core->configuration->timer_count; i++)
        core->pending |= UINT32_C(1) << core->configuration->timers[i];
}

static void jump(struct xtensa *core)
{
    uint64_t present = core_present_cycle(&core->base);
    second.is_in_rom = false;
    spoil_memory(core);
    core->base.cycles = present > second.rom_cycle ? present : second.rom_cycle;
    xtensa_reset(core, esp32x_core1_entry(&esp_chip));
    leave_registers(core);
}

/* ---- when it runs ---------------------------------------------------------------------------- */

void second_core_follow(struct xtensa *core)
{
    bool runs = esp32x_core1_runs(&esp_chip);
    bool was_halted = core->base.is_halted;
    uint64_t present = core_present_cycle(&core->base);
    if (runs && second.starts != esp_chip.core1.starts)
        enter_rom(core);
    if (runs && second.is_in_rom && esp32x_core1_entry(&esp_chip))
        jump(core);
    core->base.is_halted = !runs || second.is_in_rom;
    if (was_halted && !core->base.is_halted && core->base.cycles < present)
        core->base.cycles = present; /* it was stalled */
}
