/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "common/arguments.h"
#include "eeprom.h"
#include "errors.h"
#include "machine.h"
#include "memory.h"
#include "request.h"
#include "waiting.h"

#if !MICROPY_ENABLE_FINALISER
#error "a target needs MicroPython's finalisers (MICROPY_ENABLE_FINALISER): they release its pins"
#endif

struct target_object {
    mp_obj_base_t base;
    struct i2ctarget target;
    struct service service;
    struct i2ctarget_counters counters; /* as they were at deinit() */
    struct places places;
    bool is_open;
};

/* The object itself; of an object of a subclass, what it is made of. */
static struct target_object *in(mp_obj_t object)
{
    mp_obj_t native =
        mp_obj_cast_to_native_base(object, MP_OBJ_FROM_PTR(VM_TYPE_OF(i2ctarget_mp_target_type)));
    if (native == MP_OBJ_NULL)
        mp_raise_TypeError(MP_ERROR_TEXT("an I2CTarget is wanted"));
    return MP_OBJ_TO_PTR(native);
}

/* ---- making one ------------------------------------------------------------------------------ */

static uint16_t take_address(mp_obj_t item)
{
    /* An int of many digits is as wrong as any other that is out of range. */
    bool is_long = mp_obj_is_exact_type(item, &mp_type_int) && !mp_obj_is_small_int(item);
    mp_int_t number = is_long ? -1 : mp_obj_get_int(item);
    if (number < 0 || number > I2CTARGET_ADDRESS_MAX)
        mp_raise_ValueError(MP_ERROR_TEXT("address: " WORDS_ADDRESS));
    return (uint16_t)number;
}

static void take_addresses(struct i2ctarget_address_set *addresses, mp_obj_t iterable)
{
    mp_obj_t iterator = mp_getiter(iterable, NULL);
    mp_obj_t item;
    size_t count = 0;
    while ((item = mp_iternext(iterator)) != MP_OBJ_STOP_ITERATION) {
        i2ctarget_address_set_add(addresses, take_address(item));
        if (++count > I2CTARGET_ADDRESS_COUNT_MAX)
            mp_raise_ValueError(MP_ERROR_TEXT(WORDS_MANY_ADDRESSES));
    }
    if (count == 0)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_NO_ADDRESSES));
}

static int open_once(struct target_object *self, const struct machine_pins *pins, bool smbus)
{
    uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = i2ctarget_list_addresses(&self->places.addresses, list);
    i2ctarget_mp_shield();
    int error = i2ctarget_init(&self->target, &pins->scl, &pins->sda, list, count, smbus);
    self->is_open = error == 0;
    i2ctarget_mp_unshield();
    return error;
}

/*
 * A target that nobody knows any more may still have the pins (-EBUSY), or what else a target needs
 * of the machine (-ENODEV), until garbage is collected.
 */
static int open_target(struct target_object *self, struct machine_pins *pins, bool smbus)
{
    pins->scl.port = pins->sda.port = i2ctarget_mp_in_slices(pins->scl.port);
    int error = open_once(self, pins, smbus);
    if (error != -I2CTARGET_EBUSY && error != -I2CTARGET_ENODEV)
        return error;
    gc_collect();
    return open_once(self, pins, smbus);
}

static mp_obj_t target_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args)
{
    enum { SCL, SDA, ADDRESSES, SMBUS };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_scl, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_sda, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_addresses, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_smbus, MP_ARG_BOOL, {.u_bool = false}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, MP_ARRAY_SIZE(allowed), allowed, values);
    struct i2ctarget_address_set addresses = {0};
    struct machine_pins pins;
    i2ctarget_mp_require_thread();
    take_addresses(&addresses, values[ADDRESSES].u_obj);
    i2ctarget_mp_take_pins(&pins, values[SCL].u_obj, values[SDA].u_obj);
    /* With a finaliser before there is anything to release: after it nothing may fail. */
    struct target_object *self = mp_obj_malloc_with_finaliser(struct target_object, type);
    self->target = (struct i2ctarget){0};
    self->service = (struct service){.bus = pins.bus};
    self->counters = (struct i2ctarget_counters){0};
    self->places = (struct places){.addresses = addresses};
    self->is_open = false;
    int error = open_target(self, &pins, values[SMBUS].u_bool);
    if (error)
        i2ctarget_mp_raise(ASKED_OPEN, self->service.bus, error);
    return MP_OBJ_FROM_PTR(self);
}

