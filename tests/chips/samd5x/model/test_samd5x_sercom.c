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
enum { NACK = 1 << 18 };
#define SEXTTOEN BIT(23)
#define SCLSM BIT(27)
#define LOWTOUTEN BIT(30)
#define AMODE(mode) ((uint32_t)(mode) << 14)
#define ADDRESS(address) ((uint32_t)(address) << 1)
#define MASK(mask) ((uint32_t)(mask) << 17)

static uint32_t base = SERCOM;
static struct line_player player;
static struct wires_observer observer;
static struct {
    bool scl, sda;
    uint64_t scl_rose_ns, scl_fell_ns, sda_rose_ns, sda_fell_ns;
} last;
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
    mmio_write32(base + CTRLB, shadow | bits);
}

static void on_address(unsigned status)
{
    uint32_t byte = mmio_read32(base + DATA);
    note(status & SR ? " R" : " ", 0);
    note(status & DIR ? "r%02x" : "w%02x", byte >> 1);
    note(nacks_addresses ? "n" : "", 0);
    is_first = true;
    received = 0;
    if (clears_by_hand) {
        command(nacks_addresses ? NACK : 0);
        mmio_write8(base + INTFLAG, AMATCH);
    } else {
        command(CONTINUE | (nacks_addresses ? NACK : 0));
    }
}

static void on_byte(void)
{
    note(" <%02x", mmio_read32(base + DATA));
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
    mmio_write32(base + DATA, value);
    if (writes_command)
        command(CONTINUE);
}

/* As a widely used driver does it: PREC last. */
static void handle_stop_last(void *owner)
{
    (void)owner;
    unsigned flags = mmio_read8(base + INTFLAG);
    unsigned status = mmio_read16(base + STATUS);
    if (flags & AMATCH)
        on_address(status);
    else if (flags & DRDY && status & DIR)
        on_request(status);
    else if (flags & DRDY)
        on_byte();
    if (flags & PREC) {
        note(" .", 0);
        mmio_write8(base + INTFLAG, PREC);
    }
}

static void handle(void *owner)
{
    (void)owner;
    unsigned flags = mmio_read8(base + INTFLAG);
    unsigned status = mmio_read16(base + STATUS);
    if (flags & ERROR) {
        note(" E%03x", status & CLEARABLE);
        mmio_write16(base + STATUS, CLEARABLE);
        mmio_write8(base + INTFLAG, ERROR);
    }
    if (flags & PREC) {
        note(" .", 0);
        mmio_write8(base + INTFLAG, PREC);
    }
    if (flags & AMATCH)
        on_address(status);
    else if (flags & DRDY && status & DIR)
        on_request(status);
    else if (flags & DRDY)
        on_byte();
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static void wait_sync(void)
{
    while (mmio_read32(base + SYNCBUSY))
        ;
}

/* SVD; asf4 instance headers. */
static const struct instance {
    uint32_t base, mask;
    unsigned bit, channel;
} instances[SAMD5X_SERCOMS] = {
    {0x40003000, MCLK + 0x14, 12, 7}, {0x40003400, MCLK + 0x14, 13, 8},
    {0x41012000, MCLK + 0x18, 9, 23}, {0x41014000, MCLK + 0x18, 10, 24},
    {0x43000000, MCLK + 0x20, 0, 34}, {0x43000400, MCLK + 0x20, 1, 35},
    {0x43000800, MCLK + 0x20, 2, 36}, {0x43000C00, MCLK + 0x20, 3, 37},
};

/* Up to ENABLE, with all interrupts on one handler, as the data sheet has it (36.6.2.1). */
static void begin_on(unsigned index, uint32_t ctrla, uint32_t ctrlb, uint32_t addr)
{
    const struct instance *instance = &instances[index];
    base = instance->base;
    shadow = ctrlb;
    write_mask(instance->mask, instance->bit);
    enable_channel(instance->channel, 1);
    enable_channel(3, 3);
    mmio_write32(base + CTRLA, SWRST);
    wait_sync();
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | ctrla);
    mmio_write32(base + CTRLB, ctrlb);
    mmio_write32(base + CTRLC, 2);
    mmio_write32(base + ADDR, addr);
    mmio_write8(base + INTENSET, PREC | AMATCH | DRDY | ERROR);
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | ctrla | ENABLE);
    wait_sync();
    for (unsigned i = 0; i < 4; i++)
        enable_irq(SAMD5X_IRQ_SERCOM0 + 4 * index + i, handle);
}

static void begin(uint32_t ctrla, uint32_t ctrlb, uint32_t addr)
{
    begin_on(2, ctrla, ctrlb, addr);
}

static void watch_edge(struct wires_observer *self, const struct wires *on)
{
    (void)self;
    if (on->scl != last.scl)
        *(on->scl ? &last.scl_rose_ns : &last.scl_fell_ns) = on->now_ns;
    if (on->sda != last.sda)
        *(on->sda ? &last.sda_rose_ns : &last.sda_fell_ns) = on->now_ns;
    last.scl = on->scl;
    last.sda = on->sda;
}

static void reset_handler(void)
{
    seen[0] = '\0';
    nacked_byte = -1;
    nacks_addresses = false;
    clears_by_hand = false;
    writes_command = true;
    sent = 0;
    last.scl = true;
    last.sda = true;
}

/* Target 0x40 on SERCOM2. */
static int set_up_target(void **state)
{
    set_up(state);
    reset_handler();
    line_player_open(&player, &wires, 400000);
    observer.edge = watch_edge;
    i2ctarget_wires_observe(&wires, &observer);
    multiplex(SDA, 2);
    multiplex(SCL, 2);
    begin(0, 0, ADDRESS(0x40));
    return 0;
}

static int tear_down_target(void **state)
{
    line_player_close(&player, &wires);
    i2ctarget_wires_unobserve(&wires, &observer);
    return tear_down(state);
}

/* Plays the script to its end; what the player releases may be low still. */
static void run_script(const char *script)
{
    line_player_start(&player, &wires, script);
    while (player.running && processor_idle_step(&wires, WIRES_NEVER))
        ;
    assert_string_equal(player.error, "");
}

/* The same, and a little longer. */
static void play(const char *script)
{
    run_script(script);
    pass(20000);
}

static void expect_seen(const char *expected)
{
    assert_string_equal(seen, expected);
    seen[0] = '\0';
}

/* From here on the test answers, not the handler. */
static void quiet(void)
{
    mmio_write8(base + INTENCLR, 0xFF);
}

static unsigned flags(void)
{
    return mmio_read8(base + INTFLAG);
}

