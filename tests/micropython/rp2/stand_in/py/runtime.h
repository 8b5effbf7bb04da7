/* SPDX-License-Identifier: MIT */
/* An exception of MicroPython is a jump; the test says where to. */
#ifndef PY_RUNTIME_H
#define PY_RUNTIME_H

#define MP_ERROR_TEXT(text) (text)

_Noreturn void mp_raise_ValueError(const char *text);

#endif
