/* SPDX-License-Identifier: MIT */
/* The model's pins: decoder, GPIO latches, pads, levels. */
#include "chips/esp32/model/bench_esp32x.h"

/* ---- decoder --------------------------------------------------------------------------------- */

static void access_address(uint32_t address, unsigned bytes, enum esp32x_fault reading,
                           enum esp32x_fault writing)
{
    processor_read(&chip.processor, address, bytes);
    expect_error(reading, address);
    processor_write(&chip.processor, address, 0, bytes);
    expect_error(writing, address);
}

/* An access to anything that is no register, or not modelled, is reported. */
static void wrong_addresses(void **state)
{
    (void)state;
    access_address(0x3FFB0000, 4, ESP32X_UNMAPPED, ESP32X_UNMAPPED); /* memory of some of them */
    access_address(0x00000000, 4, ESP32X_UNMAPPED, ESP32X_UNMAPPED);
    access_address(at->gpio, 4, ESP32X_UNMODELLED, ESP32X_UNMODELLED); /* BT_SELECT */
    access_address(at->mux, 4, ESP32X_UNMODELLED, ESP32X_UNMODELLED);  /* PIN_CTRL */
    access_address(at->gpio + 0xE00, 4, ESP32X_UNMODELLED, ESP32X_UNMODELLED);
    access_address(at->gpio + OUT, 2, ESP32X_WIDTH, ESP32X_WIDTH);
    access_address(at->gpio + OUT + 1, 1, ESP32X_WIDTH, ESP32X_WIDTH);
    access_address(at->gpio + OUT_W1TS, 4, ESP32X_DIRECTION, 0);
    access_address(at->gpio + IN, 4, 0, ESP32X_DIRECTION);
}

static void bits_that_are_none(void **state)
{
    (void)state;
    mmio_write32(at->gpio_map, 0xFFFFFFE3);
    assert_int_equal(mmio_read32(at->gpio_map), 3);
    mmio_write32(at->scl_mux, 0xFFFF0C00);
    assert_int_equal(mmio_read32(at->scl_mux), 0xC00);
}

/* SVD, resetValue. */
static void after_power_on(void **state)
{
    bool is_esp32 = chip.kind == ESP32X_ESP32;
    (void)state;
    assert_int_equal(gpio_read(OUT), 0);
    assert_int_equal(gpio_read(ENABLE), 0);
    assert_int_equal(mmio_read32(at->scl_mux), is_esp32 ? 0x800 : 0xB00);
    assert_int_equal(mmio_read32(at->out_sel0), at->plain);
    assert_int_equal(mmio_read32(at->clk_en), 0xF9C1E06F);
    assert_int_equal(mmio_read32(at->gpio_map), chip.kind == ESP32X_ESP32C3 ? 0 : 16);
    assert_int_equal(mmio_read32(at->timg0 + 0x48), 0x4C000);
    assert_int_equal(mmio_read32(at->rtc_wdt), is_esp32 ? 0x4C80 : 0x13214);
    assert_int_equal(mmio_read32(at->rtc + (is_esp32 ? 0x34 : 0x38)), 0x3041);
    if (!is_esp32)
        assert_int_equal(mmio_read32(at->cpu_rst) & 0x80, 0x80);
}

/* ---- latches --------------------------------------------------------------------------------- */

static void latch(uint32_t offset)
{
    gpio_write(offset, 0x00300003);
    gpio_write(offset + 4, 0x00400004);
    assert_int_equal(gpio_read(offset), 0x00700007);
    gpio_write(offset + 8, 0x00500005);
    assert_int_equal(gpio_read(offset), 0x00200002);
    gpio_write(offset, 0);
}

static void latches(void **state)
{
    (void)state;
    latch(OUT);
    latch(STATUS);
    for (unsigned pin = 0; pin < 22; pin++) /* an output would be reported */
        mmio_write32(at->out_sel0 + 4 * pin, at->plain);
    gpio_write(ENABLE, BIT(OTHER));
    gpio_write(ENABLE_W1TS, BIT(SCL));
    assert_int_equal(gpio_read(ENABLE), BIT(OTHER) | BIT(SCL));
    gpio_write(ENABLE_W1TC, BIT(OTHER));
    assert_int_equal(gpio_read(ENABLE), BIT(SCL));
}

