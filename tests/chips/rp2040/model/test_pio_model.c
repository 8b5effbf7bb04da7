/* SPDX-License-Identifier: MIT */
/*
 * The PIO model, instruction by instruction and register by register.  Each test names the source
 * of what it demands: § is the RP2040 datasheet, SVD the vendor's register description, pf the
 * public issue tracker raspberrypi/pico-feedback, where the designer of PIO answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2040/model/pio.h"
#include "chips/rp2040/model/pio_words.h"

#define BIT(n) (UINT32_C(1) << (n))
#define SM(n, name) (PIO_SM0_##name + (n)*PIO_SM_STRIDE)

enum { LEFT = 0, RIGHT_OUT = 1 << 19, RIGHT_IN = 1 << 18, AUTOPULL = 1 << 17, AUTOPUSH = 1 << 16 };
#define PULL_AT(bits) ((uint32_t)((bits)&31) << 25)
#define PUSH_AT(bits) ((uint32_t)((bits)&31) << 20)
#define WRAP(top, bottom) ((uint32_t)(top) << 12 | (uint32_t)(bottom) << 7)

static struct pio_model pio;

static void wr(uint32_t offset, uint32_t value)
{
    pio_write32(&pio, offset, value);
}

static uint32_t rd(uint32_t offset)
{
    return pio_read32(&pio, offset);
}

static void steps(unsigned count, uint32_t pads)
{
    for (unsigned i = 0; i < count; i++)
        pio_step(&pio, pads);
}

/* Instructions from `address` on. */
static void load_at(unsigned address, const uint16_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wr(PIO_INSTR_MEM0 + 4 * (uint32_t)(address + i), words[i]);
}

#define LOAD(...)                                           \
    do {                                                    \
        const uint16_t words_[] = {__VA_ARGS__};            \
        load_at(0, words_, sizeof words_ / sizeof *words_); \
    } while (0)

static void go(void)
{
    wr(PIO_CTRL, 1);
}

/* Executed at once on a stopped machine: tests set registers with it. */
static void force(unsigned machine, uint16_t word)
{
    wr(SM(machine, INSTR), word);
    pio_step(&pio, pio.sync[0]);
}

static struct pio_machine *sm(unsigned index)
{
    return &pio.machines[index];
}

/* X, Y, OSR of any value, through the TX FIFO. */
static void set_register(unsigned machine, unsigned destination, uint32_t value)
{
    wr(PIO_TXF0 + 4 * machine, value);
    force(machine, PULL_BLOCK);
    if (destination != OSR)
        force(machine, (uint16_t)MOV(destination, OSR));
}

static int reset(void **state)
{
    (void)state;
    memset(&pio, 0, sizeof pio);
    pio_reset(&pio);
    return 0;
}

/* A test uses nothing undefined unless it says so. */
static int check(void **state)
{
    (void)state;
    return pio.misuse ? -1 : 0;
}

/* ---- JMP ------------------------------------------------------------------------------------- */

/* §3.4.2: conditions; X-- and Y-- count in any case and look at the value before. */
static void jmp_conditions(void **state)
{
    static const struct {
        unsigned condition;
        uint32_t x, y;
        bool jumps;
        uint32_t x_after, y_after;
    } cases[] = {
        {IF_ALWAYS, 0, 0, true, 0, 0}, {IF_NOT_X, 0, 1, true, 0, 1},
        {IF_NOT_X, 1, 0, false, 1, 0}, {IF_X_DEC, 5, 0, true, 4, 0},
        {IF_X_DEC, 1, 0, true, 0, 0},  {IF_X_DEC, 0, 7, false, UINT32_MAX, 7},
        {IF_NOT_Y, 1, 0, true, 1, 0},  {IF_NOT_Y, 0, 1, false, 0, 1},
        {IF_Y_DEC, 9, 2, true, 9, 1},  {IF_Y_DEC, 9, 0, false, 9, UINT32_MAX},
        {IF_X_NE_Y, 3, 4, true, 3, 4}, {IF_X_NE_Y, 4, 4, false, 4, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reset(state);
        set_register(0, X, cases[i].x);
        set_register(0, Y, cases[i].y);
        LOAD((uint16_t)JMP(cases[i].condition, 20), NOP);
        go();
        steps(1, 0);
        assert_int_equal(rd(PIO_SM0_ADDR), cases[i].jumps ? 20 : 1);
        assert_int_equal(sm(0)->x, cases[i].x_after);
        assert_int_equal(sm(0)->y, cases[i].y_after);
    }
}

/* §3.4.2: JMP PIN looks at the GPIO that EXECCTRL names, whatever IN_BASE is. */
static void jmp_pin(void **state)
{
    for (unsigned level = 0; level < 2; level++) {
        reset(state);
        wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | 9U << 24);
        wr(PIO_SM0_PINCTRL, 3U << 15);
        steps(3, level ? BIT(9) : ~BIT(9));
        LOAD(JMP(IF_PIN, 20), NOP);
        go();
        steps(1, level ? BIT(9) : ~BIT(9));
        assert_int_equal(rd(PIO_SM0_ADDR), level ? 20 : 1);
    }
}

/* §3.4.2: !OSRE compares with the pull threshold. */
static void jmp_not_osre(void **state)
{
    for (unsigned shifted = 7; shifted < 10; shifted++) {
        reset(state);
        wr(PIO_SM0_SHIFTCTRL, PULL_AT(8));
        set_register(0, OSR, 0);
        force(0, (uint16_t)OUT(NUL, shifted));
        LOAD(JMP(IF_NOT_OSRE, 20), NOP);
        go();
        steps(1, 0);
        assert_int_equal(rd(PIO_SM0_ADDR), shifted < 8 ? 20 : 1);
    }
}

/* §3.4.2, pf#66: the delay of a JMP takes place whether it jumps or not. */
static void jmp_delays_either_way(void **state)
{
    for (uint32_t x = 0; x < 2; x++) {
        reset(state);
        set_register(0, X, x);
        LOAD(JMP(IF_NOT_X, 5) | HIGH(3), SET(Y, 1));
        wr(PIO_INSTR_MEM0 + 4 * 5, SET(Y, 1));
        go();
        steps(4, 0);
        assert_int_equal(sm(0)->y, 0);
        steps(1, 0);
        assert_int_equal(sm(0)->y, 1);
    }
}

/* §3.5.2, SVD EXECCTRL: after WRAP_TOP comes WRAP_BOTTOM; a jump that is taken goes first. */
static void wrapping(void **state)
{
    (void)state;
    LOAD(NOP, NOP, NOP, JMP(IF_NOT_X, 7));
    wr(PIO_SM0_EXECCTRL, WRAP(3, 1));
    go();
    steps(4, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 7);
    wr(PIO_CTRL, 0);
    force(0, SET(X, 1));
    force(0, JMP(IF_ALWAYS, 3));
    go();
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
}

/* §3.2: without anything else PC counts modulo 32. */
static void pc_counts_modulo_32(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 32; i++)
        wr(PIO_INSTR_MEM0 + 4 * i, NOP);
    wr(PIO_SM0_EXECCTRL, WRAP(5, 0));
    force(0, JMP(IF_ALWAYS, 30));
    go();
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 31);
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
}

/* ---- WAIT ------------------------------------------------------------------------------------ */

/* The cycle, from 1, in which the machine gets past its first instruction. */
static unsigned cycles_to_pass(uint32_t pads)
{
    unsigned cycles = 0;
    while (rd(PIO_SM0_ADDR) == 0 && cycles < 20) {
        steps(1, pads);
        cycles++;
    }
    return cycles;
}

/* §3.4.3, §3.5.6.3: a level is seen two clk_sys cycles later, at once if bypassed. */
static void wait_gpio_behind_the_synchroniser(void **state)
{
    for (unsigned bypass = 0; bypass < 2; bypass++) {
        for (unsigned level = 0; level < 2; level++) {
            uint32_t wanted = level ? BIT(4) : ~BIT(4);
            reset(state);
            wr(PIO_INPUT_SYNC_BYPASS, bypass ? BIT(4) : ~BIT(4));
            wr(PIO_SM0_PINCTRL, 7U << 15); /* IN_BASE does not matter */
            LOAD((uint16_t)WAIT_GPIO(level, 4), NOP);
            steps(3, ~wanted);
            go();
            steps(5, ~wanted);
            assert_int_equal(rd(PIO_SM0_ADDR), 0);
            assert_int_equal(cycles_to_pass(wanted), bypass ? 1 : 3);
        }
    }
}