static unsigned status_bits(void)
{
    return mmio_read16(base + STATUS);
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

/* §36.8.2, CMD 3 with a NACK: the target waits for the next START, and hears no STOP. */
static void a_nacked_address(void **state)
{
    (void)state;
    nacks_addresses = true;
    play("S 80 N P S 81 N P");
    expect_seen(" w40n r40n");
    assert_int_equal(flags(), 0);
}

/* §36.8.2, CMD 2: the byte is NACKed, the rest ignored; STOP is told. */
static void a_nacked_byte(void **state)
{
    (void)state;
    nacked_byte = 1;
    play("S 80 A 11 A 22 N 33 N P");
    expect_seen(" w40 <11 <22n .");
    play("S 80 A 44 A P");
    expect_seen(" w40 <44 .");
}

static void messages_of_others(void **state)
{
    (void)state;
    play("S 82 N 55 N P S C0 N S 41 N P");
    expect_seen("");
    play("S 82 N 80 N S 80 A 11 A S 82 N P");
    expect_seen(" Rw40 <11");
    play("S 80 A P");
    expect_seen(" w40 .");
}

/* The address alone, in both directions; of a read nothing is moved. */
static void quick_commands(void **state)
{
    (void)state;
    play("S 80 A P");
    expect_seen(" w40 .");
    /* To make STOP the controller pulls SDA where our first bit, 1, is due: a collision. */
    sent = 0xFF - 0xA0;
    play("S 81 A P");
    expect_seen(" r40 >ff");
    assert_int_equal(status_bits() & COLL, COLL);
    chip.readings.stop_after_collision = true;
    sent = 0xFF - 0xA0;
    play("S 81 A P");
    expect_seen(" r40 >ff .");
}

/* §36.8.2: CMD 2 in answer to a request releases SDA for good. */
static void a_read_may_be_given_up(void **state)
{
    (void)state;
    quiet();
    run_script("S 81 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    assert_int_equal(flags(), DRDY);
    command(FINISH);
    assert_int_equal(flags(), 0);
    run_script("h w600 _");
    play("R n P");
    assert_int_equal(player.bytes[0], 0xFF);
    assert_int_equal(flags(), PREC);
}

/* Drivers in the field write DATA alone, clear AMATCH by hand, or look at PREC last. */
static void drivers_in_the_field(void **state)
{
    (void)state;
    for (unsigned line = 0; line < 4; line++)
        processor_on_irq(&chip.processor, SAMD5X_IRQ_SERCOM0 + 8 + line, handle_stop_last, NULL);
    for (unsigned way = 0; way < 4; way++) {
        writes_command = way & 1;
        clears_by_hand = way >> 1;
        sent = 0;
        play("S 80 A 55 A P W20 S 80 A AA A S 81 A R a R n P");
        expect_seen(" w40 <55 . w40 <aa Rr40 >a0 >a1 ^ .");
        assert_int_equal(player.bytes[1], 0xA1);
    }
}

/* ---- what holds SCL, and for how long -------------------------------------------------------- */

/* §36.6.2.5.1: before the ACK bit, without limit. */
static void an_address_is_held(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~ w1000");
    assert_int_equal(flags(), AMATCH);
    assert_int_equal(mmio_read32(base + DATA), 0x80);
    assert_int_equal(status_bits(), CLKHOLD);
    pass(1000000000);
    assert_false(wires.scl);
    assert_true(wires.sda);
    uint64_t written_ns = wires.now_ns;
    command(CONTINUE);
    assert_int_equal(flags(), 0);
    pass(2000);
    assert_true(wires.scl);
    assert_false(wires.sda);
    assert_in_range(last.sda_fell_ns, written_ns, written_ns + 50);
    /* §36.8.3: (6 + 16 * SDASETUP) cycles of 120 MHz. */
    assert_in_range(last.scl_rose_ns - last.sda_fell_ns, 316, 318);
    assert_int_equal(status_bits(), 0);
}

/* §36.8.6: clearing AMATCH answers, too, as ACKACT says. */
static void an_address_is_answered_by_clearing_its_flag(void **state)
{
    (void)state;
    clears_by_hand = true;
    play("S 80 A 55 A P");
    expect_seen(" w40 <55 .");
    nacks_addresses = true;
    play("S 80 N P");
    expect_seen(" w40n");
}

static void a_byte_is_held(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ 5A w300 ^ ~ w1000");
    assert_int_equal(flags(), DRDY);
    assert_int_equal(mmio_read32(base + DATA), 0x5A);
    assert_int_equal(status_bits(), CLKHOLD);
    pass(1000000);
    assert_false(wires.scl);
    command(CONTINUE | NACK);
    pass(2000);
    assert_true(wires.scl);
    assert_true(wires.sda);
}

/* A request comes at once after the ACK of the address, and after each byte acknowledged. */
static void a_request_is_held(void **state)
{
    (void)state;
    quiet();
    run_script("S 81 w300 ^ ~");
    assert_int_equal(status_bits(), CLKHOLD | DIR);
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    assert_int_equal(flags(), DRDY);
    assert_int_equal(status_bits(), CLKHOLD | DIR);
    pass(1000000);
    assert_false(wires.scl);
    assert_true(wires.sda);
    mmio_write32(base + DATA, 0x7F);
    assert_int_equal(flags(), 0);
    pass(2000);
    assert_true(wires.scl);
    assert_false(wires.sda);
    assert_in_range(last.scl_rose_ns - last.sda_fell_ns, 316, 318);
    run_script("w600 _ :1111111 w300 v w800 ~ w600 _ w1000");
    assert_int_equal(flags(), DRDY);
    run_script("^ ~ w2000");
    assert_false(wires.scl);
}

/* §36.8.1, SDAHOLD: the middle of each range. */
static void sda_is_held_after_scl(void **state)
{
    static const uint32_t holds_ns[] = {0, 75, 450, 600};
    (void)state;
    for (uint32_t hold = 0; hold < 4; hold++) {
        mmio_write32(base + CTRLA, SWRST);
        wait_sync();
        mmio_write32(base + CTRLA, TARGET | hold << 20);
        mmio_write32(base + ADDR, ADDRESS(0x40));
        mmio_write32(base + CTRLA, TARGET | hold << 20 | ENABLE);
        wait_sync();
        run_script("S 80 w300 ^ ~");
        command(CONTINUE);
        run_script("h w600 _ w1000");
        assert_int_equal(last.sda_rose_ns - last.scl_fell_ns, 51 + holds_ns[hold]);
        play("P");
    }
}

/* The ACK bit of an address that is answered at once keeps the hold time. */
static void an_early_answer_waits_for_the_hold_time(void **state)
{
    (void)state;
    chip.processor.latency_cycles = 1;
    chip.processor.access_cycles = 1;
    play("S 80 A P");
    expect_seen(" w40 .");
    assert_true(last.sda_fell_ns != 0);
    quiet();
    run_script("S 80 ^ w60");
    command(CONTINUE);
    pass(1000);
    assert_int_equal(last.sda_fell_ns - last.scl_fell_ns, 51 + 450);
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* Which of the 128 addresses, and of the 128 read ones, does it know? */
static void expect_known(uint32_t ctrlb, uint32_t addr, bool (*is_known)(unsigned address))
{
    begin(0, ctrlb, addr);
    for (unsigned byte = 0; byte < 256; byte++) {
        char script[32];
        bool known = is_known(byte >> 1);
        snprintf(script, sizeof script, byte & 1 && known ? "S %02X %c R n P" : "S %02X %c P", byte,
                 known ? 'A' : 'N');
        run_script(script);
        seen[0] = '\0';
    }
}

static bool is_40(unsigned address)
{
    return address == 0x40;
}

static bool is_50_to_57(unsigned address)
{
    return address >= 0x50 && address <= 0x57;
}

static bool is_any(unsigned address)
{
    (void)address;
    return true;
}

static bool is_22_or_41(unsigned address)
{
    return address == 0x22 || address == 0x41;
}

static bool is_22_to_29(unsigned address)
{
    return address >= 0x22 && address <= 0x29;
}

/* §33.6.3.1: mask, two addresses, range. */
static void address_modes(void **state)
{
    (void)state;
    expect_known(AMODE(0), ADDRESS(0x40), is_40);
    expect_known(AMODE(0), ADDRESS(0x52) | MASK(7), is_50_to_57);
    expect_known(AMODE(0), MASK(0x7F), is_any);
    expect_known(AMODE(1), ADDRESS(0x41) | MASK(0x22), is_22_or_41);
    expect_known(AMODE(2), ADDRESS(0x29) | MASK(0x22), is_22_to_29);
}

/* §36.8.10, GENCEN: the general call is a write. */
static void general_call(void **state)
{
    (void)state;
    play("S 00 N P");
    begin(0, 0, ADDRESS(0x40) | 1);
    play("S 00 A 06 A P S 01 N P S 80 A P");
    expect_seen(" w00 <06 . w40 .");
}

/* ---- STOP ------------------------------------------------------------------------------------ */

/* §36.8.2: each command clears PREC, whoever has not looked at it. */
static void a_command_swallows_a_stop(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    play("h w600 _ P");
    assert_int_equal(flags(), PREC);
    command(CONTINUE);
    assert_int_equal(flags(), 0);
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    play("h w600 _ P");
    run_script("S 81 w300 ^ ~");
    assert_int_equal(flags(), PREC | AMATCH);
    command(CONTINUE);
    assert_int_equal(flags(), 0);
}

/* The other reading (§36.8.6): only a command that answers an address does. */
static void a_command_that_leaves_a_stop(void **state)
{
    (void)state;
    quiet();
    chip.readings.command_leaves_stop = true;
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    play("h w600 _ P");
    command(CONTINUE);
    assert_int_equal(flags(), PREC);
    run_script("S 81 w300 ^ ~");
    assert_int_equal(flags(), PREC | AMATCH);
    command(CONTINUE);
    assert_int_equal(flags(), 0);
}

/* By hand PREC goes alone. */
static void flags_are_cleared_by_ones(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    play("h w600 _ P");
    run_script("S 80 w300 ^ ~");
    mmio_write8(base + INTFLAG, 0);
    assert_int_equal(flags(), PREC | AMATCH);
    mmio_write8(base + INTFLAG, PREC);
    assert_int_equal(flags(), AMATCH);
}

/* §36.6.2.5.6: with GCMD the STOP of a transfer in which we were addressed is told. */
static void group_command(void **state)
{
    (void)state;
    play("S 80 A 11 A S 82 N P");
    expect_seen(" w40 <11");
    begin(0, GCMD, ADDRESS(0x40));
    play("S 80 A 11 A S 82 N P");
    expect_seen(" w40 <11 .");
    play("S 82 N P");
    expect_seen("");
}

static void stop_after_a_nacked_address(void **state)
{
    (void)state;
    nacks_addresses = true;
    play("S 80 N P");
    expect_seen(" w40n");
    chip.readings.stop_after_nacked_address = true;
    play("S 80 N P");
    expect_seen(" w40n .");
    play("S 82 N P");
    expect_seen("");
}

static void stop_after_a_nacked_byte(void **state)
{
    (void)state;
    nacked_byte = 0;
    chip.readings.no_stop_after_nacked_byte = true;
    play("S 80 A 11 N P");
    expect_seen(" w40 <11n");
    nacked_byte = -1;
    play("S 80 A 11 A P");
    expect_seen(" w40 <11 .");
}

/* SR says how the transfer began, whoever was addressed before (§36.8.7); or only after us. */
static void repeated_start(void **state)
{
    (void)state;
    play("S 80 A S 80 A P S 80 A P");
    expect_seen(" w40 Rw40 . w40 .");
    play("S 82 N S 80 A P");
    expect_seen(" Rw40 .");
    chip.readings.sr_only_after_own = true;
    play("S 82 N S 80 A S 81 A R n P");
    expect_seen(" w40 Rr40 >a0 ^ .");
}

/* ---- collisions ------------------------------------------------------------------------------ */

/* §36.8.7, COLL: we send a 1, somebody a 0.  The lines are released without a word. */
static void a_collision(void **state)
{
    (void)state;
    play("S 81 A :11 P");
    expect_seen(" r40 >a0");
    assert_int_equal(flags(), 0);
    assert_int_equal(status_bits() & COLL, COLL);
    play("S 80 A P");
    expect_seen(" w40 .");
    assert_int_equal(status_bits() & COLL, 0);
    chip.readings.collision_is_error = true;
    play("S 81 A :0 w1000 ^ w1000");
    expect_seen(" r40 >a1 E002");
    assert_true(wires.sda);
    assert_int_equal(chip.sercoms[2].phase, SAMD5X_WAITING);
    play(":1111 P");
    expect_seen("");
    chip.readings.stop_after_collision = true;
    play("S 81 A :00 w2000 P");
    expect_seen(" r40 >a2 E002 .");
}

/* A NACK of ours that somebody else overrules is one, too. */
static void a_collision_at_a_nack(void **state)
{
    (void)state;
    nacks_addresses = true;
    play("S 80 a P");
    expect_seen(" w40n");
    assert_int_equal(status_bits() & COLL, COLL);
}

/* ---- STARTs and STOPs where none belongs ----------------------------------------------------- */

static void violations(void **state)
{
    (void)state;
    /* START in an address, in a byte; STOP in both. */
    play("S :100 S 80 A P");
    expect_seen(" E001 Rw40 .");
    play("S 80 A :010 S 80 A P");
    expect_seen(" w40 E001 Rw40 .");
    play("S :100 P");
    expect_seen(" E001");
    play("S 80 A :010 P");
    expect_seen(" w40 E001 .");
    /* Right behind a whole byte they are good, and right behind the first bit of an address not. */
    play("S 80 A 55 A S 80 A 55 A P");
    expect_seen(" w40 <55 Rw40 <55 .");
    play("s w2000 ^ w2000");
    expect_seen(" E001");
    play("S ^ w800 ~ w600 v w600 _ 80 A P");
    expect_seen(" E001 Rw40 .");
}

static void silent_violations(void **state)
{
    (void)state;
    chip.readings.violation = SAMD5X_VIOLATION_SILENT;
    play("S 80 A :010 S 80 A :01 P S :100 P");
    expect_seen(" w40 Rw40 .");
    assert_int_equal(status_bits() & CLEARABLE, 0);
}

static void fatal_violations(void **state)
{
    (void)state;
    chip.readings.violation = SAMD5X_VIOLATION_FATAL;
    play("S 80 A :010 S 80 N P");
    expect_seen(" w40 E001");
    chip.readings.violation_hides_stop = true;
    play("S 80 A :010 P");
    expect_seen(" w40 E001");
    play("S 80 A P");
    expect_seen(" w40 .");
}

static void violations_of_others(void **state)
{
    (void)state;
    play("S 82 N :010 P S 82 N :010 S 80 A P");
    expect_seen(" Rw40 .");
    chip.readings.violations_of_others = true;
    play("S 82 N :010 P S 82 N :010 S 80 A P");
    expect_seen(" E001 E001 Rw40 .");
}

/* ---- time-outs ------------------------------------------------------------------------------- */

/* §36.8.1, LOWTOUTEN: lines released, flags kept; nothing is heard up to the next START. */
static void low_timeout(void **state)
{
    (void)state;
    begin(LOWTOUTEN, 0, ADDRESS(0x40));
    quiet();
    run_script("S 80 w300 ^ ~");
    uint64_t fell_ns = last.scl_fell_ns;
    pass(29900000);
    assert_false(wires.scl);
    pass(200000);
    assert_true(wires.scl);
    assert_in_range(last.scl_rose_ns - fell_ns, 25000000, 35000000);
    assert_int_equal(flags(), AMATCH | ERROR);
    assert_int_equal(status_bits(), LOWTOUT | BUSERR);
    command(CONTINUE);
    assert_int_equal(flags(), ERROR);
    pass(1000);
    assert_true(wires.sda);
    mmio_write8(base + INTFLAG, ERROR);
    run_script("_ :1010101 :1111 w300 ~ w1000");
    assert_int_equal(flags(), 0);
    run_script("S 80 w300 ^ ~ w1000");
    assert_int_equal(flags(), AMATCH);
}

/* Any SCL low counts; without a slow clock none does. */
static void low_timeout_of_others(void **state)
{
    (void)state;
    begin(LOWTOUTEN, 0, ADDRESS(0x40));
    play("S 82 N w40000000 P");
    expect_seen(" E041");
    play("S 82 N w20000000 :1 w20000000 P");
    expect_seen("");
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN);
    wait_sync();
    mmio_write32(GCLK + 0x80 + 4 * 3, 3);
    pass(1000000);
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN | ENABLE);
    wait_sync();
    expect_error(SAMD5X_UNCLOCKED, base + CTRLA);
    play("S 82 N w100000000 P");
    expect_seen("");
}

/* §36.6.3.1: our own stretching from START to STOP, in sum. */
static void extend_timeout(void **state)
{
    (void)state;
    begin(LOWTOUTEN | SEXTTOEN, 0, ADDRESS(0x40));
    quiet();
    for (unsigned i = 0; i < 2; i++) {
        run_script(i == 0 ? "S 80 w300 ^ ~" : "S 80 w300 ^ ~ w2000");
        pass(11000000);
        command(CONTINUE);
        run_script("h w600 _ 55 w300 ^ ~");
        pass(11000000);
        assert_int_equal(flags(), DRDY);
        command(CONTINUE);
        run_script("h w600 _ 55 w300 ^ ~");
        pass(2000000);
        assert_false(wires.scl);
        pass(2000000);
        assert_true(wires.scl);
        assert_int_equal(flags(), DRDY | ERROR);
        assert_int_equal(status_bits(), SEXTTOUT | BUSERR);
        mmio_write16(base + STATUS, CLEARABLE);
        mmio_write8(base + INTFLAG, DRDY | ERROR);
        pass(1000);
        run_script("_ w2000 v w2000 ~ w2000 ^ w2000");
        mmio_write8(base + INTFLAG, PREC);
    }
}

static void a_stop_ends_the_sum(void **state)
{
    (void)state;
    begin(LOWTOUTEN | SEXTTOEN, 0, ADDRESS(0x40));
    quiet();
    for (unsigned i = 0; i < 4; i++) {
        run_script("S 80 w300 ^ ~");
        pass(11000000);
        command(CONTINUE);
        run_script("h w600 _");
        play("P");
        assert_int_equal(flags(), PREC);
        mmio_write8(base + INTFLAG, PREC);
    }
    for (unsigned i = 0; i < 3; i++) {
        run_script("S 80 w300 ^ ~"); /* repeated: the sum goes on */
        pass(i == 2 ? 4000000 : 11000000);
        assert_int_equal(status_bits() & SEXTTOUT, i == 2 ? SEXTTOUT : 0);
        command(CONTINUE);
        run_script("h w600 _");
    }
}

/* ---- what documents leave open --------------------------------------------------------------- */

static void amatch_after_a_nack(void **state)
{
    (void)state;
    quiet();
    chip.readings.nacked_amatch_stays = true;
    run_script("S 80 w300 ^ ~");
    command(CONTINUE | NACK);
    assert_int_equal(flags(), AMATCH);
    assert_int_equal(status_bits() & CLKHOLD, 0);
    mmio_write8(base + INTFLAG, AMATCH);
    assert_int_equal(flags(), 0);
    pass(1000);
    assert_true(wires.sda);
    run_script("h w600 _ P");
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    assert_int_equal(flags(), 0);
}

static void data_alone_continues(void **state)
{
    (void)state;
    writes_command = false;
    play("S 81 A R a R n P");
    expect_seen(" r40 >a0 >a1 ^ .");
    writes_command = true;
    play("S 81 A R a R n P");
    expect_seen(" r40 >a2 >a3 ^ .");
    assert_int_equal(player.bytes[1], 0xA3);
}

static void data_needs_a_command(void **state)
{
    (void)state;
    chip.readings.data_write = SAMD5X_DATA_NEEDS_CMD;
    play("S 81 A R a R n P");
    expect_seen(" r40 >a0 >a1 ^ .");
    assert_int_equal(player.bytes[1], 0xA1);
    quiet();
    run_script("S 81 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    mmio_write32(base + DATA, 0x81);
    assert_int_equal(flags(), 0);
    pass(1000000);
    assert_false(wires.scl);
    command(CONTINUE);
    pass(2000);
    assert_true(wires.scl);
}

static void data_and_a_command_are_two(void **state)
{
    (void)state;
    chip.readings.data_write = SAMD5X_DATA_AND_CMD_TWICE;
    play("S 81 A R a R a R n P");
    expect_seen(" r40 >a0 >a1 ^ .");
    assert_int_equal(player.bytes[0], 0xA0);
    assert_int_equal(player.bytes[1], 0xA0);
    assert_int_equal(player.bytes[2], 0xA1);
    writes_command = false;
    play("S 81 A R a R n P");
    expect_seen(" r40 >a2 >a3 ^ .");
    assert_int_equal(player.bytes[1], 0xA3);
}

/* §36.8.7: what goes by itself, and when. */
static void status_clearing(void **state)
{
    (void)state;
    quiet();
    for (unsigned reading = 0; reading < 3; reading++) {
        for (unsigned by_hand = 0; by_hand < 2; by_hand++) {
            chip.readings.status_clearing = reading;
            mmio_write16(base + STATUS, CLEARABLE);
            run_script("S 80 w300 ^ ~");
            command(CONTINUE);
            run_script("h w600 _ :0 S 80 w300 ^ ~");
            assert_int_equal(status_bits() & CLEARABLE, BUSERR);
            if (by_hand)
                mmio_write8(base + INTFLAG, AMATCH);
            else
                command(CONTINUE);
            bool stays =
                reading == SAMD5X_CLEARED_BY_HAND || (reading == SAMD5X_CLEARED_BY_CMD && by_hand);
            assert_int_equal(status_bits() & CLEARABLE, stays ? BUSERR : 0);
            run_script("h w600 _ P");
        }
    }
}

static void after_the_controllers_nack(void **state)
{
    (void)state;
    play("S 81 A R n");
    expect_seen(" r40 >a0 ^");
    play("P");
    seen[0] = '\0';
    quiet();
    for (unsigned holds = 0; holds < 2; holds++) {
        chip.readings.holds_after_nack = holds;
        run_script("S 81 w300 ^ ~");
        command(CONTINUE);
        run_script("h w600 _ w300 ~");
        mmio_write32(base + DATA, 0xFF);
        run_script("h w600 _ :1111111 n w300 ~ w1000");
        assert_int_equal(flags() & DRDY, DRDY);
        assert_int_equal(status_bits() & (RXNACK | CLKHOLD), holds ? RXNACK | CLKHOLD : RXNACK);
        assert_int_equal(wires.scl, !holds);
        command(FINISH);
        run_script("h w600 _ P");
    }
    /* The flag of the last read is there up to the first ninth clock of the next one. */
    run_script("S 81 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    assert_int_equal(status_bits() & RXNACK, RXNACK);
    mmio_write32(base + DATA, 0xFF);
    run_script("h w600 _ :1111111 a w300 ^ ~ w1000");
    assert_int_equal(status_bits() & RXNACK, 0);
}

static void after_our_nack_by_command_3(void **state)
{
    (void)state;
    quiet();
    for (unsigned receives = 0; receives < 2; receives++) {
        chip.readings.receives_after_nack = receives;
        run_script("S 80 w300 ^ ~");
        command(CONTINUE);
        run_script("h w600 _ 11 w300 ^ ~");
        command(CONTINUE | NACK);
        run_script("h w600 _ 22 w300 ^ ~ w1000");
        assert_int_equal(flags(), receives ? DRDY : 0);
        assert_int_equal(wires.scl, !receives);
        if (receives)
            command(FINISH);
        run_script("h w600 _ P");
    }
}

/* §36.8.2, CMD 2: the acknowledge action, and nothing after it. */
static void after_command_2(void **state)
{
    (void)state;
    quiet();
    for (unsigned is_nacked = 0; is_nacked < 2; is_nacked++) {
        run_script("S 80 w300 ^ ~");
        command(CONTINUE);
        run_script("h w600 _ 11 w300 ^ ~");
        command(is_nacked ? FINISH | NACK : FINISH);
        pass(1000);
        assert_int_equal(wires.sda, is_nacked);
        run_script("h w600 _ 22 w300 ^ ~ w1000");
        assert_int_equal(flags(), 0);
        assert_true(wires.scl);
        run_script("_ w600 P w100");
        assert_int_equal(flags(), PREC);
    }
}

/* ---- modes that answer alone ----------------------------------------------------------------- */

/* §36.8.2, AACKEN: the address is acknowledged without SCL being held. */
static void automatic_acknowledge(void **state)
{
    (void)state;
    begin(0, AACKEN, ADDRESS(0x40));
    quiet();
    run_script("S 80 A ~ w1000");
    assert_true(wires.scl);
    assert_int_equal(flags(), AMATCH);
    run_script("_ w600 P");
    run_script("S 81 A w300 ~ w1000");
    assert_false(wires.scl);
    assert_int_equal(flags(), AMATCH | DRDY | PREC);
}

/* §36.8.2, SMEN: reading DATA acknowledges, as ACKACT says. */
static void smart_mode(void **state)
{
    (void)state;
    begin(0, SMEN, ADDRESS(0x40));
    quiet();
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ 11 w300 ^ ~");
    assert_int_equal(flags(), DRDY);
    assert_int_equal(mmio_read32(base + DATA), 0x11);
    assert_int_equal(flags(), 0);
    pass(1000);
    assert_true(wires.scl);
    assert_false(wires.sda);
    run_script("w600 _ 22 w300 ^ ~");
    command(NACK);
    assert_int_equal(mmio_read32(base + DATA), 0x22);
    pass(1000);
    assert_true(wires.scl);
    assert_true(wires.sda);
}

/* §36.6.2.5.2: SCL is held after the ACK bit; a read has both flags at once. */
static void stretch_after_the_ack(void **state)
{
    (void)state;
    begin(SCLSM, 0, ADDRESS(0x40));
    quiet();
    run_script("S 80 A w300 ~ w1000");
    assert_int_equal(flags(), AMATCH);
    assert_false(wires.scl);
    command(CONTINUE);
    run_script("h w600 _ :0101011 A w300 ~ w1000");
    assert_int_equal(flags(), DRDY);
    assert_int_equal(mmio_read32(base + DATA), 0xAB);
    assert_false(wires.scl);
    run_script("v");
    command(CONTINUE);
    run_script("h w600 ^ w1000");
    run_script("S 81 A w300 ~ w1000");
    assert_int_equal(flags(), AMATCH | DRDY | PREC);
    assert_false(wires.scl);
}

/* ---- registers ------------------------------------------------------------------------------- */

/* SVD, resetValue: all 0. */
static void software_reset(void **state)
{
    static const uint32_t offsets[] = {CTRLA, CTRLB, CTRLC, ADDR, DATA};
    (void)state;
    run_script("S 80 w300 ^ ~");
    assert_int_not_equal(mmio_read32(base + ADDR), 0);
    mmio_write32(base + CTRLA, SWRST);
    assert_int_equal(mmio_read32(base + CTRLA), SWRST);
    wait_sync();
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
        assert_int_equal(mmio_read32(base + offsets[i]), 0);
    assert_int_equal(mmio_read8(base + INTENSET), 0);
    assert_int_equal(flags(), 0);
    assert_int_equal(status_bits(), 0);
}

static void fields(void **state)
{
    (void)state;
    mmio_write32(base + CTRLA, SWRST);
    wait_sync();
    mmio_write32(base + CTRLA, UINT32_MAX & ~BIT(0) & ~BIT(1));
    assert_int_equal(mmio_read32(base + CTRLA), 0x4BB1009C);
    mmio_write32(base + CTRLB, UINT32_MAX);
    assert_int_equal(mmio_read32(base + CTRLB), 0x0004C700); /* CMD reads 0 */
    mmio_write32(base + CTRLC, UINT32_MAX);
    assert_int_equal(mmio_read32(base + CTRLC), 0x0100000F);
    mmio_write32(base + ADDR, UINT32_MAX);
    assert_int_equal(mmio_read32(base + ADDR), 0x07FE87FF);
    mmio_write8(base + INTENSET, 0xFF);
    assert_int_equal(mmio_read8(base + INTENCLR), 0x87);
    mmio_write8(base + INTENCLR, 0x84);
    assert_int_equal(mmio_read8(base + INTENSET), 3);
}

/* Part of a register may be accessed alone: the other bits stay, and nothing else is done. */
static void parts_of_registers(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    mmio_write8(base + CTRLB + 2, (CONTINUE | NACK) >> 16);
    assert_int_equal(flags(), 0);
    pass(1000);
    assert_true(wires.scl);
    assert_int_equal(mmio_read8(base + CTRLB + 2), NACK >> 16);
    run_script("w600 _ P");
    run_script("S 81 w300 ^ ~");
    assert_int_equal(mmio_read8(base + STATUS), CLKHOLD | DIR);
    assert_int_equal(mmio_read8(base + DATA), 0x81);
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    mmio_write8(base + DATA, 0x7F);
    pass(2000);
    assert_true(wires.scl);
    assert_false(wires.sda);
}

/* §36.5: not while it is enabled, unless nothing changes. */
static void enable_protection(void **state)
{
    (void)state;
    uint32_t ctrla = mmio_read32(base + CTRLA);
    mmio_write32(base + CTRLA, ctrla);
    mmio_write32(base + CTRLA, ctrla | SCLSM);
    expect_error(SAMD5X_PROTECTED, base + CTRLA);
    assert_int_equal(mmio_read32(base + CTRLA), ctrla);
    mmio_write32(base + CTRLB, AMODE(2));
    expect_error(SAMD5X_PROTECTED, base + CTRLB);
    assert_int_equal(mmio_read32(base + CTRLB), 0);
    mmio_write32(base + CTRLC, 1);
    expect_error(SAMD5X_PROTECTED, base + CTRLC);
    mmio_write32(base + ADDR, ADDRESS(0x41));
    expect_error(SAMD5X_PROTECTED, base + ADDR);
    mmio_write32(base + ADDR, ADDRESS(0x40));
    play("S 80 A P S 82 N P");
}

/* §13: ENABLE and SWRST take effect when SYNCBUSY is clear again. */
static void synchronisation(void **state)
{
    (void)state;
    uint32_t ctrla = mmio_read32(base + CTRLA);
    chip.sync_cycles = 480; /* of 48 MHz: 10 us */
    mmio_write32(base + CTRLA, ctrla & ~(uint32_t)ENABLE);
    assert_int_equal(mmio_read32(base + SYNCBUSY), ENABLE);
    mmio_write32(base + CTRLA, ctrla);
    expect_error(SAMD5X_BUSY, base + CTRLA);
    pass(9500);
    assert_int_equal(mmio_read32(base + SYNCBUSY), ENABLE);
    pass(1000);
    assert_int_equal(mmio_read32(base + SYNCBUSY), 0);
    mmio_write32(base + CTRLA, SWRST);
    assert_int_equal(mmio_read32(base + SYNCBUSY), SWRST);
    mmio_write32(base + CTRLC, 2);
    expect_error(SAMD5X_BUSY, base + CTRLC);
    pass(11000);
    assert_int_equal(mmio_read32(base + SYNCBUSY), 0);
    assert_int_equal(mmio_read32(base + CTRLC), 0);
}

static void it_is_deaf_until_it_is_enabled(void **state)
{
    (void)state;
    chip.sync_cycles = 4800; /* 100 us */
    begin(0, 0, ADDRESS(0x40));
    mmio_write32(base + CTRLA, TARGET | HOLD_450);
    play("S 80 A P"); /* it goes off while this is under way … */
    pass(100000);
    expect_seen(" w40 .");
    play("S 80 N P");
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | ENABLE);
    play("S 80 N");
    pass(100000);
    play("80 N S 80 A P"); /* … and on, in the middle of a message */
    expect_seen(" w40 .");
}

/* Both lines are released, wherever it was. */
static void switching_off_releases_the_lines(void **state)
{
    (void)state;
    quiet();
    for (unsigned way = 0; way < 2; way++) {
        run_script("S 80 w300 ^ ~");
        command(CONTINUE);
        pass(1000);
        assert_false(wires.sda);
        run_script("_ w100");
        mmio_write32(base + CTRLA, way ? SWRST : TARGET | HOLD_450);
        wait_sync();
        assert_true(wires.sda);
        run_script("w1000 ~ w1000");
        begin(0, 0, ADDRESS(0x40));
        quiet();
        run_script("S 80 w300 ^ ~ w1000");
        assert_false(wires.scl);
        mmio_write32(base + CTRLA, way ? SWRST : TARGET | HOLD_450);
        wait_sync();
        assert_true(wires.scl);
        pass(1000);
        begin(0, 0, ADDRESS(0x40));
        quiet();
    }
}

/* A clock that stands still: nothing is ever through. */
static void clocks_that_stand_still(void **state)
{
    (void)state;
    mmio_write32(base + CTRLA, TARGET | HOLD_450);
    wait_sync();
    mmio_write32(GCLK + 0x80 + 4 * 23, 1);
    pass(1000);
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | ENABLE);
    expect_error(SAMD5X_UNCLOCKED, base + CTRLA);
    pass(1000000);
    assert_int_equal(mmio_read32(base + SYNCBUSY), ENABLE);
    play("S 80 N P");
    mmio_write32(MCLK + 0x18, mmio_read32(MCLK + 0x18) & ~BIT(9));
    mmio_read8(base + INTFLAG);
    expect_error(SAMD5X_UNCLOCKED, base + INTFLAG);
}

/* §36.6.3.1: the time-outs are those of a slow clock of 32 kHz; of another one they are others. */
static void clocks_that_are_too_fast(void **state)
{
    (void)state;
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN);
    expect_error(SAMD5X_PROTECTED, base + CTRLA);
    wait_sync();
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN);
    mmio_write32(GCLK + 0x80 + 4 * 3, 0);
    pass(1000000);
    enable_channel(3, 5); /* 1 MHz as the slow clock */
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN | ENABLE);
    expect_error(SAMD5X_FREQUENCY, base + CTRLA);
    wait_sync();
    play("S 82 N w900000 P");
    expect_seen("");
    play("S 82 N w1000000 P");
    expect_seen(" E041");
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN);
    wait_sync();
    mmio_write32(GCLK + 0x80 + 4 * 3, 0);
    mmio_write32(GCLK + 0x80 + 4 * 23, 0);
    pass(1000000);
    enable_channel(3, 3);
    enable_channel(23, 0); /* 120 MHz as the core clock */
    mmio_write32(base + CTRLA, TARGET | HOLD_450 | LOWTOUTEN | ENABLE);
    expect_error(SAMD5X_FREQUENCY, base + CTRLA);
}

