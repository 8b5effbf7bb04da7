# SPDX-License-Identifier: MIT
"""Says what it is asked, as one does at first."""

import board
from i2ctarget import I2CTarget

value = 0

with I2CTarget(board.SCL, board.SDA, (0x40,)) as target:
    print("waiting")
    while True:
        request = target.request()
        if not request:
            continue
        with request:
            print("address", hex(request.address), "read" if request.is_read else "write", "restart" if request.is_restart else "start")
            if request.is_read:
                print("  given", request.write(bytes([value])))
            else:
                data = request.read()
                print("  got", data.hex() or "nothing")
                if data:
                    value = data[-1]
