/* SPDX-License-Identifier: MIT */
/*
 * The port of ESP32, ESP32-S2, ESP32-S3 and ESP32-C3: a target on any two pins, through ports/gpio.
 *
 *     core ── ops ──► port.c ──► ports/gpio ──► pins (register_pins.c or cpu_pins.c)
 *                       └──────────────┴──────► time (timg.c or systimer.c)
 *
 * What differs between the chips is chosen by file, and by the include path ("soc.h").
 */
#include "cpu.h"
#include "cycles.h"
#include "esp32/clock.h"
#include "esp32/pins.h"
#include "esp32/time.h"
#include "i2ctarget/esp32.h"

static struct {
    struct esp32_pair pins;
    struct gpio_target gpio;
} targets[ESP32_TARGETS];

static struct i2ctarget_esp32_config configured;
static uint8_t core;     /* that follows the targets that are open */
static int64_t alarm_us; /* when the alarm is to come */

static bool is_open(unsigned place)
{
    return targets[place].gpio.target;
}

static bool is_any_open(void)
{
    for (unsigned i = 0; i < ESP32_TARGETS; i++) {
        if (is_open(i))
            return true;
    }
    return false;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

uint32_t i2ctarget_esp32_cpu_hz(void)
{
    return configured.cpu_hz ? configured.cpu_hz : SOC_CPU_HZ;
}

int i2ctarget_esp32_configure(const struct i2ctarget_esp32_config *config)
{
    uint32_t hz = config->cpu_hz;
    if (hz && (hz < I2CTARGET_ESP32_HZ_MIN || hz > I2CTARGET_ESP32_HZ_MAX))
        return -I2CTARGET_EINVAL;
    if (is_any_open())
        return -I2CTARGET_EBUSY;
    configured = *config;
    return 0;
}

static int64_t first_due_us(int64_t now_us)
{
    int64_t first_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < ESP32_TARGETS; i++) {
        if (is_open(i))
            first_us =
                i2ctarget_chip_sooner(first_us, i2ctarget_gpio_due_us(&targets[i].gpio, now_us));
    }
    return first_us;
}

/* What time it was when a wait began: read while interrupts were not masked yet. */
static struct {
    int64_t us;
    uint32_t cycles;
    bool is_valid;
} noted;

static void note_time(void)
{
    noted.cycles = cpu_cycles();
    noted.us = i2ctarget_esp32_time_us();
    noted.is_valid = true;
}

/* Interrupts may have taken long since then. */
static bool is_fresh(void)
{
    enum { FRESH_CYCLES = I2CTARGET_ESP32_HZ_MIN / 1000 };
    return noted.is_valid && cpu_cycles() - noted.cycles < FRESH_CYCLES;
}

/* Every access counts, because a START has to wait meanwhile.  Mostly the alarm is set already. */
static void set_alarm(void)
{
    bool must_note = !is_fresh();
    noted.is_valid = false;
    if (first_due_us(0) == alarm_us)
        return;
    if (must_note)
        note_time();
    noted.is_valid = false;
    alarm_us = first_due_us(noted.us);
    i2ctarget_esp32_clock_set_alarm(alarm_us, noted.us, noted.cycles);
}

/* There is one target, and it is wanted. */
bool i2ctarget_esp32_may_watch(void)
{
    unsigned open = 0;
    for (unsigned i = 0; i < ESP32_TARGETS; i++)
        open += is_open(i);
    return configured.watches && open == 1;
}

const struct chip_clock i2ctarget_esp32_clock = {i2ctarget_esp32_time_us, set_alarm};

/* ---- interrupts ------------------------------------------------------------------------------ */

void i2ctarget_esp32_serve_pins(const struct esp32_sight *sight)
{
    for (unsigned i = 0; i < ESP32_TARGETS; i++) {
        if (!is_open(i))
            continue;
        targets[i].pins.sight = sight;
        i2ctarget_gpio_irq(&targets[i].gpio);
        targets[i].pins.sight = sight = NULL; /* it is old by now */
    }
    cpu_send_event();
}

void i2ctarget_esp32_timer_irq(void)
{
    uint32_t state = cpu_irq_save();
    i2ctarget_esp32_time_acknowledge();
    alarm_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < ESP32_TARGETS; i++)
        i2ctarget_gpio_alarm(&targets[i].gpio);
    set_alarm();
    cpu_irq_restore(state);
    cpu_send_event();
}

/* ---- ops ------------------------------------------------------------------------------------- */

static bool is_taken(unsigned pin)
{
    for (unsigned i = 0; i < ESP32_TARGETS; i++) {
        if (is_open(i) && (targets[i].pins.scl.pin == pin || targets[i].pins.sda.pin == pin))
            return true;
    }
    return false;
}

/* Place ESP32_TARGETS: there is none. */
static unsigned free_place(void)
{
    unsigned place = 0;
    while (place < ESP32_TARGETS && is_open(place))
        place++;
    return place;
}

static bool can_serve(const struct i2ctarget_pin *scl, const struct i2ctarget_pin *sda)
{
    return !scl->unit && !sda->unit && scl->number != sda->number &&
           i2ctarget_esp32_pads_can_serve(scl->number) &&
           i2ctarget_esp32_pads_can_serve(sda->number);
}

static void begin_clocks(void)
{
    i2ctarget_esp32_clock_begin();
    i2ctarget_esp32_time_begin();
    alarm_us = I2CTARGET_FOREVER;
    core = (uint8_t)cpu_core();
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    if (!can_serve(scl, sda))
        return -I2CTARGET_EINVAL;
    unsigned place = free_place();
    bool is_elsewhere = is_any_open() && core != cpu_core();
    if (place == ESP32_TARGETS || is_elsewhere || is_taken(scl->number) || is_taken(sda->number))
        return -I2CTARGET_EBUSY;
    uint32_t state = cpu_irq_save();
    if (!is_any_open())
        begin_clocks();
    targets[place].pins = (struct esp32_pair){
        .scl = i2ctarget_esp32_pads_line(scl->number),
        .sda = i2ctarget_esp32_pads_line(sda->number),
        .place = (uint8_t)place,
        .core = core,
    };
    *instance = &targets[place].gpio;
    i2ctarget_gpio_open(&targets[place].gpio, &i2ctarget_esp32_chip, &targets[place].pins, target,
                        addresses, smbus);
    cpu_irq_restore(state);
    i2ctarget_gpio_join(&targets[place].gpio);
    return 0;
}

static void port_close(void *instance)
{
    uint32_t state = cpu_irq_save();
    i2ctarget_gpio_close(instance);
    if (!is_any_open())
        i2ctarget_esp32_time_end();
    cpu_irq_restore(state);
}

static int port_wait(void *instance, int64_t until_us)
{
    if (until_us != I2CTARGET_FOREVER)
        note_time();
    int result = i2ctarget_gpio_wait(instance, until_us);
    noted.is_valid = false;
    return result;
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return i2ctarget_esp32_time_us();
}

const struct i2ctarget_port_ops i2ctarget_esp32_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 100000,
            .spike_ns = 0,
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = i2ctarget_gpio_set_addresses,
    .answer = i2ctarget_gpio_answer,
    .lock = i2ctarget_gpio_lock,
    .unlock = i2ctarget_gpio_unlock,
    .poll = i2ctarget_gpio_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = i2ctarget_gpio_counters,
};