static void try_to_enable(uint32_t ctrla, uint32_t ctrlb, uint32_t ctrlc, uint32_t addr,
                          enum samd5x_fault fault)
{
    mmio_write32(base + CTRLA, SWRST);
    wait_sync();
    mmio_write32(base + CTRLA, ctrla);
    mmio_write32(base + CTRLB, ctrlb);
    mmio_write32(base + CTRLC, ctrlc);
    mmio_write32(base + ADDR, addr);
    mmio_write32(base + CTRLA, ctrla | ENABLE);
    expect_error(fault, fault ? base + CTRLA : 0);
    wait_sync();
}

static void what_is_not_modelled(void **state)
{
    (void)state;
    try_to_enable(TARGET, 0, 0, 0, 0);
    try_to_enable(5 << 2, 0, 0, 0, SAMD5X_UNMODELLED);
    try_to_enable(TARGET | BIT(16), 0, 0, 0, SAMD5X_UNMODELLED); /* PINOUT */
    try_to_enable(TARGET | 2 << 24, 0, 0, 0, SAMD5X_UNMODELLED); /* Hs */
    try_to_enable(TARGET, 0, BIT(24), 0, SAMD5X_UNMODELLED);     /* DATA32B */
    try_to_enable(TARGET, 0, 0, BIT(15), SAMD5X_UNMODELLED);     /* TENBITEN */
    try_to_enable(TARGET | SEXTTOEN, 0, 0, 0, SAMD5X_RESERVED);  /* without LOWTOUTEN */
    try_to_enable(TARGET | SEXTTOEN | LOWTOUTEN, 0, 0, 0, 0);
    try_to_enable(TARGET, AMODE(3), 0, 0, SAMD5X_RESERVED);
}

