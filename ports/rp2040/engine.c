/* SPDX-License-Identifier: MIT */
/*
 * A forced instruction has its own side-set bit.  The wrong bit would pull SCL while it is high, or
 * release it while it is held.  So the place is read first.  `hold` does not change until the CPU
 * ends it.  From any other place the engine may meanwhile reach one where SCL is held.  But then
 * SCL has fallen only just now, and the controller itself keeps it low for t_LOW, 500 ns at least.
 * Between the look and the last instruction there are three accesses, which take far less than
 * that.  So interrupts are off here.
 */
#include "rp2040/engine.h"

#include "rp2040/fast.h"

static void force(const struct engine *engine, unsigned machine, uint32_t instruction)
{
    mmio_write32(MACHINE(engine->pio, machine, SM_INSTR), instruction);
}

/* ---- set-up ---------------------------------------------------------------------------------- */

/*
 * The engine's times are counted in its instructions, which take 8 ns at 125 MHz and longer at a
 * slower clk_sys.  Then the delays are made shorter, so that the times stay the same, rounded up.
 */
static uint32_t cycles_of(uint32_t ns, uint32_t engine_hz)
{
    enum { PER_US = 1000, MILLION = 1000000 };
    return (engine_hz / PER_US * ns + MILLION - 1) / MILLION;
}

/* One of two equal delays which, together with `others` instructions, take `cycles`. */
static uint32_t half_of(uint32_t cycles, uint32_t others)
{
    return cycles > others ? (cycles - others + 1) / 2 : 0;
}

enum { HOLD_NS = 300, SETUP_NS = 250, HOLD_INSTRUCTIONS = 8, SETUP_INSTRUCTIONS = 2 };

static uint32_t hold_delay(uint32_t engine_hz)
{
    return half_of(cycles_of(HOLD_NS, engine_hz), HOLD_INSTRUCTIONS);
}

static uint32_t setup_delay(uint32_t engine_hz)
{
    return half_of(cycles_of(SETUP_NS, engine_hz), SETUP_INSTRUCTIONS);
}

/* The engine clock for which its delays are made. */
static uint32_t engine_hz_of(uint32_t clk_sys_hz)
{
    return clk_sys_hz < ENGINE_HZ_MAX ? clk_sys_hz : ENGINE_HZ_MAX;
}

/* The set-up is between `next` and `bit`; all other delays are hold times. */
static uint32_t with_delay(unsigned place, uint32_t engine_hz)
{
    uint32_t instruction = program[place];
    if ((instruction & PROGRAM_DELAY) != PROGRAM_DELAY)
        return instruction;
    bool is_setup = place > ENGINE_NEXT && place < ENGINE_BIT;
    uint32_t delay = is_setup ? setup_delay(engine_hz) : hold_delay(engine_hz);
    return (instruction & ~PROGRAM_DELAY) | delay << PROGRAM_DELAY_LSB;
}

/*
 * From SDA's fall to the look at SCL there may be LOOKING_NS, with a cycle for each of both looks
 * and one until the first of them.  If there is less, one look has to do.
 */
static uint32_t detectors_first_look(uint32_t clk_sys_hz)
{
    enum { LOOKING_NS = 32, OTHERS = 3, PER_US = 1000, MILLION = 1000000 };
    uint32_t cycles = clk_sys_hz / PER_US * LOOKING_NS / MILLION;
    if (cycles < OTHERS)
        return PROGRAM_NOP;
    return (program[DETECTOR_LOOP] & ~PROGRAM_DELAY) | (cycles - OTHERS) << PROGRAM_DELAY_LSB;
}

static uint32_t instruction_at(unsigned place, unsigned scl, uint32_t clk_sys_hz)
{
    if (place == DETECTOR_LOOP)
        return detectors_first_look(clk_sys_hz);
    uint32_t instruction = with_delay(place, engine_hz_of(clk_sys_hz));
    bool is_scl = instruction == PROGRAM_WAIT_SCL_LOW || instruction == PROGRAM_WAIT_SCL_HIGH;
    return is_scl ? instruction + scl : instruction;
}

static void load_program(const struct engine *engine, unsigned scl, uint32_t clk_sys_hz)
{
    for (unsigned i = 0; i < PROGRAM_LENGTH; i++)
        mmio_write32(engine->pio + PIO_INSTR_MEM + 4 * i, instruction_at(i, scl, clk_sys_hz));
}

static uint32_t execctrl(unsigned wrap_target, unsigned wrap, unsigned jmp_pin)
{
    return wrap_target << EXECCTRL_WRAP_BOTTOM_LSB | wrap << EXECCTRL_WRAP_TOP_LSB |
           jmp_pin << EXECCTRL_JMP_PIN_LSB;
}