/* GPIO32 and up: registers of their own. */
static void second_bank(void **state)
{
    (void)state;
    gpio_write(0x10, 0x3);
    gpio_write(0x14, 0x4);
    gpio_write(0x18, 0x1);
    assert_int_equal(gpio_read(0x10), 0x6);
    assert_int_equal(gpio_read(OUT), 0);
    gpio_write(0x54, 0x2);
    assert_int_equal(gpio_read(0x50), 0x2);
    gpio_write(0x58, 0x2);
    assert_int_equal(gpio_read(0x50), 0);
    gpio_write(0x30, 0x2);
    assert_int_equal(gpio_read(0x2C), 0x2);
    assert_int_equal(gpio_read(ENABLE), 0);
}

/* ---- pads ------------------------------------------------------------------------------------ */

static void open_drain(void **state)
{
    (void)state;
    open_lines();
    assert_true(wires.scl && wires.sda);
    gpio_write(OUT_W1TC, BIT(SCL));
    assert_true(!wires.scl && wires.sda);
    assert_true(tap.participant.pulls.scl_low && !tap.participant.pulls.sda_low);
    gpio_write(OUT_W1TC, BIT(SDA));
    gpio_write(OUT_W1TS, BIT(SCL));
    assert_true(wires.scl && !wires.sda);
    gpio_write(ENABLE_W1TC, BIT(SDA));
    assert_true(wires.sda);
    assert_int_equal(chip.ever_driven, BIT(SCL) | BIT(SDA));
}

static void never_driven_high(void **state)
{
    (void)state;
    open_lines();
    mmio_write32(at->pin0 + 4 * SCL, 0);
    expect_error(ESP32X_DRIVEN_HIGH, SCL);
    gpio_write(OUT_W1TC, BIT(SCL));
    assert_false(wires.scl);
    gpio_write(OUT_W1TS, BIT(SCL));
    expect_error(ESP32X_DRIVEN_HIGH, SCL);
}

/* Only MCU_SEL's GPIO function connects the matrix. */
static void other_functions(void **state)
{
    (void)state;
    open_lines();
    gpio_write(OUT_W1TC, BIT(SCL));
    mmio_write32(at->scl_mux, 0x800 | FUN_IE | (at->gpio_function ^ 3) << 12);
    assert_true(wires.scl);
    assert_true(gpio_read(IN) >> SCL & 1);
}

static void inversions(void **state)
{
    unsigned invert = chip.kind == ESP32X_ESP32C3 ? 8 : 9;
    (void)state;
    open_lines();
    mmio_write32(at->out_sel0 + 4 * SCL, at->plain | BIT(invert));
    assert_false(wires.scl);
    mmio_write32(at->out_sel0 + 4 * SCL, at->plain | BIT(invert) | BIT(invert + 2));
    assert_true(wires.scl);
    gpio_write(ENABLE_W1TC, BIT(SCL));
    assert_false(wires.scl);
}

static void forbidden_pins(void **state)
{
    static const struct {
        unsigned pin, mux;
        enum esp32x_fault fault;
    } cases[ESP32X_KINDS][3] = {
        [ESP32X_ESP32] = {{6, 0x60, ESP32X_FORBIDDEN_PIN},
                          {5, 0x6C, ESP32X_FORBIDDEN_PIN},
                          {34, 0x14, ESP32X_INPUT_ONLY}},
        [ESP32X_ESP32S2] = {{26, 0x6C, ESP32X_FORBIDDEN_PIN},
                            {45, 0xB8, ESP32X_FORBIDDEN_PIN},
                            {46, 0xBC, ESP32X_INPUT_ONLY}},
        [ESP32X_ESP32S3] = {{19, 0x50, ESP32X_FORBIDDEN_PIN},
                            {3, 0x10, ESP32X_FORBIDDEN_PIN},
                            {32, 0x84, ESP32X_FORBIDDEN_PIN}},
        [ESP32X_ESP32C3] = {{12, 0x34, ESP32X_FORBIDDEN_PIN},
                            {19, 0x50, ESP32X_FORBIDDEN_PIN},
                            {9, 0x28, ESP32X_FORBIDDEN_PIN}},
    };
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        unsigned pin = cases[chip.kind][i].pin;
        uint32_t enable = pin < 32 ? ENABLE_W1TS : 0x30;
        mmio_write32(at->pin0 + 4 * pin, PAD_DRIVER);
        mmio_write32(at->mux + cases[chip.kind][i].mux, 0x800 | at->gpio_function << 12);
        gpio_write(enable, BIT(pin % 32));
        expect_error(cases[chip.kind][i].fault, pin);
        gpio_write(enable + 4, BIT(pin % 32));
    }
}