static void reserved_uses(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    command(1 << 16);
    expect_error(SAMD5X_RESERVED, base + CTRLB);
    assert_int_equal(flags(), AMATCH);
    mmio_write16(base + STATUS, CLKHOLD);
    expect_error(SAMD5X_RESERVED, base + STATUS);
    command(FINISH);
    expect_error(SAMD5X_RESERVED, base + CTRLB);
    run_script("h w600 _ 11 w300 ^ ~");
    mmio_write8(base + INTFLAG, DRDY);
    expect_error(SAMD5X_RESERVED, base + INTFLAG);
    pass(1000);
    assert_false(wires.scl);
}

/* §36.8.7: SR is valid only while AMATCH is set. */
static void sr_is_gone_with_amatch(void **state)
{
    (void)state;
    quiet();
    run_script("S 82 N S 80 w300 ^ ~");
    assert_int_equal(status_bits(), CLKHOLD | SR);
    command(CONTINUE);
    assert_int_equal(status_bits() & SR, 0);
}

/* §36.8.2: ACKACT is not updated twice between two requests. */
static void one_acknowledge_action_a_request(void **state)
{
    (void)state;
    quiet();
    run_script("S 80 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ 11 w300 ^ ~");
    command(NACK);
    command(NACK | FINISH);
    run_script("h w600 _ P S 80 w300 ^ ~");
    command(CONTINUE);
    command(NACK);
    expect_error(SAMD5X_RESERVED, base + CTRLB);
    /* The controller's NACK is a request, too, though SCL is not held. */
    run_script("h w600 _ w600 P S 81 w300 ^ ~");
    command(CONTINUE);
    run_script("h w600 _ w300 ~");
    mmio_write32(base + DATA, 0xFF);
    command(NACK);
    run_script("h w600 _ :1111111 n w300 ~ w1000");
    command(FINISH);
}

