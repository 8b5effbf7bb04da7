# SPDX-License-Identifier: MIT
# The board MPS2_AN385 of MicroPython's port for QEMU, with a Cortex-M4 and its FPU, as in SAM D5x/E5x.
include $(I2CTARGET_QEMU)/board.mk
QEMU_ARCH = arm
QEMU_MACHINE = mps2-an386
CFLAGS += -mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -DQEMU_SOC_MPS2 -DMICROPY_HW_MCU_NAME='"Cortex-M4"'
LDSCRIPT = mcu/arm/mps2.ld
# It has no place for what exceptions of C++ would need of libgcc.
LDFLAGS += -Wl,--orphan-handling=discard
SRC_BOARD_O = shared/runtime/gchelper_native.o shared/runtime/gchelper_thumb2.o
