# SPDX-License-Identifier: MIT
"""Gives back the last message, last byte first, on D pins."""

import board
from i2ctarget import I2CTarget

last = bytes(1)
target = I2CTarget(board.D5, board.D6, (0x36,))
try:
    while True:
        with target.request(timeout=0) as request:
            if request.is_read:
                request.write(bytes(reversed(last)))
            else:
                message = request.read(16)
                if message:
                    last = bytes(message)
finally:
    target.deinit()
