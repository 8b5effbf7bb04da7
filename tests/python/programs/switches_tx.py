# SPDX-License-Identifier: MIT
"""Eight switches, on the pins of the serial port: a command is a switch and 0 or 1; a read gives all of them."""

import board
from i2ctarget import I2CTarget

switches = [False] * 8

with I2CTarget(board.RX, board.TX, (0x20, 0x21)) as target:
    while True:
        try:
            request = target.request(timeout=0.2)
        except TimeoutError:
            continue  # time to blink
        if request is None:
            continue
        with request:
            if request.is_read:
                request.write(bytes([sum(1 << place for place, is_on in enumerate(switches) if is_on)]))
            elif number := request.read(1):
                value = request.read(1, ack=False)
                if value and number[0] < 8 and value[0] < 2:
                    request.ack()
                    switches[number[0]] = value[0] == 1
                elif value:
                    request.ack(False)