/* §3.5.6.3: the synchroniser runs at clk_sys, whatever the machine's divider is. */
static void synchroniser_ignores_the_divider(void **state)
{
    (void)state;
    wr(PIO_SM0_CLKDIV, 10U << 16);
    LOAD(WAIT_GPIO(1, 4), NOP);
    wr(PIO_CTRL, 0x101); /* divider begins now: it ticks in cycles 10, 20 */
    steps(8, 0);
    steps(1, BIT(4)); /* cycle 9 */
    steps(10, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0); /* over by the tick */
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
}

/* §3.4.3: PIN counts from IN_BASE, modulo 32. */
static void wait_pin_is_relative(void **state)
{
    (void)state;
    wr(PIO_SM0_PINCTRL, 28U << 15);
    LOAD(WAIT_PIN(1, 6), NOP);
    go();
    steps(5, ~BIT(2));
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    assert_int_equal(cycles_to_pass(BIT(2)), 3);
}

/* §3.4.3: WAIT 1 IRQ clears the flag when it passes, WAIT 0 IRQ changes none. */
static void wait_irq(void **state)
{
    LOAD(WAIT_IRQ(1, 6), NOP);
    go();
    steps(5, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    wr(PIO_IRQ_FORCE, BIT(6) | BIT(2));
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    assert_int_equal(rd(PIO_IRQ), BIT(2));

    reset(state);
    LOAD(WAIT_IRQ(0, 2), NOP);
    wr(PIO_IRQ_FORCE, 0xFF);
    go();
    steps(5, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    wr(PIO_IRQ, BIT(2));
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    assert_int_equal(rd(PIO_IRQ), 0xFF & ~BIT(2));
}

/* §3.4.3, §3.4.9: with bit 4 the machine's number is added to the two lowest bits, modulo 4. */
static void irq_index_may_be_relative(void **state)
{
    static const struct {
        unsigned machine, index, flag;
    } cases[] = {{2, 1, 3}, {2, 3, 1}, {0, 3, 3}, {3, 6, 5}, {1, 7, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reset(state);
        force(cases[i].machine, (uint16_t)IRQ_SET(REL | cases[i].index));
        assert_int_equal(rd(PIO_IRQ), BIT(cases[i].flag));
        force(cases[i].machine, (uint16_t)WAIT_IRQ(1, REL | cases[i].index));
        assert_int_equal(rd(PIO_IRQ), 0);
    }
}

/* §3.4.3: delay begins when the condition is met. */
static void delay_begins_after_the_stall(void **state)
{
    (void)state;
    LOAD(WAIT_IRQ(1, 4) | HIGH(3), SET(X, 1));
    go();
    steps(10, 0);
    wr(PIO_IRQ_FORCE, BIT(4));
    steps(4, 0);
    assert_int_equal(sm(0)->x, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 1);
}

/* ---- IN -------------------------------------------------------------------------------------- */

/* §3.4.4: sources; PINS is rotated so that IN_BASE is bit 0. */
static void in_sources(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, LEFT);
    wr(PIO_SM0_PINCTRL, 28U << 15);
    steps(3, 0x1000000F); /* GPIO 28, 0..3 */
    force(0, IN(PINS, 32));
    assert_int_equal(sm(0)->isr, 0x000000F1);
    set_register(0, X, 0x12345678);
    set_register(0, Y, 0x9ABCDEF0);
    set_register(0, OSR, 0x0F1E2D3C);
    force(0, IN(X, 32));
    assert_int_equal(sm(0)->isr, 0x12345678);
    force(0, IN(Y, 8));
    assert_int_equal(sm(0)->isr, 0x345678F0);
    force(0, IN(OSR, 16));
    assert_int_equal(sm(0)->isr, 0x78F02D3C);
    force(0, IN(NUL, 4));
    assert_int_equal(sm(0)->isr, 0x8F02D3C0);
    force(0, IN(ISR, 8));
    assert_int_equal(sm(0)->isr, 0x02D3C0C0);
}

/* §3.2.3.2, SVD SHIFTCTRL: to the right the data enters from the left; the counter stops at 32. */
static void in_direction_and_count(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, RIGHT_IN);
    set_register(0, X, 0x5);
    force(0, IN(X, 3));
    assert_int_equal(sm(0)->isr, 0xA0000000);
    assert_int_equal(sm(0)->isr_count, 3);
    force(0, IN(X, 1));
    assert_int_equal(sm(0)->isr, 0xD0000000);
    force(0, IN(NUL, 30));
    assert_int_equal(sm(0)->isr, 0x3);
    assert_int_equal(sm(0)->isr_count, 32);
}

/* §3.5.4.1: autopush at the threshold, in the same cycle; 0 means 32. */
static void autopush(void **state)
{
    wr(PIO_SM0_SHIFTCTRL, LEFT | AUTOPUSH | PUSH_AT(8));
    set_register(0, X, 0xAB);
    force(0, IN(X, 4));
    assert_int_equal(sm(0)->rx.level, 0);
    force(0, IN(X, 4));
    assert_int_equal(sm(0)->isr, 0);
    assert_int_equal(sm(0)->isr_count, 0);
    assert_int_equal(rd(PIO_RXF0), 0xBB);

    reset(state);
    wr(PIO_SM0_SHIFTCTRL, LEFT | AUTOPUSH | PUSH_AT(32));
    force(0, IN(X, 31));
    assert_int_equal(sm(0)->rx.level, 0);
    force(0, IN(X, 1));
    assert_int_equal(sm(0)->rx.level, 1);
}

/* §3.2.4, §3.5.4.1, SVD FDEBUG: IN stalls on a full RX FIFO only where it would push. */
static void autopush_stalls(void **state)
{
    (void)state;
    LOAD(IN(X, 16), NOP);
    wr(PIO_SM0_SHIFTCTRL, LEFT | AUTOPUSH | PUSH_AT(32));
    set_register(0, X, 0x1111);
    for (unsigned i = 0; i < 8; i++)
        force(0, IN(X, 16));
    force(0, IN(X, 16)); /* half full: no push, no stall */
    assert_int_equal(rd(PIO_FDEBUG), 0);
    go();
    steps(5, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    assert_int_equal(rd(PIO_FDEBUG), BIT(0));
    assert_int_equal(rd(PIO_RXF0), 0x11111111);
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    assert_int_equal(sm(0)->rx.level, 4);
    assert_int_equal(sm(0)->isr, 0);
}

/* ---- OUT ------------------------------------------------------------------------------------- */

/* §3.4.5: destinations that are registers; ISR gets the bit count, too. */
static void out_destinations(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, LEFT);
    set_register(0, OSR, 0x12345678);
    force(0, OUT(X, 8));
    force(0, OUT(Y, 4));
    force(0, OUT(NUL, 4));
    force(0, OUT(ISR, 12));
    assert_int_equal(sm(0)->x, 0x12);
    assert_int_equal(sm(0)->y, 0x3);
    assert_int_equal(sm(0)->isr, 0x567);
    assert_int_equal(sm(0)->isr_count, 12);
    assert_int_equal(sm(0)->osr, 0x80000000);
    assert_int_equal(sm(0)->osr_count, 28);
    force(0, OUT(X, 32));
    assert_int_equal(sm(0)->x, 0x80000000);
    assert_int_equal(sm(0)->osr, 0);
    assert_int_equal(sm(0)->osr_count, 32);
}

static void out_to_the_right(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT);
    set_register(0, OSR, 0x12345678);
    force(0, OUT(X, 8));
    assert_int_equal(sm(0)->x, 0x78);
    assert_int_equal(sm(0)->osr, 0x00123456);
}