static void expect_request(unsigned index, unsigned line, bool is_enabled)
{
    struct samd5x_sercom *sercom = &chip.sercoms[index];
    uint32_t bits[NVIC_WORDS_MAX] = {0};
    unsigned irq = SAMD5X_IRQ_SERCOM0 + 4 * index + line;
    sercom->intflag = line < 3 ? BIT(line) : ERROR;
    sercom->enabled_interrupts = is_enabled ? 0x87 : 0x87 & ~sercom->intflag;
    chip.processor.chip->requests(&chip.processor, bits);
    for (unsigned word = 0; word < NVIC_WORDS_MAX; word++)
        assert_int_equal(bits[word], is_enabled && word == irq / 32 ? BIT(irq % 32) : 0);
    sercom->enabled_interrupts = 0;
}

/* One interrupt for each flag, the fourth for all others; four for each SERCOM. */
static void four_interrupts(void **state)
{
    (void)state;
    for (unsigned index = 0; index < SAMD5X_SERCOMS; index++) {
        begin_on(index, 0, 0, ADDRESS(0x40));
        quiet();
        for (unsigned line = 0; line < 4; line++) {
            expect_request(index, line, true);
            expect_request(index, line, false);
        }
    }
}

/* ---- pads ------------------------------------------------------------------------------------ */

