/* SPDX-License-Identifier: MIT */
/*
 * The nine instructions of a PIO state machine (RP2040 datasheet §3.4; README.md has the sources of
 * what the datasheet leaves open).  An instruction that stalls changes nothing and is performed
 * again.
 */
#include "chips/rp2040/model/pio_machine.h"

/* Operands of IN, OUT, MOV, SET. */
enum { PINS, X, Y, NOTHING, PINDIRS, PC, ISR, OSR, STATUS = PC };

enum { WAIT_GPIO, WAIT_PIN, WAIT_IRQ };

#define EXECCTRL_INLINE_OUT_EN (UINT32_C(1) << 18)
#define EXECCTRL_OUT_STICKY (UINT32_C(1) << 17)
#define EXECCTRL_STATUS_SEL (UINT32_C(1) << 4)
#define SHIFTCTRL_OUT_RIGHT (UINT32_C(1) << 19)
#define SHIFTCTRL_IN_RIGHT (UINT32_C(1) << 18)
#define SHIFTCTRL_AUTOPULL (UINT32_C(1) << 17)
#define SHIFTCTRL_AUTOPUSH (UINT32_C(1) << 16)
#define FDEBUG_TXSTALL 24
#define FDEBUG_RXSTALL 0

/* ---- pins ------------------------------------------------------------------------------------ */

void pio_drive(struct pio_effects *effects, bool directions, uint32_t value, uint32_t mask)
{
    uint32_t *values = directions ? &effects->oe_value : &effects->out_value;
    uint32_t *masks = directions ? &effects->oe_mask : &effects->out_mask;
    *values = (*values & ~mask) | (value & mask);
    *masks |= mask;
}

static void remember_sticky(struct pio_machine *machine, bool directions, uint32_t value,
                            uint32_t mask)
{
    *(directions ? &machine->sticky_oe_value : &machine->sticky_value) = value;
    *(directions ? &machine->sticky_oe_mask : &machine->sticky_mask) = mask;
}

static void write_pins(const struct pio_context *context, bool directions, uint32_t data,
                       unsigned base, unsigned count)
{
    struct pio_machine *machine = context->machine;
    uint32_t value = pio_rotate_left(data, base);
    uint32_t mask = pio_rotate_left(pio_ones(count), base);
    if (machine->execctrl & EXECCTRL_OUT_STICKY)
        remember_sticky(machine, directions, value, mask);
    pio_drive(context->effects, directions, value, mask);
}

/* OUT and MOV to PINS, OUT to PINDIRS; one bit of the data may enable the write (INLINE_OUT_EN). */
static void write_out_pins(const struct pio_context *context, bool directions, uint32_t data)
{
    struct pio_machine *machine = context->machine;
    unsigned enable_bit = pio_field(machine->execctrl, 19, 5);
    if (machine->execctrl & EXECCTRL_INLINE_OUT_EN && !(data >> enable_bit & 1)) {
        remember_sticky(machine, directions, 0, 0);
        return;
    }
    write_pins(context, directions, data, pio_field(machine->pinctrl, 0, 5),
               pio_field(machine->pinctrl, 20, 6));
}

static uint32_t read_pins(const struct pio_context *context)
{
    unsigned base = pio_field(context->machine->pinctrl, 15, 5);
    return pio_rotate_left(context->seen, (32 - base) % 32);
}

/* ---- shift registers ------------------------------------------------------------------------- */

static unsigned push_threshold(const struct pio_machine *machine)
{
    unsigned threshold = pio_field(machine->shiftctrl, 20, 5);
    return threshold ? threshold : 32;
}

static unsigned pull_threshold(const struct pio_machine *machine)
{
    unsigned threshold = pio_field(machine->shiftctrl, 25, 5);
    return threshold ? threshold : 32;
}

static bool osr_is_empty(const struct pio_machine *machine)
{
    return machine->osr_count >= pull_threshold(machine);
}

void pio_fill_osr(struct pio_machine *machine)
{
    machine->osr = pio_fifo_pull(&machine->tx);
    machine->osr_count = 0;
}