/* §3.5.6: from OUT_BASE on, OUT_COUNT pins, past GPIO 31 on at 0; others are left alone. */
static void out_pins_and_pindirs(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT);
    wr(PIO_SM0_PINCTRL, 4U << 20 | 30);
    set_register(0, OSR, 0xFF);
    force(0, OUT(PINS, 8));
    assert_int_equal(pio.stage_out, 0xC0000003);
    assert_int_equal(pio.stage_oe, 0);
    steps(1, 0);
    assert_int_equal(rd(PIO_DBG_PADOUT), 0x3); /* SVD: no GPIO 30 and 31 */
    set_register(0, OSR, 0x8);
    force(0, OUT(PINDIRS, 4));
    steps(1, 0);
    assert_int_equal(rd(PIO_DBG_PADOE), 0x2);
    assert_int_equal(rd(PIO_DBG_PADOUT), 0x3);
}

/* §3.4.5: an unconditional jump. */
static void out_pc(void **state)
{
    (void)state;
    LOAD(OUT(PC, 5), NOP);
    wr(PIO_SM0_SHIFTCTRL, LEFT);
    set_register(0, OSR, 19U << 27);
    go();
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 19);
}

/* §3.4.5.2: executed in the next cycle; OUT's delay is ignored, the executee's is not. */
static void out_exec(void **state)
{
    (void)state;
    LOAD(OUT(EXEC, 16) | HIGH(7), SET(Y, 1));
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT);
    set_register(0, OSR, SET(X, 9) | HIGH(2));
    go();
    steps(1, 0);
    assert_int_equal(sm(0)->x, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 9);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    steps(2, 0);
    assert_int_equal(sm(0)->y, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->y, 1);
}

/* §3.5.4.2: the OSR is refilled by the OUT that empties it; an empty one takes a cycle more. */
static void autopull(void **state)
{
    (void)state;
    LOAD(OUT(X, 8));
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT | AUTOPULL | PULL_AT(16));
    wr(PIO_SM0_EXECCTRL, WRAP(0, 0));
    go();
    steps(3, 0);
    assert_int_equal(rd(PIO_FDEBUG), BIT(24));
    wr(PIO_TXF0, 0x2211);
    wr(PIO_TXF0, 0x4433);
    steps(1, 0); /* fills */
    assert_int_equal(sm(0)->tx.level, 1);
    assert_int_equal(sm(0)->x, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 0x11);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 0x22);
    assert_int_equal(sm(0)->tx.level, 0); /* refilled meanwhile */
    steps(1, 0);
    assert_int_equal(sm(0)->x, 0x33);
}

/* §3.5.4.2: "on non-OUT cycles" the refill happens, too, in delays as well. */
static void autopull_in_the_background(void **state)
{
    (void)state;
    LOAD(NOP | HIGH(20), OUT(X, 8));
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT | AUTOPULL | PULL_AT(16));
    go();
    steps(5, 0);
    wr(PIO_TXF0, 0x2211);
    steps(1, 0);
    assert_int_equal(sm(0)->osr, 0x2211);
    assert_int_equal(sm(0)->osr_count, 0);
    assert_int_equal(sm(0)->tx.level, 0);
}

/* ---- PUSH and PULL --------------------------------------------------------------------------- */

/* §3.4.6: pushes and clears ISR and its counter. */
static void push(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, LEFT | PUSH_AT(8));
    set_register(0, X, 0x77);
    force(0, IN(X, 7));
    force(0, PUSH_BLOCK | IF_FULL); /* below the threshold: nothing */
    assert_int_equal(sm(0)->rx.level, 0);
    assert_int_equal(sm(0)->isr_count, 7);
    force(0, IN(X, 1));
    force(0, PUSH_BLOCK | IF_FULL);
    assert_int_equal(sm(0)->isr, 0);
    assert_int_equal(sm(0)->isr_count, 0);
    assert_int_equal(rd(PIO_RXF0), 0xEF);
    force(0, PUSH_NOBLOCK);
    assert_int_equal(rd(PIO_RXF0), 0);
}

/* §3.4.6, SVD FDEBUG: a full FIFO stops a blocking PUSH; the other one drops the word. */
static void push_on_full(void **state)
{
    (void)state;
    LOAD(PUSH_BLOCK, JMP(IF_ALWAYS, 1));
    wr(PIO_SM0_SHIFTCTRL, LEFT);
    for (unsigned i = 1; i <= 4; i++) {
        set_register(0, X, i);
        force(0, IN(X, 32));
        force(0, PUSH_BLOCK);
    }
    set_register(0, X, 99);
    force(0, IN(X, 32));
    force(0, PUSH_NOBLOCK);
    assert_int_equal(rd(PIO_FDEBUG), BIT(0));
    assert_int_equal(sm(0)->isr, 0);
    wr(PIO_FDEBUG, BIT(0));
    assert_int_equal(rd(PIO_FDEBUG), 0);
    set_register(0, X, 5);
    force(0, IN(X, 32));
    go();
    steps(3, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    assert_int_equal(rd(PIO_FDEBUG), BIT(0));
    for (unsigned i = 1; i <= 5; i++) {
        assert_int_equal(rd(PIO_RXF0), i);
        steps(1, 0);
    }
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
}

/* §3.4.7: a blocking PULL waits; the other one takes X from an empty FIFO, and is no stall. */
static void pull(void **state)
{
    (void)state;
    LOAD(PULL_BLOCK, NOP);
    set_register(0, X, 0xCAFE);
    force(0, PULL_NOBLOCK);
    assert_int_equal(sm(0)->osr, 0xCAFE);
    assert_int_equal(sm(0)->osr_count, 0);
    assert_int_equal(rd(PIO_FDEBUG), 0);
    go();
    steps(4, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    assert_int_equal(rd(PIO_FDEBUG), BIT(24));
    wr(PIO_TXF0, 0xBEEF);
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    assert_int_equal(sm(0)->osr, 0xBEEF);
}

/* §3.4.7: IFEMPTY does nothing below the threshold. */
static void pull_ifempty(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, LEFT | PULL_AT(8));
    set_register(0, OSR, 0x11111111);
    wr(PIO_TXF0, 0x22222222);
    force(0, OUT(NUL, 7));
    force(0, PULL_BLOCK | IF_EMPTY);
    assert_int_equal(sm(0)->tx.level, 1);
    force(0, OUT(NUL, 1));
    force(0, PULL_BLOCK | IF_EMPTY);
    assert_int_equal(sm(0)->osr, 0x22222222);
}

/* §3.5.4.2: with autopull a PULL of a filled OSR does nothing. */
static void pull_beside_autopull(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, LEFT | AUTOPULL);
    wr(PIO_TXF0, 1);
    wr(PIO_TXF0, 2);
    force(0, PULL_BLOCK);
    force(0, PULL_BLOCK);
    assert_int_equal(sm(0)->osr, 1);
    assert_int_equal(sm(0)->tx.level, 1);
}

/* §3.2.3.1: `pull` after a first word: words come out in order. */
static void fifos_keep_the_order(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < 3; i++)
            wr(PIO_TXF0, round * 10 + i);
        for (uint32_t i = 0; i < 3; i++) {
            force(0, PULL_BLOCK);
            assert_int_equal(sm(0)->osr, round * 10 + i);
        }
    }
}

/* ---- MOV ------------------------------------------------------------------------------------- */

/* §3.4.8. */
static void mov_sources_and_operations(void **state)
{
    (void)state;
    wr(PIO_SM0_PINCTRL, 4U << 15);
    steps(3, 0x00000123);
    force(0, MOV(X, PINS));
    assert_int_equal(sm(0)->x, 0x30000012);
    force(0, MOV(Y, X) | INVERT);
    assert_int_equal(sm(0)->y, ~0x30000012U);
    force(0, MOV(Y, X) | REVERSE);
    assert_int_equal(sm(0)->y, 0x4800000C);
    force(0, MOV(Y, NUL) | INVERT);
    assert_int_equal(sm(0)->y, UINT32_MAX);
    force(0, MOV(X, Y));
    assert_int_equal(sm(0)->x, UINT32_MAX);
}

