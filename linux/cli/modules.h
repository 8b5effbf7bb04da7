/* SPDX-License-Identifier: MIT */
#ifndef CLI_MODULES_H
#define CLI_MODULES_H

/*
 * Ask the kernel to load a module, by modprobe(8), without messages and without a result.  The
 * module may be built in, or modprobe may be missing.  So the caller must check whether the
 * module's files are there.
 */
void modules_load(const char *name);

#endif
