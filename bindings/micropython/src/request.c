/* SPDX-License-Identifier: MIT */
#include "request.h"

#include "common/arguments.h"
#include "common/message.h"
#include "errors.h"
#include "machine.h"

struct request_object {
    mp_obj_base_t base;
    mp_obj_t owner; /* keeps the target alive */
    struct service *service;
    struct message message;
};

static struct request_object *in(mp_obj_t object)
{
    return MP_OBJ_TO_PTR(object);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct request_object *i2ctarget_mp_request_new(mp_obj_t owner, struct service *service)
{
    struct request_object *self =
        mp_obj_malloc(struct request_object, VM_TYPE_OF(i2ctarget_mp_request_type));
    self->owner = owner;
    self->service = service;
    i2ctarget_message_init(&self->message);
    return self;
}

void i2ctarget_mp_request_begin(struct request_object *self,
                                const struct i2ctarget_request *request)
{
    self->message.request = *request;
    self->service->latest = self;
}

void i2ctarget_mp_close_latest(struct service *service)
{
    if (service->latest)
        i2ctarget_message_close(&service->latest->message);
    service->latest = NULL;
}

void i2ctarget_mp_end_latest(struct service *service)
{
    if (service->latest)
        i2ctarget_message_end(&service->latest->message);
    service->latest = NULL;
}

static mp_obj_t refuse_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                           const mp_obj_t *args)
{
    (void)type;
    (void)n_args;
    (void)n_kw;
    (void)args;
    mp_raise_TypeError(MP_ERROR_TEXT(WORDS_REQUEST_NEW));
}

/* ---- what the common part needs -------------------------------------------------------------- */

/* The heap of a chip is small.  A long message takes more, as it grows. */
const size_t i2ctarget_binding_chunk_bytes = sizeof((struct transit *)NULL)->small;

int i2ctarget_binding_move(struct message *message, bool is_read, uint8_t *bytes, size_t n,
                           bool ack)
{
    struct request_object *self =
        (struct request_object *)((char *)message - offsetof(struct request_object, message));
    int result;
    do {
        result = is_read ? i2ctarget_read(&message->request, bytes, n, ack)
                         : i2ctarget_write(&message->request, bytes, n);
    } while (result == -I2CTARGET_EINTR && i2ctarget_mp_heed(self->service));
    return result;
}

