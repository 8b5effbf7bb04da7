/* SPDX-License-Identifier: MIT */
#include "eeprom.h"

#include "common/words.h"

PyTypeObject *eeprom_type;

static PyObject *eeprom_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"buffer",   "page_bytes", "address_bytes", "write_time", "protection",
                            "on_write", NULL};
    PyObject *buffer, *on_write = Py_None;
    struct eeprom_arguments arguments = {.write_time = I2CTARGET_EEPROM_WRITE_US / 1e6};
    Py_ssize_t page_bytes = 0, address_bytes = 0, protection = I2CTARGET_EEPROM_WRITABLE;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$nndnO:EEPROM", names, &buffer, &page_bytes,
                                     &address_bytes, &arguments.write_time, &protection, &on_write))
        return NULL;
    struct device_object *self = device_new(type);
    if (!self)
        return NULL;
    if (!device_take(self, buffer, on_write)) {
        Py_DECREF((PyObject *)self);
        return NULL;
    }
    arguments.bytes = self->view.buf;
    arguments.size = (size_t)self->view.len;
    arguments.page_bytes = page_bytes;
    arguments.address_bytes = address_bytes;
    arguments.protection = protection;
    arguments.is_told = self->on_write != NULL;
    return device_or_complain(self, i2ctarget_python_eeprom(&self->device, &arguments));
}

static PyObject *eeprom_protect(PyObject *object, PyObject *protection)
{
    struct device_object *self = (struct device_object *)object;
    Py_ssize_t number = PyNumber_AsSsize_t(protection, NULL);
    if ((number == -1 && PyErr_Occurred()) || !device_allows(self))
        return NULL;
    if (number < 0 || number > I2CTARGET_EEPROM_REFUSES_DATA) {
        PyErr_SetString(PyExc_ValueError, WORDS_PROTECTION);
        return NULL;
    }
    i2ctarget_eeprom_protect(&self->device.as.eeprom, (enum i2ctarget_eeprom_protection)number);
    Py_RETURN_NONE;
}

/* ---- the class -------------------------------------------------------------------------------- */

PyDoc_STRVAR(
    eeprom_doc,
    "EEPROM(buffer, *, page_bytes=0, address_bytes=0, write_time=0.005, protection=0,\n"
    "       on_write=None)\n--\n\n"
    "A serial EEPROM, 24C01 to 24CM02, whose memory is a buffer of this program.\n\n"
    "buffer         a bytearray, or anything else with a writable buffer, of 16 to 262144 bytes: a\n"
    "               power of two.  It can not be resized as long as this object lives\n"
    "page_bytes     a write is not longer, more data wraps round inside the page.  0: that of\n"
    "               the usual part of this size\n"
    "address_bytes  1 or 2.  0: as the usual part of this size has it.  A part of 512 to 2048\n"
    "               bytes with one address byte has a bus address for each 256 bytes, a part\n"
    "               with two for each 65536: attach it to all of them\n"
    "write_time     seconds after a write in which the EEPROM does not acknowledge its address\n"
    "protection     WRITABLE, IGNORES_DATA (data is acknowledged and ignored) or REFUSES_DATA\n"
    "on_write       called as on_write(begin, end) after a page was written, as that of Memory\n\n"
    "Raises ValueError: out of range.  TypeError: not a writable buffer.");
PyDoc_STRVAR(
    protect_doc,
    "protect($self, protection, /)\n--\n\n"
    "Set the write-protect pin: WRITABLE, IGNORES_DATA or REFUSES_DATA.\n\n"
    "Raises ValueError: something else.  RuntimeError: another thread is in a call on the\n"
    "target.");

static PyMethodDef eeprom_methods[] = {
    {"protect", eeprom_protect, METH_O, protect_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot eeprom_slots[] = {
    {Py_tp_new, eeprom_new},
    {Py_tp_doc, (void *)eeprom_doc},
    {Py_tp_dealloc, device_dealloc},
    {Py_tp_methods, eeprom_methods},
    {Py_tp_traverse, device_traverse},
    {Py_tp_clear, device_clear},
    {0, NULL},
};

static PyType_Spec eeprom_spec = {
    .name = "i2ctarget.EEPROM",
    .basicsize = sizeof(struct device_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = eeprom_slots,
};

static bool add_protection(const char *name, enum i2ctarget_eeprom_protection protection)
{
    PyObject *value = PyLong_FromLong(protection);
    bool is_good = value && PyObject_SetAttrString((PyObject *)eeprom_type, name, value) == 0;
    Py_XDECREF(value);
    return is_good;
}

bool eeprom_make_type(void)
{
    eeprom_type = (PyTypeObject *)PyType_FromSpec(&eeprom_spec);
    return eeprom_type && add_protection("WRITABLE", I2CTARGET_EEPROM_WRITABLE) &&
           add_protection("IGNORES_DATA", I2CTARGET_EEPROM_IGNORES_DATA) &&
           add_protection("REFUSES_DATA", I2CTARGET_EEPROM_REFUSES_DATA);
}
