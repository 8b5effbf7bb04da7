/* SPDX-License-Identifier: MIT */
/* Registers of a PIO block (RP2040 datasheet §3.7), its pads and its clock edge. */
#include "chips/rp2040/model/pio.h"
#include "chips/rp2040/model/pio_machine.h"

#include <stddef.h>

#define EXECCTRL_EXEC_STALLED (UINT32_C(1) << 31)
#define SHIFTCTRL_FJOIN_RX (UINT32_C(1) << 31)
#define SHIFTCTRL_FJOIN_TX (UINT32_C(1) << 30)
#define INTERRUPTS UINT32_C(0xFFF)
#define GPIO_MASK ((UINT32_C(1) << PIO_GPIOS) - 1)

enum { FDEBUG_TXOVER = 16, FDEBUG_RXUNDER = 8 };

void pio_reset(struct pio_model *pio)
{
    struct pio_assumptions assumptions = pio->assumptions;
    *pio = (struct pio_model){.assumptions = assumptions};
    for (unsigned i = 0; i < PIO_MACHINES; i++)
        pio_machine_reset(&pio->machines[i]);
}

/* ---- FIFOs ----------------------------------------------------------------------------------- */

bool pio_fifo_is_full(const struct pio_fifo *fifo)
{
    return fifo->level >= fifo->depth;
}

bool pio_fifo_is_empty(const struct pio_fifo *fifo)
{
    return fifo->level == 0;
}

void pio_fifo_push(struct pio_fifo *fifo, uint32_t word)
{
    fifo->words[(fifo->first + fifo->level) % fifo->depth] = word;
    fifo->level++;
}

uint32_t pio_fifo_pull(struct pio_fifo *fifo)
{
    uint32_t word = fifo->words[fifo->first];
    fifo->first = (uint8_t)((fifo->first + 1) % fifo->depth);
    fifo->level--;
    return word;
}

/* ---- one cycle ------------------------------------------------------------------------------- */

static uint32_t intr(const struct pio_model *pio)
{
    uint32_t value = (pio->irq & UINT32_C(0xF)) << 8;
    for (unsigned i = 0; i < PIO_MACHINES; i++) {
        value |= (uint32_t)!pio_fifo_is_empty(&pio->machines[i].rx) << i;
        value |= (uint32_t)!pio_fifo_is_full(&pio->machines[i].tx) << (4 + i);
    }
    return value;
}

static uint32_t ints(const struct pio_model *pio, unsigned line)
{
    return (intr(pio) & pio->inte[line]) | pio->intf[line];
}

/*
 * What a machine waits for may have come, so it must look again.  The interrupt requests may have
 * changed, too.
 */
static void settle(struct pio_model *pio)
{
    for (unsigned i = 0; i < PIO_MACHINES; i++)
        pio->machines[i].stalled = false;
    uint32_t raw = pio->inte[0] | pio->inte[1] ? intr(pio) : 0;
    pio->lines = (uint8_t)((((raw & pio->inte[0]) | pio->intf[0]) != 0) |
                           (((raw & pio->inte[1]) | pio->intf[1]) != 0) << 1);
}

void pio_step(struct pio_model *pio, uint32_t pads_in)
{
    struct pio_effects effects = {0};
    uint32_t seen = (pads_in & pio->sync_bypass) | (pio->sync[1] & ~pio->sync_bypass);
    for (unsigned i = 0; i < PIO_MACHINES; i++)
        pio_machine_step(pio, i, seen, &effects);

    /*
     * One register stage lies between the machines and the pads; set comes before clear: see
     * README.md.
     */
    uint32_t out = (pio->stage_out & ~effects.out_mask) | effects.out_value;
    uint32_t oe = (pio->stage_oe & ~effects.oe_mask) | effects.oe_value;
    uint8_t irq = (uint8_t)((pio->irq & ~effects.irq_clear) | effects.irq_set);
    bool has_changed = irq != pio->irq || out != pio->stage_out || oe != pio->stage_oe ||
                       pads_in != pio->sync[0] || pio->sync[0] != pio->sync[1] ||
                       effects.fifo_moved;
    pio->pads_out = pio->stage_out & GPIO_MASK;
    pio->pads_oe = pio->stage_oe & GPIO_MASK;
    pio->stage_out = out;
    pio->stage_oe = oe;
    pio->irq = irq;
    pio->sync[1] = pio->sync[0];
    pio->sync[0] = pads_in;
    pio->cycles++;
    if (has_changed)
        settle(pio);
}

