/* SPDX-License-Identifier: MIT */
/*
 * The interrupt matrix: each source has a register, for each core, with the number of the CPU
 * interrupt that it asserts.  Behind it lies the interrupt controller of the C3; that of an Xtensa
 * core is the processor's own.
 */
#include "chips/esp32/model/esp32x_parts.h"

/* CPU interrupts of an Xtensa core that are not the matrix's: timers, software, profiling. */
#define INTERNAL UINT32_C(0x200188C0)
/* Those that the core latches at their edge. */
#define EDGES UINT32_C(0x50400400)
/* INTERRUPT_CORE0 of the C3. */
enum {
    ENABLE = 0x104,
    TYPE = 0x108,
    CLEAR = 0x10C,
    EIP_STATUS = 0x110,
    PRI = 0x114,
    THRESH = 0x194
};

/* ---- from sources to lines ------------------------------------------------------------------- */

void esp32x_request(struct esp32x *chip, unsigned source, bool is_requested)
{
    uint32_t *word = &chip->sources[source / 32];
    *word = (*word & ~ESP32X_BIT(source % 32)) | (uint32_t)is_requested << source % 32;
}

/* The sources that a core sees, 32 of them. */
static uint32_t sources_of(const struct esp32x *chip, unsigned core, unsigned word)
{
    uint32_t sources = chip->sources[word];
    unsigned gpio = chip->facts->matrix.gpio;
    if (word == gpio / 32 && chip->gpio_source[core])
        sources |= ESP32X_BIT(gpio % 32);
    return sources;
}

static uint32_t lines_of(const struct esp32x *chip, unsigned core)
{
    const struct esp32x_facts *facts = chip->facts;
    uint32_t lines = 0;
    for (unsigned word = 0; word < ESP32X_SOURCES / 32; word++) {
        uint32_t sources = sources_of(chip, core, word);
        for (unsigned i = 0; i < 32 && sources >> i; i++) {
            uint32_t offset = facts->matrix.map[core] + 4 * (32 * word + i);
            if (sources >> i & 1)
                lines |= ESP32X_BIT(esp32x_peek(chip, facts->matrix.block, offset));
        }
    }
    return facts->is_xtensa ? lines & ~INTERNAL : lines & ~ESP32X_BIT(0);
}

/* ---- the controller of the C3 ---------------------------------------------------------------- */

static uint32_t controller(const struct esp32x *chip, uint32_t offset)
{
    return esp32x_peek(chip, ESP32X_INTERRUPT, offset);
}

static void latch_edges(struct esp32x *chip, uint32_t lines)
{
    chip->latched_lines |= lines & ~chip->lines[0] & controller(chip, TYPE);
    if (!chip->readings.clear_is_a_pulse)
        chip->latched_lines &= ~controller(chip, CLEAR);
}

static uint32_t pending_of(const struct esp32x *chip)
{
    uint32_t type = controller(chip, TYPE);
    return (chip->lines[0] & ~type) | (chip->latched_lines & type);
}

static uint32_t priority_of(const struct esp32x *chip, unsigned line)
{
    return controller(chip, PRI + 4 * line);
}

/* Enabled, and not masked by the threshold.  Priority 0 never interrupts. */
static uint32_t admitted(const struct esp32x *chip)
{
    uint32_t mask = 0;
    uint32_t threshold = controller(chip, THRESH);
    for (unsigned line = 1; line < 32; line++) {
        uint32_t priority = priority_of(chip, line);
        if (priority > 0 && priority >= threshold)
            mask |= ESP32X_BIT(line);
    }
    return mask & controller(chip, ENABLE);
}

unsigned esp32x_cpu_interrupt(const struct esp32x *chip)
{
    unsigned best = 0;
    uint32_t ready = chip->facts->is_xtensa ? 0 : pending_of(chip) & admitted(chip);
    for (unsigned line = 1; line < 32 && ready >> line; line++) {
        if (ready >> line & 1 && (!best || priority_of(chip, line) > priority_of(chip, best)))
            best = line;
    }
    return best;
}

/* ---- what processors see --------------------------------------------------------------------- */

uint32_t esp32x_irq_lines(const struct esp32x *chip, unsigned core)
{
    return chip->facts->is_xtensa ? chip->lines[core] : pending_of(chip);
}

/*
 * The native processor has an NVIC.  On the C3 it is shown the interrupt that is taken next, and no
 * other; no handler interrupts another one, as no handler here allows it.
 */
static void show_native(struct esp32x *chip)
{
    struct nvic *nvic = &chip->processor.nvic;
    uint32_t lines = esp32x_irq_lines(chip, chip->processor.core);
    uint32_t allowed =
        chip->facts->is_xtensa ? chip->intenable[chip->processor.core] : admitted(chip);
    unsigned next = esp32x_cpu_interrupt(chip);
    nvic->pending[0] &= lines | (chip->facts->is_xtensa ? EDGES : 0);
    if (allowed & ~chip->admitted)
        nvic->ready_ns = chip->wires->now_ns;
    chip->admitted = allowed;
    nvic->enabled[0] = next ? ESP32X_BIT(next) : allowed;
}

void esp32x_route_interrupts(struct esp32x *chip)
{
    for (unsigned core = 0; core < chip->facts->cores; core++) {
        uint32_t lines = lines_of(chip, core);
        if (!chip->facts->is_xtensa)
            latch_edges(chip, lines);
        chip->lines[core] = lines;
    }
    show_native(chip);
}

void esp32x_enable_cpu_interrupts(struct esp32x *chip, unsigned core, uint32_t mask)
{
    chip->intenable[core] = mask;
    esp32x_route_interrupts(chip);
    processor_latch_requests(&chip->processor);
}

/* ---- registers ------------------------------------------------------------------------------- */

uint32_t esp32x_load_matrix(struct esp32x *chip, uint32_t offset)
{
    const struct esp32x_facts *facts = chip->facts;
    for (unsigned core = 0; core < facts->cores; core++) {
        uint32_t word = (offset - facts->matrix.status[core]) / 4;
        if (word < (facts->matrix.count + 31u) / 32)
            return sources_of(chip, core, word);
    }
    if (!facts->is_xtensa && offset == EIP_STATUS)
        return pending_of(chip);
    return esp32x_peek(chip, facts->matrix.block, offset);
}

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    (void)id;
    return esp32x_load_matrix(chip, offset);
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    *esp32x_word(chip, id, offset) = value;
    if (!chip->facts->is_xtensa && offset == CLEAR)
        chip->latched_lines &= ~value;
}

const struct esp32x_functions esp32x_matrix_block = {load, store};
