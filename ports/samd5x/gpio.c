/* SPDX-License-Identifier: MIT */
/*
 * The second way to serve pins: any two, through PORT and EIC.
 *
 * A pin belongs either to the EIC, which latches its edges, or to PORT, which can pull it (§32.6.2:
 * a peripheral that a pin is handed to controls its direction).  So the handler takes both pins from
 * the EIC while it stays with a message, and hands them back when it leaves.  What the EIC sees
 * meanwhile is in no source; it is forgotten when they are handed back.
 *
 * A line latches edges without their direction, so that of SCL latches rises alone.  Then it is
 * certain that a START was one: SCL has been high since the last look.
 */
#include "chip/waiting.h"
#include "cpu.h"
#include "gpio/gpio.h"
#include "nvic.h"
#include "samd5x/alarm.h"
#include "samd5x/clocks.h"
#include "samd5x/config.h"
#include "samd5x/eic.h"
#include "samd5x/pins.h"
#include "samd5x/second.h"
#include "samd5x/time.h"

enum { TARGETS = 4, STAY_NS = 200000, QUICK_NS = 115000 /* 70 kHz */ };

struct line {
    uintptr_t group, config; /* registers of its group, and its own */
    uint32_t bit;            /* of the group's registers */
    uint32_t latched;        /* of the EIC's */
    uint8_t pin, extint;
};

struct pair {
    struct line scl, sda;
    bool awaits_fall; /* SCL's line latches its falls, not its rises */
    bool is_latching; /* both pins belong to the EIC, but for those that are pulled: */
    uint32_t pulled;  /* while it latches: their lines of the EIC */
};

static struct {
    struct pair pins;
    struct gpio_target gpio;
} targets[TARGETS];

/* ---- the clock of short times ---------------------------------------------------------------- */

enum { FRACTION_BITS = 12 };
static struct {
    uint32_t cycles, ns_per_cycle, fraction; /* of the last look; times 2^12; of a nanosecond */
    uint64_t elapsed_ns;
} passed;

static inline uint32_t gpio_ticks(void)
{
    return mmio_read32(DWT_CYCCNT);
}

static void begin_cycles(void)
{
    mmio_write32(DEMCR, mmio_read32(DEMCR) | DEMCR_TRCENA);
    mmio_write32(DWT_CTRL, mmio_read32(DWT_CTRL) | DWT_CYCCNTENA);
    passed.ns_per_cycle = (1000000u << FRACTION_BITS) / (i2ctarget_samd5x_cpu_hz() / 1000);
    passed.cycles = gpio_ticks();
}

/* The counter wraps after 35 s at 120 MHz: ports/gpio reads it more often while that matters. */
static uint64_t now_ns(void)
{
    uint32_t now = gpio_ticks();
    uint64_t more = (uint64_t)(now - passed.cycles) * passed.ns_per_cycle + passed.fraction;
    passed.cycles = now;
    passed.fraction = (uint32_t)more & ((1u << FRACTION_BITS) - 1);
    passed.elapsed_ns += more >> FRACTION_BITS;
    return passed.elapsed_ns;
}

/* ---- what ports/gpio asks of the chip -------------------------------------------------------- */

static inline uint32_t gpio_pins_levels(void *pins)
{
    const struct pair *pair = pins;
    uint32_t scl = mmio_read32(pair->scl.group + PORT_IN), sda = scl;
    if (pair->sda.group != pair->scl.group)
        sda = mmio_read32(pair->sda.group + PORT_IN);
    return (scl >> pair->scl.pin % 32 & 1) * GPIO_SCL | (sda >> pair->sda.pin % 32 & 1) * GPIO_SDA;
}

/* While the EIC has none of the two pins. */
static inline void gpio_pins_pull_scl(void *pins)
{
    const struct pair *pair = pins;
    mmio_write32(pair->scl.group + PORT_DIRSET, pair->scl.bit);
}

static inline void gpio_pins_release_scl(void *pins)
{
    const struct pair *pair = pins;
    mmio_write32(pair->scl.group + PORT_DIRCLR, pair->scl.bit);
}

static inline void gpio_pins_pull_sda(void *pins)
{
    const struct pair *pair = pins;
    mmio_write32(pair->sda.group + PORT_DIRSET, pair->sda.bit);
}

static inline void gpio_pins_release_sda(void *pins)
{
    const struct pair *pair = pins;
    mmio_write32(pair->sda.group + PORT_DIRCLR, pair->sda.bit);
}