uint32_t pio_idle_cycles(const struct pio_model *pio, uint32_t pads_in)
{
    if (pads_in != pio->sync[0] || pads_in != pio->sync[1] ||
        pio->pads_out != (pio->stage_out & GPIO_MASK) ||
        pio->pads_oe != (pio->stage_oe & GPIO_MASK))
        return 0;
    uint32_t least = PIO_FOREVER;
    for (unsigned i = 0; i < PIO_MACHINES && least > 0; i++) {
        uint32_t cycles = pio_machine_idle_cycles(pio, i);
        if (cycles < least)
            least = cycles;
    }
    return least;
}

void pio_skip(struct pio_model *pio, uint32_t cycles)
{
    for (unsigned i = 0; i < PIO_MACHINES; i++)
        pio_machine_skip(&pio->machines[i], cycles);
    pio->cycles += cycles;
}

/* ---- what the registers show ----------------------------------------------------------------- */

static uint32_t fstat(const struct pio_model *pio)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < PIO_MACHINES; i++) {
        const struct pio_machine *machine = &pio->machines[i];
        value |= (uint32_t)pio_fifo_is_full(&machine->rx) << i;
        value |= (uint32_t)pio_fifo_is_empty(&machine->rx) << (8 + i);
        value |= (uint32_t)pio_fifo_is_full(&machine->tx) << (16 + i);
        value |= (uint32_t)pio_fifo_is_empty(&machine->tx) << (24 + i);
    }
    return value;
}

static uint32_t flevel(const struct pio_model *pio)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < PIO_MACHINES; i++) {
        value |= (uint32_t)pio->machines[i].tx.level << (8 * i);
        value |= (uint32_t)pio->machines[i].rx.level << (8 * i + 4);
    }
    return value;
}

static uint32_t misuse(struct pio_model *pio, enum pio_misuse what)
{
    pio->misuse |= what;
    return 0;
}

static uint32_t read_rx(struct pio_model *pio, unsigned index)
{
    struct pio_fifo *fifo = &pio->machines[index].rx;
    if (pio_fifo_is_empty(fifo)) {
        pio->fdebug |= UINT32_C(1) << (FDEBUG_RXUNDER + index);
        misuse(pio, PIO_RX_UNDERFLOW);
        return fifo->words[fifo->first];
    }
    uint32_t word = pio_fifo_pull(fifo);
    settle(pio);
    return word;
}

static uint32_t read_machine(struct pio_model *pio, unsigned index, uint32_t offset)
{
    const struct pio_machine *machine = &pio->machines[index];
    switch (offset) {
    case PIO_SM0_CLKDIV:
        return machine->clkdiv;
    case PIO_SM0_EXECCTRL:
        return machine->execctrl | (machine->forced_stalled ? EXECCTRL_EXEC_STALLED : 0);
    case PIO_SM0_SHIFTCTRL:
        return machine->shiftctrl;
    case PIO_SM0_ADDR:
        return machine->pc;
    case PIO_SM0_INSTR:
        return pio->instructions[machine->pc];
    default: /* PIO_SM0_PINCTRL */
        return machine->pinctrl;
    }
}

static uint32_t ctrl(const struct pio_model *pio)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < PIO_MACHINES; i++)
        value |= (uint32_t)pio->machines[i].enabled << i;
    return value;
}

static bool is_of_machine(uint32_t offset)
{
    return offset >= PIO_SM0_CLKDIV && offset < PIO_INTR && offset % 4 == 0;
}

static bool is_of_fifo(uint32_t offset)
{
    return offset >= PIO_TXF0 && offset < PIO_RXF0 + 4 * PIO_MACHINES && offset % 4 == 0;
}

