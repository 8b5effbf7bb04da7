/* SPDX-License-Identifier: MIT */
/*
 * The bus to the registers, which both cores share: an access waits until the other core's is over.
 * Errata of the ESP32 tell which of them spoil each other if they come at once.
 */
#include "chips/esp32/model/esp32x_parts.h"

/* Erratum CPU-3.10 calls them A (DPORT) and B. */
static bool is_in_a(uint32_t address)
{
    return address >= 0x3FF00000 && address <= 0x3FF1EFFF;
}

static bool is_in_b(uint32_t address)
{
    return address >= 0x3FF40000 && address <= 0x3FF7FFFF;
}

/*
 * CPU-3.10: the value that is read from A may be wrong while the other core reads from B.  The way
 * round it is to read from B immediately before.
 */
static bool is_bad_read(const struct esp32x_access *access, const struct esp32x_access *other)
{
    return !access->is_write && !other->is_write && is_in_a(access->address) &&
           is_in_b(other->address) && !access->is_guarded;
}

/* CPU-3.16: of the accesses that both cores make to A at once some may be lost. */
static bool is_lost(const struct esp32x_access *access, const struct esp32x_access *other)
{
    return is_in_a(access->address) && is_in_a(other->address);
}

static void judge(struct esp32x *chip, const struct esp32x_access *access,
                  const struct esp32x_access *other)
{
    if (chip->kind != ESP32X_ESP32)
        return;
    if (is_bad_read(other, access))
        esp32x_fault(chip, ESP32X_COLLISION, other->address);
    else if (is_bad_read(access, other) || is_lost(access, other))
        esp32x_fault(chip, ESP32X_COLLISION, access->address);
}

uint32_t esp32x_begin_access(struct esp32x *chip, unsigned core, uint64_t cycle, uint32_t address,
                             bool is_write)
{
    struct esp32x_bus *bus = &chip->bus;
    const struct esp32x_access *before = &bus->last[core];
    const struct esp32x_access *other = &bus->last[!core];
    struct esp32x_access access = {
        .address = address,
        .is_write = is_write,
        .is_guarded = !before->is_write && is_in_b(before->address),
    };
    uint64_t begin = other->end_cycle > cycle ? other->end_cycle : cycle;
    access.end_cycle = begin + chip->processor.access_cycles;
    if (begin > cycle)
        judge(chip, &access, other);
    bus->last[core] = access;
    return (uint32_t)(access.end_cycle - cycle);
}
