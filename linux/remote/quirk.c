/* SPDX-License-Identifier: MIT */
#include "remote/quirk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL: none is. */
static const char *set_name(void)
{
    const char *name = getenv("I2CTARGET_QUIRKS");
    return name && name[0] ? name : NULL;
}

int i2ctarget_quirk_take(struct i2ctarget *target, struct i2ctarget_quirk *quirk)
{
    const char *name = set_name();
    return name ? i2ctarget_use_quirk(target, quirk, name) : 0;
}

bool i2ctarget_quirk_explain(char *text, size_t size)
{
    const char *set = set_name(), *name;
    for (unsigned i = 0; set && (name = i2ctarget_get_quirk_name(i)) != NULL; i++) {
        if (strcmp(set, name) == 0)
            return false;
    }
    if (!set)
        return false;
    size_t length = (size_t)snprintf(
        text, size, "I2CTARGET_QUIRKS=%s: there is no such quirk; there is: ", set);
    for (unsigned i = 0; length < size && (name = i2ctarget_get_quirk_name(i)) != NULL; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i ? ", " : "", name);
    return true;
}
