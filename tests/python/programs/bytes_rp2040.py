# SPDX-License-Identifier: MIT
"""Written on a Pico, for CircuitPython 9: it knows no request without a byte, and none with two.

0x80 to 0x8f choose a register, and smaller bytes are values for it.  A read gives the register's value.
"""

import board
from i2ctarget import I2CTarget

registers = [0] * 16
chosen = 0

with I2CTarget(board.GP1, board.GP0, [0x41]) as target:
    while True:
        request = target.request()
        if not request:
            continue
        with request:
            if request.is_read:
                request.write(bytes([registers[chosen]]))
            else:
                byte = request.read(1)[0]
                if byte & 0x80:
                    chosen = byte & 0x0F
                else:
                    registers[chosen] = byte