bool pio_would_refill(const struct pio_machine *machine)
{
    return machine->shiftctrl & SHIFTCTRL_AUTOPULL && osr_is_empty(machine) &&
           !pio_fifo_is_empty(&machine->tx);
}

static void push_isr(struct pio_machine *machine)
{
    if (!pio_fifo_is_full(&machine->rx))
        pio_fifo_push(&machine->rx, machine->isr);
    machine->isr = 0;
    machine->isr_count = 0;
}

static uint8_t saturate(unsigned count)
{
    return (uint8_t)(count > 32 ? 32 : count);
}

static void raise_fdebug(const struct pio_context *context, unsigned lowest)
{
    context->pio->fdebug |= UINT32_C(1) << (lowest + context->index);
}

static enum pio_outcome reserved(const struct pio_context *context)
{
    context->pio->misuse |= PIO_RESERVED_INSTRUCTION;
    return PIO_DONE;
}

static uint32_t reverse(uint32_t word)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < 32; i++)
        reversed |= (word >> i & 1) << (31 - i);
    return reversed;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static enum pio_outcome jump(const struct pio_context *context, uint32_t address)
{
    context->machine->pc = (uint8_t)(address & 31);
    return PIO_JUMPED;
}

static bool jump_condition(const struct pio_context *context, unsigned condition)
{
    struct pio_machine *machine = context->machine;
    switch (condition) {
    case 1:
        return machine->x == 0;
    case 2:
        return machine->x-- != 0;
    case 3:
        return machine->y == 0;
    case 4:
        return machine->y-- != 0;
    case 5:
        return machine->x != machine->y;
    case 6:
        return context->seen >> pio_field(machine->execctrl, 24, 5) & 1;
    case 7:
        return !osr_is_empty(machine);
    default:
        return true;
    }
}

static enum pio_outcome do_jmp(const struct pio_context *context)
{
    if (jump_condition(context, pio_field(context->instruction, 5, 3)))
        return jump(context, context->instruction);
    return PIO_DONE;
}

/* The flag that WAIT IRQ and IRQ name: bit 4 adds the machine's number to the two lowest bits. */
static uint8_t flag_of(const struct pio_context *context)
{
    unsigned index = context->instruction & 7;
    if (context->instruction & 0x10)
        index = (index & 4) | ((index + context->index) & 3);
    return (uint8_t)(1U << index);
}

static enum pio_outcome do_wait(const struct pio_context *context)
{
    bool polarity = context->instruction & 0x80;
    unsigned index = context->instruction & 31;
    bool level;
    switch (pio_field(context->instruction, 5, 2)) {
    case WAIT_GPIO:
        level = context->seen >> index & 1;
        break;
    case WAIT_PIN:
        level = read_pins(context) >> index & 1;
        break;
    case WAIT_IRQ:
        level = context->pio->irq & flag_of(context);
        if (level && polarity)
            context->effects->irq_clear |= flag_of(context);
        break;
    default:
        return reserved(context);
    }
    return level == polarity ? PIO_DONE : PIO_STALLED;
}

static uint32_t in_source(const struct pio_context *context)
{
    const struct pio_machine *machine = context->machine;
    switch (pio_field(context->instruction, 5, 3)) {
    case PINS:
        return read_pins(context);
    case X:
        return machine->x;
    case Y:
        return machine->y;
    case NOTHING:
        return 0;
    case ISR:
        return machine->isr;
    case OSR:
        return machine->osr;
    default:
        reserved(context);
        return 0;
    }
}

static unsigned bit_count(const struct pio_context *context)
{
    unsigned count = context->instruction & 31;
    return count ? count : 32;
}

static uint32_t shift_in(const struct pio_machine *machine, uint32_t data, unsigned count)
{
    if (count == 32)
        return data;
    if (machine->shiftctrl & SHIFTCTRL_IN_RIGHT)
        return machine->isr >> count | data << (32 - count);
    return machine->isr << count | (data & pio_ones(count));
}

