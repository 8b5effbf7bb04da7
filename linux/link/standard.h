/* SPDX-License-Identifier: MIT */
/*
 * Standard input, output and error of a program.
 *
 * Our caller may have closed some of them (`i2ctarget bus 1 1>&-`).  The next file or socket that
 * we open would get such a number, and what we print would go into it.
 */
#ifndef LINK_STANDARD_H
#define LINK_STANDARD_H

#include <stdbool.h>

/*
 * Call this first in a program.  It opens closed standard descriptors on /dev/null, CLOEXEC: after
 * exec() the next program finds them closed again.  False: errno has the reason.
 */
bool i2ctarget_standard_descriptors_open(void);

#endif
