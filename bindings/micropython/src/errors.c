/* SPDX-License-Identifier: MIT */
/*
 * A negative code of the library becomes an exception here and nowhere else.  common/words.h says
 * which, and what it says.  MicroPython has no subclasses of OSError: the errno tells.
 */
#include "errors.h"

#include "machine.h"

_Noreturn static void raise_os_error(int error, const char *text)
{
    mp_obj_t arguments[] = {MP_OBJ_NEW_SMALL_INT(error), vm_string(text)};
    nlr_raise(mp_obj_new_exception_args(&mp_type_OSError, 2, arguments));
}

_Noreturn static void raise_with_words(const mp_obj_type_t *type, const char *words)
{
    mp_obj_t text = vm_string(words);
    nlr_raise(mp_obj_new_exception_args(type, 1, &text));
}

_Noreturn void i2ctarget_mp_raise_value(const char *words)
{
    raise_with_words(&mp_type_ValueError, words);
}

_Noreturn static void raise_plain(enum asked asked, unsigned bus, int error)
{
    char text[512];
    const char *words = i2ctarget_mp_explain(asked, bus, error, text, sizeof text);
    if (words)
        raise_os_error(error, words);
    mp_raise_OSError(error);
}

_Noreturn void i2ctarget_mp_raise(enum asked asked, unsigned bus, int error)
{
    struct complaint complaint = i2ctarget_complaint_of(asked, error);
    switch (complaint.kind) {
    case COMPLAINT_VALUE:
        i2ctarget_mp_raise_value(complaint.text);
    case COMPLAINT_MEMORY:
        if (complaint.text)
            raise_with_words(&mp_type_MemoryError, complaint.text);
        mp_raise_type(&mp_type_MemoryError);
    default:
        if (complaint.text)
            raise_os_error(complaint.error, complaint.text);
        raise_plain(asked, bus, complaint.error);
    }
}