static enum pio_outcome do_in(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    unsigned count = bit_count(context);
    unsigned total = saturate(machine->isr_count + count);
    bool pushes = machine->shiftctrl & SHIFTCTRL_AUTOPUSH && total >= push_threshold(machine);
    if (pushes && pio_fifo_is_full(&machine->rx)) {
        raise_fdebug(context, FDEBUG_RXSTALL);
        return PIO_STALLED;
    }
    machine->isr = shift_in(machine, in_source(context), count);
    machine->isr_count = (uint8_t)total;
    if (pushes)
        push_isr(machine);
    return PIO_DONE;
}

static uint32_t shift_out(struct pio_machine *machine, unsigned count)
{
    uint32_t osr = machine->osr;
    machine->osr_count = saturate(machine->osr_count + count);
    if (count == 32) {
        machine->osr = 0;
        return osr;
    }
    if (machine->shiftctrl & SHIFTCTRL_OUT_RIGHT) {
        machine->osr = osr >> count;
        return osr & pio_ones(count);
    }
    machine->osr = osr << count;
    return osr >> (32 - count);
}

static enum pio_outcome execute_next(const struct pio_context *context, uint32_t instruction)
{
    context->machine->exec = (uint16_t)instruction;
    context->machine->has_exec = true;
    return PIO_DONE;
}

static enum pio_outcome out_to(const struct pio_context *context, uint32_t data, unsigned count)
{
    struct pio_machine *machine = context->machine;
    switch (pio_field(context->instruction, 5, 3)) {
    case PINS:
        write_out_pins(context, false, data);
        return PIO_DONE;
    case X:
        machine->x = data;
        return PIO_DONE;
    case Y:
        machine->y = data;
        return PIO_DONE;
    case PINDIRS:
        write_out_pins(context, true, data);
        return PIO_DONE;
    case PC:
        return jump(context, data);
    case ISR:
        machine->isr = data;
        machine->isr_count = (uint8_t)count;
        return PIO_DONE;
    case PIO_OUT_TO_EXEC:
        return execute_next(context, data);
    default: /* NULL */
        return PIO_DONE;
    }
}

/* Filling an empty OSR and shifting it out take two cycles (§3.5.4.2). */
static enum pio_outcome do_out(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    if (machine->shiftctrl & SHIFTCTRL_AUTOPULL && osr_is_empty(machine)) {
        if (pio_fifo_is_empty(&machine->tx)) {
            raise_fdebug(context, FDEBUG_TXSTALL);
            return PIO_STALLED;
        }
        pio_fill_osr(machine);
        return PIO_MOVED;
    }
    unsigned count = bit_count(context);
    return out_to(context, shift_out(machine, count), count);
}

static enum pio_outcome do_push(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    bool if_full = context->instruction & 0x40;
    bool block = context->instruction & 0x20;
    if (if_full && machine->isr_count < push_threshold(machine))
        return PIO_DONE;
    if (pio_fifo_is_full(&machine->rx)) {
        raise_fdebug(context, FDEBUG_RXSTALL);
        if (block)
            return PIO_STALLED;
    }
    push_isr(machine);
    return PIO_DONE;
}

/*
 * With autopull a PULL of a filled OSR does nothing, because it would race with the refill
 * (§3.5.4.2).
 */
static enum pio_outcome do_pull(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    bool if_empty = context->instruction & 0x40 || machine->shiftctrl & SHIFTCTRL_AUTOPULL;
    bool block = context->instruction & 0x20;
    if (if_empty && !osr_is_empty(machine))
        return PIO_DONE;
    if (!pio_fifo_is_empty(&machine->tx)) {
        pio_fill_osr(machine);
        return PIO_DONE;
    }
    if (block) {
        raise_fdebug(context, FDEBUG_TXSTALL);
        return PIO_STALLED;
    }
    machine->osr = machine->x;
    machine->osr_count = 0;
    return PIO_DONE;
}

