/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a cmocka program: it runs only the test that $CMOCKA_ONLY names.  The programs themselves need no option for that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void choose(void)
{
    const char *name = getenv("CMOCKA_ONLY");

    if (name)
        cmocka_set_test_filter(name);
}
