/* SPDX-License-Identifier: MIT */
/* The model's CPU GPIO: channels, their signals, their clock and reset. */
#include "chips/esp32/model/bench_esp32x.h"

enum { CLOCK = 0x80 };

static uint32_t oen_sel(void)
{
    return chip.kind == ESP32X_ESP32C3 ? BIT(9) : BIT(10);
}

/* Channels 0 and 1 of a core are SCL and SDA; ENABLE is their output enable. */
static void connect_channels(unsigned core)
{
    mmio_write32(at->cpu_clk, CLOCK);
    mmio_write32(at->cpu_rst, 0);
    if (chip.kind == ESP32X_ESP32S2)
        mmio_write32(0x3F4CF010, 0xFF); /* OUT_CPU */
    chip.processor.core = core;
    cpu_gpio_write(3, 3);
    open_lines();
    for (unsigned i = 0; i < 2; i++) {
        unsigned pin = i ? SDA : SCL;
        mmio_write32(at->out_sel0 + 4 * pin, (at->channel[core] + i) | oen_sel());
        mmio_write32(at->in_sel0 + 4 * (at->channel[core] + i), at->in_select | pin);
    }
    pass(100);
}

static void lines_follow_channels(unsigned core)
{
    connect_channels(core);
    assert_true(wires.scl && wires.sda);
    cpu_gpio_write(1, 0);
    assert_true(!wires.scl && wires.sda);
    cpu_gpio_write(2, 0);
    assert_true(!wires.scl && !wires.sda);
    cpu_gpio_write(1, 0xFF); /* the mask keeps SDA low */
    assert_true(wires.scl && !wires.sda);
    assert_int_equal(esp32x_cpu_gpio_out(&chip, core), 1);
    cpu_gpio_write(3, 3);
}

static void channels_follow_lines(unsigned core)
{
    connect_channels(core);
    assert_int_equal(cpu_gpio_in() & 3, 3);
    pull(true, false);
    pass(100);
    assert_int_equal(cpu_gpio_in() & 3, 2);
    pull(false, true);
    pass(100);
    assert_int_equal(cpu_gpio_in() & 3, 1);
}

static void outputs(void **state)
{
    (void)state;
    lines_follow_channels(0);
}

static void inputs(void **state)
{
    (void)state;
    channels_follow_lines(0);
}

/* S3: core 1 has channels with signals of its own. */
static void channels_of_core_1(void **state)
{
    (void)state;
    lines_follow_channels(1);
    channels_follow_lines(1);
    cpu_gpio_write(1, 0);
    chip.processor.core = 0;
    assert_int_equal(esp32x_cpu_gpio_out(&chip, 0), 0);
    cpu_gpio_write(3, 3);
    assert_false(wires.scl);
}

/* An instruction takes one cycle, which is what makes the difference. */
static void prices(void **state)
{
    (void)state;
    connect_channels(0);
    uint64_t before_ns = wires.now_ns;
    for (unsigned i = 0; i < 10; i++)
        (void)cpu_gpio_in();
    assert_in_range(wires.now_ns - before_ns, 10 * chip.processor.cycle_ns - 1,
                    11 * chip.processor.cycle_ns);
    chip.cpu_gpio_cycles = 3;
    before_ns = wires.now_ns;
    cpu_gpio_write(3, 3);
    assert_in_range(wires.now_ns - before_ns, 2 * chip.processor.cycle_ns + 1,
                    4 * chip.processor.cycle_ns);
}

/* The clock is off and the block is in reset when the ROM has left the chip. */
static void clock_and_reset(void **state)
{
    (void)state;
    (void)cpu_gpio_in();
    expect_error(ESP32X_UNCLOCKED, 0);
    mmio_write32(at->cpu_clk, CLOCK);
    cpu_gpio_write(1, 1);
    expect_error(ESP32X_UNCLOCKED, 0);
    mmio_write32(at->cpu_rst, 0);
    cpu_gpio_write(1, 1);
    expect_error(0, 0);
    assert_int_equal(esp32x_cpu_gpio_out(&chip, 0), 1);
    mmio_write32(at->cpu_rst, CLOCK);
    mmio_write32(at->cpu_rst, 0);
    assert_int_equal(esp32x_cpu_gpio_out(&chip, 0), 0);
    mmio_write32(at->cpu_clk, 0);
    cpu_gpio_write(1, 1);
    expect_error(ESP32X_UNCLOCKED, 0);
}

/* A block in reset gives out 0, which pulls a line that is connected. */
static void reset_pulls(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(at->cpu_clk, 0); /* so does one without a clock, which keeps its latch */
    assert_true(!wires.scl && !wires.sda);
    mmio_write32(at->cpu_clk, CLOCK);
    assert_true(wires.scl && wires.sda);
    mmio_write32(at->cpu_rst, CLOCK);
    assert_true(!wires.scl && !wires.sda);
}

static void none_on_esp32(void **state)
{
    (void)state;
    assert_int_equal(cpu_gpio_in(), 0);
    expect_error(ESP32X_UNMAPPED, 0);
    cpu_gpio_write(1, 1);
    expect_error(ESP32X_UNMAPPED, 0);
}

/* ---- output enable --------------------------------------------------------------------------- */

static void enabled_by_gpio(void **state)
{
    (void)state;
    connect_channels(0);
    cpu_gpio_write(3, 0);
    assert_false(wires.scl);
    gpio_write(ENABLE_W1TC, BIT(SCL));
    assert_true(wires.scl);
}