static uint32_t status(const struct pio_machine *machine)
{
    const struct pio_fifo *fifo =
        machine->execctrl & EXECCTRL_STATUS_SEL ? &machine->rx : &machine->tx;
    return fifo->level < pio_field(machine->execctrl, 0, 4) ? UINT32_MAX : 0;
}

static uint32_t mov_source(const struct pio_context *context)
{
    const struct pio_machine *machine = context->machine;
    switch (context->instruction & 7) {
    case PINS:
        return read_pins(context);
    case X:
        return machine->x;
    case Y:
        return machine->y;
    case NOTHING:
        return 0;
    case STATUS:
        return status(machine);
    case ISR:
        return machine->isr;
    case OSR:
        return machine->osr;
    default:
        reserved(context);
        return 0;
    }
}

static enum pio_outcome mov_to(const struct pio_context *context, uint32_t data)
{
    struct pio_machine *machine = context->machine;
    switch (pio_field(context->instruction, 5, 3)) {
    case PINS:
        write_out_pins(context, false, data);
        return PIO_DONE;
    case X:
        machine->x = data;
        return PIO_DONE;
    case Y:
        machine->y = data;
        return PIO_DONE;
    case PIO_MOV_TO_EXEC:
        return execute_next(context, data);
    case PC:
        return jump(context, data);
    case ISR:
        machine->isr = data;
        machine->isr_count = 0;
        return PIO_DONE;
    case OSR:
        machine->osr = data;
        machine->osr_count = 0;
        return PIO_DONE;
    default:
        return reserved(context);
    }
}

static enum pio_outcome do_mov(const struct pio_context *context)
{
    uint32_t data = mov_source(context);
    switch (pio_field(context->instruction, 3, 2)) {
    case 1:
        data = ~data;
        break;
    case 2:
        data = reverse(data);
        break;
    case 3:
        reserved(context);
        break;
    default:
        break;
    }
    return mov_to(context, data);
}

/*
 * `irq wait` raises its flag in one cycle and tests it from the next one on.  That it has raised
 * the flag is a state of the machine, not of the instruction (SM_RESTART clears it: §3.7, CTRL).
 */
static enum pio_outcome do_irq(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    uint8_t flag = flag_of(context);
    if (context->instruction & 0x80)
        return reserved(context);
    if (context->instruction & 0x40) {
        context->effects->irq_clear |= flag;
        return PIO_DONE;
    }
    if (machine->irq_waiting && context->instruction & 0x20) {
        if (context->pio->irq & flag)
            return PIO_STALLED;
        machine->irq_waiting = false;
        return PIO_DONE;
    }
    context->effects->irq_set |= flag;
    machine->irq_waiting = context->instruction & 0x20;
    return machine->irq_waiting ? PIO_MOVED : PIO_DONE;
}

static enum pio_outcome do_set(const struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    uint32_t data = context->instruction & 31;
    unsigned destination = pio_field(context->instruction, 5, 3);
    switch (destination) {
    case PINS:
    case PINDIRS:
        write_pins(context, destination == PINDIRS, data, pio_field(machine->pinctrl, 5, 5),
                   pio_field(machine->pinctrl, 26, 3));
        return PIO_DONE;
    case X:
        machine->x = data;
        return PIO_DONE;
    case Y:
        machine->y = data;
        return PIO_DONE;
    default:
        return reserved(context);
    }
}

static enum pio_outcome do_push_or_pull(const struct pio_context *context)
{
    if (context->instruction & 31)
        return reserved(context);
    return context->instruction & 0x80 ? do_pull(context) : do_push(context);
}

enum pio_outcome pio_perform(const struct pio_context *context)
{
    static enum pio_outcome (*const performers[])(const struct pio_context *) = {
        [PIO_JMP] = do_jmp,
        [PIO_WAIT] = do_wait,
        [PIO_IN] = do_in,
        [PIO_OUT] = do_out,
        [PIO_PUSH_PULL] = do_push_or_pull,
        [PIO_MOV] = do_mov,
        [PIO_IRQ_SET] = do_irq,
        [PIO_SET] = do_set,
    };
    return performers[context->instruction >> 13](context);
}
