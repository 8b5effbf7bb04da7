/* SPDX-License-Identifier: MIT */
#include "torture.h"

/* ARMv6-M has no more. */
void more(void)
{
    note("CCR", CCR);
}