/* S2 and S3 have no output enable of the signal: it is on. */
static void enabled_by_the_signal(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(at->out_sel0 + 4 * SCL, at->channel[0]);
    gpio_write(ENABLE_W1TC, BIT(SCL));
    cpu_gpio_write(1, 0);
    assert_false(wires.scl);
    chip.readings.other_channel_enable = true;
    cpu_gpio_write(1, 0);
    assert_true(wires.scl);
    gpio_write(ENABLE_W1TS, BIT(SCL));
    assert_false(wires.scl);
    esp32x_cpu_gpio_enable(&chip, 0, 1); /* no such register */
    expect_error(ESP32X_UNMAPPED, 0);
}

static void enabled_by_the_core(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(at->out_sel0 + 4 * SCL, at->channel[0]);
    cpu_gpio_write(1, 0);
    assert_true(wires.scl);
    esp32x_cpu_gpio_enable(&chip, 0, 1);
    cpu_gpio_write(1, 0);
    assert_false(wires.scl);
    esp32x_cpu_gpio_enable(&chip, 0, 0);
    chip.readings.other_channel_enable = true;
    cpu_gpio_write(1, 0);
    assert_false(wires.scl);
}

/* ---- the GPIO matrix ------------------------------------------------------------------------- */

static void inputs_that_are_no_pins(void **state)
{
    static const uint32_t low[] = {0x30, 0x3C, 0x3C, 0x1F}, high[] = {0x38, 0x38, 0x38, 0x1E};
    uint32_t select = at->in_sel0 + 4 * (at->channel[0] + 2);
    (void)state;
    connect_channels(0);
    mmio_write32(select, at->in_select | high[chip.kind]);
    assert_int_equal(cpu_gpio_in(), 7);
    mmio_write32(select, at->in_select | low[chip.kind]);
    assert_int_equal(cpu_gpio_in(), 3);
    mmio_write32(select, at->in_select | at->in_select >> 1 | low[chip.kind]); /* inverted */
    assert_int_equal(cpu_gpio_in(), 7);
    mmio_write32(select, high[chip.kind]); /* not from the matrix */
    assert_int_equal(cpu_gpio_in(), 3);
}

static void inverted_inputs(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(at->in_sel0 + 4 * at->channel[0], at->in_select | at->in_select >> 1 | SCL);
    assert_int_equal(cpu_gpio_in(), 2);
}

static void input_disabled(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(at->scl_mux, 0x800 | at->gpio_function << 12);
    pass(100);
    assert_int_equal(cpu_gpio_in(), 2);
    expect_error(ESP32X_INPUT_DISABLED, SCL);
}

static void other_signals(void **state)
{
    (void)state;
    mmio_write32(at->out_sel0 + 4 * OTHER, 20);
    expect_error(ESP32X_UNMODELLED, at->out_sel0 + 4 * OTHER);
    mmio_write32(at->in_sel0 + 4 * 20, at->in_select | SCL);
    expect_error(ESP32X_UNMODELLED, at->in_sel0 + 4 * 20);
    mmio_write32(at->out_sel0 + 4 * OTHER, at->plain);
}

static void a_pin_that_is_none(void **state)
{
    (void)state;
    mmio_write32(at->in_sel0 + 4 * at->channel[0], at->in_select | 24);
    expect_error(ESP32X_RESERVED, at->in_sel0 + 4 * at->channel[0]);
}

/* ---- DEDICATED_GPIO of the S2 ---------------------------------------------------------------- */

static void registers_of_s2(void **state)
{
    (void)state;
    (void)mmio_read32(0x3F4CF010);
    expect_error(ESP32X_UNCLOCKED, 0x3F4CF010);
    connect_channels(0);
    mmio_write32(0x3F4CF000, 2); /* OUT_DRT: CH0 low */
    assert_true(wires.scl);
    mmio_write32(0x3F4CF010, 0xFE); /* OUT_CPU: CH0 is OUT_DRT's */
    assert_false(wires.scl);
    assert_int_equal(mmio_read32(0x3F4CF00C), 2);
    pass(100);
    assert_int_equal(mmio_read32(0x3F4CF018), 2); /* IN_SCAN */
    mmio_write32(0x3F4CF000, 1);
    assert_true(wires.scl && wires.sda);
    (void)mmio_read32(0x3F4CF01C);
    expect_error(ESP32X_UNMODELLED, 0x3F4CF01C);
}

/* Without OUT_CPU the instructions of the S2 reach no pad. */
static void the_cpu_must_be_chosen(void **state)
{
    (void)state;
    connect_channels(0);
    mmio_write32(0x3F4CF000, 3);
    mmio_write32(0x3F4CF010, 0);
    cpu_gpio_write(3, 0);
    assert_true(wires.scl && wires.sda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NEWER(outputs),
        ON_NEWER(inputs),
        ON_S3(channels_of_core_1),
        ON_NEWER(prices),
        ON_NEWER(clock_and_reset),
        ON_NEWER(reset_pulls),
        ON_ESP32(none_on_esp32),
        ON_NEWER(enabled_by_gpio),
        ON_S2(enabled_by_the_signal),
        ON_S3(enabled_by_the_signal),
        ON_C3(enabled_by_the_core),
        ON_NEWER(inputs_that_are_no_pins),
        ON_NEWER(inverted_inputs),
        ON_NEWER(input_disabled),
        ON_ALL(other_signals),
        ON_S2(a_pin_that_is_none),
        ON_S3(a_pin_that_is_none),
        ON_C3(a_pin_that_is_none),
        ON_S2(registers_of_s2),
        ON_S2(the_cpu_must_be_chosen),
    };
    return cmocka_run_group_tests_name("esp32x_cpu_gpio", tests, NULL, NULL);
}