/* §6.2.6: spikes up to 50 ns do not come through, on pads that are specified for I2C. */
static void spikes(void **state)
{
    (void)state;
    play("!d50 w500 !c50 w500 S :1 !d50 :000000 w300 !c50 w300 :0 A P");
    expect_seen(" w40 .");
    /* One of 60 ns on SDA is a START and a STOP. */
    play("!d60 w500");
    expect_seen(" E001");
    chip.i2c_filter_ns = 0;
    play("!d50 w500");
    expect_seen(" E001");
}

static const struct pair {
    uint8_t sercom, function, sda, scl;
} pairs[] = {
    {0, 2, SAMD5X_PA(8), SAMD5X_PA(9)},   {0, 2, SAMD5X_PB(24), SAMD5X_PB(25)},
    {0, 3, SAMD5X_PA(4), SAMD5X_PA(5)},   {0, 3, SAMD5X_PC(17), SAMD5X_PC(16)},
    {1, 2, SAMD5X_PA(16), SAMD5X_PA(17)}, {1, 2, SAMD5X_PC(22), SAMD5X_PC(23)},
    {1, 2, SAMD5X_PC(27), SAMD5X_PC(28)}, {1, 3, SAMD5X_PA(0), SAMD5X_PA(1)},
    {2, 2, SAMD5X_PA(12), SAMD5X_PA(13)}, {2, 2, SAMD5X_PB(26), SAMD5X_PB(27)},
    {2, 3, SAMD5X_PA(9), SAMD5X_PA(8)},   {2, 3, SAMD5X_PB(25), SAMD5X_PB(24)},
    {3, 2, SAMD5X_PA(22), SAMD5X_PA(23)}, {3, 2, SAMD5X_PB(20), SAMD5X_PB(21)},
    {3, 3, SAMD5X_PA(17), SAMD5X_PA(16)}, {3, 3, SAMD5X_PC(23), SAMD5X_PC(22)},
    {4, 2, SAMD5X_PB(12), SAMD5X_PB(13)}, {4, 3, SAMD5X_PA(13), SAMD5X_PA(12)},
    {4, 3, SAMD5X_PB(8), SAMD5X_PB(9)},   {4, 3, SAMD5X_PB(27), SAMD5X_PB(26)},
    {5, 2, SAMD5X_PB(16), SAMD5X_PB(17)}, {5, 3, SAMD5X_PA(23), SAMD5X_PA(22)},
    {5, 3, SAMD5X_PB(2), SAMD5X_PB(3)},   {5, 3, SAMD5X_PB(31), SAMD5X_PB(30)},
    {6, 2, SAMD5X_PC(4), SAMD5X_PC(5)},   {6, 2, SAMD5X_PC(16), SAMD5X_PC(17)},
    {6, 3, SAMD5X_PD(9), SAMD5X_PD(8)},   {6, 3, SAMD5X_PC(13), SAMD5X_PC(12)},
    {7, 2, SAMD5X_PD(8), SAMD5X_PD(9)},   {7, 2, SAMD5X_PB(30), SAMD5X_PB(31)},
    {7, 2, SAMD5X_PC(12), SAMD5X_PC(13)}, {7, 3, SAMD5X_PB(21), SAMD5X_PB(20)},
};