static inline void hand_over(const struct line *line, bool to_eic)
{
    mmio_write8(line->config, to_eic ? PINCFG_INEN | PINCFG_PMUXEN : PINCFG_INEN);
}

/* 150 ns: more if the clock is slower, because then the bus is, too. */
static inline void wait_for_latch(void)
{
    enum { LATCHING_CYCLES = 18 };
    uint32_t since = gpio_ticks();
    while (gpio_ticks() - since < LATCHING_CYCLES)
        ;
}

/* A fall of SCL needs no look at the latch of a rise that was a moment ago: SCL is high for longer. */
static inline bool gpio_pins_have_started(void *pins, uint32_t levels)
{
    const struct pair *pair = pins;
    if (levels & GPIO_SCL)
        wait_for_latch();
    uint32_t flags = mmio_read32(EIC_INTFLAG);
    return !(flags & pair->scl.latched) && (levels & GPIO_SCL || flags & pair->sda.latched);
}

static inline void gpio_pins_take(void *pins)
{
    struct pair *pair = pins;
    pair->is_latching = false;
    hand_over(&pair->scl, false);
    hand_over(&pair->sda, false);
    mmio_write32(EIC_INTENCLR, pair->scl.latched | pair->sda.latched);
}

#include "gpio/stay.h"

/* ---- the same at any time, and latches ------------------------------------------------------- */

/* The line of the EIC, if the pin is pulled. */
static uint32_t latched_if_pulled(const struct line *line)
{
    return mmio_read32(line->group + PORT_DIR) & line->bit ? line->latched : 0;
}

static void pull(struct pair *pair, const struct line *line)
{
    pair->pulled |= line->latched;
    if (pair->is_latching)
        hand_over(line, false);
    mmio_write32(line->group + PORT_DIRSET, line->bit);
}

/* What the EIC has seen of a pin that it did not have is forgotten. */
static void release(struct pair *pair, const struct line *line)
{
    pair->pulled &= ~line->latched;
    mmio_write32(line->group + PORT_DIRCLR, line->bit);
    if (!pair->is_latching)
        return;
    hand_over(line, true);
    wait_for_latch();
    mmio_write32(EIC_INTFLAG, line->latched);
}

static void pull_scl(void *pins)
{
    struct pair *pair = pins;
    pull(pair, &pair->scl);
}

static void release_scl(void *pins)
{
    struct pair *pair = pins;
    release(pair, &pair->scl);
}

static void pull_sda(void *pins)
{
    struct pair *pair = pins;
    pull(pair, &pair->sda);
}

static void release_sda(void *pins)
{
    struct pair *pair = pins;
    release(pair, &pair->sda);
}

/*
 * An edge is latched four clocks of the EIC (48 MHz) and some of the bus after it was seen in IN
 * (§23.6.4.1).  That time is waited for.
 */
static uint32_t take_edges(void *pins)
{
    const struct pair *pair = pins;
    wait_for_latch();
    uint32_t flags = mmio_read32(EIC_INTFLAG) & (pair->scl.latched | pair->sda.latched);
    if (flags)
        mmio_write32(EIC_INTFLAG, flags);
    flags &= ~pair->pulled;
    uint32_t scl_edge = pair->awaits_fall ? GPIO_SCL_FELL : GPIO_SCL_ROSE;
    return (flags & pair->scl.latched ? scl_edge : 0) |
           (flags & pair->sda.latched ? (uint32_t)GPIO_SDA_MOVED : 0);
}

static bool is_alone(const struct pair *pair)
{
    for (unsigned i = 0; i < TARGETS; i++) {
        if (targets[i].gpio.target && &targets[i].pins != pair)
            return false;
    }
    return true;
}

/*
 * The EIC is off for some clocks, with the lines of all targets.  So a target that is not alone goes
 * on with rises.
 */
static void await_fall(void *pins)
{
    struct pair *pair = pins;
    pair->awaits_fall = is_alone(pair);
    if (!pair->awaits_fall)
        return;
    i2ctarget_samd5x_eic_set_falls(pair->scl.extint, true);
    wait_for_latch();
    mmio_write32(EIC_INTFLAG, pair->scl.latched | pair->sda.latched);
}

static void await_rises(struct pair *pair)
{
    pair->awaits_fall = false;
    i2ctarget_samd5x_eic_set_falls(pair->scl.extint, false);
}