/* §3.4.8: to ISR or OSR the shift counter becomes 0: ISR is empty, OSR is full. */
static void mov_to_shift_registers(void **state)
{
    (void)state;
    set_register(0, X, 0x55);
    force(0, IN(X, 9));
    force(0, MOV(ISR, X));
    assert_int_equal(sm(0)->isr, 0x55);
    assert_int_equal(sm(0)->isr_count, 0);
    force(0, OUT(NUL, 32));
    force(0, MOV(OSR, X));
    assert_int_equal(sm(0)->osr, 0x55);
    assert_int_equal(sm(0)->osr_count, 0);
    force(0, MOV(Y, ISR));
    assert_int_equal(sm(0)->y, 0x55);
}

/* §3.4.8: PINS goes through the OUT mapping; PC is a jump. */
static void mov_to_pins_and_pc(void **state)
{
    (void)state;
    LOAD(MOV(PC, X), NOP);
    wr(PIO_SM0_PINCTRL, 3U << 20 | 5);
    set_register(0, X, 0xFD);
    force(0, MOV(PINS, X));
    assert_int_equal(pio.stage_out, 5U << 5);
    go();
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0x1D);
}

/* §3.4.8.2, pf#90: no delay of its own; what it executes may have one. */
static void mov_exec(void **state)
{
    (void)state;
    LOAD(MOV(MOV_EXEC, X) | HIGH(9), SET(Y, 1));
    set_register(0, X, JMP(IF_ALWAYS, 1) | HIGH(2));
    go();
    steps(4, 0);
    assert_int_equal(sm(0)->y, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->y, 1);
}

/* SVD EXECCTRL: all ones if the level of the chosen FIFO is below N. */
static void mov_status(void **state)
{
    (void)state;
    wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | 2);
    force(0, MOV(X, STATUS));
    assert_int_equal(sm(0)->x, UINT32_MAX);
    wr(PIO_TXF0, 0);
    wr(PIO_TXF0, 0);
    force(0, MOV(X, STATUS));
    assert_int_equal(sm(0)->x, 0);
    wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | BIT(4) | 1);
    force(0, MOV(X, STATUS));
    assert_int_equal(sm(0)->x, UINT32_MAX);
    force(0, PUSH_BLOCK);
    force(0, MOV(X, STATUS));
    assert_int_equal(sm(0)->x, 0);
}

/* ---- IRQ ------------------------------------------------------------------------------------- */

/* §3.4.9. */
static void irq_set_and_clear(void **state)
{
    (void)state;
    force(0, IRQ_SET(5));
    force(0, IRQ_SET(2));
    assert_int_equal(rd(PIO_IRQ), BIT(5) | BIT(2));
    force(0, IRQ_CLEAR(5));
    assert_int_equal(rd(PIO_IRQ), BIT(2));
    force(0, IRQ_CLEAR(5));
    assert_int_equal(rd(PIO_IRQ), BIT(2));
}

/* §3.4.9: raises the flag, waits until somebody clears it; the delay begins then. */
static void irq_wait(void **state)
{
    (void)state;
    LOAD(IRQ_WAIT(1) | HIGH(2), SET(X, 1));
    go();
    steps(1, 0);
    assert_int_equal(rd(PIO_IRQ), BIT(1));
    steps(10, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    wr(PIO_IRQ, BIT(1));
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    assert_int_equal(rd(PIO_IRQ), 0);
    steps(2, 0);
    assert_int_equal(sm(0)->x, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 1);
}

/* A flag is seen by the others in the cycle after. */
static void irq_between_machines(void **state)
{
    (void)state;
    LOAD(NOP, IRQ_SET(4), WAIT_IRQ(1, 4));
    force(1, JMP(IF_ALWAYS, 2));
    wr(PIO_CTRL, 3);
    steps(2, 0);
    assert_int_equal(rd(SM(1, ADDR)), 2);
    assert_int_equal(rd(PIO_IRQ), BIT(4));
    steps(1, 0);
    assert_int_equal(rd(SM(1, ADDR)), 3);
    assert_int_equal(rd(PIO_IRQ), 0);
}

/* pf#490: set and clear in one cycle: it is set, whoever does which. */
static void irq_set_wins_over_clear(void **state)
{
    for (unsigned setter = 0; setter < 2; setter++) {
        reset(state);
        LOAD(IRQ_SET(3), IRQ_CLEAR(3));
        force(setter ^ 1, JMP(IF_ALWAYS, 1));
        wr(PIO_CTRL, 3);
        steps(1, 0);
        assert_int_equal(rd(PIO_IRQ), BIT(3));
    }
}

/* ---- SET ------------------------------------------------------------------------------------- */

/* §3.4.10, §3.5.6. */
static void set_destinations(void **state)
{
    (void)state;
    wr(PIO_SM0_PINCTRL, 3U << 26 | 29U << 5);
    force(0, SET(X, 31));
    force(0, SET(Y, 17));
    assert_int_equal(sm(0)->x, 31);
    assert_int_equal(sm(0)->y, 17);
    force(0, SET(PINS, 31));
    assert_int_equal(pio.stage_out, 0xE0000000);
    force(0, SET(PINDIRS, 5));
    assert_int_equal(pio.stage_oe, 0xA0000000);
    assert_int_equal(pio.stage_out, 0xE0000000);
}

/* ---- side-set -------------------------------------------------------------------------------- */

/* §3.5.1: the upper bits are side-set, what is left is delay. */
static void side_set_takes_delay_bits(void **state)
{
    (void)state;
    LOAD(NOP | HIGH(0x1B), SET(X, 1)); /* two bits 11, delay 3 */
    wr(PIO_SM0_PINCTRL, 2U << 29 | 6U << 10);
    go();
    steps(1, 0);
    assert_int_equal(pio.stage_out, 3U << 6);
    steps(3, 0);
    assert_int_equal(sm(0)->x, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 1);
    assert_int_equal(pio.stage_out, 0); /* and it sets with every instruction */
}

/* SVD EXECCTRL SIDE_EN: the count includes the enable bit. */
static void side_set_may_be_optional(void **state)
{
    (void)state;
    LOAD(NOP | HIGH(0x18), NOP | HIGH(0x00), NOP | HIGH(0x10));
    wr(PIO_SM0_PINCTRL, 2U << 29 | 6U << 10);
    wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | BIT(30));
    go();
    steps(1, 0);
    assert_int_equal(pio.stage_out, BIT(6));
    steps(1, 0);
    assert_int_equal(pio.stage_out, BIT(6));
    steps(1, 0);
    assert_int_equal(pio.stage_out, 0);
}

/* SVD EXECCTRL SIDE_PINDIR; all five bits may be side-set. */
static void side_set_of_directions(void **state)
{
    (void)state;
    LOAD(NOP | HIGH(0x15), NOP);
    wr(PIO_SM0_PINCTRL, 5U << 29 | 29U << 10);
    wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | BIT(29));
    go();
    steps(1, 0);
    assert_int_equal(pio.stage_oe, BIT(29) | BIT(31) | BIT(1));
    assert_int_equal(pio.stage_out, 0);
}

/* §3.5.1: "if an instruction stalls, the side-set still takes effect immediately". */
static void side_set_happens_before_a_stall(void **state)
{
    (void)state;
    LOAD(PULL_BLOCK | HIGH(0x10));
    wr(PIO_SM0_PINCTRL, 1U << 29 | 6U << 10);
    go();
    steps(1, 0);
    assert_int_equal(pio.stage_out, BIT(6));
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
}

/* pf#185, measured: and again in every cycle of the stall, but not in a delay (§3.5.1). */
static void side_set_is_repeated_while_stalled(void **state)
{
    (void)state;
    LOAD(WAIT_IRQ(1, 4) | HIGH(0x13));
    wr(PIO_SM0_PINCTRL, 1U << 29 | 6U << 10);
    wr(SM(1, PINCTRL), 1U << 26 | 6U << 5);
    go();
    steps(4, 0);
    force(1, SET(PINS, 0)); /* the higher machine wins in this cycle */
    assert_int_equal(pio.stage_out, 0);
    steps(1, 0);
    assert_int_equal(pio.stage_out, BIT(6));
    wr(PIO_IRQ_FORCE, BIT(4));
    steps(1, 0); /* now in its delay */
    force(1, SET(PINS, 0));
    steps(2, 0);
    assert_int_equal(pio.stage_out, 0);
}

