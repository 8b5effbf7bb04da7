/* SPDX-License-Identifier: MIT */
/*
 * The RP2040, with a firmware of MicroPython that knows nothing of us.  What a target needs of it is
 * claimed in claims.c.
 *
 * The second thread is the other core.  The port's interrupts, and its lock, belong to one core.  So
 * targets are the main thread's.
 */
#include "machine.h"

#include "claims.h"
#include "i2ctarget/rp2040.h"
#include "mmio.h"

/* ---- pins ------------------------------------------------------------------------------------ */

/* `bus` names both pins: SCL in the upper half, SDA in the lower. */
enum { BUS_SHIFT = 16, BUS_MASK = (1 << BUS_SHIFT) - 1 };

/* What repr() of a machine.Pin begins with: "Pin(GPIO5, mode=…".  Its number can not be asked for. */
static int number_of(mp_obj_t pin)
{
    static const char head[] = "Pin(GPIO";
    const char *text = mp_obj_str_get_str(i2ctarget_vm_call(i2ctarget_vm_names.repr, 1, &pin));
    for (size_t i = 0; i < sizeof head - 1; i++, text++) {
        if (*text != head[i])
            return -1;
    }
    int number = 0;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + *text++ - '0';
    return *text == ',' ? number : -1;
}

static bool is_pin(mp_obj_t object, mp_obj_t type)
{
    const mp_obj_type_t *its = mp_obj_get_type(object);
    return MP_OBJ_FROM_PTR(its) == type || its == &mp_type_int || mp_obj_is_str(object);
}

static uint16_t take_pin(mp_obj_t object)
{
    mp_obj_t type = i2ctarget_vm_import(MP_QSTR_machine, MP_QSTR_Pin);
    if (!is_pin(object, type))
        mp_raise_TypeError(
            "scl and sda must be pins of board or microcontroller.pin, a machine.Pin "
            "or its number");
    int number = number_of(i2ctarget_vm_call(type, 1, &object));
    if (number < 0)
        mp_raise_ValueError("scl or sda is no pin of the RP2040, but of the radio");
    return (uint16_t)number;
}

void i2ctarget_mp_take_pins(struct machine_pins *pins, mp_obj_t scl, mp_obj_t sda)
{
    uint16_t clock = take_pin(scl);
    uint16_t data = take_pin(sda);
    if (clock == data)
        mp_raise_ValueError("one pin can not be SCL and SDA at once");
    const struct i2ctarget_port_ops *port = i2ctarget_vm_claiming_port();
    pins->scl = (struct i2ctarget_pin){port, I2CTARGET_RP2040_ANY_PIO, clock};
    pins->sda = (struct i2ctarget_pin){port, I2CTARGET_RP2040_ANY_PIO, data};
    pins->bus = (unsigned)clock << BUS_SHIFT | data;
}

void i2ctarget_mp_print_place(const mp_print_t *print, unsigned bus)
{
    mp_printf(print, "SCL=GPIO%u SDA=GPIO%u", bus >> BUS_SHIFT, bus & BUS_MASK);
}

/* ---- threads --------------------------------------------------------------------------------- */

/* A core has one thread. */
uintptr_t i2ctarget_vm_this_thread(void)
{
    enum { SIO_CPUID = 0xD0000000 };
    return mmio_read32(SIO_CPUID);
}

void i2ctarget_mp_require_thread(void)
{
    if (i2ctarget_vm_this_thread() != 0)
        mp_raise_msg(&mp_type_RuntimeError,
                     "an I2CTarget is the main thread's: its interrupts come to core 0, and the "
                     "second thread runs on core 1");
}

/* ---- time ------------------------------------------------------------------------------------ */

int64_t i2ctarget_mp_now_us(void)
{
    return i2ctarget_rp2040_port.now_us(NULL);
}

/* Exceptions come only when the VM has its turn.  But the clock may have changed. */
void i2ctarget_mp_shield(void)
{
    i2ctarget_vm_follow_clock();
}

void i2ctarget_mp_unshield(void)
{
}

/* ---- the rest -------------------------------------------------------------------------------- */

const char *i2ctarget_mp_explain(enum asked asked, unsigned bus, int error, char *text, size_t size)
{
    (void)bus;
    (void)text;
    (void)size;
    if (asked == ASKED_DESCRIPTOR)
        return "there are no descriptors on a chip: poll() takes the target itself";
    return asked == ASKED_OPEN && error == I2CTARGET_ENODEV ? i2ctarget_vm_claiming_failed() : NULL;
}

/* A timer that was never started. */
mp_obj_t i2ctarget_vm_donor(void)
{
    mp_obj_t timer = i2ctarget_vm_import(MP_QSTR_machine, MP_QSTR_Timer);
    return i2ctarget_vm_call(timer, 0, NULL);
}