/* What the EIC has seen of pins that it did not have is forgotten. */
static void begin_latching(struct pair *pair)
{
    if (pair->awaits_fall)
        await_rises(pair);
    uint32_t both = pair->scl.latched | pair->sda.latched;
    pair->is_latching = true;
    pair->pulled = latched_if_pulled(&pair->scl) | latched_if_pulled(&pair->sda);
    if (!(pair->pulled & pair->sda.latched))
        hand_over(&pair->sda, true);
    if (!(pair->pulled & pair->scl.latched))
        hand_over(&pair->scl, true);
    wait_for_latch();
    mmio_write32(EIC_INTFLAG, both);
    mmio_write32(EIC_INTENSET, both);
}

/* SDA may be pulled while the handler leaves: in a pause, or where it waits for SCL's next fall. */
static void listen(void *pins, bool on)
{
    struct pair *pair = pins;
    if (on)
        begin_latching(pair);
    else
        gpio_pins_take(pair);
}

static void connect_line(const struct line *line)
{
    mmio_write32(line->group + PORT_DIRCLR, line->bit);
    mmio_write32(line->group + PORT_OUTCLR, line->bit);
    i2ctarget_samd5x_pins_choose(line->pin, PMUX_A);
    mmio_write32(line->group + PORT_CTRL, mmio_read32(line->group + PORT_CTRL) | line->bit);
    hand_over(line, false);
    nvic_clear_pending(IRQ_EXTINT_0 + line->extint);
    nvic_enable(IRQ_EXTINT_0 + line->extint);
}

/* The lines of the EIC that have a pin of an open target. */
static uint32_t lines_in_use(void)
{
    uint32_t lines = 0;
    for (unsigned i = 0; i < TARGETS; i++) {
        const struct pair *pair = &targets[i].pins;
        if (targets[i].gpio.target)
            lines |= pair->scl.latched | pair->sda.latched;
    }
    return lines;
}

static void look_at_all(void)
{
    for (unsigned i = 0; i < TARGETS; i++)
        i2ctarget_gpio_irq(&targets[i].gpio);
}

/*
 * The EIC is off meanwhile, and interrupts are off for less than t_HD;STA, t_SU;STA and t_SU;STO of
 * Standard-mode.  So each line of another target moves once at most, and its level tells everything.
 * What is latched by switching the EIC on is no edge.
 */
static void set_senses(const struct pair *pair)
{
    i2ctarget_samd5x_eic_set_senses(pair->scl.extint, pair->sda.extint);
    wait_for_latch();
    mmio_write32(EIC_INTFLAG, lines_in_use());
    look_at_all();
}

static void connect(void *pins)
{
    const struct pair *pair = pins;
    set_senses(pair);
    connect_line(&pair->scl);
    connect_line(&pair->sda);
}

static void disconnect_line(const struct line *line)
{
    mmio_write32(line->group + PORT_DIRCLR, line->bit);
    hand_over(line, false);
    mmio_write32(EIC_INTENCLR, line->latched);
    nvic_disable(IRQ_EXTINT_0 + line->extint);
}

static void disconnect(void *pins)
{
    const struct pair *pair = pins;
    disconnect_line(&pair->scl);
    disconnect_line(&pair->sda);
}

static const struct chip_clock clock = {i2ctarget_samd5x_time_us, i2ctarget_samd5x_alarm_set};

static const struct gpio_chip chip = {
    .levels = gpio_pins_levels,
    .pull_scl = pull_scl,
    .release_scl = release_scl,
    .pull_sda = pull_sda,
    .release_sda = release_sda,
    .take_edges = take_edges,
    .listen = listen,
    .await_fall = await_fall,
    .connect = connect,
    .disconnect = disconnect,
    .now_ns = now_ns,
    .clock = &clock,
    .latches = GPIO_LATCHES_RISES,
    .stay_ns = STAY_NS,
    .quick_ns = QUICK_NS,
    .enter = gpio_enter,
    .stay = gpio_stay,
    .ticks_hz = i2ctarget_samd5x_cpu_hz,
    .timing = {.hold_ns = 300, .setup_ns = 250},
};

/* ---- interrupts ------------------------------------------------------------------------------ */

/* One at a time: another's flag brings the interrupt back.  The next START may be here already. */
void i2ctarget_samd5x_eic_irq(void)
{
    uint32_t flags = mmio_read32(EIC_INTFLAG);
    for (unsigned i = 0; i < TARGETS; i++) {
        const struct pair *pair = &targets[i].pins;
        if (targets[i].gpio.target && flags & (pair->scl.latched | pair->sda.latched)) {
            i2ctarget_gpio_irq(&targets[i].gpio);
            return;
        }
    }
}

