/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>

#include "chips/samd5x/model/samd5x.h"

void use_model(void (*handler)(void *));
void use_model(void (*handler)(void *))
{
    SNIPPET
}
