/* SPDX-License-Identifier: MIT */
/*
 * The model of the SAM D5x/E5x around its SERCOMs: decoder, clocks, PORT, EIC, TC, the processor's
 * own registers.  § is the data sheet DS60001507, SVD the vendor's register description, ARM the
 * ARMv7-M Architecture Reference Manual.
 */
#include "chips/samd5x/model/bench_samd5x.h"

/* ---- decoder --------------------------------------------------------------------------------- */

/* An access to anything that is no register, or not modelled, is reported. */
static void wrong_addresses(void **state)
{
    static const struct {
        uint32_t address;
        unsigned bytes;
        enum samd5x_fault reading, writing;
    } cases[] = {
        {0x20000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {0x4000A000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED}, /* DMAC is at 0x4100A000 */
        {0x4100A000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {0x42005000, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {0x44000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {0x60000000, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED}, /* no IOBUS here */
        {GCLK + 0x1C, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED},
        {GCLK + 4, 4, 0, SAMD5X_DIRECTION},
        {GCLK + 5, 2, SAMD5X_MISALIGNED, SAMD5X_MISALIGNED},
        {MCLK + 0x01, 1, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {MCLK + 0x04, 1, 0, SAMD5X_DIRECTION},
        {MCLK + 0x04, 2, SAMD5X_WIDTH, SAMD5X_WIDTH}, /* HSDIV and CPUDIV */
        {OSCCTRL + 0x14, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PORT + 0x20, 4, 0, SAMD5X_DIRECTION},
        {PORT + 0x28, 4, SAMD5X_DIRECTION, 0},
        {PORT + 0x2C, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PORT + 0x200, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {EIC + 0x01, 1, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {SERCOM + 0x0C, 4, SAMD5X_UNMAPPED, SAMD5X_UNMAPPED}, /* BAUD: not in I2CS */
        {SERCOM + 0x18, 4, SAMD5X_WIDTH, SAMD5X_WIDTH},
        {SERCOM + 0x1C, 4, 0, SAMD5X_DIRECTION},
        {SERCOM + 0x22, 2, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PPB + 0xED04, 4, SAMD5X_UNMODELLED, SAMD5X_UNMODELLED},
        {PPB + 0xE100, 1, SAMD5X_WIDTH, SAMD5X_WIDTH},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        processor_read(&chip.processor, cases[i].address, cases[i].bytes);
        expect_error(cases[i].reading, cases[i].address);
        processor_write(&chip.processor, cases[i].address, 0, cases[i].bytes);
        expect_error(cases[i].writing, cases[i].address);
    }
}

/* ---- power-on, clocks ------------------------------------------------------------------------ */

/* SVD, resetValue; what start-up code finds. */
static void after_power_on(void **state)
{
    static const struct {
        uint32_t address;
        unsigned bytes;
        uint32_t value;
    } cases[] = {
        {MCLK + 0x03, 1, 1},
        {MCLK + 0x05, 1, 1},
        {MCLK + 0x10, 4, 0x00FFFFFF},
        {MCLK + 0x14, 4, 0x7FF},
        {MCLK + 0x18, 4, 0x18056},
        {MCLK + 0x1C, 4, 0x2000},
        {MCLK + 0x20, 4, 0},
        {GCLK + 0x20, 4, 0x106},
        {GCLK + 0x24, 4, 0},
        {OSCCTRL + 0x1C, 1, 0x82},
        {OSCCTRL + 0x30, 1, 0x80},
        {OSCCTRL + 0x38, 4, 0x20},
        {OSCCTRL + 0x10, 4, 0x100},
        {OSC32KCTRL + 0x14, 2, 0x2080},
        {OSC32KCTRL + 0x0C, 4, 0},
        {0x40000401, 1, 2},
        {0x40000C00, 1, 1},
        {0x41004000, 2, 4},
        {0x4000180C, 4, 0x501},
        {0x41006000, 4, 0x12D2},
        {PORT + 0x00, 4, 0},
        {PORT + 0x40, 1, 0},
        {PPB + 0xED00, 4, 0x410FC241},
    };
    (void)state;
    samd5x_leave(&chip);
    samd5x_init(&chip, &wires);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(processor_read(&chip.processor, cases[i].address, cases[i].bytes),
                         cases[i].value);
    assert_int_equal(samd5x_cpu_hz(&chip), 48000000);
}

static void wait_generator(unsigned index)
{
    while (mmio_read32(GCLK + 4) & BIT(2 + index))
        ;
}

static void set_generator(unsigned index, uint32_t value)
{
    mmio_write32(GCLK + 0x20 + 4 * index, value);
    wait_generator(index);
}

/* From 48 MHz to 120 MHz, as start-up code does it. */
static void start_up(void **state)
{
    (void)state;
    samd5x_leave(&chip);
    samd5x_init(&chip, &wires);
    processor_select(&chip.processor);
    set_generator(5, 48u << 16 | 0x100 | 6); /* DFLL / 48 */
    enable_channel(1, 5);
    mmio_write32(OSCCTRL + 0x34, 119);
    while (mmio_read32(OSCCTRL + 0x3C))
        ;
    mmio_write32(OSCCTRL + 0x38, BIT(11)); /* REFCLK: GCLK; LBYPASS */
    mmio_write8(OSCCTRL + 0x30, 2);
    while (mmio_read32(OSCCTRL + 0x3C))
        ;
    uint64_t enabled_ns = wires.now_ns;
    while (mmio_read32(OSCCTRL + 0x40) != 3)
        ;
    assert_in_range(wires.now_ns - enabled_ns, 24000, 26000);
    assert_int_equal(mmio_read32(OSCCTRL + 0x10), 0x10100);
    set_generator(0, 0x100 | 7);
    assert_int_equal(samd5x_cpu_hz(&chip), 120000000);
    mmio_write8(MCLK + 0x05, 2);
    assert_int_equal(samd5x_cpu_hz(&chip), 60000000);
}

/* §28, §13: with ONDEMAND nobody asks for it, so it does not lock. */
static void mistakes_with_the_dpll(void **state)
{
    (void)state;
    enable_channel(2, 1); /* 48 MHz */
    mmio_write32(OSCCTRL + 0x4C, 0);
    mmio_write8(OSCCTRL + 0x44, 2);
    expect_error(SAMD5X_FREQUENCY, OSCCTRL + 0x44);
    mmio_write32(OSCCTRL + 0x4C, 1);
    expect_error(SAMD5X_PROTECTED, OSCCTRL + 0x4C);
    mmio_write8(OSCCTRL + 0x44, 0);
    mmio_write32(GCLK + 0x88, 0);
    pass(1000);
    mmio_write8(OSCCTRL + 0x44, 2);
    expect_error(SAMD5X_UNCLOCKED, OSCCTRL + 0x44);
    mmio_write8(OSCCTRL + 0x44, 0);
    enable_channel(2, 5);
    mmio_write32(OSCCTRL + 0x48, 119);
    mmio_write8(OSCCTRL + 0x44, 0x82);
    pass(1000000);
    assert_int_equal(mmio_read32(OSCCTRL + 0x54), 0);
    set_generator(4, 0x100 | 8);
    assert_int_equal(mmio_read32(OSCCTRL + 0x54), 3);
    assert_int_equal(chip.clocks.hz[4], 120000000);
}

static void the_processor_must_run(void **state)
{
    (void)state;
    mmio_write32(GCLK + 0x20, 0x100 | 8); /* DPLL1, which is off */
    expect_error(SAMD5X_UNCLOCKED, GCLK + 0x20);
    wait_generator(0);
    mmio_write32(GCLK + 0x20, 0x100 | 7);
    wait_generator(0);
    mmio_write8(MCLK + 0x05, 3);
    expect_error(SAMD5X_RESERVED, MCLK + 0x05);
}

/* §14: sources and dividers. */
static void generators(void **state)
{
    (void)state;
    set_generator(2, 7u << 16 | 0x100 | 6);
    assert_int_equal(chip.clocks.hz[2], 48000000 / 7);
    set_generator(2, 1u << 16 | 0x100 | 6);
    assert_int_equal(chip.clocks.hz[2], 48000000);
    set_generator(2, 3u << 16 | 0x1100 | 6); /* DIVSEL: by 2 to the 4th */
    assert_int_equal(chip.clocks.hz[2], 3000000);
    set_generator(2, 2u << 16 | 0x100 | 3); /* generator 1 */
    assert_int_equal(chip.clocks.hz[2], 24000000);
    set_generator(2, 3);
    assert_int_equal(chip.clocks.hz[2], 0);
    mmio_write32(GCLK + 0x28, 0x100 | 4);
    assert_int_equal(mmio_read32(GCLK + 4), BIT(4));
    mmio_write32(GCLK + 0x28, 0x100 | 6);
    expect_error(SAMD5X_BUSY, GCLK + 0x28);
}

/* §14: CHEN reads back when the channel has switched. */
static void channels(void **state)
{
    (void)state;
    mmio_write32(GCLK + 0x80 + 4 * 7, 0x43); /* 32768 Hz */
    assert_int_equal(mmio_read32(GCLK + 0x80 + 4 * 7), 0x03);
    pass(200000);
    assert_int_equal(mmio_read32(GCLK + 0x80 + 4 * 7), 0x43);
    mmio_write32(GCLK + 0x80 + 4 * 7, 0x41);
    expect_error(SAMD5X_RESERVED, GCLK + 0x80 + 4 * 7);
    pass(200000);
    mmio_write32(GCLK + 0x80 + 4 * 7, 0xC1); /* and locked */
    mmio_write32(GCLK + 0x80 + 4 * 7, 0x00);
    assert_int_equal(mmio_read32(GCLK + 0x80 + 4 * 7), 0xC1);
    mmio_write8(GCLK, 1);
    assert_int_equal(mmio_read32(GCLK + 0x80 + 4 * 7), 0);
    assert_int_equal(samd5x_cpu_hz(&chip), 48000000);
}

/* §29: the crystal needs its time; a board may have none. */
static void crystal(void **state)
{
    (void)state;
    set_generator(6, 0x100 | 5);                      /* begins when the crystal does */
    mmio_write16(OSC32KCTRL + 0x14, 0x008E | 1 << 8); /* ENABLE, XTALEN, EN32K */
    pass(125000000);
    assert_int_equal(mmio_read32(OSC32KCTRL + 0x0C), 0);
    pass(1000000);
    assert_int_equal(mmio_read32(OSC32KCTRL + 0x0C), 1);
    assert_int_equal(chip.clocks.hz[6], 32768);
    set_generator(3, 0x100 | 5);
    assert_int_equal(chip.clocks.hz[3], 32768);
    mmio_write16(OSC32KCTRL + 0x14, 0);
    assert_int_equal(chip.clocks.hz[3], 0);
    chip.has_crystal = false;
    mmio_write16(OSC32KCTRL + 0x14, 0x008E);
    pass(10000000000);
    assert_int_equal(mmio_read32(OSC32KCTRL + 0x0C), 0);
}

/* §15: what is masked does not answer. */
static void bus_masks(void **state)
{
    (void)state;
    mmio_read32(0x43000000); /* SERCOM4 */
    expect_error(SAMD5X_UNCLOCKED, 0x43000000);
    write_mask(MCLK + 0x20, 0);
    assert_int_equal(mmio_read32(0x43000000), 0);
    mmio_write8(MCLK + 0x20, 0); /* one byte of the mask */
    mmio_write32(0x43000000, 0);
    expect_error(SAMD5X_UNCLOCKED, 0x43000000);
    mmio_write32(MCLK + 0x18, mmio_read32(MCLK + 0x18) & ~BIT(4));
    mmio_read32(PORT);
    expect_error(SAMD5X_UNCLOCKED, PORT);
}

/* ---- PORT ------------------------------------------------------------------------------------ */

static void outputs(void **state)
{
    (void)state;
    mmio_write32(PORT + 0x08, BIT(SDA) | BIT(5)); /* DIRSET */
    assert_int_equal(mmio_read32(PORT + 0x04), BIT(SDA) | BIT(5));
    assert_false(wires.sda);
    mmio_write32(PORT + 0x04, BIT(SDA)); /* DIRCLR */
    assert_true(wires.sda);
    mmio_write32(PORT + 0x0C, BIT(SDA) | BIT(5)); /* DIRTGL */
    assert_int_equal(mmio_read32(PORT), BIT(SDA));
    mmio_write32(PORT, 0);
    assert_true(wires.sda);
    mmio_write16(PORT, BIT(SDA)); /* the lower half */
    assert_false(wires.sda);
    assert_int_equal(chip.ever_driven[0], BIT(SDA) | BIT(5));
    mmio_write32(PORT, 0);
    mmio_write32(PORT + 0x98, BIT(2)); /* OUTSET of PB */
    mmio_write32(PORT + 0x9C, BIT(2) | BIT(3));
    assert_int_equal(mmio_read32(PORT + 0x90), BIT(3));
    mmio_write32(PORT + 0x94, BIT(3));
    assert_int_equal(mmio_read32(PORT + 0x98), 0);
}

static void driven_high(void **state)
{
    (void)state;
    mmio_write32(PORT + 0x18, BIT(SDA));
    mmio_write32(PORT + 0x08, BIT(SDA));
    expect_error(SAMD5X_DRIVEN_HIGH, SDA);
    assert_true(wires.sda);
    mmio_write32(PORT + 0x14, BIT(SDA));
    assert_false(wires.sda);
    mmio_write32(PORT + 0x18, BIT(SDA));
    expect_error(SAMD5X_DRIVEN_HIGH, SDA);
    mmio_write32(PORT + 0x98, BIT(7));
    mmio_write32(PORT + 0x88, BIT(7));
    expect_error(SAMD5X_DRIVEN_HIGH, SAMD5X_PB(7));
}

/* 32.6.1: through two flip-flops of the bus; an input buffer that is off reads 0. */
static void inputs(void **state)
{
    (void)state;
    chip.processor.access_cycles = 1;
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(SDA), 0);
    mmio_write8(PORT + 0x40 + SDA, 2); /* INEN */
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(SDA), BIT(SDA));
    pull(false, true);
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(SDA), BIT(SDA)); /* 8 ns later */
    pass(8);
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(SDA), 0);
    pull(false, false);
    pass(17);
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(SDA), BIT(SDA));
    /* A pad that is on no wire: pulled as OUT says, or low. */
    mmio_write8(PORT + 0x40 + 3, 2);
    pass(100);
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(3), 0);
    mmio_write8(PORT + 0x40 + 3, 6);
    mmio_write32(PORT + 0x18, BIT(3));
    pass(100);
    assert_int_equal(mmio_read32(PORT + 0x20) & BIT(3), BIT(3));
}

/* 32.8.11: many pins of one half at once. */
static void write_config(void **state)
{
    (void)state;
    mmio_write32(PORT + 0x28, BIT(30) | BIT(28) | 3u << 24 | BIT(17) | BIT(16) | 0x3000);
    assert_int_equal(mmio_read8(PORT + 0x4C), 3);
    assert_int_equal(mmio_read8(PORT + 0x4D), 3);
    assert_int_equal(mmio_read8(PORT + 0x36), 0x33);
    mmio_write32(PORT + 0x28, BIT(31) | BIT(28) | 2u << 24 | BIT(1));
    assert_int_equal(mmio_read8(PORT + 0x38), 0x20);
    assert_int_equal(mmio_read8(PORT + 0x51), 0);
    mmio_write32(PORT + 0x28, BIT(30) | 0x3000);
    assert_int_equal(mmio_read8(PORT + 0x4C), 0);
    mmio_write16(PORT + 0x28, 1);
    expect_error(SAMD5X_WIDTH, PORT + 0x28);
}

/* ---- EIC ------------------------------------------------------------------------------------- */

enum { LINE = 12 }; /* of SDA */

static void begin_eic(unsigned sense, bool is_asynchronous)
{
    mmio_write8(EIC, 1);
    while (mmio_read32(EIC + 4))
        ;
    mmio_write32(EIC + 0x20, sense << 16);
    mmio_write32(EIC + 0x18, is_asynchronous ? BIT(LINE) : 0);
    multiplex(SDA, 0);
    mmio_write8(EIC, 2);
    while (mmio_read32(EIC + 4))
        ;
    pass(1000);
    mmio_write32(EIC + 0x14, 0xFFFF);
}

static bool flag(void)
{
    return mmio_read32(EIC + 0x14) == BIT(LINE);
}

/* 23.8.10, SENSE. */
static void edges(void **state)
{
    (void)state;
    enable_channel(4, 1);
    for (unsigned is_asynchronous = 0; is_asynchronous < 2; is_asynchronous++) {
        for (unsigned sense = 0; sense <= 3; sense++) {
            begin_eic(sense, is_asynchronous);
            pull(false, true);
            pass(1000);
            assert_int_equal(flag(), sense >> 1 & 1);
            mmio_write32(EIC + 0x14, BIT(LINE));
            assert_false(flag());
            pull(false, false);
            pass(1000);
            assert_int_equal(flag(), sense & 1);
        }
    }
}

/* A level sets the flag for as long as it lasts. */
static void levels(void **state)
{
    (void)state;
    begin_eic(5, false);
    assert_false(flag());
    pull(false, true);
    pass(1000);
    assert_true(flag());
    mmio_write32(EIC + 0x14, BIT(LINE));
    pass(1000);
    assert_true(flag());
    pull(false, false);
    mmio_write32(EIC + 0x14, BIT(LINE));
    pass(1000);
    assert_false(flag());
    begin_eic(4, false);
    pass(1000);
    assert_true(flag());
}

/* 23.6.4.2: a synchronous edge needs the clock, which may miss it; an asynchronous one does not. */
static void the_clock_of_edges(void **state)
{
    (void)state;
    enable_channel(4, 3); /* 32768 Hz: 30.5 us */
    begin_eic(3, false);
    pull(false, true);
    pass(2000);
    pull(false, false);
    pass(200000);
    assert_false(flag());
    pull(false, true);
    pass(25000);
    assert_false(flag());
    pass(200000);
    assert_true(flag());
    begin_eic(3, true);
    pull(false, false);
    pass(50);
    assert_true(flag());
    mmio_write32(GCLK + 0x80 + 4 * 4, 3);
    pass(200000);
    begin_eic(3, false);
    pull(false, true);
    pass(100000);
    expect_error(SAMD5X_UNCLOCKED, EIC + 0x18);
    assert_false(flag());
    /* CKSEL: the 32768 Hz of ULP32K, always there. */
    mmio_write8(EIC, 0);
    pass(1000);
    mmio_write8(EIC, 0x12);
    pass(200000);
    pull(false, false);
    pass(200000);
    assert_true(flag());
}

static unsigned calls;

static void count_call(void *owner)
{
    (void)owner;
    calls++;
    mmio_write32(EIC + 0x14, 0xFFFF);
}

static void interrupts_of_eic(void **state)
{
    (void)state;
    calls = 0;
    begin_eic(3, true);
    enable_irq(SAMD5X_IRQ_EXTINT0 + LINE, count_call);
    pull(false, true);
    pass(1000);
    assert_int_equal(calls, 0);
    mmio_write32(EIC + 0x10, BIT(LINE));
    pass(1000);
    assert_int_equal(calls, 1);
    pull(false, false);
    pass(1000);
    assert_int_equal(calls, 2);
    mmio_write32(EIC + 0x0C, BIT(LINE));
    pull(false, true);
    pass(1000);
    assert_int_equal(calls, 2);
}

/* Which level it sees of a pin that is not its own: each reading. */
static void unmuxed_pins(void **state)
{
    (void)state;
    for (unsigned reading = 0; reading < 3; reading++) {
        chip.readings.unmuxed = reading;
        begin_eic(3, true);
        assert_int_equal(mmio_read32(EIC + 0x38) >> LINE & 1, 1);
        mmio_write8(PORT + 0x40 + SDA, 2);
        pass(1000);
        assert_int_equal(mmio_read32(EIC + 0x38) >> LINE & 1, reading != SAMD5X_UNMUXED_LOW);
        assert_int_equal(flag(), reading == SAMD5X_UNMUXED_LOW);
    }
}

static void set_up_of_eic(void **state)
{
    (void)state;
    begin_eic(3, true);
    mmio_write32(EIC + 0x18, 0);
    expect_error(SAMD5X_PROTECTED, EIC + 0x18);
    mmio_write32(EIC + 0x1C, 1);
    expect_error(SAMD5X_PROTECTED, EIC + 0x1C);
    mmio_write8(EIC, 0x12);
    expect_error(SAMD5X_PROTECTED, EIC);
    mmio_write8(EIC, 0);
    mmio_write8(EIC, 2);
    expect_error(SAMD5X_BUSY, EIC);
    pass(1000);
    mmio_write8(EIC, 0);
    pass(1000);
    mmio_write32(EIC + 0x1C, 8);
    expect_error(SAMD5X_UNMODELLED, EIC + 0x1C); /* FILTEN */
    mmio_write32(EIC + 0x1C, 6);
    expect_error(SAMD5X_RESERVED, EIC + 0x1C);
}

/* Two pins for one line; a pin without one. */
static void lines_of_pins(void **state)
{
    (void)state;
    multiplex(SAMD5X_PA(12), 0);
    multiplex(SAMD5X_PB(12), 0);
    expect_error(SAMD5X_RESERVED, SAMD5X_PB(12));
    mmio_write8(PORT + 0xC0 + 12, 0);
    multiplex(SAMD5X_PA(8), 0);  /* NMI */
    multiplex(SAMD5X_PB(26), 0); /* 12, too */
    expect_error(SAMD5X_RESERVED, SAMD5X_PB(26));
    mmio_write8(PORT + 0xC0 + 26, 0);
}

/* ---- TC -------------------------------------------------------------------------------------- */

#define TC0 UINT32_C(0x40003800)
#define TC1 UINT32_C(0x40003C00)
enum { MODE_32 = 2 << 2, BY_16 = 4 << 8, TC_ENABLE = 2, READSYNC = 4 << 5, MC0 = 0x10, MC1 = 0x20 };

static void wait_tc(void)
{
    while (mmio_read32(TC0 + 0x10))
        ;
}

/* TC0 at 48 MHz / 16: a tick is 333 1/3 ns. */
static void begin_tc(uint32_t mode)
{
    write_mask(MCLK + 0x14, 14);
    write_mask(MCLK + 0x14, 15);
    enable_channel(9, 1);
    mmio_write32(TC0, 1);
    wait_tc();
    mmio_write32(TC0, mode | BY_16);
    mmio_write32(TC0, mode | BY_16 | TC_ENABLE);
    wait_tc();
}

static uint32_t read_count(void)
{
    mmio_write8(TC0 + 5, READSYNC);
    while (mmio_read8(TC0 + 5))
        ;
    wait_tc();
    return mmio_read32(TC0 + 0x14);
}

/* §48: pairs count 32 bits.  COUNT is what READSYNC took at a tick. */
static void counting(void **state)
{
    (void)state;
    begin_tc(MODE_32);
    uint64_t begun_ns = wires.now_ns;
    pass(1000000000);
    assert_int_equal(mmio_read32(TC0 + 0x14), 0);
    uint32_t count = read_count();
    uint64_t expected = (wires.now_ns - begun_ns) * 3 / 1000;
    assert_in_range(count, expected - 3, expected + 1);
    assert_int_equal(mmio_read32(TC0 + 0x14), count);
    uint64_t before_ns = wires.now_ns;
    for (unsigned i = 1; i <= 100; i++) {
        uint32_t next = read_count();
        assert_in_range(next, count + 1, count + 3);
        count = next;
    }
    assert_in_range(wires.now_ns - before_ns, 33000, 100000); /* each waits for a tick */
    mmio_write8(TC0 + 5, READSYNC);
    mmio_read32(TC0 + 0x14);
    expect_error(SAMD5X_BUSY, TC0 + 0x14);
}

static unsigned matches;
static uint64_t match_ns;

static void on_match(void *owner)
{
    (void)owner;
    matches++;
    match_ns = wires.now_ns;
    mmio_write8(TC0 + 0x0A, MC0 | MC1);
}

/* MCx is set when COUNT becomes equal to CCx. */
static void compare(void **state)
{
    (void)state;
    matches = 0;
    begin_tc(MODE_32);
    enable_irq(SAMD5X_IRQ_TC0, on_match);
    mmio_write32(TC0 + 0x1C, 3000);
    assert_int_equal(mmio_read32(TC0 + 0x10), 0x40);
    wait_tc();
    assert_int_equal(mmio_read32(TC0 + 0x1C), 3000);
    mmio_write8(TC0 + 9, MC0);
    pass(990000);
    assert_int_equal(matches, 0);
    pass(20000);
    assert_int_equal(matches, 1);
    assert_in_range(match_ns - chip.tcs[0].base_ns, 1000000, 1000200); /* 3000 ticks */
    pass(1000000000);
    assert_int_equal(matches, 1);
    mmio_write32(TC0 + 0x20, read_count() + 300);
    pass(200000);
    assert_int_equal(mmio_read8(TC0 + 0x0A), MC1);
    assert_int_equal(matches, 1);
    mmio_write8(TC0 + 8, MC0);
    assert_int_equal(mmio_read8(TC0 + 9), 0);
}

/* A value that COUNT has already when CC takes effect comes only a round later, or at once. */
static void compare_with_now(void **state)
{
    (void)state;
    begin_tc(0);
    for (unsigned at_once = 0; at_once < 2; at_once++) {
        chip.readings.compare_of_now_matches = at_once;
        mmio_write8(TC0 + 5, 2 << 5); /* STOP: so that it is now for long */
        wait_tc();
        mmio_write8(TC0 + 5, 1 << 5); /* RETRIGGER: from 0 */
        wait_tc();
        mmio_write8(TC0 + 0x0A, MC0);
        mmio_write32(TC0 + 0x1C, 0);
        pass(300);
        assert_int_equal(mmio_read8(TC0 + 0x0A) & MC0, at_once ? MC0 : 0);
        mmio_write8(TC0 + 0x0A, MC0);
        pass(21000000);
        assert_int_equal(mmio_read8(TC0 + 0x0A) & MC0, 0);
        pass(1000000); /* 65536 ticks: 21.8 ms */
        assert_int_equal(mmio_read8(TC0 + 0x0A) & MC0, MC0);
    }
}

static void overflow(void **state)
{
    (void)state;
    begin_tc(0);
    pass(21000000);
    assert_int_equal(mmio_read8(TC0 + 0x0A) & 1, 0);
    pass(1000000);
    assert_int_equal(mmio_read8(TC0 + 0x0A) & 1, 1);
    mmio_write32(TC0 + 0x14, 0xFFF0);
    wait_tc();
    assert_in_range(read_count(), 0xFFF0, 0xFFF4);
    mmio_write8(TC0 + 0x0A, 1);
    pass(6000);
    assert_int_equal(mmio_read8(TC0 + 0x0A) & 1, 1);
    assert_in_range(read_count(), 0, 8);
}

/* Whoever counts wraps by OVF alone then sees a COUNT that is past and a wrap that is not. */
static void overflow_that_is_told_late(void **state)
{
    (void)state;
    chip.readings.overflow_is_late = true;
    begin_tc(0);
    mmio_write32(TC0 + 0x14, 0xFFFE);
    wait_tc();
    bool was_late = false, is_told = false;
    for (unsigned i = 0; i < 100 && !is_told; i++) {
        bool has_wrapped = read_count() == 0;
        is_told = mmio_read8(TC0 + 0x0A) & 1;
        was_late |= has_wrapped && !is_told;
    }
    assert_true(was_late);
    assert_true(is_told);
    assert_in_range(read_count(), 1, 3);
}

static void commands_of_tc(void **state)
{
    (void)state;
    begin_tc(MODE_32);
    assert_int_equal(mmio_read8(TC0 + 0x0B), 0);
    pass(100000);
    mmio_write8(TC0 + 5, 2 << 5);
    assert_int_equal(mmio_read8(TC0 + 4), 2 << 5);
    wait_tc();
    assert_int_equal(mmio_read8(TC0 + 0x0B), 1); /* STOP */
    uint32_t count = read_count();
    assert_in_range(count, 300, 310);
    pass(100000);
    assert_int_equal(read_count(), count);
    mmio_write8(TC0 + 5, 1 << 5);
    wait_tc();
    assert_in_range(read_count(), 0, 3);
}

/* It goes on from where it was when its clock changes, or when it is switched off and on. */
static void another_clock(void **state)
{
    (void)state;
    begin_tc(MODE_32);
    pass(100000);
    set_generator(1, 2u << 16 | 0x100 | 6); /* 24 MHz */
    pass(100000);
    assert_in_range(read_count(), 450, 456);
    mmio_write32(TC0, MODE_32 | BY_16);
    wait_tc();
    pass(1000000);
    mmio_write32(TC0, MODE_32 | BY_16 | TC_ENABLE);
    wait_tc();
    assert_in_range(read_count(), 450, 462);
}

static void mistakes_with_tc(void **state)
{
    (void)state;
    begin_tc(MODE_32);
    mmio_write32(TC0, TC_ENABLE | BY_16);
    expect_error(SAMD5X_PROTECTED, TC0);
    mmio_write32(TC1 + 0x14, 1);
    expect_error(SAMD5X_RESERVED, TC1 + 0x14);
    assert_int_equal(mmio_read8(TC1 + 0x0B) & 2, 2);
    mmio_write32(TC0 + 0x1C, 1);
    mmio_write32(TC0 + 0x1C, 2);
    expect_error(SAMD5X_BUSY, TC0 + 0x1C);
    wait_tc();
    mmio_write8(TC0 + 5, 1);
    expect_error(SAMD5X_UNMODELLED, TC0 + 5); /* DIR */
    mmio_write8(TC0 + 0x0C, 1);
    expect_error(SAMD5X_UNMODELLED, TC0 + 0x0C); /* MFRQ */
    mmio_write32(TC0, MODE_32 | BY_16);
    wait_tc();
    mmio_write32(MCLK + 0x14, mmio_read32(MCLK + 0x14) & ~BIT(15)); /* TC1's bus clock */
    mmio_write32(TC0, MODE_32 | BY_16 | TC_ENABLE);
    expect_error(SAMD5X_UNCLOCKED, TC0);
    wait_tc();
    mmio_write32(TC0, MODE_32 | BY_16);
    wait_tc();
    mmio_write32(TC0, 1 << 2);
    mmio_write32(TC0, 1 << 2 | TC_ENABLE);
    expect_error(SAMD5X_UNMODELLED, TC0); /* 8 bits */
    wait_tc();
    mmio_write32(GCLK + 0x80 + 4 * 9, 1);
    pass(1000);
    mmio_write32(TC0 + 0x1C, 1);
    expect_error(SAMD5X_UNCLOCKED, TC0 + 0x1C);
}

/* SVD, asf4: each has its interrupt, its bus and its channel. */
static void all_tcs(void **state)
{
    static const struct {
        uint32_t base, mask;
        unsigned bit, channel;
    } cases[] = {
        {0x40003800, MCLK + 0x14, 14, 9},  {0x40003C00, MCLK + 0x14, 15, 9},
        {0x4101A000, MCLK + 0x18, 13, 26}, {0x4101C000, MCLK + 0x18, 14, 26},
        {0x42001400, MCLK + 0x1C, 5, 30},  {0x42001800, MCLK + 0x1C, 6, 30},
        {0x43001400, MCLK + 0x20, 5, 39},  {0x43001800, MCLK + 0x20, 6, 39},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_mask(cases[i].mask, cases[i].bit);
        enable_channel(cases[i].channel, 1);
        mmio_write32(cases[i].base, TC_ENABLE);
        mmio_write32(cases[i].base + 0x1C, 48000);
        mmio_write8(cases[i].base + 9, MC0);
        uint32_t bits[NVIC_WORDS_MAX] = {0};
        pass(990000);
        chip.processor.chip->requests(&chip.processor, bits);
        assert_int_equal(bits[3], 0);
        pass(20000);
        chip.processor.chip->requests(&chip.processor, bits);
        assert_int_equal(bits[3], BIT(SAMD5X_IRQ_TC0 + i - 96));
        mmio_write8(cases[i].base + 8, MC0);
    }
}

/* ---- the processor's own --------------------------------------------------------------------- */

/* ARM C1.8.8: at the frequency of the clocks, whatever an access costs. */
static void cycle_counter(void **state)
{
    (void)state;
    mmio_read32(PPB + 0x1004);
    expect_error(SAMD5X_UNCLOCKED, PPB + 0x1004);
    mmio_write32(PPB + 0xEDFC, BIT(24));
    mmio_write32(PPB + 0x1004, 0);
    pass(1000000);
    assert_int_equal(mmio_read32(PPB + 0x1004), 0);
    mmio_write32(PPB + 0x1000, 1);
    pass(1000000000);
    assert_in_range(mmio_read32(PPB + 0x1004), 120000000, 120000010);
    mmio_write8(MCLK + 0x05, 2);
    pass(1000000000);
    assert_in_range(mmio_read32(PPB + 0x1004), 180000000, 180000020);
    mmio_write32(PPB + 0x1004, UINT32_MAX - 59999);
    pass(2000000);
    assert_in_range(mmio_read32(PPB + 0x1004), 60000, 60010);
}

/* ARM B3.3. */
static void system_timer(void **state)
{
    (void)state;
    mmio_write32(PPB + 0xE014, 119999);
    mmio_write32(PPB + 0xE018, 0);
    mmio_write32(PPB + 0xE010, 5);
    pass(500000);
    assert_in_range(mmio_read32(PPB + 0xE018), 59990, 60001);
    assert_int_equal(mmio_read32(PPB + 0xE010), 5);
    pass(1000000);
    assert_int_equal(mmio_read32(PPB + 0xE010), 5 | BIT(16));
    assert_int_equal(mmio_read32(PPB + 0xE010), 5);
    assert_in_range(mmio_read32(PPB + 0xE018), 59980, 60001);
    mmio_write32(PPB + 0xE010, 7);
    expect_error(SAMD5X_UNMODELLED, PPB + 0xE010);
}

/* Three bits, the upper ones of a byte, which may be accessed alone (ARM B3.4.3). */
static void priorities_have_three_bits(void **state)
{
    (void)state;
    mmio_write32(PPB + 0xE400 + 136, 0xFFFFFFFF);
    assert_int_equal(mmio_read32(PPB + 0xE400 + 136), 0xE0);
    mmio_write8(PPB + 0xE400 + 47, 0x6F);
    assert_int_equal(mmio_read8(PPB + 0xE400 + 47), 0x60);
    assert_int_equal(mmio_read32(PPB + 0xE400 + 44), 0x60000000);
    assert_int_equal(chip.processor.nvic.priorities[47], 3);
    mmio_write32(PPB + 0xE100 + 16, UINT32_MAX);
    assert_int_equal(mmio_read32(PPB + 0xE100 + 16), 0x1FF); /* 128 to 136 */
    mmio_write32(PPB + 0xE180 + 16, UINT32_MAX);
}

static uint64_t nested_ns, outer_ns;

static void inner(void *owner)
{
    (void)owner;
    nested_ns = wires.now_ns;
    mmio_write8(TC0 + 8, MC0);
}

static void outer(void *owner)
{
    (void)owner;
    mmio_write32(EIC + 0x14, 0xFFFF);
    while (wires.now_ns < 1000000 + match_ns)
        mmio_read32(EIC + 0x14);
    outer_ns = wires.now_ns;
}

/* Priorities 5 and 4 nest; with two bits they would be one. */
static void priorities_nest(void **state)
{
    (void)state;
    begin_tc(MODE_32);
    mmio_write32(TC0 + 0x1C, 1500);
    mmio_write8(TC0 + 9, MC0);
    match_ns = wires.now_ns;
    begin_eic(2, true);
    mmio_write32(EIC + 0x10, BIT(LINE));
    mmio_write8(PPB + 0xE400 + SAMD5X_IRQ_EXTINT0 + LINE, 5 << 5);
    mmio_write8(PPB + 0xE400 + SAMD5X_IRQ_TC0, 4 << 5);
    enable_irq(SAMD5X_IRQ_EXTINT0 + LINE, outer);
    enable_irq(SAMD5X_IRQ_TC0, inner);
    pull(false, true);
    pass(2000000);
    assert_true(nested_ns != 0 && outer_ns != 0);
    assert_true(nested_ns < outer_ns);
    assert_in_range(nested_ns - match_ns, 499000, 502000);
}

static void no_handler(void **state)
{
    (void)state;
    begin_eic(2, true);
    mmio_write32(EIC + 0x10, BIT(LINE));
    mmio_write32(PPB + 0xE100, BIT(SAMD5X_IRQ_EXTINT0 + LINE));
    pull(false, true);
    pass(1000);
    expect_error(SAMD5X_NO_HANDLER, SAMD5X_IRQ_EXTINT0 + LINE);
}

static void names_of_faults(void **state)
{
    (void)state;
    for (unsigned fault = SAMD5X_UNMAPPED; fault <= SAMD5X_NO_HANDLER; fault++)
        assert_non_null(samd5x_fault_name(fault));
}

/* Two chips on the same wires see each other, and nothing else of each other. */
static void two_chips(void **state)
{
    static struct samd5x other;
    static struct samd5x_tap other_tap;
    (void)state;
    samd5x_init(&other, &wires);
    samd5x_connect(&other, &other_tap, SAMD5X_PB(3), SAMD5X_PB(2));
    begin_eic(2, true);
    processor_write(&other.processor, PORT + 0x88, BIT(2), 4);
    assert_false(wires.sda);
    pass(1000);
    assert_true(flag());
    assert_int_equal(chip.ever_driven[1], 0);
    assert_int_equal(other.error_count, 0);
    samd5x_leave(&other);
    assert_true(wires.sda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_addresses),
        TEST(after_power_on),
        TEST(start_up),
        TEST(mistakes_with_the_dpll),
        TEST(the_processor_must_run),
        TEST(generators),
        TEST(channels),
        TEST(crystal),
        TEST(bus_masks),
        TEST(outputs),
        TEST(driven_high),
        TEST(inputs),
        TEST(write_config),
        TEST(edges),
        TEST(levels),
        TEST(the_clock_of_edges),
        TEST(interrupts_of_eic),
        TEST(unmuxed_pins),
        TEST(set_up_of_eic),
        TEST(lines_of_pins),
        TEST(counting),
        TEST(compare),
        TEST(compare_with_now),
        TEST(overflow),
        TEST(overflow_that_is_told_late),
        TEST(commands_of_tc),
        TEST(another_clock),
        TEST(mistakes_with_tc),
        TEST(all_tcs),
        TEST(cycle_counter),
        TEST(system_timer),
        TEST(priorities_have_three_bits),
        TEST(priorities_nest),
        TEST(no_handler),
        TEST(names_of_faults),
        TEST(two_chips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
