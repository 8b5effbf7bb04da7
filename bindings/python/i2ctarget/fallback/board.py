# SPDX-License-Identifier: MIT
"""The pins of this board by name: SCL and SDA of the virtual bus $I2CTARGET_BUS (1 when unset).

With $I2CTARGET_BOARD=<board_id> it is one of the boards that `i2ctarget boards` lists: then SCL and SDA exist if that board has them, and
microcontroller.pin has the pins of its chip.  All of them lead to the same virtual bus.

board_id   the board's name in CircuitPython's tree; i2ctarget_virtual without one
SCL, SDA   the I2C pins
"""

from i2ctarget._fallback import give_way

if not give_way(__name__):
    from i2ctarget import _boards

    board_id = _boards.current().board_id
    globals().update(_boards.current().named)

    def __getattr__(name):
        hint = ""
        if name in ("SCL", "SDA"):
            hint = f": {board_id} names no such pin; take one of its chip's, such as microcontroller.pin.{next(iter(_boards.current().pins))}"
        raise AttributeError(f"module 'board' has no attribute {name!r}{hint}")

    def __dir__():
        return ["board_id", *_boards.current().named]
