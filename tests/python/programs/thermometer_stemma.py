# SPDX-License-Identifier: MIT
"""A thermometer at the second bus of the board, its STEMMA connector: a word of 1/256 degrees, high byte first."""

import struct

import board
from i2ctarget import I2CTarget

degrees = 21.5

with I2CTarget(board.SCL1, board.SDA1, [0x48]) as target:
    while True:
        with target.request(timeout=0) as request:
            if request.is_read:
                request.write(struct.pack(">h", round(degrees * 256)))
            elif len(setting := request.read(2)) == 2:
                degrees = struct.unpack(">h", setting)[0] / 256
