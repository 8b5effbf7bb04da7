/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

#include "common/words.h"

PyTypeObject *memory_type;

static struct device_object *in(PyObject *object)
{
    return (struct device_object *)object;
}

static struct i2ctarget_memory *memory_of(struct device_object *self)
{
    return &self->device.as.memory;
}

/* ---- update() --------------------------------------------------------------------------------- */

/* A change of update() that may have to wait for the end of a message. */
struct change {
    struct i2ctarget_memory_change change; /* first member */
    struct change *next;
    uint8_t bytes[];
};

/* Frees the changes that were made. */
static void free_changes(struct device_object *self)
{
    if (i2ctarget_memory_is_changing(memory_of(self)))
        return;
    while (self->kept) {
        struct change *change = self->kept;
        self->kept = change->next;
        PyMem_Free(change);
    }
}

static struct change *new_change(size_t offset, const Py_buffer *data)
{
    struct change *change = PyMem_Malloc(sizeof *change + (size_t)data->len);
    if (!change)
        return NULL;
    memcpy(change->bytes, data->buf, (size_t)data->len);
    change->change = (struct i2ctarget_memory_change){
        .offset = (uint32_t)offset, .count = (uint32_t)data->len, .bytes = change->bytes};
    return change;
}

static PyObject *update(struct device_object *self, size_t offset, const Py_buffer *data)
{
    struct change *change = new_change(offset, data);
    if (!change)
        return PyErr_NoMemory();
    change->next = self->kept;
    self->kept = change;
    int result = i2ctarget_memory_update(memory_of(self), &change->change);
    free_changes(self);
    if (result >= 0)
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, WORDS_UPDATE);
    return NULL;
}

/* Events come only inside calls on the target, so none can come here. */
static PyObject *memory_update(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"offset", "data", NULL};
    struct device_object *self = in(object);
    Py_ssize_t offset;
    Py_buffer data;
    PyObject *result = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "ny*:update", names, &offset, &data))
        return NULL;
    if (offset < 0 || offset > self->view.len || data.len > self->view.len)
        PyErr_SetString(PyExc_ValueError, WORDS_UPDATE);
    else if (device_allows(self))
        result = update(self, (size_t)offset, &data);
    PyBuffer_Release(&data);
    return result;
}

/* ---- making one ------------------------------------------------------------------------------- */

static bool take_offset(uint8_t *map, Py_ssize_t size, PyObject *item)
{
    Py_ssize_t offset = PyNumber_AsSsize_t(item, NULL);
    if (offset == -1 && PyErr_Occurred())
        return false;
    if (offset < 0 || offset >= size) {
        PyErr_SetString(PyExc_ValueError, WORDS_READ_ONLY);
        return false;
    }
    i2ctarget_memory_protect(map, (uint32_t)offset, 1);
    return true;
}

static bool take_offsets(uint8_t *map, Py_ssize_t size, PyObject *iterator)
{
    PyObject *item;
    bool is_good = true;
    for (int count = 0; is_good && (item = PyIter_Next(iterator)); count++) {
        if (count == I2CTARGET_MEMORY_SIZE_BYTES_MAX) { /* it may never end */
            PyErr_SetString(PyExc_ValueError, WORDS_MANY_OFFSETS);
            is_good = false;
        } else {
            is_good = take_offset(map, size, item);
        }
        Py_DECREF(item);
    }
    return is_good && !PyErr_Occurred();
}

/* False: an exception is set. */
static bool take_read_only(struct device_object *self, PyObject *iterable)
{
    Py_ssize_t size = self->view.len;
    if (!iterable || size > I2CTARGET_MEMORY_SIZE_BYTES_MAX)
        return true;
    PyObject *iterator = PyObject_GetIter(iterable);
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, WORDS_NOT_OFFSETS);
        return false;
    }
    self->read_only = PyMem_Calloc((size_t)I2CTARGET_MEMORY_MAP_BYTES(size) + 1, 1);
    if (!self->read_only)
        PyErr_NoMemory();
    bool is_good = self->read_only && take_offsets(self->read_only, size, iterator);
    Py_DECREF(iterator);
    return is_good;
}

