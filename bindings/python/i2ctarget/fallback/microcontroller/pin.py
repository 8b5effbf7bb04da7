# SPDX-License-Identifier: MIT
"""The pins of this board's chip by name, and the wires of every virtual bus: SCL2 and SDA2 are those of bus 2."""

import re

from i2ctarget import _boards

globals().update(_boards.current().pins)


def __getattr__(name):
    match = re.fullmatch("(SCL|SDA)(0|[1-9][0-9]{0,4})", name)
    if not match or int(match[2]) > 65535:
        raise AttributeError(f"module 'microcontroller.pin' has no attribute {name!r}")
    globals()[name] = _boards.virtual_pin(match[1], int(match[2]), f"microcontroller.pin.{name}")
    return globals()[name]


def __dir__():
    return [*_boards.current().pins, *(name for name in globals() if re.fullmatch("S(CL|DA)[0-9]+", name))]