/* All shifts go left: the bits of SHIFTCTRL for the right are 0. */
static void set_up(const struct engine *engine, unsigned machine, uint32_t clkdiv, uint32_t exec,
                   uint32_t shift, uint32_t pins)
{
    mmio_write32(MACHINE(engine->pio, machine, SM_CLKDIV), clkdiv);
    mmio_write32(MACHINE(engine->pio, machine, SM_EXECCTRL), exec);
    mmio_write32(MACHINE(engine->pio, machine, SM_SHIFTCTRL), shift | SHIFTCTRL_FJOIN_RX);
    mmio_write32(MACHINE(engine->pio, machine, SM_SHIFTCTRL), shift);
    mmio_write32(MACHINE(engine->pio, machine, SM_PINCTRL), pins);
}

/*
 * A clk_sys above ENGINE_HZ_MAX is divided, in steps of 1/256.  The result is a little slower than
 * that: the two flip-flops at the pins are not divided, and a fraction makes uneven cycles.
 */
static uint32_t divider_for(uint32_t clk_sys_hz)
{
    enum { ONE = 256, STEP_HZ = 464000, LSB = 8 };
    if (clk_sys_hz <= ENGINE_HZ_MAX)
        return ONE << LSB;
    return (clk_sys_hz + STEP_HZ - 1) / STEP_HZ << LSB;
}

/*
 * The time of an answer has two parts: the device, the core and the handler, together with the
 * engine's time to report (the longest of the figures in README.md); and the engine's time
 * afterwards.  SCL is low for 13/25 of a clock, as on the fastest bus of Fast-mode: 1.3 us of 2.5.
 */
uint32_t i2ctarget_rp2040_engine_scl_hz_max(uint32_t clk_sys_hz)
{
    enum { CPU_CYCLES = 122, RESUMING = 5, LOW = 13, OF = 25 };
    uint32_t own_cycles = RESUMING + SETUP_INSTRUCTIONS + 2 * setup_delay(engine_hz_of(clk_sys_hz));
    own_cycles = own_cycles * (divider_for(clk_sys_hz) >> 8) / 256;
    return clk_sys_hz / OF * LOW / (CPU_CYCLES + own_cycles);
}

/* Both outputs are 0, both directions are in.  Each machine sets its own pin. */
static void make_harmless(const struct engine *engine)
{
    force(engine, DETECTOR, DETECTOR_OUTPUT_0);
    force(engine, DETECTOR, DETECTOR_LET_GO);
    force(engine, ENGINE, ENGINE_OUTPUT_0);
    force(engine, ENGINE, ENGINE_LET_GO);
}

void i2ctarget_rp2040_engine_prepare(const struct engine *engine, unsigned scl, unsigned sda,
                                     uint32_t clk_sys_hz)
{
    enum { BOTH = CTRL_SM_RESTART | CTRL_CLKDIV_RESTART };
    i2ctarget_rp2040_engine_stop(engine);
    load_program(engine, scl, clk_sys_hz);
    set_up(engine, DETECTOR, divider_for(0), execctrl(DETECTOR_WRAP_TARGET, DETECTOR_WRAP, scl), 0,
           sda << PINCTRL_IN_BASE_LSB | scl << PINCTRL_SET_BASE_LSB | 1u << PINCTRL_SET_COUNT_LSB);
    set_up(engine, ENGINE, divider_for(clk_sys_hz),
           execctrl(ENGINE_WRAP_TARGET, ENGINE_WRAP, sda) | EXECCTRL_SIDE_PINDIR,
           SHIFTCTRL_AUTOPUSH | (uint32_t)EARLY_BITS << SHIFTCTRL_PUSH_THRESH_LSB,
           sda << PINCTRL_OUT_BASE_LSB | sda << PINCTRL_SET_BASE_LSB | sda << PINCTRL_IN_BASE_LSB |
               scl << PINCTRL_SIDESET_BASE_LSB | 1u << PINCTRL_OUT_COUNT_LSB |
               1u << PINCTRL_SET_COUNT_LSB | 1u << PINCTRL_SIDESET_COUNT_LSB);
    mmio_write32(engine->pio + PIO_CTRL, (uint32_t)BOTH << DETECTOR | (uint32_t)BOTH << ENGINE);
    make_harmless(engine);
    force(engine, DETECTOR,
          mmio_read32(SIO_GPIO_IN) >> sda & 1 ? DETECTOR_GO_LOOP : DETECTOR_GO_UP);
    force(engine, ENGINE, ENGINE_CLEAR_X);
    force(engine, ENGINE, ENGINE_GO_CLOCK);
}

/*
 * Each write is of one instruction, whose delay alone differs, so the machines may be anywhere.  (At
 * the detector's first look a wait takes the place of a nop, and either may be there.)  The pin of SCL
 * is not needed: instructions that have it have no delay.
 */
