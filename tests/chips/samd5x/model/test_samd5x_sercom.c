/* SPDX-License-Identifier: MIT */
/*
 * SERCOM2 of the SAM D5x/E5x model as I2C target: registers, bus, messages, every reading of what
 * documents leave open.  § is the data sheet DS60001507.
 *
 * A small handler answers, and writes down what it saw:
 *
 *     w40 r40    an address, write or read; R before it: a repeated START      n    it was NACKed
 *     <55        a byte received        >55    one sent        ^    the controller's NACK
 *     .          STOP (PREC)            E041   ERROR, with STATUS
 */
#include "chips/samd5x/model/bench_samd5x.h"

#include <stdio.h>

#include "support/line_player.h"

enum {
    CTRLA = 0x00,
    CTRLB = 0x04,
    CTRLC = 0x08,
    INTENCLR = 0x14,
    INTENSET = 0x16,
    INTFLAG = 0x18,
    STATUS = 0x1A,
    SYNCBUSY = 0x1C,
    ADDR = 0x24,
    DATA = 0x28
};
enum { PREC = 1, AMATCH = 2, DRDY = 4, ERROR = 0x80 };
enum { BUSERR = 1, COLL = 2, RXNACK = 4, DIR = 8, SR = 0x10, LOWTOUT = 0x40, CLKHOLD = 0x80 };
enum { SEXTTOUT = 0x200, CLEARABLE = 0xA43 };
enum { SWRST = 1, ENABLE = 2, TARGET = 4 << 2, HOLD_450 = 2 << 20 };
enum { SMEN = 1 << 8, GCMD = 1 << 9, AACKEN = 1 << 10, FINISH = 2 << 16, CONTINUE = 3 << 16 };
enum { NACK = 1 << 18, IRQ = SAMD5X_IRQ_SERCOM0 + 4 * 2 };
#define SEXTTOEN BIT(23)
#define SCLSM BIT(27)
#define LOWTOUTEN BIT(30)
#define AMODE(mode) ((uint32_t)(mode) << 14)
#define ADDRESS(address) ((uint32_t)(address) << 1)
#define MASK(mask) ((uint32_t)(mask) << 17)

static struct line_player player;
static char seen[512];
static uint32_t shadow; /* CTRLB's set-up */
static int nacked_byte; /* this one is NACKed: 0 is the first; -1: none */
static bool nacks_addresses, writes_command, clears_by_hand;
static unsigned received, sent;
static bool is_first;

static void note(const char *form, unsigned value)
{
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, form, value);
}

static void command(uint32_t bits)
{
    mmio_write32(SERCOM + CTRLB, shadow | bits);
}

static void on_address(unsigned status)
{
    uint32_t byte = mmio_read32(SERCOM + DATA);
    note(status & SR ? " R" : " ", 0);
    note(status & DIR ? "r%02x" : "w%02x", byte >> 1);
    note(nacks_addresses ? "n" : "", 0);
    is_first = true;
    received = 0;
    if (clears_by_hand) {
        command(nacks_addresses ? NACK : 0);
        mmio_write8(SERCOM + INTFLAG, AMATCH);
    } else {
        command(CONTINUE | (nacks_addresses ? NACK : 0));
    }
}

static void on_byte(void)
{
    note(" <%02x", mmio_read32(SERCOM + DATA));
    bool is_nacked = nacked_byte == (int)received++;
    note(is_nacked ? "n" : "", 0);
    command(is_nacked ? FINISH | NACK : CONTINUE);
}

static void on_request(unsigned status)
{
    if (!is_first && status & RXNACK) {
        note(" ^", 0);
        command(FINISH);
        return;
    }
    is_first = false;
    unsigned value = 0xA0 + sent++;
    note(" >%02x", value);
    mmio_write32(SERCOM + DATA, value);
    if (writes_command)
        command(CONTINUE);
}

