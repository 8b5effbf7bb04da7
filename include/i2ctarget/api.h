/* SPDX-License-Identifier: MIT */
/*
 * I2CTARGET_API marks what the shared library exports.
 *
 * To compile the library's files into a binary that exports none of these names, define
 * I2CTARGET_API as empty.
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
