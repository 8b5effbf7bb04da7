# SPDX-License-Identifier: MIT
"""I2C targets in MicroPython on Linux, on a virtual bus: the same module as CPython's.  docs/MICROPYTHON.md tells the differences."""

from _i2ctarget import EEPROM, End, I2CTarget, I2CTargetRequest, Memory, __version__, requests
