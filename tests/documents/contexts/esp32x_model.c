/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>

#include "chips/esp32/model/esp32x.h"

void use_model(void (*handler)(void *));
void use_model(void (*handler)(void *))
{
    SNIPPET
}
