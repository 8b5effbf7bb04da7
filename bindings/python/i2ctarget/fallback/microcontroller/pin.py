# SPDX-License-Identifier: MIT
"""The pins of this board's chip by name, and the wires of every virtual bus: SCL2 and SDA2 are those of bus 2."""

import re

from i2ctarget import _boards
from i2ctarget._pins import BUS_MAX

globals().update(_boards.current().pins)


def __getattr__(name):
    match = re.match("(SCL|SDA)(0|[1-9][0-9]*)$", name)
    if not match or int(match.group(2)) > BUS_MAX:
        raise AttributeError(f"module 'microcontroller.pin' has no attribute {name!r}")
    globals()[name] = _boards.virtual_pin(match.group(1), int(match.group(2)), f"microcontroller.pin.{name}")
    return globals()[name]


def __dir__():
    return list(_boards.current().pins) + [name for name in globals() if re.match("S(CL|DA)[0-9]+$", name)]