/* Boards have their bus on some of them. */
static void strapping_pins_of_the_bus(void **state)
{
    static struct esp32x_tap second;
    (void)state;
    esp32x_connect(&chip, &second, 9, 8);
    mmio_write32(at->pin0 + 4 * 9, PAD_DRIVER);
    mmio_write32(at->mux + 0x28, 0x800 | FUN_IE | 1 << 12);
    gpio_write(ENABLE_W1TS, BIT(9));
    assert_false(wires.scl);
    i2ctarget_wires_pull(&wires, &second.participant, (struct line_pulls){0});
}

static void pull_downs(void **state)
{
    (void)state;
    gpio_write(OUT_W1TS, BIT(SDA));
    mmio_write32(at->pin0 + 4 * SDA, PAD_DRIVER);
    mmio_write32(at->sda_mux, 0x800 | FUN_IE | FUN_WPD | at->gpio_function << 12);
    gpio_write(ENABLE_W1TS, BIT(SDA));
    expect_error(ESP32X_PULLED_DOWN, SDA);
}

static void pull_ups(void **state)
{
    uint32_t mux = at->mux + (chip.kind == ESP32X_ESP32 ? 0x88 : 0x08); /* GPIO1 */
    (void)state;
    mmio_write32(mux, 0x800 | FUN_IE);
    pass(100);
    assert_int_equal(gpio_read(IN) & BIT(OTHER), 0);
    mmio_write32(mux, 0x800 | FUN_IE | FUN_WPU);
    pass(100);
    assert_int_equal(gpio_read(IN) & BIT(OTHER), BIT(OTHER));
    assert_true(esp32x_pad_level(&chip, OTHER));
}

/* ESP32: pads that are RTC pads have their pulls, and their connection, in RTC_IO. */
static void rtc_pads(void **state)
{
    static const struct {
        unsigned pin;
        uint32_t mux, pad, up, taken, reset;
    } cases[] = {
        {13, 0x38, 0xA4, 27, 19, 0x52000000},
        {25, 0x24, 0x84, 27, 17, 0x80000000},
        {33, 0x20, 0x8C, 27, 18, 0x84100010},
        {32, 0x1C, 0x8C, 22, 17, 0x84100010},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t pad = at->rtc + 0x400 + cases[i].pad;
        uint32_t in = cases[i].pin < 32 ? IN : IN + 4;
        uint32_t pin = BIT(cases[i].pin % 32);
        assert_int_equal(mmio_read32(pad), cases[i].reset);
        mmio_write32(pad, 0);
        mmio_write32(at->mux + cases[i].mux, 0x800 | FUN_IE | FUN_WPU);
        pass(100);
        assert_int_equal(gpio_read(in) & pin, 0);
        mmio_write32(pad, BIT(cases[i].up));
        pass(100);
        assert_int_equal(gpio_read(in) & pin, pin);
        mmio_write32(pad, BIT(cases[i].up) | BIT(cases[i].taken));
        pass(100);
        assert_int_equal(gpio_read(in) & pin, 0);
        mmio_write32(pad, cases[i].reset);
    }
}

/* A pad that RTC_IO has taken is not GPIO's. */
static void rtc_takes_a_line(void **state)
{
    (void)state;
    open_lines();
    gpio_write(OUT_W1TC, BIT(SCL));
    assert_false(wires.scl);
    mmio_write32(at->rtc + 0x494, 0x52080000); /* TOUCH_PAD0.MUX_SEL */
    assert_true(wires.scl);
}

/* ---- levels ---------------------------------------------------------------------------------- */

static void levels(void **state)
{
    (void)state;
    open_lines();
    pass(100);
    assert_int_equal(gpio_read(IN) & (BIT(SCL) | BIT(SDA)), BIT(SCL) | BIT(SDA));
    pull(true, false);
    pass(100);
    assert_int_equal(gpio_read(IN) & (BIT(SCL) | BIT(SDA)), BIT(SDA));
    assert_false(esp32x_pad_level(&chip, SCL));
    pull(false, true);
    pass(100);
    assert_int_equal(gpio_read(IN) & (BIT(SCL) | BIT(SDA)), BIT(SCL));
}

