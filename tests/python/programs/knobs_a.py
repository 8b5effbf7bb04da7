# SPDX-License-Identifier: MIT
"""Four knobs, on pins named for their converters: the address says which knob."""

import board
from i2ctarget import I2CTarget

FIRST = 0x50
knobs = [0x11, 0x22, 0x33, 0x44]

with I2CTarget(board.A1, board.A4, range(FIRST, FIRST + 4)) as target:
    while True:
        with target.request(timeout=0) as request:
            knob = request.address - FIRST
            if request.is_read:
                request.write(bytes([knobs[knob]]))
            else:
                for value in request.read():
                    knobs[knob] = value
