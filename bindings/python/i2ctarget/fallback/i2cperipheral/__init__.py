# SPDX-License-Identifier: MIT
"""The name that i2ctarget had in CircuitPython 6 and 7."""

import warnings

from i2ctarget import I2CTarget as I2CPeripheral
from i2ctarget import I2CTargetRequest as I2CPeripheralRequest

__all__ = ["I2CPeripheral", "I2CPeripheralRequest"]

warnings.warn("i2cperipheral is an older name: from i2ctarget import I2CTarget, I2CTargetRequest", DeprecationWarning, stacklevel=2)
