/* SPDX-License-Identifier: MIT */
/*
 * The firmware keeps books of its own, which are out of reach.  So claims go the ways that a program
 * in Python has:
 *
 *     PIO block     rp2.PIO(n).add_program() with a program that fills the block (block.py).  A block
 *                   with any other program in it, such as that of the radio on a Pico W, has no room.
 *     interrupts    whoever uses one has it enabled in the NVIC.  Its entry in the vector table, which
 *                   is in RAM, is kept, and put back at the end.
 *     alarm         0 or 1, by its interrupt: the SDK's own timers have 3, MicroPython's 2.
 *     clk_sys       is looked at in each call on a target.
 *
 * Finalisers close targets, too, so nothing may be allocated there.
 */
#include "claims.h"

#include "i2ctarget/rp2040.h"
#include "mmio.h"
#include "rp2040/regs.h"
#include "vm.h"

/* ARMv6-M Architecture Reference Manual §B3.2.5, §B3.4.3. */
#define SCB_VTOR 0xE000ED08u
#define NVIC_ISER 0xE000E100u

/* RP2040 datasheet §2.18.4: clk_sys comes from this PLL, and it from the crystal. */
#define PLL_SYS 0x40028000u
enum { PLL_CS = 0, PLL_FBDIV = 8, PLL_PRIM = 12, CRYSTAL_HZ = 12000000 };

enum { BLOCKS = 2, FIRST_IRQ = 16 };

struct claim {
    void *instance;  /* of the port; NULL: the block is not ours */
    mp_obj_t pio;    /* rp2.PIO(n) */
    uint32_t vector; /* the entry that was there before */
};

/* A loaded module has no static variables. */
struct claims {
    struct claim blocks[BLOCKS];
    unsigned alarm; /* which, and the entry that was there before */
    uint32_t alarm_vector;
    uint32_t hz;
    mp_obj_t program;
    const char *failed;
    struct i2ctarget_port_ops port;
};
struct claims i2ctarget_vm_claims;

static struct claim *claim_of(unsigned block)
{
    return &i2ctarget_vm_claims.blocks[block];
}

static bool is_first_or_last(void)
{
    return !claim_of(0)->instance && !claim_of(1)->instance;
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* Puts a handler into the vector table.  Returns what was there. */
static uint32_t set_vector(unsigned irq, uint32_t handler)
{
    uint32_t entry = mmio_read32(SCB_VTOR) + 4 * (FIRST_IRQ + irq);
    uint32_t before = mmio_read32(entry);
    mmio_write32(entry, handler);
    return before;
}

static uint32_t address_of(void (*handler)(void))
{
    return (uint32_t)(uintptr_t)handler;
}

static bool is_enabled(unsigned irq)
{
    return mmio_read32(NVIC_ISER) >> irq & 1;
}

static unsigned irq_of(unsigned block)
{
    return block == 0 ? IRQ_PIO0_0 : IRQ_PIO1_0;
}

static void take_vectors(unsigned block)
{
    struct claims *all = &i2ctarget_vm_claims;
    void (*handler)(void) = block == 0 ? i2ctarget_rp2040_pio0_irq : i2ctarget_rp2040_pio1_irq;
    claim_of(block)->vector = set_vector(irq_of(block), address_of(handler));
    if (is_first_or_last())
        all->alarm_vector =
            set_vector(IRQ_TIMER_0 + all->alarm, address_of(i2ctarget_rp2040_alarm_irq));
}

/* The port has disabled the interrupts. */
static void give_vectors_back(unsigned block)
{
    struct claims *all = &i2ctarget_vm_claims;
    (void)set_vector(irq_of(block), claim_of(block)->vector);
    if (is_first_or_last())
        (void)set_vector(IRQ_TIMER_0 + all->alarm, all->alarm_vector);
}

/* ---- the alarm and the clock ----------------------------------------------------------------- */

static bool choose_alarm(void)
{
    enum { ALARMS = 2 };
    for (unsigned i = 0; i < ALARMS; i++) {
        if (!is_enabled(IRQ_TIMER_0 + i)) {
            i2ctarget_vm_claims.alarm = i;
            return true;
        }
    }
    return false;
}

static uint32_t system_hz(void)
{
    uint32_t prim = mmio_read32(PLL_SYS + PLL_PRIM);
    uint32_t divider = (prim >> 16 & 7) * (prim >> 12 & 7) * (mmio_read32(PLL_SYS + PLL_CS) & 0x3F);
    return divider ? CRYSTAL_HZ / divider * (mmio_read32(PLL_SYS + PLL_FBDIV) & 0xFFF) : 0;
}

void i2ctarget_vm_follow_clock(void)
{
    uint32_t hz = system_hz();
    if (is_first_or_last() || hz == i2ctarget_vm_claims.hz)
        return;
    i2ctarget_vm_claims.hz = hz;
    (void)i2ctarget_rp2040_follow_clock(hz); /* out of range: nothing better is possible */
}

/* ---- PIO blocks ------------------------------------------------------------------------------ */

/* pio.NAME(program) */
static void call_with_program(mp_obj_t pio, qstr name)
{
    mp_obj_t call[3];
    mp_load_method(pio, name, call);
    call[2] = i2ctarget_vm_claims.program;
    mp_call_method_n_kw(1, 0, call);
}

/* False: it raised an exception, which is forgotten. */
static bool has_called(mp_obj_t pio, qstr name)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0)
        return false;
    call_with_program(pio, name);
    nlr_pop();
    return true;
}