static int64_t due_us(int64_t now_us)
{
    int64_t first_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < TARGETS; i++) {
        int64_t due = targets[i].gpio.target ? i2ctarget_gpio_due_us(&targets[i].gpio, now_us)
                                             : I2CTARGET_FOREVER;
        first_us = i2ctarget_chip_sooner(first_us, due);
    }
    return first_us;
}

static void look_after(void)
{
    for (unsigned i = 0; i < TARGETS; i++)
        i2ctarget_gpio_alarm(&targets[i].gpio);
}

/* ---- ops ------------------------------------------------------------------------------------- */

int i2ctarget_samd5x_extint(unsigned pin)
{
    return i2ctarget_samd5x_eic_line(pin);
}

static struct line line_of(unsigned pin)
{
    unsigned extint = (unsigned)i2ctarget_samd5x_eic_line(pin);
    return (struct line){
        .group = PORT_GROUP(pin / 32),
        .config = PORT_GROUP(pin / 32) + PORT_PINCFG + pin % 32,
        .bit = 1u << pin % 32,
        .latched = 1u << extint,
        .pin = (uint8_t)pin,
        .extint = (uint8_t)extint,
    };
}

/* Two lines of the EIC are needed, so the pins must have different ones. */
static bool can_serve(const struct i2ctarget_pin *scl, const struct i2ctarget_pin *sda)
{
    int scl_line = i2ctarget_samd5x_eic_line(scl->number);
    int sda_line = i2ctarget_samd5x_eic_line(sda->number);
    return !scl->unit && !sda->unit && scl_line != NO_LINE && sda_line != NO_LINE &&
           scl_line != sda_line;
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    uint8_t generator = i2ctarget_samd5x_gclk_48m();
    if (!can_serve(scl, sda) || !i2ctarget_samd5x_clocks_run(generator))
        return -I2CTARGET_EINVAL;
    struct pair pins = {.scl = line_of(scl->number), .sda = line_of(sda->number)};
    unsigned place = 0;
    while (place < TARGETS && targets[place].gpio.target)
        place++;
    if (place == TARGETS || (pins.scl.latched | pins.sda.latched) & lines_in_use() ||
        !i2ctarget_samd5x_pins_take(pins.scl.pin, pins.sda.pin))
        return -I2CTARGET_EBUSY;
    uint32_t state = cpu_irq_save();
    i2ctarget_samd5x_time_begin(i2ctarget_samd5x_configured.timer, generator);
    i2ctarget_samd5x_eic_begin(generator);
    if (!lines_in_use())
        begin_cycles();
    targets[place].pins = pins;
    *instance = &targets[place].gpio;
    i2ctarget_gpio_open(&targets[place].gpio, &chip, &targets[place].pins, target, addresses,
                        smbus);
    cpu_irq_restore(state);
    i2ctarget_gpio_join(&targets[place].gpio);
    return 0;
}

static void port_close(void *instance)
{
    const struct gpio_target *self = instance;
    const struct pair *pair = self->pins;
    uint32_t state = cpu_irq_save();
    i2ctarget_gpio_close(instance);
    i2ctarget_samd5x_time_end();
    i2ctarget_samd5x_pins_give_back(pair->scl.pin, pair->sda.pin);
    cpu_irq_restore(state);
}

static int64_t port_now_us(void *instance)
{
    (void)instance;
    return i2ctarget_samd5x_time_us();
}

const struct i2ctarget_port_ops i2ctarget_samd5x_gpio_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 100000, /* at 120 MHz */
            .spike_ns = 0,
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = i2ctarget_gpio_set_addresses,
    .answer = i2ctarget_gpio_answer,
    .lock = i2ctarget_gpio_lock,
    .unlock = i2ctarget_gpio_unlock,
    .poll = i2ctarget_gpio_poll,
    .wait = i2ctarget_gpio_wait,
    .now_us = port_now_us,
    .counters = i2ctarget_gpio_counters,
};

/* ---- what the first way must know ------------------------------------------------------------ */

static const struct samd5x_second second = {&i2ctarget_samd5x_gpio_port, due_us, look_after};
const struct samd5x_second *const i2ctarget_samd5x_second = &second;
