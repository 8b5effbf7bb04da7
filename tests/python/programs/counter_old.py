# SPDX-License-Identifier: MIT
"""A counter, as programs were written when the module had another name."""

import board
from i2cperipheral import I2CPeripheral

count = 0
device = I2CPeripheral(board.SCL, board.SDA, (0x48,))

while True:
    request = device.request()
    if not request:
        continue
    if request.is_read:
        request.write(bytes([count]))
        count = (count + 1) % 256
    else:
        start = request.read(1)
        if start:
            count = start[0]
    request.close()
