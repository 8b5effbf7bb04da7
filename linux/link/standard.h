/* SPDX-License-Identifier: MIT */
/*
 * Standard input, output and error of a program.
 *
 * Whoever starts us may have closed some of them (`i2ctarget bus 1 1>&-`).  The next file or socket
 * that we open would get such a number, and what we print would go into it.
 */
#ifndef LINK_STANDARD_H
#define LINK_STANDARD_H

#include <stdbool.h>

/*
 * First thing in a program: those that are closed are opened on /dev/null, CLOEXEC: a program that
 * we become finds them as they were.  False: errno says why not.
 */
bool i2ctarget_standard_descriptors_open(void);

#endif
