# SPDX-License-Identifier: MIT
from i2ctarget import I2CTarget, I2CTargetRequest

__all__ = ["I2CPeripheral", "I2CPeripheralRequest"]

I2CPeripheral = I2CTarget
I2CPeripheralRequest = I2CTargetRequest