void *i2ctarget_binding_resize(void *old, size_t old_bytes, size_t bytes)
{
    (void)old_bytes; /* where the allocator does not want it */
    return m_renew_maybe(uint8_t, old, old_bytes, bytes, true);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static mp_obj_t hand_over(struct message *message, mp_int_t n)
{
    size_t count = i2ctarget_message_ready(message, n);
    mp_obj_t bytes = mp_obj_new_bytearray(count, message->transit.bytes);
    i2ctarget_message_taken(message, count);
    return bytes;
}

static mp_obj_t request_read(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    enum { N, ACK };
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_n, MP_ARG_INT, {.u_int = -1}},
        {MP_QSTR_ack, MP_ARG_BOOL, {.u_bool = true}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    struct request_object *self = in(args[0]);
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    mp_int_t n = values[N].u_int;
    if (n > INT32_MAX)
        i2ctarget_mp_raise(ASKED_READ, self->service->bus, -I2CTARGET_EINVAL);
    i2ctarget_mp_enter(self->service);
    int result = i2ctarget_message_read(&self->message, n, values[ACK].u_bool);
    i2ctarget_mp_leave(self->service);
    /* Bytes that came before a fault are returned.  The next call reports the fault. */
    if (result < 0 && (self->message.transit.count == 0 || result == -I2CTARGET_ENOMEM))
        i2ctarget_mp_raise(ASKED_READ, self->service->bus, result);
    return hand_over(&self->message, n);
}
static MP_DEFINE_CONST_FUN_OBJ_KW(read_obj, 1, request_read);

static mp_obj_t request_write(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    VM_CONSTANT mp_arg_t allowed[] = {
        {MP_QSTR_buffer, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    struct request_object *self = in(args[0]);
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    /* A str has a buffer here, but it is text. */
    if (mp_obj_is_str(values[0].u_obj))
        mp_raise_TypeError(MP_ERROR_TEXT("a bytes-like object is required, not str"));
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(values[0].u_obj, &buffer, MP_BUFFER_READ);
    i2ctarget_mp_enter(self->service);
    int result = i2ctarget_message_write(&self->message, buffer.buf, buffer.len);
    i2ctarget_mp_leave(self->service);
    if (result < 0)
        i2ctarget_mp_raise(ASKED_WRITE, self->service->bus, result);
    return MP_OBJ_NEW_SMALL_INT(result);
}
static MP_DEFINE_CONST_FUN_OBJ_KW(write_obj, 1, request_write);

static mp_obj_t request_ack(size_t n_args, const mp_obj_t *args, mp_map_t *keywords)
{
    VM_CONSTANT mp_arg_t allowed[] = {{MP_QSTR_ack, MP_ARG_BOOL, {.u_bool = true}}};
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    struct request_object *self = in(args[0]);
    mp_arg_parse_all(n_args - 1, args + 1, keywords, MP_ARRAY_SIZE(allowed), allowed, values);
    i2ctarget_mp_enter(self->service);
    int result = i2ctarget_ack(&self->message.request, values[0].u_bool);
    i2ctarget_mp_leave(self->service);
    if (result < 0)
        i2ctarget_mp_raise(ASKED_ACK, self->service->bus, result);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(ack_obj, 1, request_ack);

static mp_obj_t request_deinit(mp_obj_t object)
{
    struct request_object *self = in(object);
    i2ctarget_mp_allow(self->service);
    i2ctarget_mp_shield();
    i2ctarget_message_close(&self->message);
    i2ctarget_mp_unshield();
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(deinit_obj, request_deinit);

static mp_obj_t request_exit(size_t n_args, const mp_obj_t *args)
{
    (void)n_args;
    return request_deinit(args[0]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(exit_obj, 1, 4, request_exit);

/* ---- what it is ------------------------------------------------------------------------------ */

static void request_attr(mp_obj_t object, qstr name, mp_obj_t *dest)
{
    const struct i2ctarget_request *request = &in(object)->message.request;
    if (dest[0] != MP_OBJ_NULL)
        return; /* nothing can be set */
    if (name == MP_QSTR_address)
        dest[0] = MP_OBJ_NEW_SMALL_INT(request->address);
    else if (name == MP_QSTR_is_read)
        dest[0] = mp_obj_new_bool(request->is_read);
    else if (name == MP_QSTR_is_restart)
        dest[0] = mp_obj_new_bool(request->is_restart);
    else if (name == MP_QSTR_end)
        dest[0] = MP_OBJ_NEW_SMALL_INT(request->end);
    else if (name == MP_QSTR_moved)
        dest[0] = mp_obj_new_int_from_uint(request->moved);
    else
        dest[1] = MP_OBJ_SENTINEL; /* go on with the methods */
}

static void request_print(const mp_print_t *print, mp_obj_t object, mp_print_kind_t kind)
{
    const struct i2ctarget_request *request = &in(object)->message.request;
    (void)kind;
    mp_printf(print, "<I2CTargetRequest: %s 0x%02x%s, %u bytes so far, %s>",
              request->is_read ? "read from" : "write to", request->address,
              request->is_restart ? " after a repeated START" : "", (unsigned)request->moved,
              i2ctarget_end_name(request->end));
}

#define METHODS(ENTRY)                                     \
    ENTRY(MP_QSTR_read, MP_ROM_PTR(&read_obj))             \
    ENTRY(MP_QSTR_write, MP_ROM_PTR(&write_obj))           \
    ENTRY(MP_QSTR_ack, MP_ROM_PTR(&ack_obj))               \
    ENTRY(MP_QSTR_deinit, MP_ROM_PTR(&deinit_obj))         \
    ENTRY(MP_QSTR___enter__, MP_ROM_PTR(&mp_identity_obj)) \
    ENTRY(MP_QSTR___exit__, MP_ROM_PTR(&exit_obj))
VM_DICT(i2ctarget_mp_request_methods, METHODS)

#define SLOTS(SLOT)            \
    SLOT(make_new, refuse_new) \
    SLOT(print, request_print) \
    SLOT(attr, request_attr)
VM_TYPE(i2ctarget_mp_request_type, MP_QSTR_I2CTargetRequest, MP_TYPE_FLAG_NONE,
        i2ctarget_mp_request_methods, SLOTS)

/* ---- End: why a message ended ---------------------------------------------------------------- */

#define ENDS(ENTRY)                                                         \
    ENTRY(MP_QSTR_OPEN, MP_ROM_INT(I2CTARGET_OPEN))                         \
    ENTRY(MP_QSTR_STOP, MP_ROM_INT(I2CTARGET_STOP))                         \
    ENTRY(MP_QSTR_RESTART, MP_ROM_INT(I2CTARGET_RESTART))                   \
    ENTRY(MP_QSTR_CONTROLLER_NACK, MP_ROM_INT(I2CTARGET_CONTROLLER_NACK))   \
    ENTRY(MP_QSTR_ARBITRATION_LOST, MP_ROM_INT(I2CTARGET_ARBITRATION_LOST)) \
    ENTRY(MP_QSTR_TIMEOUT, MP_ROM_INT(I2CTARGET_TIMEOUT))                   \
    ENTRY(MP_QSTR_BUS_ERROR, MP_ROM_INT(I2CTARGET_BUS_ERROR))               \
    ENTRY(MP_QSTR_PORT_LOST, MP_ROM_INT(I2CTARGET_PORT_LOST))               \
    ENTRY(MP_QSTR_CLOSED, MP_ROM_INT(I2CTARGET_CLOSED))
VM_DICT(i2ctarget_mp_ends, ENDS)
_Static_assert(MP_ARRAY_SIZE(i2ctarget_mp_ends_table) == END_COUNT, "each has a name here, too");

#define NO_SLOTS(SLOT)
VM_TYPE(i2ctarget_mp_end_type, MP_QSTR_End, MP_TYPE_FLAG_NONE, i2ctarget_mp_ends, NO_SLOTS)