void i2ctarget_rp2040_engine_follow(const struct engine *engine, uint32_t old_hz, uint32_t new_hz)
{
    for (unsigned i = 0; i < PROGRAM_LENGTH; i++) {
        uint32_t instruction = instruction_at(i, 0, new_hz);
        if (instruction != instruction_at(i, 0, old_hz))
            mmio_write32(engine->pio + PIO_INSTR_MEM + 4 * i, instruction);
    }
    mmio_write32(MACHINE(engine->pio, ENGINE, SM_CLKDIV), divider_for(new_hz));
}

/*
 * The detector may have raised flags because SDA changed before it started.  They are cleared.  If
 * a START is cleared with them, it came before we were there.  If a START comes later, the fall of
 * SCL after it is not missed, because t_HD;STA is 260 ns at least.
 */
void i2ctarget_rp2040_engine_run(const struct engine *engine)
{
    enum { LOOK = CTRL_SM_ENABLE << DETECTOR };
    mmio_write32(engine->pio + PIO_CTRL, LOOK);
    mmio_write32(engine->pio + PIO_IRQ0_INTE, PENDING_WORD | PENDING_START | PENDING_STOP);
    i2ctarget_rp2040_engine_clear_flags(engine, 0xFF);
    mmio_write32(engine->pio + PIO_CTRL, LOOK | CTRL_SM_ENABLE << ENGINE);
}

void i2ctarget_rp2040_engine_stop(const struct engine *engine)
{
    mmio_write32(engine->pio + PIO_IRQ0_INTE, 0);
    mmio_write32(engine->pio + PIO_CTRL, 0);
}

/* ---- while it runs --------------------------------------------------------------------------- */

/*
 * Both FIFOs are emptied by a change in either direction.  While they are joined, the engine gets
 * no words.  What it pushes while it leaves is lost when they are parted.
 */
static FAST void toggle_joined_fifos(const struct engine *engine)
{
    mmio_write32(MACHINE(engine->pio, ENGINE, SM_SHIFTCTRL) + ALIAS_XOR, SHIFTCTRL_FJOIN_RX);
}

static FAST uint32_t holding_bit(const struct engine *engine)
{
    return i2ctarget_rp2040_engine_place(engine) == ENGINE_HOLD ? ENGINE_HOLDING : 0;
}

/*
 * There are two ways out of a byte, and both release SDA, whatever the byte did with it.  Here the
 * release comes after the jump: until the jump the engine may pull SDA once more.  After it,
 * nothing pulls SDA before there are words.  If SCL is high this makes a STOP, which the detector
 * sees like any other.
 */
static FAST void leave_byte(const struct engine *engine, uint32_t jump)
{
    force(engine, ENGINE, jump);
    force(engine, ENGINE, ENGINE_LET_GO);
}

/* At `hold`, and SCL stays held.  `begin` lets SDA go; `clear`, with its delay, is left out. */
static FAST void leave_held_byte(const struct engine *engine)
{
    force(engine, ENGINE, ENGINE_GO_BEGIN);
    force(engine, ENGINE, ENGINE_CLEAR_ISR | ENGINE_HOLDING);
}

/*
 * The words for the next address are written after the jump.  Before it the engine may wait for a
 * word, and would take the first of them.  If the next START comes earlier, the engine waits at
 * `next`.
 */
FAST uint32_t i2ctarget_rp2040_engine_rearm(const struct engine *engine)
{
    toggle_joined_fifos(engine);
    uint32_t flags = i2ctarget_rp2040_engine_flags(engine);
    if (flags & FLAG_START) {
        if (holding_bit(engine))
            leave_held_byte(engine);
        else
            leave_byte(engine, ENGINE_GO_ARMED);
        i2ctarget_rp2040_engine_clear_flags(
            engine, flags & (FLAG_START | FLAG_STOP | FLAG_STOP_SINCE_START));
    } else {
        leave_byte(engine, ENGINE_GO_IDLE);
    }
    toggle_joined_fifos(engine);
    i2ctarget_rp2040_engine_write(engine, WORD_ADDRESS);
    i2ctarget_rp2040_engine_write(engine, WORD_DIRECTION);
    return flags;
}

FAST void i2ctarget_rp2040_engine_disarm(const struct engine *engine)
{
    force(engine, ENGINE, ENGINE_GO_IDLE);
}

/*
 * If five more bits make EARLY_BITS, shifting them in pushes a word, and then an empty word
 * follows, which i2ctarget_rp2040_engine_rearm() drops.
 */
FAST uint32_t i2ctarget_rp2040_engine_take_partial(const struct engine *engine,
                                                   unsigned *clocks_left)
{
    enum { X_BITS = 5 };
    force(engine, ENGINE, ENGINE_SHIFT_X_IN | holding_bit(engine));
    force(engine, ENGINE, ENGINE_PUSH | holding_bit(engine));
    uint32_t word = i2ctarget_rp2040_engine_read(engine);
    *clocks_left = word & ((1u << X_BITS) - 1);
    return word >> X_BITS;
}