uint32_t pio_read32(struct pio_model *pio, uint32_t offset)
{
    if (is_of_machine(offset)) {
        uint32_t index = (offset - PIO_SM0_CLKDIV) / PIO_SM_STRIDE;
        return read_machine(pio, index, offset - index * PIO_SM_STRIDE);
    }
    if (is_of_fifo(offset) && offset >= PIO_RXF0)
        return read_rx(pio, (offset - PIO_RXF0) / 4);
    switch (offset) {
    case PIO_CTRL:
        return ctrl(pio);
    case PIO_FSTAT:
        return fstat(pio);
    case PIO_FDEBUG:
        return pio->fdebug;
    case PIO_FLEVEL:
        return flevel(pio);
    case PIO_IRQ:
        return pio->irq;
    case PIO_INPUT_SYNC_BYPASS:
        return pio->sync_bypass;
    case PIO_DBG_PADOUT:
        return pio->pads_out;
    case PIO_DBG_PADOE:
        return pio->pads_oe;
    case PIO_DBG_CFGINFO:
        return PIO_INSTRUCTIONS << 16 | PIO_MACHINES << 8 | PIO_FIFO_WORDS;
    case PIO_INTR:
        return intr(pio);
    case PIO_IRQ0_INTE:
    case PIO_IRQ1_INTE:
        return pio->inte[offset == PIO_IRQ1_INTE];
    case PIO_IRQ0_INTF:
    case PIO_IRQ1_INTF:
        return pio->intf[offset == PIO_IRQ1_INTF];
    case PIO_IRQ0_INTS:
    case PIO_IRQ1_INTS:
        return ints(pio, offset == PIO_IRQ1_INTS);
    default:
        return misuse(pio, PIO_BAD_REGISTER);
    }
}

/* ---- what is written to them ----------------------------------------------------------------- */

static void write_ctrl(struct pio_model *pio, uint32_t value)
{
    for (unsigned i = 0; i < PIO_MACHINES; i++) {
        struct pio_machine *machine = &pio->machines[i];
        machine->enabled = value >> i & 1;
        if (value >> (4 + i) & 1)
            pio_machine_restart(machine);
        if (value >> (8 + i) & 1)
            pio_machine_restart_divider(machine);
    }
}

static void write_tx(struct pio_model *pio, unsigned index, uint32_t value)
{
    struct pio_fifo *fifo = &pio->machines[index].tx;
    if (!pio_fifo_is_full(fifo)) {
        pio_fifo_push(fifo, value);
        return;
    }
    pio->fdebug |= UINT32_C(1) << (FDEBUG_TXOVER + index);
    misuse(pio, PIO_TX_OVERFLOW);
}

/* A joined FIFO takes the other's words.  Any change of the assignment empties both (§3.5.3). */
static void join_fifos(struct pio_machine *machine)
{
    bool to_rx = machine->shiftctrl & SHIFTCTRL_FJOIN_RX;
    bool to_tx = machine->shiftctrl & SHIFTCTRL_FJOIN_TX;
    machine->tx = (struct pio_fifo){.depth = PIO_FIFO_WORDS};
    machine->rx = (struct pio_fifo){.depth = PIO_FIFO_WORDS};
    if (to_rx) {
        machine->rx.depth = 2 * PIO_FIFO_WORDS;
        machine->tx.depth = 0;
    }
    if (to_tx) {
        machine->tx.depth = to_rx ? 0 : 2 * PIO_FIFO_WORDS;
        machine->rx.depth = 0;
    }
}

static void write_shiftctrl(struct pio_model *pio, struct pio_machine *machine, uint32_t value)
{
    const uint32_t joins = SHIFTCTRL_FJOIN_RX | SHIFTCTRL_FJOIN_TX;
    bool rejoins = ((value ^ machine->shiftctrl) & joins) != 0;
    machine->shiftctrl = value & UINT32_C(0xFFFF0000);
    if ((value & joins) == joins)
        misuse(pio, PIO_BAD_VALUE);
    if (rejoins)
        join_fifos(machine);
}

static void write_pinctrl(struct pio_model *pio, struct pio_machine *machine, uint32_t value)
{
    machine->pinctrl = value;
    if (value >> 29 > 5 || (value >> 26 & 7) > 5 || (value >> 20 & 63) > 32)
        misuse(pio, PIO_BAD_VALUE);
}