static unsigned ones(uint32_t word)
{
    unsigned count = 0;
    for (; word; word &= word - 1)
        count++;
    return count;
}

/* Each pair of pins that the data sheet has; nothing but the two ever drives. */
static void every_pair_of_pins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct pair *pair = &pairs[i];
        assert_int_equal(tear_down_target(state), 0);
        power_on(pair->scl, pair->sda);
        reset_handler();
        line_player_open(&player, &wires, 400000);
        multiplex(pair->sda, pair->function);
        multiplex(pair->scl, pair->function);
        begin_on(pair->sercom, 0, 0, ADDRESS(0x40));
        play("S 80 A 55 A S 81 A R a R n P");
        expect_seen(" w40 <55 Rr40 >a0 >a1 ^ .");
        unsigned driven = 0;
        for (unsigned group = 0; group < SAMD5X_GROUPS; group++)
            driven += ones(chip.ever_driven[group]);
        assert_int_equal(driven, 2);
        assert_true(chip.ever_driven[pair->sda / 32] >> pair->sda % 32 & 1);
        assert_true(chip.ever_driven[pair->scl / 32] >> pair->scl % 32 & 1);
    }
}

/* PB08 and PB09 have no filter. */
static void pads_without_a_filter(void **state)
{
    (void)state;
    assert_int_equal(tear_down_target(state), 0);
    power_on(SAMD5X_PB(9), SAMD5X_PB(8));
    reset_handler();
    line_player_open(&player, &wires, 400000);
    multiplex(SAMD5X_PB(8), 3);
    multiplex(SAMD5X_PB(9), 3);
    begin_on(4, 0, 0, ADDRESS(0x40));
    play("!d20 w500");
    expect_seen(" E001");
    chip.other_filter_ns = 20;
    play("!d20 w500");
    expect_seen("");
}

