/* SPDX-License-Identifier: MIT */
/* The model's interrupts: those of pins, the matrix, and the controller of the C3. */
#include "chips/esp32/model/bench_esp32x.h"

/* PINn with an interrupt for core 0. */
static void listen(unsigned pin, uint32_t type)
{
    mmio_write32(at->pin0 + 4 * pin, PAD_DRIVER | type | BIT(at->enable_cpu));
}

static void toggle_scl(void)
{
    pull(true, false);
    pass(100);
    pull(false, false);
    pass(100);
}

static uint32_t status_of_lines(void)
{
    uint32_t status = gpio_read(STATUS) & (BIT(SCL) | BIT(SDA));
    gpio_write(STATUS_W1TC, status);
    return status;
}

/* ---- pins ------------------------------------------------------------------------------------ */

static void edges(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, RISING);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), 0);
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    listen(SCL, FALLING);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), 0);
    listen(SCL, ANY);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    listen(SCL, 0);
    toggle_scl();
    assert_int_equal(status_of_lines(), 0);
}

/* A pulse that is shorter than anything the processor does is latched, too. */
static void short_pulses(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, FALLING);
    pull(true, false);
    i2ctarget_wires_pass(&wires, wires.now_ns + 10);
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
}

static void levels_interrupt(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, LOW);
    assert_int_equal(status_of_lines(), 0);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    assert_int_equal(status_of_lines(), BIT(SCL)); /* as long as it lasts */
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL)); /* up to W1TC */
    assert_int_equal(status_of_lines(), 0);
    listen(SCL, HIGH);
    assert_int_equal(status_of_lines(), BIT(SCL));
}

static void level_status_follows(void **state)
{
    (void)state;
    chip.readings.level_status_follows = true;
    open_lines();
    listen(SCL, LOW);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pull(false, false);
    pass(100);
    assert_int_equal(status_of_lines(), 0);
}

static void status_without_enable(void **state)
{
    (void)state;
    open_lines();
    mmio_write32(at->pin0 + 4 * SCL, PAD_DRIVER | FALLING);
    toggle_scl();
    assert_int_equal(status_of_lines(), BIT(SCL));
    chip.readings.status_needs_enable = true;
    toggle_scl();
    assert_int_equal(status_of_lines(), 0);
    mmio_write32(at->pin0 + 4 * SCL, PAD_DRIVER | LOW);
    pull(true, false);
    pass(100);
    assert_int_equal(status_of_lines(), 0);
    listen(SCL, LOW);
    assert_int_equal(status_of_lines(), BIT(SCL));
    listen(SCL, FALLING);
    pull(false, false);
    (void)status_of_lines();
    toggle_scl();
    assert_int_equal(status_of_lines(), BIT(SCL));
}

/* PCPU_INT shows those that are enabled for the core. */
static void enabled_pins(void **state)
{
    uint32_t pcpu_int = chip.kind == ESP32X_ESP32 ? 0x68 : 0x5C;
    (void)state;
    open_lines();
    mmio_write32(at->pin0 + 4 * SCL, PAD_DRIVER | FALLING);
    toggle_scl();
    assert_int_equal(gpio_read(pcpu_int), 0);
    listen(SCL, FALLING);
    assert_int_equal(gpio_read(pcpu_int), BIT(SCL));
    gpio_write(STATUS_W1TC, BIT(SCL));
    assert_int_equal(gpio_read(pcpu_int), 0);
    gpio_write(STATUS_W1TS, BIT(SCL));
    assert_int_equal(gpio_read(pcpu_int), BIT(SCL));
}

/* ESP32: each core has a bit of INT_ENA, and registers. */
static void each_core_has_its_own(void **state)
{
    (void)state;
    open_lines();
    mmio_write32(at->pin0 + 4 * SCL, PAD_DRIVER | FALLING | BIT(13));
    mmio_write32(0x3FF0015C, 3);
    mmio_write32(0x3FF00270, 4);
    toggle_scl();
    assert_int_equal(gpio_read(0x60), BIT(SCL));
    assert_int_equal(gpio_read(0x68), 0);
    assert_int_equal(esp32x_irq_lines(&chip, 0), 0);
    assert_int_equal(esp32x_irq_lines(&chip, 1), BIT(4));
    listen(SCL, FALLING);
    assert_int_equal(gpio_read(0x60), 0);
    assert_int_equal(gpio_read(0x68), BIT(SCL));
    assert_int_equal(esp32x_irq_lines(&chip, 0), BIT(3));
    assert_int_equal(esp32x_irq_lines(&chip, 1), 0);
}

