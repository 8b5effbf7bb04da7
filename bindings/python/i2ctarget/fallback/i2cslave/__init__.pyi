# SPDX-License-Identifier: MIT
from i2ctarget import I2CTarget, I2CTargetRequest

__all__ = ["I2CSlave", "I2CSlaveRequest"]

I2CSlave = I2CTarget
I2CSlaveRequest = I2CTargetRequest