static void write_machine(struct pio_model *pio, unsigned index, uint32_t offset, uint32_t value)
{
    struct pio_machine *machine = &pio->machines[index];
    switch (offset) {
    case PIO_SM0_CLKDIV:
        machine->clkdiv = value & UINT32_C(0xFFFFFF00);
        if (value >> 16 == 0 && machine->clkdiv)
            misuse(pio, PIO_BAD_VALUE);
        break;
    case PIO_SM0_EXECCTRL:
        machine->execctrl = value & UINT32_C(0x7FFFFF9F);
        break;
    case PIO_SM0_SHIFTCTRL:
        write_shiftctrl(pio, machine, value);
        break;
    case PIO_SM0_INSTR:
        machine->forced = (uint16_t)value;
        machine->has_forced = true;
        machine->forced_stalled = false;
        break;
    case PIO_SM0_PINCTRL:
        write_pinctrl(pio, machine, value);
        break;
    default: /* PIO_SM0_ADDR */
        misuse(pio, PIO_BAD_REGISTER);
    }
}

static void write_block(struct pio_model *pio, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case PIO_CTRL:
        write_ctrl(pio, value);
        break;
    case PIO_FDEBUG:
        pio->fdebug &= ~value;
        break;
    case PIO_IRQ:
        pio->irq &= (uint8_t)~value;
        break;
    case PIO_IRQ_FORCE:
        pio->irq |= (uint8_t)value;
        break;
    case PIO_INPUT_SYNC_BYPASS:
        pio->sync_bypass = value;
        break;
    case PIO_IRQ0_INTE:
    case PIO_IRQ1_INTE:
        pio->inte[offset == PIO_IRQ1_INTE] = (uint16_t)(value & INTERRUPTS);
        break;
    case PIO_IRQ0_INTF:
    case PIO_IRQ1_INTF:
        pio->intf[offset == PIO_IRQ1_INTF] = (uint16_t)(value & INTERRUPTS);
        break;
    default:
        misuse(pio, PIO_BAD_REGISTER);
    }
}

void pio_write32(struct pio_model *pio, uint32_t offset, uint32_t value)
{
    if (is_of_machine(offset)) {
        uint32_t index = (offset - PIO_SM0_CLKDIV) / PIO_SM_STRIDE;
        write_machine(pio, index, offset - index * PIO_SM_STRIDE, value);
    } else if (is_of_fifo(offset) && offset < PIO_RXF0) {
        write_tx(pio, (offset - PIO_TXF0) / 4, value);
    } else if (offset >= PIO_INSTR_MEM0 && offset < PIO_SM0_CLKDIV && offset % 4 == 0) {
        pio->instructions[(offset - PIO_INSTR_MEM0) / 4] = (uint16_t)value;
    } else {
        write_block(pio, offset, value);
    }
    settle(pio);
}

/* ---- aliases --------------------------------------------------------------------------------- */

bool pio_register_is_plain(uint32_t offset)
{
    if (is_of_machine(offset)) {
        uint32_t first = PIO_SM0_CLKDIV + (offset - PIO_SM0_CLKDIV) % PIO_SM_STRIDE;
        return first != PIO_SM0_ADDR && first != PIO_SM0_INSTR;
    }
    return offset == PIO_CTRL || offset == PIO_INPUT_SYNC_BYPASS || offset == PIO_IRQ0_INTE ||
           offset == PIO_IRQ0_INTF || offset == PIO_IRQ1_INTE || offset == PIO_IRQ1_INTF;
}

uint32_t pio_read32_alias(struct pio_model *pio, uint32_t offset)
{
    return pio_read32(pio, offset & 0xFFF);
}

void pio_write32_alias(struct pio_model *pio, uint32_t offset, uint32_t value)
{
    uint32_t plain = offset & 0xFFF;
    switch (offset >> 12 & 3) {
    case 1:
        value ^= pio_read32(pio, plain);
        break;
    case 2:
        value |= pio_read32(pio, plain);
        break;
    case 3:
        value = pio_read32(pio, plain) & ~value;
        break;
    default:
        break;
    }
    pio_write32(pio, plain, value);
}