static PyObject *memory_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"buffer", "pointer_bytes", "read_only", "on_write", NULL};
    PyObject *buffer, *read_only = NULL, *on_write = Py_None;
    Py_ssize_t pointer_bytes = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|n$OO:Memory", names, &buffer, &pointer_bytes,
                                     &read_only, &on_write))
        return NULL;
    struct device_object *self = device_new(type);
    if (!self)
        return NULL;
    if (!device_take(self, buffer, on_write) || !take_read_only(self, read_only)) {
        Py_DECREF((PyObject *)self);
        return NULL;
    }
    struct memory_arguments arguments = {
        .bytes = self->view.buf,
        .size = (size_t)self->view.len,
        .pointer_bytes = pointer_bytes,
        .read_only = self->read_only,
        .is_told = self->on_write != NULL,
    };
    return device_or_complain(self, i2ctarget_python_memory(&self->device, &arguments));
}

static void memory_dealloc(PyObject *object)
{
    free_changes(in(object));
    PyMem_Free(in(object)->read_only);
    device_dealloc(object);
}

/* ---- the class -------------------------------------------------------------------------------- */

PyDoc_STRVAR(
    memory_doc,
    "Memory(buffer, pointer_bytes=1, *, read_only=(), on_write=None)\n--\n\n"
    "Bytes of this program that controllers read and write, without a request for each message.\n\n"
    "    registers = bytearray(16)\n"
    "    target.attach(Memory(registers))\n\n"
    "A write begins with the pointer; its data goes to the buffer from there on.  A read gives the\n"
    "bytes from the pointer on.  After the last byte comes the first.  The pointer advances by\n"
    "the bytes that were really clocked.\n\n"
    "buffer         a bytearray, or anything else with a writable buffer of 1 to 65536 bytes.\n"
    "               It can not be resized as long as this object lives\n"
    "pointer_bytes  1: at most 256 bytes.  2: the high byte comes first.  0: there is no\n"
    "               pointer, every message begins at the first byte\n"
    "read_only      offsets of bytes that controllers can not write, such as range(2): data for\n"
    "               them is acknowledged and ignored\n"
    "on_write       called as on_write(begin, end) after a message that has written: all bytes\n"
    "               that were written since the call before are in buffer[begin:end]\n\n"
    "A pointer beyond the end is not acknowledged.\n\n"
    "Here on_write is called inside calls on the target, such as request(); while it runs, only\n"
    "update(), deinit(), fileno() and counters may be used of the target.  An exception that it\n"
    "raises is reported by sys.unraisablehook; KeyboardInterrupt and SystemExit end the call.\n\n"
    "Raises ValueError: out of range.  TypeError: not a writable buffer.");
PyDoc_STRVAR(
    update_doc,
    "update($self, /, offset, data)\n--\n\n"
    "Change several bytes of the buffer so that each message finds all of them changed or none.\n"
    "If a message is under way, they change when it ends.  (A single byte can as well be stored\n"
    "in the buffer itself.)\n\n"
    "Raises ValueError: beyond the end.  RuntimeError: another thread is in a call on the target.");

static PyMethodDef memory_methods[] = {
    {"update", (PyCFunction)(void (*)(void))memory_update, METH_VARARGS | METH_KEYWORDS,
     update_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot memory_slots[] = {
    {Py_tp_new, memory_new},
    {Py_tp_doc, (void *)memory_doc},
    {Py_tp_dealloc, memory_dealloc},
    {Py_tp_methods, memory_methods},
    {Py_tp_traverse, device_traverse},
    {Py_tp_clear, device_clear},
    {0, NULL},
};

static PyType_Spec memory_spec = {
    .name = "i2ctarget.Memory",
    .basicsize = sizeof(struct device_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = memory_slots,
};

bool memory_make_type(void)
{
    memory_type = (PyTypeObject *)PyType_FromSpec(&memory_spec);
    return memory_type != NULL;
}