/* §3.5.6: of one machine side-set wins over SET and OUT on the same pin. */
static void side_set_wins(void **state)
{
    (void)state;
    wr(PIO_SM0_PINCTRL, 1U << 29 | 2U << 26 | 6U << 10 | 6U << 5);
    force(0, SET(PINS, 0) | HIGH(0x10));
    assert_int_equal(pio.stage_out, BIT(6));
    force(0, SET(PINS, 3) | HIGH(0x00));
    assert_int_equal(pio.stage_out, BIT(7));
}

/* §3.2.5: for each GPIO, level and direction apart, the highest machine that writes wins. */
static void highest_machine_wins(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        wr(SM(i, PINCTRL), 2U << 26 | (6U + i) << 5);
        wr(PIO_INSTR_MEM0 + 4 * i, (uint32_t)SET(PINS, i & 1 ? 2 : 3));
        force(i, (uint16_t)JMP(IF_ALWAYS, i));
    }
    wr(PIO_CTRL, 15);
    steps(1, 0);
    /* 6: 1 of 0; 7: 0 of 1; 8: 1 of 2; 9: 0 of 3; 10: 1 of 3. */
    assert_int_equal(pio.stage_out, BIT(6) | BIT(8) | BIT(10));
    reset(state);
    wr(PIO_SM0_PINCTRL, 1U << 26 | 6U << 5);
    wr(SM(1, PINCTRL), 1U << 26 | 6U << 5);
    LOAD(SET(PINDIRS, 1), SET(PINS, 1));
    force(1, JMP(IF_ALWAYS, 1));
    wr(PIO_CTRL, 3);
    steps(1, 0);
    assert_int_equal(pio.stage_out, BIT(6));
    assert_int_equal(pio.stage_oe, BIT(6));
}

/* ---- pads ------------------------------------------------------------------------------------ */

/* pf#280: a machine sees its own output two cycles later, four with the synchroniser. */
static void outputs_come_back(void **state)
{
    for (unsigned bypass = 0; bypass < 2; bypass++) {
        reset(state);
        for (unsigned i = 0; i < 32; i++)
            wr(PIO_INSTR_MEM0 + 4 * i, (uint32_t)IN(PINS, 1) | (i < 16 ? HIGH(0x10) : 0));
        wr(PIO_SM0_PINCTRL, 1U << 29);
        wr(PIO_SM0_SHIFTCTRL, LEFT);
        wr(PIO_INPUT_SYNC_BYPASS, bypass);
        go();
        for (unsigned i = 0; i < 32; i++)
            pio_step(&pio, pio.pads_out);
        assert_int_equal(sm(0)->isr, 0xFFFF0000 >> (bypass ? 2 : 4));
    }
}

/* SVD EXECCTRL OUT_STICKY: the last OUT or SET is asserted again and again; SM_RESTART ends it. */
static void out_sticky(void **state)
{
    (void)state;
    LOAD(SET(PINS, 1), NOP, JMP(IF_ALWAYS, 1));
    wr(SM(1, PINCTRL), 1U << 26 | 6U << 5);
    wr(SM(1, EXECCTRL), WRAP(31, 0) | BIT(17));
    wr(PIO_SM0_PINCTRL, 1U << 26 | 6U << 5);
    wr(PIO_CTRL, 2);
    steps(3, 0);
    force(0, SET(PINS, 0));
    assert_int_equal(pio.stage_out, BIT(6)); /* machine 1 goes on */
    wr(PIO_CTRL, 2 | 2 << 4);
    force(0, SET(PINS, 0));
    assert_int_equal(pio.stage_out, 0);
}

/* SVD EXECCTRL INLINE_OUT_EN, OUT_EN_SEL: a bit of the data says whether it is written. */
static void inline_out_enable(void **state)
{
    (void)state;
    wr(PIO_SM0_SHIFTCTRL, RIGHT_OUT);
    wr(PIO_SM0_PINCTRL, 4U << 20 | 6);
    wr(PIO_SM0_EXECCTRL, WRAP(31, 0) | BIT(18) | 5U << 19);
    set_register(0, OSR, 0x2F | 0x13 << 8);
    force(0, OUT(PINS, 8));
    assert_int_equal(pio.stage_out, 15U << 6);
    force(0, OUT(PINS, 8));
    assert_int_equal(pio.stage_out, 15U << 6);
}

/* ---- clock ----------------------------------------------------------------------------------- */

/* One bit a cycle: did machine 0 execute in it? */
static uint32_t pattern(unsigned cycles)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < cycles; i++) {
        uint32_t x = sm(0)->x;
        steps(1, 0);
        bits = bits << 1 | (sm(0)->x != x);
    }
    return bits;
}

static void count_with_x(void)
{
    LOAD(JMP(IF_X_DEC, 0), JMP(IF_ALWAYS, 0));
    set_register(0, X, 1000);
}

/* §3.5.5: one cycle in n, counted down from n to 1. */
static void whole_divider(void **state)
{
    (void)state;
    count_with_x();
    go();
    assert_int_equal(pattern(8), 0xFF);
    wr(PIO_SM0_CLKDIV, 4U << 16);
    wr(PIO_CTRL, 0x101);
    assert_int_equal(pattern(16), 0x1111);
}

/* §3.5.5: a period is one longer whenever the fractions have summed up to 1. */
static void fractional_divider(void **state)
{
    (void)state;
    count_with_x();
    wr(PIO_SM0_CLKDIV, 2U << 16 | 128U << 8);
    wr(PIO_CTRL, 0x101);
    /* 2, 2, 3, 2, 3, … */
    assert_int_equal(pattern(12), 0x529);
    for (unsigned i = 0; i < 10; i++)
        pattern(25);
    uint32_t x = sm(0)->x;
    for (unsigned i = 0; i < 10; i++)
        pattern(25);
    assert_int_equal(x - sm(0)->x, 100);
}

/* SVD CLKDIV: 0 is 65536. */
static void divider_of_0(void **state)
{
    (void)state;
    count_with_x();
    wr(PIO_SM0_CLKDIV, 0);
    wr(PIO_CTRL, 0x101);
    steps(65535, 0);
    assert_int_equal(sm(0)->x, 1000);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 999);
}

/* SVD CTRL: dividers run freely, SM_ENABLE does not stop them, CLKDIV_RESTART puts them in step. */
static void dividers_run_freely(void **state)
{
    (void)state;
    count_with_x();
    wr(PIO_SM0_CLKDIV, 4U << 16);
    wr(PIO_CTRL, 0x100);
    steps(6, 0);
    wr(PIO_CTRL, 1);
    assert_int_equal(pattern(8), 0x44);
    wr(PIO_CTRL, 0);
    steps(3, 0);
    wr(PIO_CTRL, 1);
    assert_int_equal(pattern(8), 0x88 >> 2);
    steps(1, 0);
    wr(PIO_CTRL, 0x101);
    assert_int_equal(pattern(8), 0x11);
}

/* ---- forced instructions --------------------------------------------------------------------- */

