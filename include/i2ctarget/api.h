/* SPDX-License-Identifier: MIT */
/*
 * What the library shows to those who link it: all that is marked I2CTARGET_API.
 *
 * Whoever compiles the library's files into something of its own, which is to show nothing of them,
 * defines I2CTARGET_API as nothing.
 */
#ifndef I2CTARGET_API_H
#define I2CTARGET_API_H

#ifndef I2CTARGET_API
#if defined(__GNUC__)
#define I2CTARGET_API __attribute__((visibility("default")))
#else
#define I2CTARGET_API
#endif
#endif

#endif
