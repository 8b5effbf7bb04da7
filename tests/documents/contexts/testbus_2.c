/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "i2ctarget/testbus.h"

int main(void)
{
    struct i2ctarget_testbus *bus = i2ctarget_testbus_new(100000);
    SNIPPET
    i2ctarget_testbus_free(bus);
    return 0;
}