static bool take_block(unsigned block)
{
    return !claim_of(block)->instance && !is_enabled(irq_of(block)) &&
           has_called(claim_of(block)->pio, MP_QSTR_add_program);
}

static void give_block_back(unsigned block)
{
    (void)has_called(claim_of(block)->pio, MP_QSTR_remove_program);
}

/* ---- open ------------------------------------------------------------------------------------ */

const char *i2ctarget_vm_claiming_failed(void)
{
    return i2ctarget_vm_claims.failed;
}

static int fail(const char *words)
{
    i2ctarget_vm_claims.failed = words;
    return -I2CTARGET_ENODEV;
}

/* All targets have the same alarm and the same clock: those of the first one. */
static int configure(void)
{
    if (!is_first_or_last())
        return 0;
    if (!choose_alarm())
        return fail("no alarm of the chip's TIMER is free: a target needs 0 or 1");
    i2ctarget_vm_claims.hz = system_hz();
    struct i2ctarget_rp2040_config config = {
        .clk_sys_hz = i2ctarget_vm_claims.hz,
        .alarm = (uint8_t)i2ctarget_vm_claims.alarm,
    };
    if (i2ctarget_rp2040_configure(&config))
        return fail("the processor is too slow or too fast for a target: machine.freq() must be 24 "
                    "to 250 MHz");
    return 0;
}

static int open_on(unsigned block, struct i2ctarget *target, const struct i2ctarget_pin *scl,
                   const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                   bool smbus, void **instance)
{
    struct i2ctarget_pin clock = *scl, data = *sda;
    clock.unit = data.unit = I2CTARGET_RP2040_PIO0 + block;
    take_vectors(block);
    int error = i2ctarget_rp2040_port.open(target, &clock, &data, addresses, smbus, instance);
    if (error) {
        give_vectors_back(block);
        give_block_back(block);
    } else {
        claim_of(block)->instance = *instance;
    }
    return error;
}

static int claiming_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                         const struct i2ctarget_pin *sda,
                         const struct i2ctarget_address_set *addresses, bool smbus, void **instance)
{
    int error = configure();
    if (error)
        return error;
    for (unsigned block = 0; block < BLOCKS; block++) {
        if (take_block(block))
            return open_on(block, target, scl, sda, addresses, smbus, instance);
    }
    return fail(
        "no PIO block is free: a target needs all of one, and rp2.PIO, rp2.StateMachine, the "
        "radio, or other targets have them: deinit() those that are no longer used");
}

/* ---- close ----------------------------------------------------------------------------------- */

static void claiming_close(void *instance)
{
    unsigned block = claim_of(0)->instance == instance ? 0 : 1;
    i2ctarget_rp2040_port.close(instance);
    claim_of(block)->instance = NULL;
    give_vectors_back(block);
    give_block_back(block);
}

/* ---- the port -------------------------------------------------------------------------------- */

const struct i2ctarget_port_ops *i2ctarget_vm_claiming_port(void)
{
    struct claims *all = &i2ctarget_vm_claims;
    mp_obj_t pio = i2ctarget_vm_import(MP_QSTR_rp2, MP_QSTR_PIO);
    for (unsigned block = 0; block < BLOCKS; block++) {
        mp_obj_t number = MP_OBJ_NEW_SMALL_INT((mp_int_t)block);
        claim_of(block)->pio = i2ctarget_vm_call(pio, 1, &number);
    }
    all->program = i2ctarget_vm_own(MP_QSTR__block);
    all->port = i2ctarget_rp2040_port;
    all->port.open = claiming_open;
    all->port.close = claiming_close;
    return &all->port;
}