/* §3.5.7: at once, whatever the divider does; no delay; PC stays; the program goes on. */
static void forced_instruction(void **state)
{
    (void)state;
    LOAD(NOP, NOP, NOP, NOP);
    wr(PIO_SM0_CLKDIV, 100U << 16);
    wr(PIO_CTRL, 0x101);
    steps(110, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    wr(PIO_SM0_INSTR, SET(X, 5) | HIGH(31));
    steps(1, 0);
    assert_int_equal(sm(0)->x, 5);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    steps(89, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 2); /* at its own tick, in cycle 200 */
}

/* §3.5.7: on a machine that is not enabled. */
static void forced_while_disabled(void **state)
{
    (void)state;
    force(3, SET(Y, 21));
    assert_int_equal(sm(3)->y, 21);
    assert_int_equal(rd(SM(3, ADDR)), 0);
    force(3, JMP(IF_ALWAYS, 11));
    assert_int_equal(rd(SM(3, ADDR)), 11);
    steps(5, 0);
    assert_int_equal(rd(SM(3, ADDR)), 11);
}

/* §3.5.7; byteit101/pio-debugger-emulator#2, measured: a stalled instruction is not lost by it. */
static void forced_while_stalled(void **state)
{
    (void)state;
    LOAD(WAIT_IRQ(1, 4), SET(Y, 1));
    go();
    steps(5, 0);
    wr(PIO_SM0_INSTR, SET(X, 8));
    steps(2, 0);
    assert_int_equal(sm(0)->x, 8);
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
    wr(PIO_IRQ_FORCE, BIT(4));
    steps(2, 0);
    assert_int_equal(sm(0)->y, 1);
}

/* §3.5.7: a JMP leaves the stalled instruction behind. */
static void forced_jump_ends_a_stall(void **state)
{
    (void)state;
    LOAD(PULL_BLOCK, NOP, NOP, SET(Y, 3), WAIT_IRQ(1, 0));
    go();
    steps(5, 0);
    wr(PIO_SM0_INSTR, JMP(IF_ALWAYS, 3));
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 3);
    steps(1, 0);
    assert_int_equal(sm(0)->y, 3);
    wr(PIO_TXF0, 1);
    steps(3, 0);
    assert_int_equal(sm(0)->tx.level, 1);
}

/* §3.5.7, SVD EXEC_STALLED: one that stalls is kept until it is done. */
static void forced_instruction_that_stalls(void **state)
{
    (void)state;
    LOAD(NOP, NOP, NOP, NOP);
    go();
    steps(1, 0);
    wr(PIO_SM0_INSTR, PULL_BLOCK);
    assert_false(rd(PIO_SM0_EXECCTRL) & BIT(31));
    steps(3, 0);
    assert_true(rd(PIO_SM0_EXECCTRL) & BIT(31));
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    wr(PIO_TXF0, 0x1234);
    steps(1, 0);
    assert_false(rd(PIO_SM0_EXECCTRL) & BIT(31));
    assert_int_equal(sm(0)->osr, 0x1234);
    assert_int_equal(rd(PIO_SM0_ADDR), 1);
    steps(1, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 2);
}

/* §3.5.7: writing a NOP, or SM_RESTART, takes it away. */
static void stalled_forced_instruction_is_taken_away(void **state)
{
    for (unsigned way = 0; way < 2; way++) {
        reset(state);
        LOAD(NOP, NOP, NOP, NOP);
        wr(PIO_SM0_INSTR, PULL_BLOCK);
        steps(2, 0);
        assert_true(rd(PIO_SM0_EXECCTRL) & BIT(31));
        if (way)
            wr(PIO_SM0_INSTR, NOP);
        else
            wr(PIO_CTRL, 0x10);
        steps(1, 0);
        assert_false(rd(PIO_SM0_EXECCTRL) & BIT(31));
        wr(PIO_TXF0, 1);
        steps(2, 0);
        assert_int_equal(sm(0)->tx.level, 1);
    }
}

/* pf#90: INSTR comes before what MOV EXEC has left, which is not lost. */
static void forced_before_an_exec(void **state)
{
    (void)state;
    LOAD(MOV(MOV_EXEC, X), NOP);
    set_register(0, X, SET(Y, 9));
    go();
    steps(1, 0);
    wr(PIO_SM0_INSTR, MOV(X, NUL));
    steps(1, 0);
    assert_int_equal(sm(0)->x, 0);
    assert_int_equal(sm(0)->y, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->y, 9);
}

/* Assumed (README.md): the delay under way goes on after a forced instruction, or ends with it. */
static void forced_in_a_delay(void **state)
{
    for (unsigned assumed = 0; assumed < 2; assumed++) {
        reset(state);
        pio.assumptions.forcing_ends_delay = assumed;
        LOAD(NOP | HIGH(10), SET(X, 1), SET(Y, 1));
        go();
        steps(3, 0);
        wr(PIO_SM0_INSTR, JMP(IF_ALWAYS, 2));
        steps(2, 0);
        assert_int_equal(sm(0)->y, assumed);
        steps(7, 0);
        assert_int_equal(sm(0)->y, 1);
        assert_int_equal(sm(0)->x, 0);
    }
}

/* Assumed (README.md): that `irq wait` has raised its flag outlives a jump; SM_RESTART ends it. */
static void forced_out_of_irq_wait(void **state)
{
    for (unsigned assumed = 0; assumed < 2; assumed++) {
        reset(state);
        pio.assumptions.jump_ends_irq_wait = assumed;
        LOAD(IRQ_WAIT(0), NOP, IRQ_WAIT(1), NOP);
        go();
        steps(4, 0);
        wr(PIO_SM0_INSTR, JMP(IF_ALWAYS, 2));
        wr(PIO_IRQ, 0xFF);
        steps(3, 0);
        assert_int_equal(rd(PIO_IRQ), assumed ? BIT(1) : 0);
    }
}

/* Assumed (README.md): a forced instruction that stalls is tried every cycle, or at the tick. */
static void forced_and_retried(void **state)
{
    for (unsigned assumed = 0; assumed < 2; assumed++) {
        reset(state);
        pio.assumptions.forced_retry_at_divider = assumed;
        wr(PIO_SM0_CLKDIV, 50U << 16);
        wr(PIO_CTRL, 0x100);
        wr(PIO_SM0_INSTR, PULL_BLOCK);
        steps(5, 0);
        wr(PIO_TXF0, 1);
        steps(1, 0);
        assert_int_equal(sm(0)->tx.level, assumed);
        steps(44, 0);
        assert_int_equal(sm(0)->tx.level, 0);
    }
}

/* ---- restart --------------------------------------------------------------------------------- */

/* SVD CTRL SM_RESTART: what is cleared, and what is not. */
static void sm_restart(void **state)
{
    (void)state;
    LOAD(NOP, NOP, SET(X, 3) | HIGH(31), NOP);
    wr(PIO_SM0_SHIFTCTRL, LEFT | PULL_AT(8));
    wr(PIO_TXF0, 7);
    force(0, PUSH_BLOCK);
    set_register(0, Y, 0x77);
    wr(PIO_TXF0, 8);
    set_register(0, OSR, 0x1234);
    force(0, OUT(NUL, 4));
    force(0, IN(Y, 9));
    force(0, JMP(IF_ALWAYS, 2));
    go();
    steps(3, 0);
    struct pio_machine before = *sm(0);
    assert_int_not_equal(before.delay, 0);
    wr(PIO_CTRL, 0x10);
    assert_int_equal(sm(0)->isr, 0);
    assert_int_equal(sm(0)->isr_count, 0);
    assert_int_equal(sm(0)->osr_count, 32);
    assert_int_equal(sm(0)->delay, 0);
    assert_int_equal(rd(PIO_SM0_ADDR), 3);
    assert_int_equal(sm(0)->osr, before.osr);
    assert_int_equal(sm(0)->x, 3);
    assert_int_equal(sm(0)->y, before.y);
    assert_int_equal(sm(0)->tx.level, before.tx.level);
    assert_int_equal(sm(0)->rx.level, before.rx.level);
    assert_int_equal(rd(PIO_CTRL), 0); /* it clears itself */
}

/* SVD CTRL SM_RESTART: the waiting state of `irq wait`, and what EXEC has left. */
static void sm_restart_of_waiting_states(void **state)
{
    LOAD(IRQ_WAIT(0), NOP);
    go();
    steps(3, 0);
    wr(PIO_IRQ, 1);
    wr(PIO_CTRL, 0x11);
    steps(1, 0);
    assert_int_equal(rd(PIO_IRQ), 1); /* raised anew */

    reset(state);
    LOAD(MOV(MOV_EXEC, X), NOP, NOP);
    set_register(0, X, SET(Y, 9));
    go();
    steps(1, 0);
    wr(PIO_CTRL, 0x11);
    steps(2, 0);
    assert_int_equal(sm(0)->y, 0);
}

