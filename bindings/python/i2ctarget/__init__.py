# SPDX-License-Identifier: MIT
"""I2C targets (devices, peripherals) in Python, with CircuitPython's API, on a virtual bus.

    import board
    from i2ctarget import I2CTarget

    registers = bytearray(16)
    index = 0

    with I2CTarget(board.SCL, board.SDA, (0x40,)) as target:
        while True:
            with target.request(timeout=0) as request:      # waits for a message to us
                if request.is_read:
                    request.write(registers[index:])         # returns how many were clocked
                else:
                    data = request.read()                    # all of it
                    ...

Run it on a bus, and use any program that opens /dev/i2c-1:

    $ i2ctarget run --bus 1 -- python3 registers.py
    $ i2ctarget exec -- i2cget -y 1 0x40 0x01

The program asks for each message and for its bytes.  Until it asks, nothing is acknowledged, and SCL
is held low (clock stretching).  So nothing is lost, however late the program is.  Each call means the
same here, in C, and on a microcontroller.

I2CTarget         the pins and addresses; request() waits for messages
I2CTargetRequest  one message: read() or write() it
Memory, EEPROM    devices: they answer by themselves, from a buffer (I2CTarget.attach)
End               why a message ended
Counters          what a target has seen
requests()        the same in an asyncio program
"""

from i2ctarget._i2ctarget import EEPROM, Counters, End, I2CTarget, I2CTargetRequest, Memory, __version__

__all__ = ["I2CTarget", "I2CTargetRequest", "Memory", "EEPROM", "End", "Counters", "requests"]


def __getattr__(name):
    # asyncio takes longer to import than all the rest.
    if name == "requests":
        from i2ctarget.aio import requests

        globals()["requests"] = requests
        return requests
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
