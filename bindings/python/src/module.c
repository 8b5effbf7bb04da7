/* SPDX-License-Identifier: MIT */
#include "eeprom.h"
#include "memory.h"
#include "request.h"
#include "target.h"
#include "testbus.h"
#include "values.h"

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "i2ctarget._i2ctarget",
    .m_doc = "The C half of i2ctarget.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__i2ctarget(void);

PyMODINIT_FUNC PyInit__i2ctarget(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module && values_make_types() && target_make_type() && request_make_type() &&
        memory_make_type() && eeprom_make_type() && testbus_make_type() &&
        PyModule_AddObjectRef(module, "I2CTarget", (PyObject *)target_type) == 0 &&
        PyModule_AddObjectRef(module, "I2CTargetRequest", (PyObject *)request_type) == 0 &&
        PyModule_AddObjectRef(module, "Memory", (PyObject *)memory_type) == 0 &&
        PyModule_AddObjectRef(module, "EEPROM", (PyObject *)eeprom_type) == 0 &&
        PyModule_AddObjectRef(module, "TestBus", (PyObject *)testbus_type) == 0 &&
        PyModule_AddObjectRef(module, "Counters", (PyObject *)counters_type) == 0 &&
        PyModule_AddObjectRef(module, "End", end_type) == 0 &&
        PyModule_AddStringConstant(module, "__version__", I2CTARGET_VERSION) == 0)
        return module;
    Py_XDECREF(module);
    return NULL;
}
