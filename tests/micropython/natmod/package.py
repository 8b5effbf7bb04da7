# SPDX-License-Identifier: MIT
"""The loaded module, in the place of the built-in one."""

from i2ctarget._native import EEPROM, End, I2CTarget, I2CTargetRequest, Memory, __version__, requests
