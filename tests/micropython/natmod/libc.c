/* SPDX-License-Identifier: MIT */
/*
 * A loaded module can not be linked with the C library of the program that loads it.  Somebody who looks at that process from outside
 * tells the addresses (tests/micropython/run.py), and jumps.S jumps there.
 */
#include "libc.h"

#include <errno.h>
#include <string.h>

#include "vm.h"

#define FUNCTION(name) +1
enum {
    FUNCTIONS = 0
#include "functions.def"
};
#undef FUNCTION

uintptr_t i2ctarget_libc[FUNCTIONS];

/* A variable of glibc's, with the program's name. */
char *program_invocation_short_name;

/* The C library chooses some functions by processor, and has no address of theirs. */
int strcmp(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return (unsigned char)*left - (unsigned char)*right;
}

char *strcpy(char *restrict to, const char *restrict from)
{
    return memcpy(to, from, strlen(from) + 1);
}

size_t strlen(const char *text)
{
    return strnlen(text, SIZE_MAX);
}

size_t strnlen(const char *text, size_t longest)
{
    size_t length = 0;
    while (length < longest && text[length])
        length++;
    return length;
}

void i2ctarget_libc_find(void)
{
#define FUNCTION(name) #name,
    static const char *const names[] = {
#include "functions.def"
    };
#undef FUNCTION
    if (i2ctarget_libc[0])
        return;
    program_invocation_short_name = (char *)"micropython";
    mp_obj_t list = mp_obj_new_list(0, NULL);
    for (size_t i = 0; i < FUNCTIONS; i++)
        mp_obj_list_append(list, vm_string(names[i]));
    mp_obj_t addresses = i2ctarget_vm_call(i2ctarget_vm_own(MP_QSTR__addresses), 1, &list);
    for (size_t i = FUNCTIONS; i-- > 0;) {
        mp_obj_t at = MP_OBJ_NEW_SMALL_INT((mp_int_t)i);
        i2ctarget_libc[i] =
            (uintptr_t)mp_obj_get_int(mp_obj_subscr(addresses, at, MP_OBJ_SENTINEL));
    }
}
