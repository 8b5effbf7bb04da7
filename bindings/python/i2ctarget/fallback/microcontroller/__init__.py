# SPDX-License-Identifier: MIT
"""The chip of this board (see the module board): its class of pins and, in microcontroller.pin, the pins."""

from i2ctarget._fallback import give_way

if not give_way(__name__):
    from i2ctarget._pins import Pin
    from microcontroller import pin

    __all__ = ["Pin", "pin"]
