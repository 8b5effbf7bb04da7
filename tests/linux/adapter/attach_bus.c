/* SPDX-License-Identifier: MIT */
/*
 * attach_bus BUS: `i2ctarget attach BUS` on the vhci-hcd of scripted_vhci.c.  With $CLOCK_TIMES its
 * clock runs so many times as fast.
 */
#include <stdint.h>
#include <stdlib.h>

#include "cli/attachment.h"

int64_t __real_i2ctarget_link_now_us(void);
int64_t __wrap_i2ctarget_link_now_us(void);

int64_t __wrap_i2ctarget_link_now_us(void)
{
    static int64_t begun_us;
    const char *times = getenv("CLOCK_TIMES");
    int64_t now_us = __real_i2ctarget_link_now_us();
    if (!begun_us)
        begun_us = now_us;
    return begun_us + (now_us - begun_us) * (times ? atoi(times) : 1);
}

int main(int argc, char **argv)
{
    return argc == 2 ? attachment_run("attach", (unsigned)atoi(argv[1])) : 2;
}