/* Both registers of the second bank. */
static void second_bank(void **state)
{
    bool is_esp32 = chip.kind == ESP32X_ESP32;
    (void)state;
    mmio_write32(at->pin0 + 4 * 33, RISING | BIT(at->enable_cpu));
    gpio_write(0x54, 2); /* STATUS1_W1TS */
    assert_int_equal(gpio_read(is_esp32 ? 0x7C : 0x68), 2);
    assert_int_equal(gpio_read(is_esp32 ? 0x68 : 0x5C), 0);
    if (is_esp32)
        assert_int_equal(gpio_read(0x74), 0);
}

static void reserved_types(void **state)
{
    (void)state;
    mmio_write32(at->pin0 + 4 * OTHER, 6 << 7);
    expect_error(ESP32X_RESERVED, at->pin0 + 4 * OTHER);
    mmio_write32(at->pin0 + 4 * OTHER, BIT(14)); /* an NMI */
    expect_error(ESP32X_UNMODELLED, at->pin0 + 4 * OTHER);
    mmio_write32(at->pin0 + 4 * OTHER, BIT(10)); /* WAKEUP_ENABLE */
    expect_error(ESP32X_UNMODELLED, at->pin0 + 4 * OTHER);
}

/* ---- erratum 3.14 ---------------------------------------------------------------------------- */

static uint32_t both_fall(uint64_t apart_ns)
{
    pull(true, false);
    pass(apart_ns);
    pull(true, true);
    pass(100);
    uint32_t status = status_of_lines();
    pull(false, false);
    pass(100);
    (void)status_of_lines();
    return status;
}

static void edges_together_are_lost(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, FALLING);
    listen(SDA, FALLING);
    pull(true, true);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pull(false, false);
    pass(100);
    assert_int_equal(both_fall(24), BIT(SCL));
    assert_int_equal(both_fall(25), BIT(SCL) | BIT(SDA));
    chip.readings.edge_loss = ESP32X_LOST_NEVER;
    assert_int_equal(both_fall(1), BIT(SCL) | BIT(SDA));
    chip.readings.edge_loss = ESP32X_LOST_TOGETHER;
    listen(SDA, 0); /* a pin that is alone loses none */
    chip.processor.access_cycles = 0;
    pull(true, false);
    pass(4);
    pull(false, false);
    pass(4);
    pull(true, false);
    pass(20);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pass(8);
    assert_int_equal(status_of_lines(), BIT(SCL));
}

static void edges_while_pending_are_lost(void **state)
{
    (void)state;
    chip.readings.edge_loss = ESP32X_LOST_PENDING;
    open_lines();
    listen(SCL, FALLING);
    listen(SDA, FALLING);
    assert_int_equal(both_fall(5000), BIT(SCL));
    pull(true, false);
    pass(5000);
    assert_int_equal(status_of_lines(), BIT(SCL));
    pull(true, true);
    pass(100);
    assert_int_equal(status_of_lines(), BIT(SDA));
}

static void others_lose_no_edges(void **state)
{
    (void)state;
    chip.readings.edge_loss = ESP32X_LOST_PENDING;
    open_lines();
    listen(SCL, FALLING);
    listen(SDA, FALLING);
    assert_int_equal(both_fall(1), BIT(SCL) | BIT(SDA));
}

/* ---- the matrix ------------------------------------------------------------------------------ */

static void software_sources(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        mmio_write32(at->from_cpu_map + 4 * i, 17 + i);
        mmio_write32(at->from_cpu + 4 * i, 1);
        assert_int_equal(esp32x_irq_lines(&chip, 0), BIT(17 + i));
        mmio_write32(at->from_cpu + 4 * i, 0);
        assert_int_equal(esp32x_irq_lines(&chip, 0), 0);
    }
}

static void several_sources_of_one_line(void **state)
{
    (void)state;
    mmio_write32(at->from_cpu_map, 5);
    mmio_write32(at->from_cpu_map + 4, 5);
    mmio_write32(at->from_cpu, 1);
    mmio_write32(at->from_cpu + 4, 1);
    mmio_write32(at->from_cpu, 0);
    assert_int_equal(esp32x_irq_lines(&chip, 0), BIT(5));
}

