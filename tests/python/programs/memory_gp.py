# SPDX-License-Identifier: MIT
"""A small memory behind a pointer, on pins of a Pico.  It looks for requests between other work."""

import board
from i2ctarget import I2CTarget

memory = bytearray(8)
pointer = 0
turns = 0

with I2CTarget(scl=board.GP5, sda=board.GP4, addresses=[0x42]) as target:
    while True:
        turns += 1
        request = target.request()
        if request is None:
            continue
        with request:
            if request.is_read:
                request.write(memory[pointer:])
                continue
            data = request.read()
            if data:
                pointer = data[0] % 8
                for value in data[1:]:
                    memory[pointer] = value
                    pointer = (pointer + 1) % 8
