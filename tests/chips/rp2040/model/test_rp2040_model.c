/* SPDX-License-Identifier: MIT */
/*
 * The RP2040 model around the PIO: decoder, resets, pads, timer, NVIC, time.  § is the RP2040
 * datasheet, SVD the vendor's register description, ARM the ARMv6-M Architecture Reference Manual.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "mmio.h"
#include "chips/rp2040/model/pio_words.h"
#include "chips/rp2040/model/rp2040.h"

#define BIT(n) (UINT32_C(1) << (n))
#define SM(n, name) (PIO_SM0_##name + (n)*PIO_SM_STRIDE)

#define RESETS UINT32_C(0x4000C000)
#define IO UINT32_C(0x40014000)
#define PADS UINT32_C(0x4001C000)
#define TIMER UINT32_C(0x40054000)
#define TICK UINT32_C(0x4005802C)
#define PIO0 UINT32_C(0x50200000)
#define PIO1 UINT32_C(0x50300000)
#define SIO UINT32_C(0xD0000000)
#define PPB UINT32_C(0xE0000000)
#define XOR_ALIAS UINT32_C(0x1000)
#define SET_ALIAS UINT32_C(0x2000)
#define CLR_ALIAS UINT32_C(0x3000)

#define GPIO_STATUS(n) (IO + 8 * (n))
#define GPIO_CTRL(n) (IO + 8 * (n) + 4)
#define GPIO_INTR(n) (IO + 0xF0 + 4 * ((n) / 8))
#define GPIO_INTE(n) (IO + 0x100 + 4 * ((n) / 8))
#define GPIO_INTS(n) (IO + 0x120 + 4 * ((n) / 8))
#define PAD(n) (PADS + 4 + 4 * (n))
#define OEOVER(kind) ((uint32_t)(kind) << 12)
#define OUTOVER(kind) ((uint32_t)(kind) << 8)
#define INOVER(kind) ((uint32_t)(kind) << 16)

enum { SCL = 5, SDA = 4, FUNCTION_SIO = 5, FUNCTION_PIO0 = 6, FUNCTION_PIO1 = 7 };

static struct wires wires;
static struct rp2040 chip;
static struct rp2040_tap tap;
static struct wires_participant hand; /* pulls as a test wants */

static void do_nothing(struct wires_participant *self, struct wires *on)
{
    (void)self;
    (void)on;
}

static void pull(bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(&wires, &hand, (struct line_pulls){scl_low, sda_low});
    i2ctarget_wires_settle(&wires);
}

static void pass(uint64_t ns)
{
    processor_idle(&wires, wires.now_ns + ns);
}

/* A chip out of reset, on the wires. */
static int set_up(void **state)
{
    (void)state;
    i2ctarget_wires_init(&wires);
    rp2040_init(&chip, &wires);
    rp2040_connect(&chip, &tap, SCL, SDA);
    rp2040_boot(&chip);
    processor_select(&chip.processor);
    hand = (struct wires_participant){.step = do_nothing, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(&wires, &hand);
    mmio_write32(RESETS + CLR_ALIAS, BIT(5) | BIT(8) | BIT(10) | BIT(11) | BIT(21));
    pass(100);
    return 0;
}

/* There must be no error that the test has not noted. */
static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < chip.error_count && i < RP2040_ERRORS_MAX; i++)
        print_error("%s: 0x%08x\n", rp2040_fault_name(chip.errors[i].fault),
                    chip.errors[i].address);
    rp2040_leave(&chip);
    return chip.error_count ? -1 : 0;
}

/* Takes the only error that there is. */
static void expect_error(enum rp2040_fault fault, uint32_t address)
{
    assert_int_equal(chip.error_count, 1);
    assert_int_equal(chip.errors[0].fault, fault);
    assert_int_equal(chip.errors[0].address, address);
    chip.error_count = 0;
}

static void load(uint32_t pio, unsigned address, uint16_t word)
{
    mmio_write32(pio + PIO_INSTR_MEM0 + 4 * address, word);
}

/* ---- decoder --------------------------------------------------------------------------------- */

/* §2.14: what is in reset does not answer; RESET_DONE says when it does. */
static void blocks_in_reset(void **state)
{
    (void)state;
    assert_int_equal(mmio_read32(RESETS + 8) & 0x00200D20, 0x00200D20);
    mmio_write32(PIO0 + PIO_SM0_CLKDIV, 7 << 16);
    mmio_write32(RESETS + SET_ALIAS, BIT(10));
    assert_false(mmio_read32(RESETS + 8) & BIT(10));
    mmio_read32(PIO0 + PIO_SM0_CLKDIV);
    expect_error(RP2040_IN_RESET, PIO0 + PIO_SM0_CLKDIV);
    chip.reset_cycles = 5;
    mmio_write32(RESETS + CLR_ALIAS, BIT(10));
    mmio_read32(PIO0 + PIO_SM0_CLKDIV);
    expect_error(RP2040_IN_RESET, PIO0 + PIO_SM0_CLKDIV);
    unsigned polls = 0;
    while (!(mmio_read32(RESETS + 8) & BIT(10)))
        polls++;
    assert_in_range(polls, 1, 5);
    assert_int_equal(mmio_read32(PIO0 + PIO_SM0_CLKDIV), 1 << 16);
}