/* Interrupts of the core itself are not the matrix's: a source that is mapped there is parked. */
static void parked(void **state)
{
    (void)state;
    mmio_write32(at->from_cpu, 1);
    assert_int_equal(esp32x_irq_lines(&chip, 0), 0);
    mmio_write32(at->from_cpu_map, chip.kind == ESP32X_ESP32C3 ? 0 : 6);
    assert_int_equal(esp32x_irq_lines(&chip, 0), 0);
    mmio_write32(at->from_cpu_map, 1);
    assert_int_equal(esp32x_irq_lines(&chip, 0), BIT(1));
}

/* The status registers show sources, mapped or not. */
static void status_of_sources(void **state)
{
    static const uint32_t at_0[] = {0x3FF000EC, 0x3F4C217C, 0x600C218C, 0x600C20F8};
    uint32_t source = (at->from_cpu_map - at->matrix) / 4;
    (void)state;
    mmio_write32(at->from_cpu, 1);
    assert_int_equal(mmio_read32(at_0[chip.kind] + source / 32 * 4), BIT(source % 32));
    mmio_write32(at->from_cpu, 0);
    assert_int_equal(mmio_read32(at_0[chip.kind] + source / 32 * 4), 0);
}

/* S3: core 1 has map registers of its own, at +0x800. */
static void core_1_of_s3(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, FALLING);
    mmio_write32(0x600C2840, 7 + 1);
    toggle_scl();
    assert_int_equal(esp32x_irq_lines(&chip, 0), 0);
    assert_int_equal(esp32x_irq_lines(&chip, 1), BIT(8));
    assert_int_equal(mmio_read32(0x600C298C), BIT(16));
}

/* ---- the native processor -------------------------------------------------------------------- */

static void on_gpio(void *owner)
{
    (void)owner;
    served++;
    gpio_write(STATUS_W1TC, BIT(SCL));
}

static void handlers_run(void **state)
{
    (void)state;
    open_lines();
    listen(SCL, FALLING);
    connect_source(at->gpio_map, on_gpio);
    toggle_scl();
    pass(1000);
    assert_int_equal(served, 1);
    pull(true, false);
    pass(1000);
    assert_int_equal(served, 2);
}

/* A level-triggered line that goes away before it was served interrupts nobody. */
static void lines_are_not_latched(void **state)
{
    (void)state;
    connect_source(at->from_cpu_map, count_interrupt);
    chip.processor.nvic.masked = true;
    mmio_write32(at->from_cpu, 1);
    mmio_write32(at->from_cpu, 0);
    chip.processor.nvic.masked = false;
    pass(10000);
    assert_int_equal(served, 0);
}

/* It interrupts again and again, until the source is served. */
static void lines_repeat(void **state)
{
    (void)state;
    connect_source(at->from_cpu_map, count_interrupt);
    mmio_write32(at->from_cpu, 1);
    pass(10000);
    assert_in_range(served, 50, 200);
}

static void without_a_handler(void **state)
{
    (void)state;
    connect_source(at->from_cpu_map, NULL);
    mmio_write32(at->from_cpu, 1);
    pass(1000);
    assert_true(chip.error_count > 0);
    assert_int_equal(chip.errors[0].fault, ESP32X_NO_HANDLER);
    assert_int_equal(chip.errors[0].address, LINE);
    chip.error_count = 0;
}

/* Xtensa: CPU interrupts 10, 22, 28 and 30 are latched at their edge. */
static void edge_lines_of_xtensa(void **state)
{
    (void)state;
    mmio_write32(at->from_cpu_map, 10);
    processor_on_irq(&chip.processor, 10, count_interrupt, NULL);
    esp32x_enable_cpu_interrupts(&chip, 0, BIT(10));
    chip.processor.nvic.masked = true;
    mmio_write32(at->from_cpu, 1);
    mmio_write32(at->from_cpu, 0);
    chip.processor.nvic.masked = false;
    pass(10000);
    assert_int_equal(served, 1);
}

/* ---- the controller of the C3 ---------------------------------------------------------------- */

enum {
    C3_ENABLE = 0x104,
    C3_TYPE = 0x108,
    C3_CLEAR = 0x10C,
    C3_EIP = 0x110,
    C3_PRI = 0x114,
    C3_THRESH = 0x194
};

