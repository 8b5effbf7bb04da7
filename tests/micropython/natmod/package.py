# SPDX-License-Identifier: MIT
"""The loaded module, in the place of the built-in one."""

from i2ctarget._native import End, I2CTarget, I2CTargetRequest, __version__, requests