/* SVD CTRL: only the machine whose bit is set; a machine that is disabled keeps its state. */
static void enable_is_a_pause(void **state)
{
    (void)state;
    LOAD(NOP | HIGH(5), SET(X, 1));
    go();
    steps(3, 0);
    wr(PIO_CTRL, 2 << 4);
    steps(20, 0);
    wr(PIO_CTRL, 1);
    steps(3, 0);
    assert_int_equal(sm(0)->x, 0);
    steps(1, 0);
    assert_int_equal(sm(0)->x, 1);
}

/* ---- registers ------------------------------------------------------------------------------- */

/* SVD: reset values. */
static void reset_values(void **state)
{
    static const struct {
        uint32_t offset, value;
    } registers[] = {{PIO_CTRL, 0},
                     {PIO_FSTAT, 0x0F000F00},
                     {PIO_FDEBUG, 0},
                     {PIO_FLEVEL, 0},
                     {PIO_IRQ, 0},
                     {PIO_INPUT_SYNC_BYPASS, 0},
                     {PIO_DBG_PADOUT, 0},
                     {PIO_DBG_PADOE, 0},
                     {PIO_DBG_CFGINFO, 0x00200404},
                     {PIO_SM0_CLKDIV, 0x00010000},
                     {PIO_SM0_EXECCTRL, 0x0001F000},
                     {PIO_SM0_SHIFTCTRL, 0x000C0000},
                     {PIO_SM0_ADDR, 0},
                     {PIO_SM0_PINCTRL, 0x14000000},
                     {SM(3, PINCTRL), 0x14000000},
                     {PIO_INTR, 0x0F0},
                     {PIO_IRQ0_INTE, 0},
                     {PIO_IRQ1_INTS, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        assert_int_equal(rd(registers[i].offset), registers[i].value);
    force(0, JMP(IF_NOT_OSRE, 5)); /* §3.2.3.3: the OSR is empty after reset */
    assert_int_equal(rd(PIO_SM0_ADDR), 0);
}

/* SVD INSTR: reading shows the word at PC. */
static void instr_reads_the_word_at_pc(void **state)
{
    (void)state;
    LOAD(NOP, SET(X, 1));
    force(0, JMP(IF_ALWAYS, 1));
    assert_int_equal(rd(PIO_SM0_INSTR), SET(X, 1));
}

/* SVD FSTAT, FLEVEL, FDEBUG: each machine has its bits. */
static void fifo_registers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        wr(PIO_TXF0 + 8, i);
    assert_int_equal(rd(PIO_FDEBUG), BIT(16 + 2));
    for (unsigned i = 0; i < 3; i++)
        force(1, PUSH_BLOCK);
    assert_int_equal(rd(PIO_FSTAT), 0x0F000F00 ^ BIT(24 + 2) ^ BIT(16 + 2) ^ BIT(8 + 1));
    assert_int_equal(rd(PIO_FLEVEL), 4U << 16 | 3U << 12);
    rd(PIO_RXF0 + 12);
    assert_int_equal(rd(PIO_FDEBUG), BIT(16 + 2) | BIT(8 + 3));
    wr(PIO_FDEBUG, BIT(16 + 2));
    assert_int_equal(rd(PIO_FDEBUG), BIT(8 + 3));
    assert_int_equal(pio.misuse, PIO_TX_OVERFLOW | PIO_RX_UNDERFLOW);
    pio.misuse = 0;
}

/* SVD SHIFTCTRL, §3.5.3: a joined FIFO holds 8; the other is full and empty at once. */
static void joined_fifos(void **state)
{
    (void)state;
    wr(PIO_TXF0, 1);
    force(0, PUSH_BLOCK);
    wr(PIO_SM0_SHIFTCTRL, BIT(30));
    assert_int_equal(rd(PIO_FLEVEL), 0); /* emptied */
    assert_int_equal(rd(PIO_FSTAT) & 0x01010101, 0x01000101);
    for (uint32_t i = 0; i < 8; i++)
        wr(PIO_TXF0, 10 + i);
    assert_int_equal(rd(PIO_FLEVEL), 8);
    assert_int_equal(rd(PIO_FSTAT) & 0x01010101, 0x00010101);
    for (uint32_t i = 0; i < 8; i++) {
        force(0, PULL_BLOCK);
        assert_int_equal(sm(0)->osr, 10 + i);
    }
    wr(PIO_SM0_SHIFTCTRL, BIT(31));
    for (uint32_t i = 0; i < 8; i++) {
        set_register(1, X, 0);
        force(0, PUSH_BLOCK);
    }
    assert_int_equal(rd(PIO_FLEVEL), 8U << 4);
    assert_int_equal(rd(PIO_FSTAT) & 0x01010101, 0x01010001);
    wr(PIO_SM0_SHIFTCTRL, BIT(31) | AUTOPUSH); /* not changed: kept */
    assert_int_equal(rd(PIO_FLEVEL), 8U << 4);
    wr(PIO_SM0_SHIFTCTRL, 0);
    assert_int_equal(rd(PIO_FLEVEL), 0);
    assert_int_equal(rd(PIO_FSTAT) & 0x01010101, 0x01000100);
}

/* SVD INTR, INTE, INTF, INTS; §3.2.7: flags 4..7 do not reach the processor. */
static void interrupts(void **state)
{
    (void)state;
    wr(PIO_IRQ_FORCE, 0xF4);
    assert_int_equal(rd(PIO_INTR), 0x0F0 | BIT(10));
    wr(PIO_IRQ0_INTE, BIT(10));
    assert_true(pio_irq_line(&pio, 0));
    assert_false(pio_irq_line(&pio, 1));
    assert_int_equal(rd(PIO_IRQ0_INTS), BIT(10));
    wr(PIO_IRQ, BIT(2));
    assert_false(pio_irq_line(&pio, 0));
    wr(PIO_IRQ1_INTF, BIT(3));
    assert_true(pio_irq_line(&pio, 1));
    assert_int_equal(rd(PIO_IRQ1_INTS), BIT(3));
    wr(PIO_IRQ1_INTF, 0);
    wr(PIO_IRQ1_INTE, BIT(1));
    force(1, PUSH_BLOCK);
    assert_true(pio_irq_line(&pio, 1));
    rd(PIO_RXF0 + 4);
    assert_false(pio_irq_line(&pio, 1));
    wr(PIO_IRQ1_INTE, BIT(6));
    assert_true(pio_irq_line(&pio, 1));
    for (unsigned i = 0; i < 4; i++)
        wr(PIO_TXF0 + 8, i);
    assert_false(pio_irq_line(&pio, 1));
}

/* §2.1.2: XOR, SET and CLR aliases. */
static void aliases(void **state)
{
    (void)state;
    pio_write32_alias(&pio, 0x2000 + PIO_CTRL, 5);
    assert_int_equal(rd(PIO_CTRL), 5);
    pio_write32_alias(&pio, 0x1000 + PIO_CTRL, 3);
    assert_int_equal(rd(PIO_CTRL), 6);
    pio_write32_alias(&pio, 0x3000 + PIO_CTRL, 4);
    assert_int_equal(pio_read32_alias(&pio, 0x2000 + PIO_CTRL), 2);
    assert_true(pio_register_is_plain(SM(2, EXECCTRL)));
    assert_false(pio_register_is_plain(SM(2, INSTR)));
    assert_false(pio_register_is_plain(PIO_IRQ));
    assert_false(pio_register_is_plain(PIO_FDEBUG));
}

/* What the datasheet leaves undefined is reported, and does no harm. */
static void misuse_is_told(void **state)
{
    static const uint16_t reserved[] = {0x2060, 0x4080, 0x8001, 0xA060,
                                        0xA004, 0xA018, 0xC080, 0xE060};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        reset(state);
        force(0, reserved[i]);
        assert_int_equal(pio.misuse, PIO_RESERVED_INSTRUCTION);
    }
    reset(state);
    rd(PIO_INSTR_MEM0);
    assert_int_equal(pio.misuse, PIO_BAD_REGISTER);
    reset(state);
    wr(PIO_SM0_ADDR, 3);
    assert_int_equal(pio.misuse, PIO_BAD_REGISTER);
    reset(state);
    wr(PIO_SM0_PINCTRL, 6U << 29);
    assert_int_equal(pio.misuse, PIO_BAD_VALUE);
    reset(state);
    wr(PIO_SM0_CLKDIV, 0x100);
    assert_int_equal(pio.misuse, PIO_BAD_VALUE);
    reset(state);
}