static void controller_write(uint32_t offset, uint32_t value)
{
    mmio_write32(at->matrix + offset, value);
}

static uint32_t controller_read(uint32_t offset)
{
    return mmio_read32(at->matrix + offset);
}

static void request_lines(unsigned first, unsigned second)
{
    mmio_write32(at->from_cpu_map, first);
    mmio_write32(at->from_cpu_map + 4, second);
    mmio_write32(at->from_cpu, 1);
    mmio_write32(at->from_cpu + 4, 1);
}

static void priorities(void **state)
{
    (void)state;
    chip.processor.nvic.masked = true;
    request_lines(3, 7);
    assert_int_equal(controller_read(C3_EIP), BIT(3) | BIT(7));
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0); /* none is enabled */
    controller_write(C3_ENABLE, BIT(3) | BIT(7));
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0); /* of priority 0 */
    controller_write(C3_PRI + 4 * 3, 1);
    controller_write(C3_PRI + 4 * 7, 1);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 3);
    controller_write(C3_PRI + 4 * 7, 2);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 7);
    controller_write(C3_THRESH, 2);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 7);
    controller_write(C3_ENABLE, BIT(3));
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
    controller_write(C3_THRESH, 1);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 3);
}

static void edge_type(void **state)
{
    (void)state;
    chip.processor.nvic.masked = true;
    controller_write(C3_TYPE, BIT(3));
    controller_write(C3_ENABLE, BIT(3));
    controller_write(C3_PRI + 4 * 3, 1);
    mmio_write32(at->from_cpu_map, 3);
    mmio_write32(at->from_cpu, 1);
    mmio_write32(at->from_cpu, 0);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 3); /* latched */
    controller_write(C3_CLEAR, BIT(3));
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
    mmio_write32(at->from_cpu, 1); /* lost, as its bit of CLEAR is 1 */
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
    controller_write(C3_CLEAR, 0);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
    mmio_write32(at->from_cpu, 0);
    mmio_write32(at->from_cpu, 1);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 3);
}

static void clear_is_a_pulse(void **state)
{
    (void)state;
    chip.readings.clear_is_a_pulse = true;
    chip.processor.nvic.masked = true;
    controller_write(C3_TYPE, BIT(3));
    controller_write(C3_ENABLE, BIT(3));
    controller_write(C3_PRI + 4 * 3, 1);
    mmio_write32(at->from_cpu_map, 3);
    mmio_write32(at->from_cpu, 1);
    controller_write(C3_CLEAR, BIT(3));
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
    mmio_write32(at->from_cpu, 0);
    mmio_write32(at->from_cpu, 1);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 3);
}

static void not_of_xtensa(void **state)
{
    (void)state;
    mmio_write32(at->from_cpu_map, 3);
    mmio_write32(at->from_cpu, 1);
    assert_int_equal(esp32x_cpu_interrupt(&chip), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(edges),
        ON_ALL(short_pulses),
        ON_ALL(levels_interrupt),
        ON_ALL(level_status_follows),
        ON_ALL(status_without_enable),
        ON_ALL(enabled_pins),
        ON_ESP32(each_core_has_its_own),
        ON_ESP32(second_bank),
        ON_S2(second_bank),
        ON_S3(second_bank),
        ON_NEWER(reserved_types),
        ON_ESP32(reserved_types),
        ON_ESP32(edges_together_are_lost),
        ON_ESP32(edges_while_pending_are_lost),
        ON_NEWER(others_lose_no_edges),
        ON_ALL(software_sources),
        ON_ALL(several_sources_of_one_line),
        ON_ALL(parked),
        ON_ALL(status_of_sources),
        ON_S3(core_1_of_s3),
        ON_ALL(handlers_run),
        ON_ALL(lines_are_not_latched),
        ON_ALL(lines_repeat),
        ON_ALL(without_a_handler),
        ON_ESP32(edge_lines_of_xtensa),
        ON_S2(edge_lines_of_xtensa),
        ON_S3(edge_lines_of_xtensa),
        ON_C3(priorities),
        ON_C3(edge_type),
        ON_C3(clear_is_a_pulse),
        ON_ESP32(not_of_xtensa),
    };
    return cmocka_run_group_tests_name("esp32x_interrupts", tests, NULL, NULL);
}
