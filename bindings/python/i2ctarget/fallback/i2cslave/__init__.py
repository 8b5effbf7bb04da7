# SPDX-License-Identifier: MIT
"""The name that i2ctarget had in CircuitPython 4 and 5."""

import warnings

from i2ctarget import I2CTarget as I2CSlave
from i2ctarget import I2CTargetRequest as I2CSlaveRequest

__all__ = ["I2CSlave", "I2CSlaveRequest"]

warnings.warn("i2cslave is an older name: from i2ctarget import I2CTarget, I2CTargetRequest", DeprecationWarning, stacklevel=2)