/* ---- idle cycles ----------------------------------------------------------------------------- */

/* As one machine sees it: waiting is for ever, a delay has an end. */
static void idle_cycles(void **state)
{
    (void)state;
    assert_int_equal(pio_idle_cycles(&pio, 0), PIO_FOREVER);
    LOAD(NOP | HIGH(20), WAIT_GPIO(1, 3));
    go();
    assert_int_equal(pio_idle_cycles(&pio, 0), 0);
    steps(1, 0);
    assert_int_equal(pio_idle_cycles(&pio, 0), 20);
    pio_skip(&pio, 20);
    assert_int_equal(pio_idle_cycles(&pio, 0), 0);
    steps(1, 0);
    assert_int_equal(pio_idle_cycles(&pio, 0), PIO_FOREVER);
    assert_int_equal(pio_idle_cycles(&pio, BIT(3)), 0);
    wr(PIO_SM0_INSTR, NOP);
    assert_int_equal(pio_idle_cycles(&pio, 0), 0);
}

static uint32_t random32(void)
{
    return (uint32_t)rand() << 17 ^ (uint32_t)rand() << 5 ^ (uint32_t)rand();
}

static void random_block(void)
{
    pio_reset(&pio);
    for (unsigned i = 0; i < 32; i++) {
        unsigned opcode = (unsigned)rand() % 9;
        opcode = opcode == 8 ? 1 : opcode; /* more WAITs */
        wr(PIO_INSTR_MEM0 + 4 * i, opcode << 13 | (random32() & 0x1FFF));
    }
    for (unsigned i = 0; i < 4; i++) {
        static const uint32_t dividers[] = {1 << 16, 1 << 16, 2 << 16, 3 << 16 | 77 << 8, 17 << 16};
        wr(SM(i, CLKDIV), dividers[rand() % 5]);
        wr(SM(i, EXECCTRL), random32());
        wr(SM(i, SHIFTCTRL), random32() & 0x3FFF0000);
        wr(SM(i, PINCTRL), (random32() & 0x03FFFFFF) % (33U << 20) | (uint32_t)rand() % 6 << 29);
        wr(PIO_TXF0 + 4 * i, random32());
    }
    wr(PIO_CTRL, random32() & 0xFFF);
}

static void random_access(struct pio_model *a, struct pio_model *b)
{
    static const uint32_t offsets[] = {PIO_TXF0,  PIO_TXF0 + 4,  PIO_IRQ,       PIO_IRQ_FORCE,
                                       PIO_CTRL,  PIO_SM0_INSTR, SM(1, INSTR),  SM(2, CLKDIV),
                                       PIO_RXF0,  PIO_RXF0 + 4,  PIO_RXF0 + 12, PIO_SM0_SHIFTCTRL,
                                       PIO_FDEBUG};
    uint32_t offset = offsets[(size_t)rand() % (sizeof offsets / sizeof *offsets)];
    uint32_t value = offset == PIO_SM0_SHIFTCTRL ? random32() & 0x3FFFFFFF : random32();
    if (offset >= PIO_RXF0 && offset < PIO_IRQ) {
        assert_int_equal(pio_read32(a, offset), pio_read32(b, offset));
        return;
    }
    pio_write32(a, offset, value);
    pio_write32(b, offset, value);
}

/* Skipping what pio_idle_cycles() names is the same as stepping through it, to the last bit. */
static void skipping_is_stepping(void **state)
{
    (void)state;
    unsigned long skipped = 0;
    unsigned long stepped = 0;
    srand(1);
    for (unsigned round = 0; round < 400; round++) {
        random_block();
        pio.assumptions.forced_retry_at_divider = round & 1;
        pio.assumptions.forcing_ends_delay = round & 2;
        struct pio_model other = pio;
        uint32_t pads = random32();
        for (unsigned i = 0; i < 300; i++) {
            uint32_t idle = pio_idle_cycles(&pio, pads);
            uint32_t cycles = 1 + (uint32_t)rand() % 40;
            if (idle > 0) {
                cycles = idle < cycles ? idle : cycles;
                pio_skip(&pio, cycles);
                skipped += cycles;
            } else {
                cycles = 1;
                pio_step(&pio, pads);
                stepped++;
            }
            for (unsigned j = 0; j < cycles; j++)
                pio_step(&other, pads);
            for (unsigned j = 0; j < 4; j++) /* that a skip need not notice */
                other.machines[j].stalled = pio.machines[j].stalled;
            assert_memory_equal(&pio, &other, sizeof pio);
            if (rand() % 8 == 0)
                pads ^= UINT32_C(1) << rand() % 30;
            if (rand() % 16 == 0)
                random_access(&pio, &other);
        }
    }
    assert_true(skipped > 100000);
    assert_true(stepped > 30000);
    pio.misuse = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, check)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(jmp_conditions),
        TEST(jmp_pin),
        TEST(jmp_not_osre),
        TEST(jmp_delays_either_way),
        TEST(wrapping),
        TEST(pc_counts_modulo_32),
        TEST(wait_gpio_behind_the_synchroniser),
        TEST(synchroniser_ignores_the_divider),
        TEST(wait_pin_is_relative),
        TEST(wait_irq),
        TEST(irq_index_may_be_relative),
        TEST(delay_begins_after_the_stall),
        TEST(in_sources),
        TEST(in_direction_and_count),
        TEST(autopush),
        TEST(autopush_stalls),
        TEST(out_destinations),
        TEST(out_to_the_right),
        TEST(out_pins_and_pindirs),
        TEST(out_pc),
        TEST(out_exec),
        TEST(autopull),
        TEST(autopull_in_the_background),
        TEST(push),
        TEST(push_on_full),
        TEST(pull),
        TEST(pull_ifempty),
        TEST(pull_beside_autopull),
        TEST(fifos_keep_the_order),
        TEST(mov_sources_and_operations),
        TEST(mov_to_shift_registers),
        TEST(mov_to_pins_and_pc),
        TEST(mov_exec),
        TEST(mov_status),
        TEST(irq_set_and_clear),
        TEST(irq_wait),
        TEST(irq_between_machines),
        TEST(irq_set_wins_over_clear),
        TEST(set_destinations),
        TEST(side_set_takes_delay_bits),
        TEST(side_set_may_be_optional),
        TEST(side_set_of_directions),
        TEST(side_set_happens_before_a_stall),
        TEST(side_set_is_repeated_while_stalled),
        TEST(side_set_wins),
        TEST(highest_machine_wins),
        TEST(outputs_come_back),
        TEST(out_sticky),
        TEST(inline_out_enable),
        TEST(whole_divider),
        TEST(fractional_divider),
        TEST(divider_of_0),
        TEST(dividers_run_freely),
        TEST(forced_instruction),
        TEST(forced_while_disabled),
        TEST(forced_while_stalled),
        TEST(forced_jump_ends_a_stall),
        TEST(forced_instruction_that_stalls),
        TEST(stalled_forced_instruction_is_taken_away),
        TEST(forced_before_an_exec),
        TEST(forced_in_a_delay),
        TEST(forced_out_of_irq_wait),
        TEST(forced_and_retried),
        TEST(sm_restart),
        TEST(sm_restart_of_waiting_states),
        TEST(enable_is_a_pause),
        TEST(reset_values),
        TEST(instr_reads_the_word_at_pc),
        TEST(fifo_registers),
        TEST(joined_fifos),
        TEST(interrupts),
        TEST(aliases),
        TEST(misuse_is_told),
        TEST(idle_cycles),
        TEST(skipping_is_stepping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
