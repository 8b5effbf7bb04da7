/* SPDX-License-Identifier: MIT */
#ifndef NATMOD_LIBC_H
#define NATMOD_LIBC_H

/* Find the functions of functions.def, if that has not been done.  Before the first of them is called. */
void i2ctarget_libc_find(void);

#endif
