# SPDX-License-Identifier: MIT
"""Sixteen registers at address 0x40, a command at 0x41: the example of CircuitPython's documentation of i2ctarget.

    $ i2ctarget run --bus 1 -- python3 examples/registers.py

    $ i2ctarget exec -- i2cget -y 1 0x40 0x01
    $ i2ctarget exec -- i2cset -y 1 0x40 0x01 0xaa
    $ i2ctarget exec -- i2cget -y 1 0x40 0x01

It polls for requests, as the documentation does, so it keeps a processor busy.  request(timeout=0) would wait instead.
"""

import board
from i2ctarget import I2CTarget

regs = [0] * 16
index = 0

with I2CTarget(board.SCL, board.SDA, (0x40, 0x41)) as device:
    while True:
        r = device.request()
        if not r:
            # Maybe do some housekeeping
            continue
        with r:  # Closes the transfer if necessary by sending a NACK or feeding dummy bytes
            if r.address == 0x40:
                if not r.is_read:  # Main write which is Selected read
                    b = r.read(1)
                    if not b or b[0] > 15:
                        continue
                    index = b[0]
                    b = r.read(1)
                    if b:
                        regs[index] = b[0]
                elif r.is_restart:  # Combined transfer: This is the Main read message
                    n = r.write(bytes([regs[index]]))
                    # A read transfer is not supported in this example
                    # If the microcontroller tries, it will get 0xff byte(s) by the ctx manager (r.close())
                    continue
            elif r.address == 0x41:
                if not r.is_read:
                    b = r.read(1)
                    if b and b[0] == 0xde:
                        # do something
                        pass
