# SPDX-License-Identifier: MIT
# MicroPython's board for every board with an RP2040: what differs between them is in the frozen module board, and in how the flash is started
# (PICO_DEFAULT_BOOT_STAGE2, which bindings/micropython/rp2/frozen.py names).
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")

# Crystals of some boards need longer than the Pico's.
list(APPEND MICROPY_DEF_BOARD PICO_XOSC_STARTUP_DELAY_MULTIPLIER=64)