/* §32.8.14, PMUXEN: who has the pad.  Without a pad a line is high for the SERCOM. */
static void who_has_the_pad(void **state)
{
    (void)state;
    play("S 80 A P");
    expect_seen(" w40 .");
    mmio_write8(PORT + 0x40 + SDA, 0);
    play("S 80 N P");
    expect_seen("");
    multiplex(SDA, 3); /* another SERCOM's */
    play("S 80 N P");
    expect_seen("");
    mmio_write32(PORT + 0x08, BIT(SDA)); /* DIRSET: in vain */
    multiplex(SDA, 2);
    assert_true(wires.sda);
    play("S 80 A P");
    expect_seen(" w40 .");
    mmio_write8(PORT + 0x40 + SDA, 0); /* PORT drives it now */
    assert_false(wires.sda);
    mmio_write32(PORT + 0x04, BIT(SDA));
    assert_true(wires.sda);
}

static void two_pins_for_one_pad(void **state)
{
    (void)state;
    multiplex(SAMD5X_PB(26), 2);
    expect_error(SAMD5X_RESERVED, SAMD5X_PB(26));
    mmio_write8(PORT + 0x80 + 0x40 + 26, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write),
        TEST(a_read),
        TEST(a_write_and_a_read),
        TEST(a_nacked_address),
        TEST(a_nacked_byte),
        TEST(messages_of_others),
        TEST(quick_commands),
        TEST(a_read_may_be_given_up),
        TEST(drivers_in_the_field),
        TEST(an_address_is_held),
        TEST(an_address_is_answered_by_clearing_its_flag),
        TEST(a_byte_is_held),
        TEST(a_request_is_held),
        TEST(sda_is_held_after_scl),
        TEST(an_early_answer_waits_for_the_hold_time),
        TEST(address_modes),
        TEST(general_call),
        TEST(a_command_swallows_a_stop),
        TEST(a_command_that_leaves_a_stop),
        TEST(flags_are_cleared_by_ones),
        TEST(group_command),
        TEST(stop_after_a_nacked_address),
        TEST(stop_after_a_nacked_byte),
        TEST(repeated_start),
        TEST(a_collision),
        TEST(a_collision_at_a_nack),
        TEST(violations),
        TEST(silent_violations),
        TEST(fatal_violations),
        TEST(violations_of_others),
        TEST(low_timeout),
        TEST(low_timeout_of_others),
        TEST(extend_timeout),
        TEST(a_stop_ends_the_sum),
        TEST(amatch_after_a_nack),
        TEST(data_alone_continues),
        TEST(data_needs_a_command),
        TEST(data_and_a_command_are_two),
        TEST(status_clearing),
        TEST(after_the_controllers_nack),
        TEST(after_our_nack_by_command_3),
        TEST(after_command_2),
        TEST(automatic_acknowledge),
        TEST(smart_mode),
        TEST(stretch_after_the_ack),
        TEST(software_reset),
        TEST(fields),
        TEST(parts_of_registers),
        TEST(enable_protection),
        TEST(synchronisation),
        TEST(it_is_deaf_until_it_is_enabled),
        TEST(switching_off_releases_the_lines),
        TEST(clocks_that_stand_still),
        TEST(clocks_that_are_too_fast),
        TEST(what_is_not_modelled),
        TEST(reserved_uses),
        TEST(sr_is_gone_with_amatch),
        TEST(one_acknowledge_action_a_request),
        TEST(four_interrupts),
        TEST(spikes),
        TEST(every_pair_of_pins),
        TEST(pads_without_a_filter),
        TEST(who_has_the_pad),
        TEST(two_pins_for_one_pad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