/* SVD: all is in reset after power-on. */
static void power_on(void **state)
{
    static struct rp2040 fresh;
    (void)state;
    rp2040_init(&fresh, &wires);
    assert_int_equal(processor_read(&fresh.processor, RESETS, 4), 0x01FFFFFF);
    assert_int_equal(processor_read(&fresh.processor, RESETS + 8, 4), 0);
    processor_read(&fresh.processor, PAD(0), 4);
    assert_int_equal(fresh.errors[0].fault, RP2040_IN_RESET);
    processor_write(&fresh.processor, RESETS, 0, 4);
    processor_idle(&wires, wires.now_ns + 100);
    for (uint32_t gpio = 0; gpio < PIO_GPIOS; gpio++) {
        assert_int_equal(processor_read(&fresh.processor, PAD(gpio), 4), 0x56);
        assert_int_equal(processor_read(&fresh.processor, GPIO_CTRL(gpio), 4), 0x1F);
    }
    assert_int_equal(fresh.error_count, 1);
    rp2040_leave(&fresh);
}

/* An access to anything that is no register, or not modelled, is reported. */
static void wrong_addresses(void **state)
{
    static const struct {
        uint32_t address;
        enum rp2040_fault reading, writing;
    } cases[] = {
        {0x20000000, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {0x40008000, RP2040_UNMODELLED, RP2040_UNMODELLED}, /* CLOCKS */
        {0x40044000, RP2040_UNMODELLED, RP2040_UNMODELLED}, /* I2C0 */
        {0x40070000, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {RESETS + 0x00C, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {RESETS + 0x008, 0, RP2040_DIRECTION},
        {GPIO_STATUS(3), 0, RP2040_DIRECTION},
        {IO + 0x130, RP2040_UNMODELLED, RP2040_UNMODELLED}, /* PROC1 */
        {PADS + 0x090, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {TIMER + 0x000, RP2040_DIRECTION, RP2040_UNMODELLED},
        {TIMER + 0x028, 0, RP2040_DIRECTION},
        {TIMER + 0x100, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {PIO0 + 0x144, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {PIO0 + 0x4000, RP2040_UNMAPPED, RP2040_UNMAPPED},
        {SIO + 0x004, 0, RP2040_DIRECTION},
        {SIO + 0x014, RP2040_DIRECTION, 0},
        {SIO + 0x050, RP2040_UNMODELLED, RP2040_UNMODELLED}, /* mailbox */
        {SIO + 0x1000, RP2040_UNMAPPED, RP2040_UNMAPPED},    /* no aliases */
        {PPB + 0xED04, RP2040_UNMODELLED, RP2040_UNMODELLED},
        {TIMER + 0x029, RP2040_MISALIGNED, RP2040_MISALIGNED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned is_write = 0; is_write < 2; is_write++) {
            enum rp2040_fault fault = is_write ? cases[i].writing : cases[i].reading;
            if (is_write)
                mmio_write32(cases[i].address, 0);
            else
                mmio_read32(cases[i].address);
            for (unsigned pio = 0; pio < RP2040_PIOS; pio++)
                chip.pio[pio].now.misuse = 0;
            chip.error_count = chip.error_count > 1 ? 1 : chip.error_count; /* and PIO's own */
            if (fault)
                expect_error(fault, cases[i].address);
        }
    }
}

/* §2.1.2; on registers where read-modify-write goes wrong they are told. */
static void aliases(void **state)
{
    (void)state;
    mmio_write32(PAD(3) + SET_ALIAS, 0x80);
    assert_int_equal(mmio_read32(PAD(3)), 0xD6);
    mmio_write32(PAD(3) + CLR_ALIAS, 0x06);
    assert_int_equal(mmio_read32(PAD(3) + XOR_ALIAS), 0xD0);
    mmio_write32(PAD(3) + XOR_ALIAS, 0xC0);
    assert_int_equal(mmio_read32(PAD(3)), 0x10);
    mmio_write32(PIO1 + PIO_CTRL + SET_ALIAS, 2);
    assert_int_equal(mmio_read32(PIO1 + PIO_CTRL), 2);
    assert_int_equal(mmio_read32(PIO0 + PIO_CTRL), 0);
    mmio_write32(PIO0 + PIO_IRQ + CLR_ALIAS, 1);
    expect_error(RP2040_ALIAS, PIO0 + PIO_IRQ);
    mmio_write32(GPIO_INTR(0) + SET_ALIAS, 1);
    expect_error(RP2040_ALIAS, GPIO_INTR(0));
}

/* §2.1.4: a narrow write goes to all parts of the word, so it is told; a narrow read is one. */
static void narrow_accesses(void **state)
{
    (void)state;
    mmio_write32(TIMER + 0x10, 0x12345678);
    assert_int_equal(mmio_read8(TIMER + 0x11), 0x56);
    assert_int_equal(mmio_read16(TIMER + 0x12), 0x1234);
    assert_int_equal(chip.error_count, 0);
    mmio_write8(TIMER + 0x11, 0xA5);
    expect_error(RP2040_NARROW, TIMER + 0x11);
    assert_int_equal(mmio_read32(TIMER + 0x10), 0xA5A5A5A5);
    mmio_write16(TIMER + 0x12, 0x1234);
    expect_error(RP2040_NARROW, TIMER + 0x12);
    assert_int_equal(mmio_read32(TIMER + 0x10), 0x12341234);
    mmio_read16(TIMER + 0x11);
    expect_error(RP2040_MISALIGNED, TIMER + 0x11);
    mmio_read8(PPB + 0xE400);
    expect_error(RP2040_NARROW, PPB + 0xE400);
}

/* Undefined uses of PIO come through. */
static void misuse_of_pio(void **state)
{
    (void)state;
    mmio_read32(PIO0 + PIO_RXF0);
    expect_error(RP2040_PIO_MISUSE, PIO_RX_UNDERFLOW);
}

/* ---- pads ------------------------------------------------------------------------------------ */

/* §2.19.2: FUNCSEL says who has the pad. */
static void function_select(void **state)
{
    (void)state;
    mmio_write32(SIO + 0x24, BIT(9)); /* OE set, low */
    mmio_write32(PIO1 + PIO_SM0_PINCTRL, 1U << 26 | 9U << 5);
    mmio_write32(PIO1 + PIO_SM0_INSTR, SET(PINDIRS, 1));
    pass(100);
    assert_int_equal(chip.driving, 0);
    mmio_write32(GPIO_CTRL(9), FUNCTION_SIO);
    assert_int_equal(chip.driving, BIT(9));
    mmio_write32(SIO + 0x28, BIT(9));
    assert_int_equal(chip.driving, 0);
    mmio_write32(GPIO_CTRL(9), FUNCTION_PIO0);
    assert_int_equal(chip.driving, 0);
    mmio_write32(GPIO_CTRL(9), FUNCTION_PIO1);
    assert_int_equal(chip.driving, BIT(9));
    assert_int_equal(chip.ever_driven, BIT(9));
    mmio_write32(PAD(9), 0xD6); /* OD */
    assert_int_equal(chip.driving, 0);
}

/* SVD GPIO0_CTRL, GPIO0_STATUS. */
static void overrides(void **state)
{
    (void)state;
    mmio_write32(GPIO_CTRL(9), FUNCTION_SIO | OEOVER(1));
    assert_int_equal(chip.driving, BIT(9));
    assert_int_equal(mmio_read32(GPIO_STATUS(9)) & 0x3300, BIT(13));
    mmio_write32(GPIO_CTRL(9), FUNCTION_SIO | OEOVER(3));
    assert_int_equal(chip.driving, BIT(9));
    mmio_write32(SIO + 0x24, BIT(9));
    mmio_write32(GPIO_CTRL(9), FUNCTION_SIO | OEOVER(2));
    assert_int_equal(chip.driving, 0);
    mmio_write32(GPIO_CTRL(9), FUNCTION_SIO | OEOVER(1));
    assert_int_equal(chip.driving, 0);
    assert_int_equal(mmio_read32(GPIO_STATUS(9)) & 0x3300, BIT(12));

    mmio_write32(GPIO_CTRL(SDA), FUNCTION_SIO | INOVER(1));
    assert_int_equal(mmio_read32(SIO + 4) & BIT(SDA), 0);
    assert_int_equal(mmio_read32(GPIO_STATUS(SDA)) & (BIT(17) | BIT(19)), BIT(17));
    pull(false, true);
    assert_int_equal(mmio_read32(SIO + 4) & BIT(SDA), BIT(SDA));
    assert_int_equal(mmio_read32(GPIO_STATUS(SDA)) & (BIT(17) | BIT(19)), BIT(19));
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_SIO | INOVER(2));
    assert_int_equal(mmio_read32(SIO + 4) & BIT(SDA), 0);
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_SIO | INOVER(3));
    assert_int_equal(mmio_read32(SIO + 4) & BIT(SDA), BIT(SDA));
}

/* SVD PADS_BANK0: input enable, pulls.  Pads on wires have the wires' level. */
static void pads(void **state)
{
    (void)state;
    assert_false(rp2040_pad_level(&chip, 9)); /* PDE after reset */
    mmio_write32(PAD(9), 0x4A);
    assert_true(rp2040_pad_level(&chip, 9));
    assert_true(mmio_read32(SIO + 4) & BIT(9));
    mmio_write32(PAD(9), 0x0A); /* IE off */
    assert_false(mmio_read32(SIO + 4) & BIT(9));
    assert_true(rp2040_pad_level(&chip, SCL)); /* although PDE is set: somebody pulls it up */
    pull(true, false);
    assert_false(rp2040_pad_level(&chip, SCL));
    assert_true(rp2040_pad_level(&chip, SDA));
}

/* Open drain: a pad that is driven high is an error, on the wires or not. */
static void driving_high_is_told(void **state)
{
    (void)state;
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_SIO);
    mmio_write32(SIO + 0x24, BIT(SDA));
    assert_int_equal(chip.error_count, 0);
    assert_false(wires.sda);
    mmio_write32(SIO + 0x14, BIT(SDA));
    expect_error(RP2040_DRIVEN_HIGH, SDA);
    mmio_write32(SIO + 0x28, BIT(SDA));
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_SIO | OUTOVER(1) | OEOVER(3));
    assert_int_equal(chip.error_count, 0);
    mmio_write32(SIO + 0x18, BIT(SDA));
    expect_error(RP2040_DRIVEN_HIGH, SDA);
}

/* The vendor's I2C example: direction bits inverted by OEOVER are "release". */
static void open_drain_by_inverted_directions(void **state)
{
    (void)state;
    mmio_write32(PIO0 + PIO_SM0_PINCTRL, 2U << 26 | SDA << 5);
    mmio_write32(PIO0 + PIO_SM0_INSTR, SET(PINDIRS, 3));
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_PIO0 | OEOVER(1));
    mmio_write32(GPIO_CTRL(SCL), FUNCTION_PIO0 | OEOVER(1));
    assert_true(wires.scl && wires.sda);
    mmio_write32(PIO0 + PIO_SM0_INSTR, SET(PINDIRS, 2));
    pass(50);
    assert_true(wires.scl && !wires.sda);
    assert_true(tap.participant.pulls.sda_low && !tap.participant.pulls.scl_low);
    mmio_write32(PIO0 + PIO_SM0_INSTR, SET(PINDIRS, 1));
    pass(50);
    assert_true(!wires.scl && wires.sda);
    rp2040_leave(&chip); /* whoever leaves lets go */
    assert_true(wires.scl && wires.sda);
}

/* ---- GPIO interrupts ------------------------------------------------------------------------- */

/* SVD INTR0: four bits a pin; edges are latched and cleared by 1, levels are as they are. */
static void gpio_edges(void **state)
{
    (void)state;
    mmio_write32(GPIO_INTR(SCL), UINT32_MAX);
    assert_int_equal(mmio_read32(GPIO_INTR(SCL)) >> 20 & 15, 2);
    pull(true, false);
    assert_int_equal(mmio_read32(GPIO_INTR(SCL)) >> 20 & 15, 4 | 1);
    pull(false, false);
    assert_int_equal(mmio_read32(GPIO_INTR(SCL)) >> 20 & 15, 8 | 4 | 2);
    mmio_write32(GPIO_INTR(SCL), 8U << 20);
    assert_int_equal(mmio_read32(GPIO_INTR(SCL)) >> 20 & 15, 4 | 2);
    mmio_write32(GPIO_INTE(SCL), 8U << 20);
    assert_int_equal(mmio_read32(GPIO_INTS(SCL)), 0);
    mmio_write32(GPIO_INTE(SCL), 4U << 20);
    assert_int_equal(mmio_read32(GPIO_INTS(SCL)), 4U << 20);
    assert_true(mmio_read32(PPB + 0xE200) & BIT(RP2040_IRQ_IO_BANK0));
}

/* ---- timer ----------------------------------------------------------------------------------- */

static uint64_t fired_ns;
static unsigned calls;

static void count_call(void *owner)
{
    (void)owner;
    calls++;
    fired_ns = wires.now_ns;
    mmio_write32(TIMER + 0x34, 15);
}

/* §4.6: microseconds, as the tick makes them (§4.7.2). */
static void timer_counts_ticks(void **state)
{
    (void)state;
    uint32_t before = mmio_read32(TIMER + 0x28);
    pass(1000000);
    assert_in_range(mmio_read32(TIMER + 0x28) - before, 1000, 1001);
    mmio_write32(TICK, BIT(9) | 24);
    before = mmio_read32(TIMER + 0x28);
    pass(1000000);
    assert_in_range(mmio_read32(TIMER + 0x28) - before, 500, 501);
    mmio_write32(TICK, 12);
    before = mmio_read32(TIMER + 0x28);
    pass(1000000);
    assert_int_equal(mmio_read32(TIMER + 0x28), before);
}

/* SVD TIMELR, TIMEHR: reading the low word latches the high one. */
static void timer_latch(void **state)
{
    (void)state;
    chip.timer_base_us = UINT32_MAX - 5;
    uint32_t low = mmio_read32(TIMER + 0x0C);
    assert_true(low > UINT32_MAX - 6);
    pass(20000);
    assert_int_equal(mmio_read32(TIMER + 0x08), 0);
    assert_int_equal(mmio_read32(TIMER + 0x24), 1);
    low = mmio_read32(TIMER + 0x0C);
    assert_true(low < 100);
    assert_int_equal(mmio_read32(TIMER + 0x08), 1);
}

/* §4.6.3: fires when the low word becomes the alarm's; disarms itself. */
static void alarms(void **state)
{
    (void)state;
    calls = 0;
    processor_on_irq(&chip.processor, 2, count_call, NULL);
    mmio_write32(PPB + 0xE100, BIT(2));
    mmio_write32(TIMER + 0x38, BIT(2));
    uint32_t now_us = mmio_read32(TIMER + 0x28);
    uint64_t due_ns = chip.timer_base_ns + (now_us + 50) * UINT64_C(1000);
    mmio_write32(TIMER + 0x18, now_us + 50);
    assert_int_equal(mmio_read32(TIMER + 0x20), BIT(2));
    pass(100000);
    assert_int_equal(calls, 1);
    assert_in_range(fired_ns, due_ns, due_ns + 24 * 8);
    assert_int_equal(mmio_read32(TIMER + 0x20), 0);

    mmio_write32(TIMER + 0x18, mmio_read32(TIMER + 0x28) + 50);
    mmio_write32(TIMER + 0x20, BIT(2));
    pass(100000);
    assert_int_equal(calls, 1);

    mmio_write32(TIMER + 0x18, mmio_read32(TIMER + 0x28) - 1); /* missed: over an hour to go */
    pass(100000);
    assert_int_equal(calls, 1);
    assert_int_equal(mmio_read32(TIMER + 0x20), BIT(2));
}

/* ---- NVIC and processor ---------------------------------------------------------------------- */

/* Every access takes what it takes; a hook may add to it. */
static uint32_t ten_more(struct processor *self, uint32_t address, bool is_write)
{
    (void)self;
    return address == SIO && !is_write ? 10 : 0;
}

static void accesses_take_time(void **state)
{
    (void)state;
    mmio_read32(SIO); /* ends at a clock edge */
    for (uint32_t cycles = 1; cycles <= 20; cycles++) {
        chip.processor.access_cycles = cycles;
        uint64_t before_ns = wires.now_ns;
        mmio_read32(SIO);
        mmio_write32(SIO + 0x10, 0);
        assert_int_equal(wires.now_ns - before_ns, 2 * cycles * 8);
    }
    chip.processor.extra_cycles = ten_more;
    uint64_t before_ns = wires.now_ns;
    mmio_read32(SIO);
    mmio_write32(SIO + 0x10, 0);
    assert_int_equal(wires.now_ns - before_ns, (20 + 10 + 20) * 8);
}

struct served {
    unsigned irq;
    uint64_t entered_ns, left_ns;
};
static struct served log_of[16];
static unsigned log_length;

/* A handler that takes ten accesses and clears its PIO flag at the end. */
static void slow_handler(void *owner)
{
    unsigned irq = *(unsigned *)owner;
    struct served *entry = &log_of[log_length++];
    entry->irq = irq;
    entry->entered_ns = wires.now_ns;
    for (unsigned i = 0; i < 10; i++)
        mmio_read32(SIO);
    mmio_write32(irq < 9 ? PIO0 + PIO_IRQ : PIO1 + PIO_IRQ, 0xFF);
    entry->left_ns = wires.now_ns;
}

static void use_interrupts(void)
{
    static unsigned numbers[] = {7, 9};
    log_length = 0;
    for (unsigned i = 0; i < 2; i++) {
        processor_on_irq(&chip.processor, numbers[i], slow_handler, &numbers[i]);
        mmio_write32((i ? PIO1 : PIO0) + PIO_IRQ0_INTE, BIT(8));
    }
    mmio_write32(PPB + 0xE100, BIT(7) | BIT(9));
}

/* From the request to the handler it takes what is set. */
static void interrupt_latency(void **state)
{
    static const uint32_t latencies[] = {12, 16, 100, 6250};
    (void)state;
    use_interrupts();
    for (size_t i = 0; i < sizeof latencies / sizeof *latencies; i++) {
        chip.processor.latency_cycles = latencies[i];
        pass(100000);
        log_length = 0;
        mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
        uint64_t since_ns = wires.now_ns;
        pass(100000);
        assert_int_equal(log_length, 1);
        assert_int_equal(log_of[0].entered_ns - since_ns, latencies[i] * 8);
    }
}

/* ARM §B1.5.4: a lower number is a higher priority, and interrupts; the same waits. */
static void priorities(void **state)
{
    (void)state;
    for (unsigned higher = 0; higher < 2; higher++) {
        log_length = 0;
        use_interrupts();
        mmio_write32(PPB + 0xE404, 0x80U << 24);
        mmio_write32(PPB + 0xE408, higher ? 0x40U << 8 : 0x80U << 8);
        mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
        while (!nvic_is_active(&chip.processor.nvic) && log_length == 0)
            processor_idle_step(&wires, wires.now_ns + 8);
        /* idle_step() comes back when the handler has ended: request the other from within. */
        log_length = 0;
        mmio_write32(PPB + 0xE200, BIT(7) | BIT(9));
        pass(10000);
        assert_int_equal(log_length, 2);
        assert_int_equal(log_of[0].irq, higher ? 9 : 7);
    }
}

static void request_other(void *owner)
{
    (void)owner;
    mmio_write32(PIO1 + PIO_IRQ_FORCE, 1);
    slow_handler(&(unsigned){7});
}

/* The same: in the middle of a handler, at the end of an access. */
static void nesting(void **state)
{
    (void)state;
    for (unsigned higher = 0; higher < 2; higher++) {
        use_interrupts();
        processor_on_irq(&chip.processor, 7, request_other, NULL);
        mmio_write32(PPB + 0xE404, 0x80U << 24);
        mmio_write32(PPB + 0xE408, higher ? 0x40U << 8 : 0x80U << 8);
        mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
        pass(10000);
        assert_int_equal(log_length, 2);
        assert_int_equal(log_of[0].irq, 7);
        assert_int_equal(log_of[1].irq, 9);
        if (higher)
            assert_true(log_of[1].left_ns < log_of[0].left_ns);
        else
            assert_true(log_of[1].entered_ns > log_of[0].left_ns);
    }
}

/* ARM §B1.4.3: PRIMASK keeps all of them back. */
static void primask(void **state)
{
    (void)state;
    use_interrupts();
    uint32_t outer = cpu_irq_save();
    uint32_t inner = cpu_irq_save();
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    pass(10000);
    cpu_irq_restore(inner);
    pass(10000);
    assert_int_equal(log_length, 0);
    cpu_irq_restore(outer);
    pass(10000);
    assert_int_equal(log_length, 1);
}

/* §2.4.8, ARM §B3.4: a request that came while disabled is pending; a level that stays comes again. */
static void pending(void **state)
{
    (void)state;
    use_interrupts();
    mmio_write32(PPB + 0xE180, BIT(7));
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    pass(1000);
    assert_true(mmio_read32(PPB + 0xE200) & BIT(7));
    mmio_write32(PIO0 + PIO_IRQ, 1); /* the request is gone, not that it was there */
    assert_true(mmio_read32(PPB + 0xE200) & BIT(7));
    mmio_write32(PPB + 0xE100, BIT(7));
    pass(1000);
    assert_int_equal(log_length, 1);
    mmio_write32(PPB + 0xE180, BIT(7));
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    mmio_write32(PPB + 0xE280, BIT(7)); /* the level is still there */
    assert_true(mmio_read32(PPB + 0xE200) & BIT(7));
    mmio_write32(PIO0 + PIO_IRQ, 1);
    mmio_write32(PPB + 0xE280, BIT(7));
    assert_false(mmio_read32(PPB + 0xE200) & BIT(7));
    mmio_write32(PPB + 0xE100, BIT(7));
    pass(1000);
    assert_int_equal(log_length, 1);
}

/* ARM §B1.5.18: WFE waits for the event register; a handler sets it, so none is ever missed. */
static void wait_for_event(void **state)
{
    (void)state;
    use_interrupts();
    chip.processor.event = false;
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    pass(10000);
    assert_int_equal(log_length, 1);
    uint64_t before_ns = wires.now_ns;
    cpu_wait_for_event();
    assert_int_equal(wires.now_ns, before_ns);
    processor_on_irq(&chip.processor, 0, count_call, NULL);
    mmio_write32(PPB + 0xE100, 1);
    mmio_write32(TIMER + 0x38, 1);
    mmio_write32(TIMER + 0x10, mmio_read32(TIMER + 0x28) + 100);
    before_ns = wires.now_ns;
    cpu_wait_for_event();
    assert_in_range(wires.now_ns - before_ns, 98000, 102000);
}

/* ARM SCR.SEVONPEND: what becomes pending is an event, enabled or not. */
static void sevonpend(void **state)
{
    (void)state;
    mmio_write32(PPB + 0xED10, 0x10);
    mmio_write32(PIO0 + PIO_IRQ0_INTE, BIT(8));
    chip.processor.event = false;
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    cpu_wait_for_event();
    assert_false(chip.processor.event);
}

static jmp_buf stuck;

static void on_deadlock(struct processor *self)
{
    (void)self;
    longjmp(stuck, 1);
}

/* Nothing on the wires, no alarm, no request: said instead of waiting for ever. */
static void deadlock(void **state)
{
    (void)state;
    chip.processor.deadlock = on_deadlock;
    chip.processor.event = false;
    if (setjmp(stuck) == 0) {
        cpu_wait_for_event();
        fail();
    }
}

/* An enabled interrupt without a handler is an error, not a loop. */
static void no_handler(void **state)
{
    (void)state;
    mmio_write32(PIO0 + PIO_IRQ0_INTE, BIT(8));
    mmio_write32(PPB + 0xE100, BIT(7));
    mmio_write32(PIO0 + PIO_IRQ_FORCE, 1);
    pass(1000);
    expect_error(RP2040_NO_HANDLER, 7);
}

/* ---- time: running ahead is the same as stepping --------------------------------------------- */

static uint32_t pick(uint32_t choices)
{
    return (uint32_t)rand() % choices;
}

/* A PIO block stepped cycle by cycle beside the chip, fed with the same wires and registers. */
struct plain {
    struct wires_observer observer;
    struct pio_model pio;
    uint64_t cycle;
    bool scl, sda;
    struct {
        uint64_t at_ns;
        bool scl_low, sda_low;
    } ours[4096], its[4096]; /* changes of what is pulled */
    unsigned our_count, its_count;
};
static struct plain plain;

static void note(struct plain *self, bool is_ours, uint64_t at_ns, bool scl_low, bool sda_low)
{
    unsigned *count = is_ours ? &self->our_count : &self->its_count;
    unsigned last = *count ? *count - 1 : 0;
    bool last_scl = *count && (is_ours ? self->ours : self->its)[last].scl_low;
    bool last_sda = *count && (is_ours ? self->ours : self->its)[last].sda_low;
    if (last_scl == scl_low && last_sda == sda_low)
        return;
    assert_true(*count < 4096);
    (is_ours ? self->ours : self->its)[*count].at_ns = at_ns;
    (is_ours ? self->ours : self->its)[*count].scl_low = scl_low;
    (is_ours ? self->ours : self->its)[*count].sda_low = sda_low;
    ++*count;
}

/* Pads are released by direction bits that are 1. */
static bool is_pulled(const struct pio_model *pio, unsigned gpio)
{
    return !((pio->pads_oe | pio->pads_out) >> gpio & 1);
}

static void catch_up(struct plain *self, uint64_t now_ns)
{
    uint32_t levels = (uint32_t)self->scl << SCL | (uint32_t)self->sda << SDA;
    while ((self->cycle + 1) * 8 <= now_ns) {
        pio_step(&self->pio, levels);
        self->cycle++;
        note(self, true, self->cycle * 8, is_pulled(&self->pio, SCL), is_pulled(&self->pio, SDA));
    }
}

static void see_edge(struct wires_observer *observer, const struct wires *on)
{
    struct plain *self = (struct plain *)observer;
    catch_up(self, on->now_ns);
    self->scl = on->scl;
    self->sda = on->sda;
    note(self, false, on->now_ns, tap.participant.pulls.scl_low, tap.participant.pulls.sda_low);
}

static void both(uint32_t offset, uint32_t value)
{
    chip.processor.access_cycles = pick(20) + 1;
    mmio_write32(PIO0 + offset, value);
    catch_up(&plain, wires.now_ns);
    pio_write32(&plain.pio, offset, value);
}

/* A program out of instructions that wait for pins and flags and set directions, with delays. */
static uint32_t random_word(void)
{
    switch (pick(8)) {
    case 0:
        return (uint32_t)(SET(PINDIRS, pick(4)) | HIGH(pick(16)));
    case 1:
        return (uint32_t)(WAIT_GPIO(pick(2), pick(2) ? SCL : SDA) | HIGH(pick(32)));
    case 2:
        return (uint32_t)(WAIT_IRQ(pick(2), pick(8)) | HIGH(pick(32)));
    case 3:
        return (uint32_t)(IRQ_SET(pick(8)) | HIGH(pick(32)));
    case 4:
        return (uint32_t)(JMP(pick(8), pick(32)) | HIGH(pick(32)));
    case 5:
        return (uint32_t)(OUT(PINDIRS, 2) | HIGH(pick(32)));
    case 6:
        return (uint32_t)((pick(2) ? PULL_BLOCK : PULL_NOBLOCK) | HIGH(pick(32)));
    default:
        return (uint32_t)(IN(PINS, 1 + pick(31)) | HIGH(pick(32)));
    }
}

static void start_random_block(void)
{
    static const uint32_t dividers[] = {1 << 16, 1 << 16, 2 << 16, 5 << 16 | 77 << 8};
    memset(&plain, 0, sizeof plain);
    pio_reset(&plain.pio);
    plain.scl = plain.sda = true;
    plain.observer.edge = see_edge;
    plain.cycle = wires.now_ns / 8;
    for (unsigned i = 0; i < 3; i++) /* the synchroniser has seen the wires for a while */
        pio_step(&plain.pio, BIT(SCL) | BIT(SDA));
    for (uint32_t i = 0; i < 32; i++)
        both(PIO_INSTR_MEM0 + 4 * i, random_word());
    for (uint32_t i = 0; i < 2; i++) {
        both(SM(i, CLKDIV), dividers[pick(4)]);
        both(SM(i, EXECCTRL), 0x1F000 | (pick(2) ? BIT(29) : 0) | (uint32_t)SCL << 24);
        both(SM(i, PINCTRL), pick(2) << 29 | 2U << 26 | 2U << 20 | SDA << 5 | SDA | SDA << 15 |
                                 (pick(2) ? UINT32_C(4) : UINT32_C(5)) << 10);
    }
    both(PIO_SM0_INSTR, SET(PINDIRS, 3) | HIGH(0x10)); /* released, by side-set too */
    pass(100);
    catch_up(&plain, wires.now_ns);
    mmio_write32(GPIO_CTRL(SDA), FUNCTION_PIO0 | OEOVER(1));
    mmio_write32(GPIO_CTRL(SCL), FUNCTION_PIO0 | OEOVER(1));
    plain.our_count = plain.its_count = 0;
    i2ctarget_wires_observe(&wires, &plain.observer);
    both(PIO_CTRL, 3 | 3 << 8);
}

static void do_something(void)
{
    static const uint32_t offsets[] = {PIO_TXF0, PIO_TXF0 + 4, PIO_IRQ, PIO_IRQ_FORCE,
                                       PIO_SM0_INSTR};
    uint32_t choice = pick(4);
    if (choice == 0)
        both(offsets[pick(5)], random_word());
    else if (choice == 1)
        pull(pick(2), pick(2));
    else
        pass(pick(choice == 2 ? 40 : 3000));
}

/* Edges at any nanosecond, accesses at any cycle: the pulls are the same, to the nanosecond. */
static void running_ahead_is_stepping(void **state)
{
    unsigned changes = 0;
    srand(2);
    for (unsigned round = 0; round < 60; round++) {
        tear_down(state);
        set_up(state);
        start_random_block();
        for (unsigned i = 0; i < 150; i++)
            do_something();
        pass(1000);
        catch_up(&plain, wires.now_ns);
        assert_int_equal(plain.our_count, plain.its_count);
        assert_memory_equal(plain.ours, plain.its, plain.our_count * sizeof *plain.ours);
        const struct pio_model *its = rp2040_pio_now(&chip, 0);
        assert_int_equal(plain.pio.irq, its->irq);
        for (unsigned i = 0; i < 2; i++) {
            assert_int_equal(plain.pio.machines[i].pc, its->machines[i].pc);
            assert_int_equal(plain.pio.machines[i].isr, its->machines[i].isr);
            assert_int_equal(plain.pio.machines[i].tx.level, its->machines[i].tx.level);
        }
        changes += plain.our_count;
        chip.error_count = 0; /* FIFOs run over, of course */
    }
    print_message("%u changes of pulls\n", changes);
    assert_true(changes > 2000);
}

/* A chip that waits costs nothing: a second of it is a handful of steps. */
static void waiting_is_free(void **state)
{
    (void)state;
    load(PIO0, 0, WAIT_GPIO(0, SCL));
    load(PIO0, 1, WAIT_GPIO(1, SCL));
    mmio_write32(PIO0 + PIO_SM0_EXECCTRL, 1U << 12);
    mmio_write32(PIO0 + PIO_CTRL, 1);
    uint64_t before = chip.cycles_stepped;
    pass(UINT64_C(1000000000));
    assert_true(chip.cycles_stepped - before < 20);
    pull(true, false);
    pass(1000);
    assert_int_equal(rp2040_pio_now(&chip, 0)->machines[0].pc, 1);
}

/* Two chips on the same wires: each with its own registers and interrupts. */
static void two_chips(void **state)
{
    static struct rp2040 other;
    static struct rp2040_tap other_tap;
    (void)state;
    calls = 0;
    rp2040_init(&other, &wires);
    rp2040_connect(&other, &other_tap, 1, 0);
    processor_write(&other.processor, RESETS, 0, 4);
    processor_idle(&wires, wires.now_ns + 100);
    processor_write(&other.processor, GPIO_CTRL(0), FUNCTION_SIO, 4);
    processor_write(&other.processor, SIO + 0x24, 1, 4);
    assert_false(wires.sda);
    assert_true(mmio_read32(GPIO_INTR(SDA)) >> 16 & 1);
    processor_on_irq(&chip.processor, RP2040_IRQ_IO_BANK0, count_call, NULL);
    mmio_write32(PPB + 0xE100, BIT(RP2040_IRQ_IO_BANK0));
    mmio_write32(GPIO_INTR(SDA), UINT32_MAX);
    mmio_write32(GPIO_INTE(SDA), 8U << 16);
    processor_write(&other.processor, SIO + 0x28, 1,
                    4); /* chip's handler runs while other's access passes */
    processor_idle_step(&wires, wires.now_ns + 1000);
    mmio_write32(GPIO_INTE(SDA), 0);
    assert_true(calls > 0);
    assert_int_equal(other.error_count, 0);
    rp2040_leave(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_in_reset),
        TEST(power_on),
        TEST(wrong_addresses),
        TEST(aliases),
        TEST(narrow_accesses),
        TEST(misuse_of_pio),
        TEST(function_select),
        TEST(overrides),
        TEST(pads),
        TEST(driving_high_is_told),
        TEST(open_drain_by_inverted_directions),
        TEST(gpio_edges),
        TEST(timer_counts_ticks),
        TEST(timer_latch),
        TEST(alarms),
        TEST(accesses_take_time),
        TEST(interrupt_latency),
        TEST(priorities),
        TEST(nesting),
        TEST(primask),
        TEST(pending),
        TEST(wait_for_event),
        TEST(sevonpend),
        TEST(deadlock),
        TEST(no_handler),
        TEST(running_ahead_is_stepping),
        TEST(waiting_is_free),
        TEST(two_chips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
