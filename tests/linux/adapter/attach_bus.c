/* SPDX-License-Identifier: MIT */
/* `i2ctarget attach N`, with a simulated vhci-hcd (scripted_vhci.c). */
#include <stdlib.h>

#include "cli/attachment.h"

int main(int argc, char **argv)
{
    unsigned bus = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    return attachment_prepare("attach") ? attachment_run("attach", bus) : EXIT_FAILURE;
}
