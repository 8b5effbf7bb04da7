/* SPDX-License-Identifier: MIT */
/*
 * attach_bus BUS: `i2ctarget attach BUS` on the vhci-hcd of scripted_vhci.c.  Once the file
 * $AN_HOUR_LATER is there, its clock is an hour ahead.
 */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/attachment.h"

int64_t __real_i2ctarget_link_now_us(void);
int64_t __wrap_i2ctarget_link_now_us(void);

int64_t __wrap_i2ctarget_link_now_us(void)
{
    const char *file = getenv("AN_HOUR_LATER");
    int64_t ahead_us = file && access(file, F_OK) == 0 ? INT64_C(3600000000) : 0;
    return __real_i2ctarget_link_now_us() + ahead_us;
}

int main(int argc, char **argv)
{
    return argc == 2 ? attachment_run("attach", (unsigned)atoi(argv[1])) : 2;
}
