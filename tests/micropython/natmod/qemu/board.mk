# SPDX-License-Identifier: MIT
# What both boards have: a file system, as all boards of the chips have, and room for a file in RAM.
MICROPY_VFS_LFS2 = 1
MICROPY_HEAP_SIZE = 1000000
FROZEN_MANIFEST =
CFLAGS += -isystem /usr/include/newlib
SRC_C += $(I2CTARGET_QEMU)/start.c
LDFLAGS += -Wl,--wrap=main
