/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>

#include "chips/rp2040/model/rp2040.h"

void use_model(void (*handler)(void *));
void use_model(void (*handler)(void *))
{
    SNIPPET
}