/* A change of a pad is seen when it has come through the synchroniser, and not before. */
static void levels_are_late(void **state)
{
    (void)state;
    open_lines();
    pass(1000);
    chip.processor.access_cycles = 0;
    chip.processor.cycle_ns = 1;
    pull(true, false);
    pass(24);
    assert_int_equal(gpio_read(IN) >> SCL & 1, 1);
    pull(false, false);
    pass(1);
    assert_int_equal(gpio_read(IN) >> SCL & 1, 0);
    pass(23);
    assert_int_equal(gpio_read(IN) >> SCL & 1, 0);
    pass(1);
    assert_int_equal(gpio_read(IN) >> SCL & 1, 1);
}

static void many_edges_at_once(void **state)
{
    (void)state;
    open_lines();
    pass(1000);
    for (unsigned i = 0; i < 21; i++) {
        pull(i % 2 == 0, false);
        i2ctarget_wires_pass(&wires, wires.now_ns + 1);
    }
    pass(100);
    assert_int_equal(gpio_read(IN) >> SCL & 1, 0);
}

static void input_disabled(void **state)
{
    (void)state;
    open_lines();
    mmio_write32(at->sda_mux, 0x800 | at->gpio_function << 12);
    pass(100);
    assert_int_equal(gpio_read(IN) & BIT(SDA), 0);
    expect_error(ESP32X_INPUT_DISABLED, SDA);
    gpio_write(ENABLE_W1TC, BIT(SDA));
    mmio_write32(at->pin0 + 4 * SDA, 0);
    (void)gpio_read(IN); /* it is no line any more */
    expect_error(0, 0);
}

/* Both banks, when the bus lies in the second one. */
static void lines_of_the_second_bank(void **state)
{
    static struct esp32x_tap second;
    unsigned scl = chip.kind == ESP32X_ESP32 ? 32 : 33, sda = scl + 1;
    uint32_t mux = at->mux + (chip.kind == ESP32X_ESP32 ? 0x1C : 0x88);
    (void)state;
    esp32x_connect(&chip, &second, scl, sda);
    gpio_write(0x14, BIT(scl - 32) | BIT(sda - 32));
    for (unsigned i = 0; i < 2; i++) {
        mmio_write32(mux + 4 * i, 0x800 | FUN_IE | at->gpio_function << 12);
        mmio_write32(at->pin0 + 4 * (scl + i), PAD_DRIVER);
    }
    gpio_write(0x30, BIT(scl - 32) | BIT(sda - 32));
    gpio_write(0x18, BIT(sda - 32));
    pass(100);
    assert_true(wires.scl && !wires.sda);
    assert_int_equal(gpio_read(IN + 4) & (BIT(scl - 32) | BIT(sda - 32)), BIT(scl - 32));
    mmio_write32(mux, 0x800 | at->gpio_function << 12);
    pass(100);
    (void)gpio_read(IN); /* the other bank */
    expect_error(0, 0);
    (void)gpio_read(IN + 4);
    expect_error(ESP32X_INPUT_DISABLED, scl);
    i2ctarget_wires_leave(&wires, &second.participant);
    chip.tap_count = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(wrong_addresses),
        ON_ALL(bits_that_are_none),
        RAW_ON_ALL(after_power_on),
        ON_ALL(latches),
        ON_ESP32(second_bank),
        ON_S2(second_bank),
        ON_S3(second_bank),
        ON_ALL(open_drain),
        ON_ALL(never_driven_high),
        ON_ALL(other_functions),
        ON_ALL(inversions),
        ON_ALL(forbidden_pins),
        ON_C3(strapping_pins_of_the_bus),
        ON_ALL(pull_downs),
        ON_ALL(pull_ups),
        ON_ESP32(rtc_pads),
        ON_ESP32(rtc_takes_a_line),
        ON_ALL(levels),
        ON_ALL(levels_are_late),
        ON_ALL(many_edges_at_once),
        ON_ALL(input_disabled),
        ON_ESP32(lines_of_the_second_bank),
        ON_S2(lines_of_the_second_bank),
        ON_S3(lines_of_the_second_bank),
    };
    return cmocka_run_group_tests_name("esp32x_pins", tests, NULL, NULL);
}