/* Afterwards every call fails.  Shielded. */
static void close_target(struct target_object *self)
{
    if (!self->is_open)
        return;
    self->is_open = false;
    i2ctarget_get_counters(&self->target, &self->counters);
    i2ctarget_deinit(&self->target);
    i2ctarget_mp_end_latest(&self->service);
}

/* No other call would tell what devices have to tell.  Inside a call, and shielded. */
static void close_and_tell(struct target_object *self)
{
    close_target(self);
    i2ctarget_mp_attempt(&self->service, i2ctarget_mp_device_tell_all);
    i2ctarget_mp_device_forget_all(&self->service);
}

static mp_obj_t target_deinit(mp_obj_t object)
{
    struct target_object *self = in(object);
    i2ctarget_mp_allow(&self->service);
    if (self->service.is_busy) { /* by the function that has called this one */
        i2ctarget_mp_shield();
        close_and_tell(self);
        i2ctarget_mp_unshield();
    } else {
        i2ctarget_mp_enter(&self->service);
        close_and_tell(self);
        i2ctarget_mp_leave(&self->service);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(deinit_obj, target_deinit);

/* The finaliser: at garbage collection, and at soft reset.  Nothing can be allocated there. */
static mp_obj_t target_del(mp_obj_t object)
{
    struct target_object *self = MP_OBJ_TO_PTR(object);
    if (!self->is_open && !self->service.devices)
        return mp_const_none;
    i2ctarget_mp_shield();
    close_target(self);
    i2ctarget_mp_device_forget_all(&self->service);
    i2ctarget_mp_unshield();
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(del_obj, target_del);

static mp_obj_t target_exit(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    return target_deinit(args[0]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(exit_obj, 1, 4, target_exit);

/* ---- request() ------------------------------------------------------------------------------- */

static int64_t take_timeout(mp_obj_t seconds)
{
    int64_t timeout_us;
    if (!i2ctarget_timeout_from_seconds((double)mp_obj_get_float(seconds), &timeout_us))
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_NOT_FINITE));
    return timeout_us;
}

/*
 * Like i2ctarget_next_request(), with the VM's turns in between, and functions of devices.  -EINTR:
 * an exception has ended it.
 */
static int wait_for(struct target_object *self, struct i2ctarget_request *request,
                    int64_t timeout_us)
{
    int64_t until_us = i2ctarget_mp_now_us() + timeout_us + 1;
    int64_t left_us = timeout_us;
    for (;;) {
        int result = i2ctarget_next_request(&self->target, request, left_us);
        bool is_interrupted = result == -I2CTARGET_EINTR;
        if ((is_interrupted || i2ctarget_mp_is_due) && !i2ctarget_mp_heed(&self->service))
            return -I2CTARGET_EINTR;
        if (!is_interrupted)
            return result;
        if (timeout_us > 0) {
            left_us = until_us - i2ctarget_mp_now_us();
            left_us = left_us > 0 ? left_us : 1;
        }
    }
}

static mp_obj_t request_within(struct target_object *self, int64_t timeout_us)
{
    struct request_object *request =
        i2ctarget_mp_request_new(MP_OBJ_FROM_PTR(self), &self->service);
    struct i2ctarget_request message;
    i2ctarget_mp_enter(&self->service);
    i2ctarget_mp_close_latest(&self->service);
    int result = wait_for(self, &message, timeout_us);
    if (result == 1)
        i2ctarget_mp_request_begin(request, &message);
    i2ctarget_mp_leave(&self->service);
    if (result == 1)
        return MP_OBJ_FROM_PTR(request);
    if (result == 0)
        return mp_const_none;
    i2ctarget_mp_raise(ASKED_REQUEST, self->service.bus, result);
}

mp_obj_t i2ctarget_mp_look(mp_obj_t target)
{
    return request_within(in(target), -1);
}

static mp_obj_t target_request(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_timeout, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_rom_obj = MP_ROM_INT(-1)}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    return request_within(in(args[0]), take_timeout(values[0].u_obj));
}
static MP_DEFINE_CONST_FUN_OBJ_KW(request_obj, 1, target_request);

/* ---- addresses that come and go -------------------------------------------------------------- */

typedef int change(struct i2ctarget *target, uint16_t address);

_Noreturn static void refuse_address(uint16_t address, int error)
{
    static const char digits[] = "0123456789abcdef";
    char not_there[] = "0x00 " WORDS_NOT_THERE;
    char has_device[] = "0x00 " WORDS_HAS_DEVICE;
    char *words = error == -I2CTARGET_ENODEV ? not_there : has_device;
    words[2] = digits[address >> 4];
    words[3] = digits[address & 15];
    i2ctarget_mp_raise_value(words);
}

static mp_obj_t with_address(mp_obj_t object, mp_obj_t item, change *call)
{
    struct target_object *self = in(object);
    uint16_t address = take_address(item);
    i2ctarget_mp_enter(&self->service);
    int error = call(&self->target, address);
    if (!error && call == i2ctarget_add_address)
        i2ctarget_places_add(&self->places, address);
    else if (!error)
        i2ctarget_places_remove(&self->places, address);
    i2ctarget_mp_leave(&self->service);
    if (error == -I2CTARGET_ENODEV)
        refuse_address(address, error);
    if (error)
        i2ctarget_mp_raise(ASKED_ADDRESS, self->service.bus, error);
    return mp_const_none;
}

static mp_obj_t target_add_address(mp_obj_t object, mp_obj_t address)
{
    return with_address(object, address, i2ctarget_add_address);
}
static MP_DEFINE_CONST_FUN_OBJ_2(add_address_obj, target_add_address);

static mp_obj_t target_remove_address(mp_obj_t object, mp_obj_t address)
{
    return with_address(object, address, i2ctarget_remove_address);
}
static MP_DEFINE_CONST_FUN_OBJ_2(remove_address_obj, target_remove_address);

/* ---- devices --------------------------------------------------------------------------------- */

static struct device_object *device_in(mp_obj_t object, const struct service *service)
{
    const mp_obj_type_t *type = mp_obj_get_type(object);
    if (type != VM_TYPE_OF(i2ctarget_mp_memory_type) &&
        type != VM_TYPE_OF(i2ctarget_mp_eeprom_type))
        mp_raise_TypeError(MP_ERROR_TEXT(WORDS_NO_DEVICE));
    struct device_object *device = MP_OBJ_TO_PTR(object);
    if (device->service && device->service != service)
        mp_raise_ValueError(MP_ERROR_TEXT(WORDS_OTHER_TARGET));
    return device;
}

static mp_obj_t target_attach(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    enum { DEVICE, ADDRESSES };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_device, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_addresses, MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    struct target_object *self = in(args[0]);
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    mp_obj_t iterable = values[ADDRESSES].u_obj;
    bool is_all = iterable == MP_OBJ_NULL || iterable == mp_const_none;
    struct i2ctarget_address_set wanted = {0};
    uint16_t wrong = 0;
    if (!is_all)
        take_addresses(&wanted, iterable);
    struct device_object *device = device_in(values[DEVICE].u_obj, &self->service);
    i2ctarget_mp_enter(&self->service);
    if (is_all)
        wanted = self->places.addresses;
    int error = self->is_open ? i2ctarget_python_attach(&self->places, &self->target,
                                                        &device->device, &wanted, &wrong)
                              : -I2CTARGET_EBADF;
    if (!error)
        i2ctarget_mp_device_keep(device, &self->service, &self->target);
    i2ctarget_mp_leave(&self->service);
    if (error == -I2CTARGET_ENODEV || error == -I2CTARGET_EBUSY)
        refuse_address(wrong, error);
    if (error)
        i2ctarget_mp_raise(ASKED_ADDRESS, self->service.bus, error);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(attach_obj, 1, target_attach);

/* ---- what it is ------------------------------------------------------------------------------ */

static mp_obj_t counters_of(struct target_object *self)
{
    VM_CONSTANT qstr names[] = {
        MP_QSTR_arbitration_lost,   MP_QSTR_timeouts, MP_QSTR_cancelled,
        MP_QSTR_order_errors,       MP_QSTR_glitches, MP_QSTR_stretches,
        MP_QSTR_longest_stretch_us,
    };
    struct i2ctarget_counters now = self->counters;
    i2ctarget_mp_allow(&self->service);
    if (self->is_open)
        i2ctarget_get_counters(&self->target, &now);
    mp_obj_t values[] = {
        mp_obj_new_int_from_uint(now.arbitration_lost),
        mp_obj_new_int_from_uint(now.timeouts),
        mp_obj_new_int_from_uint(now.cancelled),
        mp_obj_new_int_from_uint(now.order_errors),
        mp_obj_new_int_from_uint(now.glitches),
        mp_obj_new_int_from_uint(now.stretches),
        mp_obj_new_int_from_uint(now.longest_stretch_us),
    };
    _Static_assert(MP_ARRAY_SIZE(values) == MP_ARRAY_SIZE(names), "each has a name");
    return mp_obj_new_attrtuple(names, MP_ARRAY_SIZE(names), values);
}

static void target_attr(mp_obj_t object, qstr name, mp_obj_t *dest)
{
    if (dest[0] != MP_OBJ_NULL)
        return; /* nothing can be set */
    if (name == MP_QSTR_counters)
        dest[0] = counters_of(in(object));
    else
        dest[1] = MP_OBJ_SENTINEL; /* go on with the methods */
}

static void target_print(const mp_print_t *print, mp_obj_t object, mp_print_kind_t kind)
{
    enum { SHOWN = 8 };
    const struct target_object *self = in(object);
    uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = i2ctarget_list_addresses(&self->places.addresses, list);
    (void)kind;
    if (!self->is_open) {
        mp_print_str(print, "<I2CTarget, deinitialised>");
        return;
    }
    mp_print_str(print, "<I2CTarget on ");
    i2ctarget_mp_print_place(print, self->service.bus);
    mp_print_str(print, " at");
    for (size_t i = 0; i < count && i < SHOWN; i++)
        mp_printf(print, "%s0x%02x", i ? ", " : " ", list[i]);
    if (count > SHOWN)
        mp_printf(print, " and %u more", (unsigned)(count - SHOWN));
    mp_print_str(print, ">");
}

/* ---- select and asyncio ---------------------------------------------------------------------- */

static mp_obj_t target_fileno(mp_obj_t object)
{
    struct target_object *self = in(object);
    i2ctarget_mp_allow(&self->service);
    int descriptor = i2ctarget_mp_descriptor(&self->target);
    if (descriptor < 0)
        i2ctarget_mp_raise(ASKED_DESCRIPTOR, self->service.bus, descriptor);
    return MP_OBJ_NEW_SMALL_INT(descriptor);
}
static MP_DEFINE_CONST_FUN_OBJ_1(fileno_obj, target_fileno);

/* A bus that has ended is readable as well: request() then says so. */
static mp_uint_t poll_for(struct target_object *self, uintptr_t wanted)
{
    i2ctarget_mp_require_thread();
    if (!self->is_open)
        return MP_STREAM_POLL_NVAL;
    if (self->service.is_busy)
        return 0;
    i2ctarget_mp_shield();
    int result = i2ctarget_has_request(&self->target);
    i2ctarget_mp_unshield();
    return result ? wanted & MP_STREAM_POLL_RD : 0;
}

static mp_uint_t target_ioctl(mp_obj_t object, mp_uint_t request, uintptr_t argument, int *error)
{
    struct target_object *self = in(object);
    int result = -I2CTARGET_EINVAL;
    if (request == MP_STREAM_POLL)
        return poll_for(self, argument);
    if (request == MP_STREAM_GET_FILENO)
        result = i2ctarget_mp_descriptor(&self->target);
    if (result >= 0)
        return (mp_uint_t)result;
    *error = -result;
    return MP_STREAM_ERROR;
}

static const mp_stream_p_t stream = {.ioctl = target_ioctl};

#define METHODS(ENTRY)                                             \
    ENTRY(MP_QSTR_request, MP_ROM_PTR(&request_obj))               \
    ENTRY(MP_QSTR_add_address, MP_ROM_PTR(&add_address_obj))       \
    ENTRY(MP_QSTR_remove_address, MP_ROM_PTR(&remove_address_obj)) \
    ENTRY(MP_QSTR_attach, MP_ROM_PTR(&attach_obj))                 \
    ENTRY(MP_QSTR_deinit, MP_ROM_PTR(&deinit_obj))                 \
    ENTRY(MP_QSTR_fileno, MP_ROM_PTR(&fileno_obj))                 \
    ENTRY(MP_QSTR___enter__, MP_ROM_PTR(&mp_identity_obj))         \
    ENTRY(MP_QSTR___exit__, MP_ROM_PTR(&exit_obj))                 \
    ENTRY(MP_QSTR___del__, MP_ROM_PTR(&del_obj))
VM_DICT(i2ctarget_mp_target_methods, METHODS)

#define SLOTS(SLOT)                 \
    SLOT(make_new, target_make_new) \
    SLOT(print, target_print)       \
    SLOT(attr, target_attr)         \
    SLOT(protocol, &stream)
VM_TYPE(i2ctarget_mp_target_type, MP_QSTR_I2CTarget, MP_TYPE_FLAG_NONE, i2ctarget_mp_target_methods,
        SLOTS)
