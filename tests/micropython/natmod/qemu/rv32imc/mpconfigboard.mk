# SPDX-License-Identifier: MIT
# The board VIRT_RV32 of MicroPython's port for QEMU, without a C library.
include $(I2CTARGET_QEMU)/board.mk
include boards/VIRT_RV32/mpconfigboard.mk
LDFLAGS += -nostdlib
LIBS = $(shell $(CC) -march=rv32imac -mabi=ilp32 -print-libgcc-file-name)
