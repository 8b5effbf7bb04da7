/* SPDX-License-Identifier: MIT */
#ifndef CLI_MODULES_H
#define CLI_MODULES_H

/*
 * Have the kernel load a module, by modprobe(8): silently, and without saying whether it did.  Some
 * have it built in, some have no modprobe: whoever needs it looks whether what it brings is there.
 */
void modules_load(const char *name);

#endif