static void handle(void *owner)
{
    (void)owner;
    unsigned flags = mmio_read8(SERCOM + INTFLAG);
    unsigned status = mmio_read16(SERCOM + STATUS);
    if (flags & ERROR) {
        note(" E%03x", status & CLEARABLE);
        mmio_write16(SERCOM + STATUS, CLEARABLE);
        mmio_write8(SERCOM + INTFLAG, ERROR);
    }
    if (flags & PREC) {
        note(" .", 0);
        mmio_write8(SERCOM + INTFLAG, PREC);
    }
    if (flags & AMATCH)
        on_address(status);
    else if (flags & DRDY && status & DIR)
        on_request(status);
    else if (flags & DRDY)
        on_byte();
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static void multiplex(unsigned pin, unsigned function)
{
    uint32_t group = PORT + 0x80 * (pin / 32);
    uint32_t pmux = group + 0x30 + pin % 32 / 2;
    unsigned shift = 4 * (pin % 2);
    mmio_write8(pmux, (uint8_t)((mmio_read8(pmux) & ~(0xFu << shift)) | function << shift));
    mmio_write8(group + 0x40 + pin % 32, 1);
}

static void wait_sync(void)
{
    while (mmio_read32(SERCOM + SYNCBUSY))
        ;
}

static void enable_channel(unsigned channel, unsigned generator)
{
    mmio_write32(GCLK + 0x80 + 4 * channel, 0x40 | generator);
    while (!(mmio_read32(GCLK + 0x80 + 4 * channel) & 0x40))
        ;
}

/* Target 0x40 with all interrupts on one handler, as section 5 of the notes has it. */
static void begin(uint32_t ctrla, uint32_t ctrlb, uint32_t addr)
{
    enable_channel(23, 1);
    enable_channel(3, 3);
    mmio_write32(SERCOM + CTRLA, SWRST);
    wait_sync();
    shadow = ctrlb;
    mmio_write32(SERCOM + CTRLA, TARGET | HOLD_450 | ctrla);
    mmio_write32(SERCOM + CTRLB, ctrlb);
    mmio_write32(SERCOM + CTRLC, 2);
    mmio_write32(SERCOM + ADDR, addr);
    mmio_write8(SERCOM + INTENSET, PREC | AMATCH | DRDY | ERROR);
    multiplex(SDA, 2);
    multiplex(SCL, 2);
    mmio_write32(SERCOM + CTRLA, TARGET | HOLD_450 | ctrla | ENABLE);
    wait_sync();
    for (unsigned i = 0; i < 4; i++) {
        processor_on_irq(&chip.processor, IRQ + i, handle, NULL);
        mmio_write32(PPB + 0xE100 + 4 * ((IRQ + i) / 32), BIT((IRQ + i) % 32));
    }
}

static int set_up_target(void **state)
{
    set_up(state);
    line_player_open(&player, &wires, 400000);
    seen[0] = '\0';
    nacked_byte = -1;
    nacks_addresses = false;
    clears_by_hand = false;
    writes_command = true;
    sent = 0;
    begin(0, 0, ADDRESS(0x40));
    return 0;
}

static int tear_down_target(void **state)
{
    line_player_close(&player, &wires);
    return tear_down(state);
}

/* Plays the script to its end, and a little longer. */
static void play(const char *script)
{
    line_player_start(&player, &wires, script);
    while (player.running && processor_idle_step(&wires, WIRES_NEVER))
        ;
    pass(20000);
    assert_string_equal(player.error, "");
}

static void expect_seen(const char *expected)
{
    assert_string_equal(seen, expected);
    seen[0] = '\0';
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_target, tear_down_target)

/* ---- messages -------------------------------------------------------------------------------- */

static void a_write(void **state)
{
    (void)state;
    play("S 80 A 55 A AA A P");
    expect_seen(" w40 <55 <aa .");
}

static void a_read(void **state)
{
    (void)state;
    play("S 81 A R a R n P");
    expect_seen(" r40 >a0 >a1 ^ .");
    assert_int_equal(player.bytes[0], 0xA0);
    assert_int_equal(player.bytes[1], 0xA1);
}

static void a_write_and_a_read(void **state)
{
    (void)state;
    play("S 80 A 12 A S 81 A R n P");
    expect_seen(" w40 <12 Rr40 >a0 ^ .");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write),
        TEST(a_read),
        TEST(a_write_and_a_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
